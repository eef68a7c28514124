import { flatMap, isLeft, isRight, left, map, right, type Either } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { lentConnection, ownConnection, prepareConnection, type SqliteConnection } from './connection.js';
import type { SqliteDatabase } from './database.js';
import { openSqliteFile, type SqliteDriver } from './driver.js';
import { hasSecondName, unwatched, watchFile, type FileWatch } from './file-watch.js';
import { makeGroupCommit, type GroupCommit } from './group-commit.js';
import { sqliteOperations, type SqliteOperations } from './operations.js';
import type { CheckedSqliteOptions } from './options.js';
import type { Patience } from './patience.js';
import type { Migration } from './schema.js';
import { runStep } from './step.js';

/** What tests put in the place of the real thing. */
export interface SqliteParts {
  readonly load: () => Promise<SqliteDriver>;
  readonly migrations: readonly Migration[];
}

/** A connection that is fit for use, and all that stands on it. */
export interface SqliteSession {
  readonly connection: SqliteConnection;
  readonly operations: SqliteOperations;
  readonly groups: GroupCommit;
  readonly watch: FileWatch;
  /** Undefined for a connection that was lent without a file. */
  readonly path: string | undefined;
}

const pathOf = (options: CheckedSqliteOptions): string | undefined => {
  if ('path' in options) return options.path;
  const { name } = options.database;
  return name === undefined || name === '' ? undefined : resolve(name);
};

const connect = async (
  options: CheckedSqliteOptions,
  { load }: SqliteParts,
): Promise<Either<string, SqliteConnection>> =>
  'path' in options
    ? map(ownConnection)(await openSqliteFile(options.path, load))
    : right(lentConnection(options.database));

/**
 * Left when the connection goes by an index that has no name any more. It does where another connection of this process
 * has kept one open that was deleted: a process has one index for each file, however often it opens that.
 */
const hasItsIndex = ({ database }: SqliteConnection, watch: FileWatch): Either<string, void> =>
  runStep(() =>
    watch.isIndexAbsent() && database.pragma('locking_mode', { simple: true }) !== 'exclusive'
      ? left('shm_replaced')
      : right(undefined),
  );

/** Opens a session. Left `file_linked` when the file has a second name: nothing is opened then. */
export const startSession =
  (options: CheckedSqliteOptions, parts: SqliteParts, patience: Patience): TaskEither<string, SqliteSession> =>
  async () => {
    const path = pathOf(options);
    if (path !== undefined && hasSecondName(path)) return left('file_linked');
    const connected = await connect(options, parts);
    if (isLeft(connected)) return connected;
    const connection = connected.right;
    const ended = <A>(why: Either<string, A>): Either<string, A> => {
      runStep(() => right(connection.close()));
      return why;
    };
    const watch = path === undefined || !existsSync(path) ? unwatched : watchFile(path);
    const prepared = await prepareConnection(connection, patience, parts.migrations)();
    if (isLeft(prepared)) return ended(prepared);
    const sound = pipe(
      watch.check(),
      flatMap(() => hasItsIndex(connection, watch)),
    );
    if (isLeft(sound)) return ended(sound);
    return right({
      connection,
      operations: sqliteOperations(options.namespace, connection.prepare),
      groups: makeGroupCommit({ connection, patience, watch }),
      watch,
      path,
    });
  };

/** From this version on SQLite can say how much of a log stands in the file without touching either. */
const canTell = (database: SqliteDatabase): boolean => {
  const row: unknown = database.prepare('SELECT sqlite_version() AS version').get();
  const version = typeof row === 'object' && row !== null && 'version' in row ? String(row.version) : '';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 3 || (major === 3 && minor >= 51);
};

/**
 * Whether nothing is lost when a session whose log was deleted is closed: the log is gone and nobody has begun another, and
 * everything that was in it had been copied to the file by whoever deleted it. A close copies nothing then.
 */
export const isFolded = ({ connection: { database }, watch }: SqliteSession): boolean =>
  isRight(
    runStep(() => {
      if (database.inTransaction || !watch.isLogAbsent() || !canTell(database)) return left('unknown');
      const rows: unknown = database.pragma('wal_checkpoint(NOOP)');
      const row: unknown = Array.isArray(rows) ? rows[0] : undefined;
      const isWhole =
        typeof row === 'object' &&
        row !== null &&
        'busy' in row &&
        'log' in row &&
        'checkpointed' in row &&
        row.busy === 0 &&
        row.log === row.checkpointed;
      return isWhole ? right(undefined) : left('not_folded');
    }),
  );
