import { left, right, type Either } from 'fp-ts/lib/Either.js';
import { closeSync, fchmodSync, openSync } from 'node:fs';
import type { OwnSqliteDatabase, SqliteOpenOptions } from './database.js';
import { failureCode } from '../store-failure.js';

/** The constructor that better-sqlite3 exports. */
export type SqliteDriver = new (path: string, options: SqliteOpenOptions) => OwnSqliteDatabase;

/**
 * Loads better-sqlite3, which is an optional dependency: only a store that opens a file needs it. Rejects when it is not
 * installed.
 */
export const loadBetterSqlite3 = async (): Promise<SqliteDriver> => {
  const { default: driver } = await import('better-sqlite3');
  if (isDriver(driver)) return driver;
  throw new TypeError('better-sqlite3 exports no constructor');
};

const isDriver = (exported: unknown): exported is SqliteDriver => typeof exported === 'function';

/**
 * Opens the file, creating it for its owner only (mode 0600, whatever the umask); SQLite gives `-wal` and `-shm` the same
 * mode. A file that is already there keeps its mode. Left is `better_sqlite3_missing` (npm install better-sqlite3),
 * `better_sqlite3_not_built` (npm rebuild better-sqlite3, which needs a C++ toolchain), or a short code of the file
 * system or of SQLite.
 */
export const openSqliteFile = async (
  path: string,
  load: () => Promise<SqliteDriver>,
): Promise<Either<string, OwnSqliteDatabase>> => {
  const driver = await load().catch(() => undefined);
  if (driver === undefined) return left('better_sqlite3_missing');
  try {
    createForOwner(path);
    return right(new driver(path, { timeout: 0, fileMustExist: true }));
  } catch (thrown) {
    const why = failureCode(thrown);
    return left(worksAtAll(driver) ? why : 'better_sqlite3_not_built');
  }
};

/**
 * Opens and closes in one turn of the event loop: closing any descriptor of a file drops every POSIX lock the process
 * holds on it, so no connection to it may come into being in between.
 */
const createForOwner = (path: string): void => {
  try {
    const descriptor = openSync(path, 'wx', 0o600);
    try {
      fchmodSync(descriptor, 0o600);
    } finally {
      closeSync(descriptor);
    }
  } catch (thrown) {
    if (failureCode(thrown) !== 'EEXIST') throw thrown;
  }
};

const worksAtAll = (driver: SqliteDriver): boolean => {
  try {
    new driver(':memory:', {}).close();
    return true;
  } catch {
    return false;
  }
};
