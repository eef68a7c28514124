import { flatMap, left, type Either } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { OwnSqliteDatabase, SqliteDatabase, SqliteStatement } from './database.js';
import type { Patience } from './patience.js';
import { migrate, refuseNewer, type Migration } from './schema.js';
import { commitToDisk, flushDiskCache, harden, useWriteAheadLog, withoutBusyTimeout } from './settings.js';
import { callerBusy, type Step } from './step.js';
import { rollBack } from './transaction.js';

/** A database to work on, be it the store's own or lent by the caller. */
export interface SqliteConnection {
  readonly database: SqliteDatabase;
  /** Each statement is prepared once. */
  readonly prepare: (source: string) => SqliteStatement;
  /** Makes `step` ready to run outside any transaction, with commits that reach the disk and without a busy timeout. */
  readonly guard: <A>(step: Step<A>) => Step<A>;
  readonly harden: () => void;
  /** Closes what the store opened; what it was lent stays open. */
  readonly close: () => void;
}

/** A connection that nobody else uses. */
export const ownConnection = (database: OwnSqliteDatabase): SqliteConnection => ({
  database,
  prepare: prepareOnce(database),
  guard: (step) => () => {
    rollBack(database);
    return step();
  },
  harden: () => harden(database),
  close: () => void database.close(),
});

/**
 * A connection that its owner goes on using, closes, and may have in a transaction: then a step waits its turn, for it must
 * not be rolled back with the owner's work.
 */
export const lentConnection = (database: SqliteDatabase): SqliteConnection => ({
  database,
  prepare: prepareOnce(database),
  guard: (step) => () => {
    if (!database.open) return left('closed');
    if (database.inTransaction) return left(callerBusy);
    return withoutBusyTimeout(database, () => pipe(commitToDisk(database), flatMap(step)));
  },
  harden: () => undefined,
  close: () => undefined,
});

/** Makes a connection fit for use: write-ahead log, commits to disk, the newest schema. Left is a short code. */
export const prepareConnection = (
  { database, guard, harden: hardenIt }: SqliteConnection,
  { run }: Patience,
  known: readonly Migration[],
): TE.TaskEither<string, void> => {
  const step = (work: Step<void>) => (): Promise<Either<string, void>> => run(guard(work));
  return pipe(
    step(() => refuseNewer(database, known)),
    TE.flatMap(() => step(() => useWriteAheadLog(database))),
    TE.flatMap(() =>
      step(() => {
        flushDiskCache(database);
        hardenIt();
        return commitToDisk(database);
      }),
    ),
    TE.flatMap(() => step(() => migrate(database, known))),
  );
};

const prepareOnce = (database: SqliteDatabase): ((source: string) => SqliteStatement) => {
  const prepared = new Map<string, SqliteStatement>();
  return (source) => {
    const statement = prepared.get(source) ?? database.prepare(source).safeIntegers(false);
    prepared.set(source, statement);
    return statement;
  };
};
