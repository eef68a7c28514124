import { isLeft, mapLeft, right, type Either } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { resolve } from 'node:path';
import type { StoreTrouble } from '../../../domain/store-trouble.js';
import type { StoreFailure, TokenStore, WriteOptions } from '../../../ports/token-store.js';
import { fileSystemWarnings } from './file-system-warnings.js';
import { backUp } from './backup.js';
import { loadBetterSqlite3 } from './driver.js';
import type { Decide } from './group-commit.js';
import type { SqliteOperations } from './operations.js';
import { checkSqliteOptions, type SqliteStoreOptions } from './options.js';
import { makePatience } from './patience.js';
import { migrations } from './schema.js';
import { isFolded, startSession, type SqliteParts, type SqliteSession } from './session.js';
import { runStep } from './step.js';
import { storeFailure } from '../store-failure.js';
import { makeStoreLifetime } from '../store-lifetime.js';

/** The session of a store that is open. Another takes its place when its log was deleted and nothing was lost. */
interface ServableToken {
  session: SqliteSession;
  /** Closed, with no other in its place yet. */
  isClosed: boolean;
}

/**
 * A store in one SQLite file, for the processes of one host: the file has to be on a local disk.
 *
 * Given a `path` it opens and closes the file itself, creating it with mode 0600; the mode of a file that is already there
 * is left as it is. Given a `database` it uses that connection and never closes it; it switches the file to write-ahead
 * logging and the connection to `synchronous = FULL` and `fullfsync`, keeps the connection's own busy timeout as it was,
 * and waits while its owner has a transaction open.
 *
 * One store belongs to one llavero; for several, make several on the same path. A change that throws is a bug: it is rolled
 * back and told as `change_threw`. Besides SQLite's own codes a failure says `better_sqlite3_missing`,
 * `better_sqlite3_not_built`, `schema_newer`, `wal_unavailable`, `synchronous_not_full`, `file_replaced`, `wal_replaced`,
 * `shm_replaced`, `file_linked`, `backup_not_supported`, `backup_target_exists`, `caller_busy`, `not_open` or `closed`. Throws TypeError for options that can never work.
 */
export const sqliteStore = (options: SqliteStoreOptions): TokenStore =>
  makeSqliteStore(options, { load: loadBetterSqlite3, migrations });

/** {@link sqliteStore} with its parts given. */
export const makeSqliteStore = (unchecked: SqliteStoreOptions, parts: SqliteParts): TokenStore => {
  const options = checkSqliteOptions(unchecked);
  const { namespace } = options;
  const patience = makePatience(options.busyPatienceMs);
  const start = startSession(options, parts, patience);
  const lifetime = makeStoreLifetime(
    pipe(
      start,
      TE.map((session): ServableToken => ({ session, isClosed: false })),
    ),
    ({ session: { watch, connection }, isClosed }) =>
      // A close copies what is in the log into the file: it must not touch one that has gone its own way.
      isClosed || isLeft(watch.check()) ? right(undefined) : runStep(() => right(connection.close())),
  );
  let reopening: Promise<void> | undefined;
  let trouble: StoreTrouble | undefined;

  /**
   * Another process has deleted the log. That happens where this process has dropped its own locks, by opening and closing
   * the file besides: as long as nothing was written since, a new connection goes on where the old one was.
   */
  const reopened = async (held: ServableToken): Promise<void> => {
    if ('database' in options) return;
    if (!held.isClosed && !isFolded(held.session)) return;
    if (!held.isClosed) runStep(() => right(held.session.connection.close()));
    held.isClosed = true;
    const started = await start();
    if (isLeft(started)) return;
    held.session = started.right;
    held.isClosed = false;
  };

  const reading =
    <A>(operation: string, work: (operations: SqliteOperations) => A): TE.TaskEither<StoreFailure, A> =>
    async () => {
      const outcome = await lifetime.use(async (held) => {
        const found = await patience.run(() => {
          const { connection, operations } = held.session;
          return connection.guard(() => right(work(operations)))();
        });
        const sound = held.session.watch.check();
        trouble = isLeft(sound) ? sound.left : undefined;
        return found;
      });
      return failing(operation)(outcome);
    };

  const writing =
    <A>(
      operation: string,
      decide: (operations: SqliteOperations) => ReturnType<Decide<A>>,
      hint?: WriteOptions,
    ): TE.TaskEither<StoreFailure, A> =>
    async () => {
      const outcome = await lifetime.use(async (held) => {
        const { groups, operations } = held.session;
        const written = await groups.write(() => decide(operations), hint);
        if (isLeft(written) && written.left === 'wal_replaced') {
          reopening ??= reopened(held).finally(() => {
            reopening = undefined;
          });
          await reopening;
        }
        return written;
      });
      return failing(operation)(outcome);
    };

  return Object.freeze<TokenStore>({
    namespace,
    open: async () => failing('open')(await lifetime.open()),
    read: (key) => reading('read', ({ read }) => read(key)),
    page: (query) => reading('page', ({ page }) => page(query)),
    pendings: (query) => reading('pendings', ({ pendings }) => pendings(query)),
    readNote: (name) => reading('readNote', ({ readNote }) => readNote(name)),
    update: (key, change, options) => writing('update', ({ update }) => update(key, change), options),
    claimDue: (query) => writing('claimDue', ({ claimDue }) => claimDue(query)),
    releaseClaims: (releases) => writing('releaseClaims', ({ releaseClaims }) => releaseClaims(releases)),
    putPending: (pending, nowMs) => writing('putPending', ({ putPending }) => putPending(pending, nowMs)),
    updatePending: (id, change) => writing('updatePending', ({ updatePending }) => updatePending(id, change)),
    updateNote: (name, change, options) => writing('updateNote', ({ updateNote }) => updateNote(name, change), options),
    backup: (path) => async () => {
      const outcome = await lifetime.use(async ({ session: { connection, watch } }) => {
        const sound = watch.check();
        return isLeft(sound) ? sound : backUp(connection.database, resolve(path));
      });
      return failing('backup')(outcome);
    },
    trouble: () => trouble,
    warnings: () => ('path' in options ? fileSystemWarnings(options.path) : []),
    close: async () => failing('close')(await lifetime.close()),
  });
};

const failing = (operation: string): (<A>(outcome: Either<string, A>) => Either<StoreFailure, A>) =>
  mapLeft((why: string) => storeFailure(operation, why));
