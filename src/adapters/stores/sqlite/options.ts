import { resolve } from 'node:path';
import type { SqliteDatabase } from './database.js';
import { storeNamespace } from '../store-namespace.js';

interface SharedOptions {
  /** Several can live in one file without seeing each other; `llavero` when left out. */
  readonly namespace?: string | undefined;
  /** How long an operation tries while others hold the file's lock, in milliseconds; 8,000 when left out. */
  readonly busyPatienceMs?: number | undefined;
}

/** Either a file to open, or a better-sqlite3 `Database` that is open already. */
export type SqliteStoreOptions = SharedOptions &
  (
    | { readonly path: string; readonly database?: undefined }
    | { readonly database: SqliteDatabase; readonly path?: undefined }
  );

/** The options with their defaults. */
export type CheckedSqliteOptions = {
  readonly namespace: string;
  readonly busyPatienceMs: number;
} & ({ readonly path: string } | { readonly database: SqliteDatabase });

/** Throws TypeError, saying what to write instead, for options that can never work. */
export const checkSqliteOptions = (options: SqliteStoreOptions): CheckedSqliteOptions => {
  const { path, database, namespace, busyPatienceMs = 8_000 } = options;
  if (!(Number.isFinite(busyPatienceMs) && busyPatienceMs >= 0)) {
    throw new TypeError(
      'the option `busyPatienceMs` of sqliteStore must be milliseconds, such as busyPatienceMs: 10_000',
    );
  }
  const shared = { namespace: storeNamespace(namespace), busyPatienceMs };
  if (path !== undefined && database !== undefined) {
    throw new TypeError('sqliteStore takes either { path } or { database }, not both');
  }
  if (database !== undefined) return { ...shared, database: checkedDatabase(database) };
  return { ...shared, path: checkedPath(path) };
};

const checkedPath = (path: string | undefined): string => {
  if (typeof path !== 'string' || path.trim() === '') {
    throw new TypeError(
      "sqliteStore needs a file: sqliteStore({ path: 'llavero.db' }), or your own: sqliteStore({ database })",
    );
  }
  if (path.trim() === ':memory:') {
    throw new TypeError('sqliteStore keeps a file; for a store in memory write memoryStore()');
  }
  if (path.startsWith('file:') || path.includes('\0')) {
    throw new TypeError(
      "the option `path` of sqliteStore must be a plain path, not a URL: path: '/var/lib/app/llavero.db'",
    );
  }
  return resolve(path.trim());
};

const checkedDatabase = (database: SqliteDatabase): SqliteDatabase => {
  if (typeof database !== 'object' || database === null || typeof database.pragma !== 'function') {
    throw new TypeError(
      "the option `database` of sqliteStore must be a Database of better-sqlite3: new Database('llavero.db')",
    );
  }
  if (database.memory) {
    throw new TypeError('sqliteStore cannot keep tokens in a database in memory; write memoryStore() instead');
  }
  if (database.readonly || !database.open) {
    throw new TypeError(
      'the option `database` of sqliteStore must be open for writing, and stay open until the llavero is closed',
    );
  }
  return database;
};
