import { describe, expect, it } from 'vitest';
import type { SqliteDatabase } from '../../../../src/adapters/stores/sqlite/database.js';
import { makeSqliteStore, sqliteStore } from '../../../../src/adapters/stores/sqlite/sqlite-store.js';
import { fullRecord } from '../../../../src/testing/store-contract/sample-record.js';
import { putRecord, succeeds } from '../../../../src/testing/store-contract/harness.js';
import { openDatabase } from './open-database.js';
import { opened } from './opened.js';
import { scratchFile } from './scratch-file.js';
import { watchedParts } from './watched-driver.js';

const full = 2;
const extra = 3;

const setting = (database: SqliteDatabase | undefined, name: string): unknown =>
  database?.pragma(name, { simple: true });

describe('a connection that sqliteStore opens', () => {
  it('commits to disk on the first and every later connection, after writes and after reopening', async () => {
    const path = await scratchFile();
    const parts = await watchedParts();
    const first = await opened(makeSqliteStore({ path }, parts));
    await putRecord(first, fullRecord());
    const second = await opened(makeSqliteStore({ path }, parts));
    await putRecord(second, fullRecord());
    await putRecord(first, fullRecord());
    expect(parts.opened.map((database) => setting(database, 'synchronous'))).toEqual([full, full]);
    await succeeds(first.close);
    await succeeds(second.close);
    const reopened = await opened(makeSqliteStore({ path }, parts));
    await succeeds(reopened.read('tray/391250'));
    await putRecord(reopened, fullRecord());
    expect(setting(parts.opened[2], 'synchronous')).toBe(full);
  });

  it('writes ahead, flushes the cache of the disk, waits for no lock, trusts no schema and wipes what it deletes', async () => {
    const parts = await watchedParts();
    await opened(makeSqliteStore({ path: await scratchFile() }, parts));
    const names = [
      'journal_mode',
      'fullfsync',
      'checkpoint_fullfsync',
      'busy_timeout',
      'trusted_schema',
      'secure_delete',
    ];
    expect(names.map((name) => [name, setting(parts.opened[0], name)])).toEqual([
      ['journal_mode', 'wal'],
      ['fullfsync', 1],
      ['checkpoint_fullfsync', 1],
      ['busy_timeout', 0],
      ['trusted_schema', 0],
      ['secure_delete', 1],
    ]);
  });
});

describe('a connection that sqliteStore is lent', () => {
  it('commits to disk, on a new file and on one that has its write-ahead log already', async () => {
    const path = await scratchFile();
    for (const _round of ['new file', 'reopened file']) {
      const database = await openDatabase(path);
      await putRecord(await opened(sqliteStore({ database })), fullRecord());
      database.prepare('SELECT * FROM llavero_accounts').all();
      expect(setting(database, 'synchronous')).toBe(full);
      expect(setting(database, 'journal_mode')).toBe('wal');
      expect(setting(database, 'fullfsync')).toBe(1);
      database.close();
    }
  });

  it('commits to disk again after its owner stopped that', async () => {
    const database = await openDatabase(await scratchFile());
    const store = await opened(sqliteStore({ database }));
    database.pragma('synchronous = OFF');
    await putRecord(store, fullRecord());
    expect(setting(database, 'synchronous')).toBe(full);
  });

  it('keeps a stricter setting of its owner', async () => {
    const database = await openDatabase(await scratchFile());
    database.pragma('synchronous = EXTRA');
    await putRecord(await opened(sqliteStore({ database })), fullRecord());
    expect(setting(database, 'synchronous')).toBe(extra);
  });

  it('keeps the busy timeout and the trust of its owner', async () => {
    const database = await openDatabase(await scratchFile());
    database.pragma('busy_timeout = 1234');
    await putRecord(await opened(sqliteStore({ database })), fullRecord());
    expect(setting(database, 'busy_timeout')).toBe(1234);
    expect(setting(database, 'trusted_schema')).toBe(1);
    expect(setting(database, 'secure_delete')).toBe(0);
  });
});
