import { isRight, map, mapLeft, right, type Either } from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { StoreFailure, TokenStore } from '../../ports/token-store.js';
import { lentConnection, ownConnection, prepareConnection, type SqliteConnection } from './sqlite-connection.js';
import { loadBetterSqlite3, openSqliteFile, type SqliteDriver } from './sqlite-driver.js';
import { sqliteOperations, type SqliteOperations } from './sqlite-operations.js';
import { checkSqliteOptions, type CheckedSqliteOptions, type SqliteStoreOptions } from './sqlite-options.js';
import { makePatience, type Patience } from './sqlite-patience.js';
import { migrations, type Migration } from './sqlite-schema.js';
import { runStep } from './sqlite-step.js';
import { transact, type Decision } from './sqlite-transaction.js';
import { storeFailure } from './store-failure.js';
import { makeStoreLifetime } from './store-lifetime.js';

/** What tests put in the place of the real thing. */
export interface SqliteParts {
  readonly load: () => Promise<SqliteDriver>;
  readonly migrations: readonly Migration[];
}

interface Session {
  readonly connection: SqliteConnection;
  readonly operations: SqliteOperations;
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
 * `better_sqlite3_not_built`, `schema_newer`, `wal_unavailable`, `synchronous_not_full`, `caller_busy`, `not_open` or
 * `closed`. Throws TypeError for options that can never work.
 */
export const sqliteStore = (options: SqliteStoreOptions): TokenStore =>
  makeSqliteStore(options, { load: loadBetterSqlite3, migrations });

/** {@link sqliteStore} with its parts given. */
export const makeSqliteStore = (unchecked: SqliteStoreOptions, parts: SqliteParts): TokenStore => {
  const options = checkSqliteOptions(unchecked);
  const { namespace } = options;
  const patience = makePatience(options.busyPatienceMs);
  const lifetime = makeStoreLifetime(startSession(options, parts, patience), ({ connection }) =>
    runStep(() => right(connection.close())),
  );

  const reading =
    <A>(operation: string, work: (operations: SqliteOperations) => A): TaskEither<StoreFailure, A> =>
    async () => {
      const outcome = await lifetime.use(({ connection, operations }) =>
        patience.run(connection.guard(() => right(work(operations)))),
      );
      return failing(operation)(outcome);
    };

  const writing =
    <A>(
      operation: string,
      decide: (operations: SqliteOperations) => Either<string, Decision<A>>,
    ): TaskEither<StoreFailure, A> =>
    async () => {
      const outcome = await lifetime.use(({ connection, operations }) =>
        patience.runInOrder(connection.guard(() => transact(connection.database, () => decide(operations)))),
      );
      return failing(operation)(outcome);
    };

  return Object.freeze<TokenStore>({
    namespace,
    open: async () => failing('open')(await lifetime.open()),
    read: (key) => reading('read', ({ read }) => read(key)),
    page: (query) => reading('page', ({ page }) => page(query)),
    due: (query) => reading('due', ({ due }) => due(query)),
    update: (key, change) => writing('update', ({ update }) => update(key, change)),
    putPending: (pending, nowMs) => writing('putPending', ({ putPending }) => putPending(pending, nowMs)),
    takePending: (id) => writing('takePending', ({ takePending }) => takePending(id)),
    updateNote: (name, change) => writing('updateNote', ({ updateNote }) => updateNote(name, change)),
    close: async () => failing('close')(await lifetime.close()),
  });
};

const failing = (operation: string): (<A>(outcome: Either<string, A>) => Either<StoreFailure, A>) =>
  mapLeft((why: string) => storeFailure(operation, why));

const startSession =
  (
    options: CheckedSqliteOptions,
    { load, migrations: known }: SqliteParts,
    patience: Patience,
  ): TaskEither<string, Session> =>
  async () => {
    const opened: Either<string, SqliteConnection> =
      'path' in options
        ? map(ownConnection)(await openSqliteFile(options.path, load))
        : right(lentConnection(options.database));
    if (!isRight(opened)) return opened;
    const connection = opened.right;
    const prepared = await prepareConnection(connection, patience, known)();
    if (!isRight(prepared)) {
      runStep(() => right(connection.close()));
      return prepared;
    }
    return right({ connection, operations: sqliteOperations(options.namespace, connection.prepare) });
  };
