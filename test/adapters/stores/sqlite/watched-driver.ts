import type { OwnSqliteDatabase, SqliteOpenOptions } from '../../../../src/adapters/stores/sqlite/database.js';
import { loadBetterSqlite3, type SqliteDriver } from '../../../../src/adapters/stores/sqlite/driver.js';
import { migrations } from '../../../../src/adapters/stores/sqlite/schema.js';
import type { SqliteParts } from '../../../../src/adapters/stores/sqlite/session.js';

/** The parts of a store, and every connection it has opened with them. */
export interface WatchedParts extends SqliteParts {
  readonly opened: readonly OwnSqliteDatabase[];
}

/** better-sqlite3 as it is, with the store's connections shown to the test. */
export const watchedParts = async (parts: Partial<SqliteParts> = {}): Promise<WatchedParts> => {
  const opened: OwnSqliteDatabase[] = [];
  const Database = await loadBetterSqlite3();
  class WatchedDatabase extends Database {
    constructor(path: string, options: SqliteOpenOptions) {
      super(path, options);
      if (path !== ':memory:') opened.push(this);
    }
  }
  const load = async (): Promise<SqliteDriver> => WatchedDatabase;
  return { load, migrations, ...parts, opened };
};
