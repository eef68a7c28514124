import { loadSqliteDriver, loadSqliteRows, loadSqliteStatements } from '../library.mjs';
import { newRecord } from './new-record.mjs';

/**
 * What a careful backend writes by hand on better-sqlite3: read and write in an IMMEDIATE transaction that is synced, twice,
 * for the beginning and the commit of a renewal. The file has the store's schema already.
 *
 * @param {string} path
 */
export const barePair = async (path) => {
  const { loadBetterSqlite3 } = await loadSqliteDriver();
  const Database = await loadBetterSqlite3();
  const { accountRow } = await loadSqliteRows();
  const { statements } = await loadSqliteStatements();
  const database = new Database(path, {});
  database.pragma('synchronous = FULL');
  database.pragma('secure_delete = ON');
  const [read, put] = [database.prepare(statements.readAccount), database.prepare(statements.putAccount)];
  const namespace = 'bare';
  /** @param {string} key */
  const write = (key) => {
    database.exec('BEGIN IMMEDIATE');
    const row = read.get({ namespace, key });
    const generation = typeof row === 'object' && row !== null && 'generation' in row ? Number(row.generation) + 1 : 1;
    put.run({ ...accountRow({ ...newRecord(key), generation }), namespace });
    database.exec('COMMIT');
  };
  return {
    /** @param {string} key */
    pair: async (key) => {
      for (let once = 0; once < 2; once += 1) {
        await new Promise((resolve) => setImmediate(resolve));
        write(key);
      }
    },
    close: () => void database.close(),
  };
};
