import Database from 'better-sqlite3';
import { onTestFinished } from 'vitest';
import type { OwnSqliteDatabase, SqliteStatement } from '../../../../src/adapters/stores/sqlite/database.js';

/** What a backend does with its own database, beside what the store does. */
export interface BackendDatabase extends OwnSqliteDatabase {
  prepare(source: string): SqliteStatement & { iterate(): Iterable<unknown> };
  defaultSafeIntegers(toggle: boolean): unknown;
}

type BackendDriver = new (path: string, options?: { readonly readonly?: boolean }) => BackendDatabase;

const isDriver = (exported: unknown): exported is BackendDriver => typeof exported === 'function';

/** A database as a backend opens its own, with better-sqlite3's defaults; closed when the test is over. */
export const openDatabase = async (
  path: string,
  options: { readonly readonly?: boolean } = {},
): Promise<BackendDatabase> => {
  if (!isDriver(Database)) throw new TypeError('better-sqlite3 exports no constructor');
  const database = new Database(path, options);
  onTestFinished(() => void database.close());
  return database;
};
