import { describe, expect, it } from 'vitest';
import { sqliteStore } from '../../../../src/adapters/stores/sqlite/sqlite-store.js';
import { bareRecord, fullRecord } from '../../../../src/testing/store-contract/sample-record.js';
import { putRecord, succeeds } from '../../../../src/testing/store-contract/harness.js';
import { openDatabase } from './open-database.js';
import { opened } from './opened.js';
import { scratchFile } from './scratch-file.js';

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

const busy = (operation: string, why = 'SQLITE_BUSY') => ({
  _tag: 'Left',
  left: { _tag: 'StoreFailure', operation, why },
});

describe('sqliteStore on a locked file', () => {
  it('waits while the event loop turns, and goes through once the lock is free', async () => {
    const path = await scratchFile();
    const store = await opened(sqliteStore({ path }));
    const other = await openDatabase(path);
    other.exec('BEGIN IMMEDIATE');
    let written = false;
    const write = putRecord(store, fullRecord()).then(() => (written = true));
    await turns(50);
    expect(written).toBe(false);
    other.exec('COMMIT');
    await write;
    expect(await succeeds(store.read('tray/391250'))).toEqual(fullRecord());
  });

  it('reads what is committed in the meantime', async () => {
    const path = await scratchFile();
    const store = await opened(sqliteStore({ path }));
    await putRecord(store, fullRecord());
    const other = await openDatabase(path);
    other.exec('BEGIN IMMEDIATE; DELETE FROM llavero_accounts');
    const write = putRecord(store, bareRecord('tray/2'));
    expect(await succeeds(store.read('tray/391250'))).toEqual(fullRecord());
    other.exec('ROLLBACK');
    await write;
  });

  it('reads a note without waiting for whoever holds the write lock', async () => {
    const path = await scratchFile();
    const store = await opened(sqliteStore({ path, busyPatienceMs: 0 }));
    await succeeds(store.updateNote('note', () => ({ text: 'written', result: undefined })));
    const other = await openDatabase(path);
    other.exec('BEGIN IMMEDIATE; DELETE FROM llavero_notes');
    expect(await succeeds(store.readNote('note'))).toBe('written');
    expect(await succeeds(store.readNote('another'))).toBeUndefined();
    other.exec('ROLLBACK');
  });

  it('writes nothing for a note that its change leaves as it is', async () => {
    const path = await scratchFile();
    const store = await opened(sqliteStore({ path }));
    await succeeds(store.updateNote('note', () => ({ text: 'written', result: undefined })));
    const other = await openDatabase(path);
    const version = (): unknown => other.pragma('data_version', { simple: true });
    const before = version();
    await succeeds(store.updateNote('note', (text) => ({ text, result: undefined })));
    await succeeds(store.updateNote('absent', (text) => ({ text, result: undefined })));
    expect(version()).toBe(before);
    await succeeds(store.updateNote('note', () => ({ text: 'anew', result: undefined })));
    expect(version()).not.toBe(before);
  });

  it('gives up with the code of SQLite when its patience ends, and has written nothing', async () => {
    const path = await scratchFile();
    const store = await opened(sqliteStore({ path, busyPatienceMs: 20 }));
    const other = await openDatabase(path);
    other.exec('BEGIN IMMEDIATE');
    expect(await store.update('tray/1', () => ({ _tag: 'Put', record: bareRecord('tray/1'), result: 1 }))()).toEqual(
      busy('update'),
    );
    expect(await store.updateNote('note', () => ({ text: 'text', result: 1 }))()).toEqual(busy('updateNote'));
    expect(await store.updatePending('id', () => ({ pending: undefined, result: 1 }))()).toEqual(busy('updatePending'));
    other.exec('COMMIT');
    expect(await succeeds(store.page({ limit: 10 }))).toEqual([]);
    await putRecord(store, fullRecord());
    expect(await succeeds(store.read('tray/391250'))).toEqual(fullRecord());
  });

  it('waits for a file that another process is just setting up', async () => {
    const path = await scratchFile();
    const other = await openDatabase(path);
    other.exec('BEGIN EXCLUSIVE; CREATE TABLE orders (id INTEGER)');
    const store = sqliteStore({ path });
    const opening = opened(store);
    await turns(50);
    other.exec('COMMIT');
    await putRecord(await opening, fullRecord());
    expect(await succeeds(store.read('tray/391250'))).toEqual(fullRecord());
  });

  it('closes only when what is waiting for the lock is done', async () => {
    const path = await scratchFile();
    const store = sqliteStore({ path });
    await succeeds(store.open);
    const other = await openDatabase(path);
    other.exec('BEGIN IMMEDIATE');
    const done: string[] = [];
    const write = putRecord(store, fullRecord()).then(() => done.push('written'));
    const close = succeeds(store.close).then(() => done.push('closed'));
    await turns(50);
    expect(done).toEqual([]);
    other.exec('COMMIT');
    await Promise.all([write, close]);
    expect(done).toEqual(['written', 'closed']);
  });
});

describe('sqliteStore on a connection it was lent', () => {
  it('waits while its owner has a transaction open, which is then neither joined nor rolled back', async () => {
    const database = await openDatabase(await scratchFile());
    database.exec('CREATE TABLE orders (id INTEGER)');
    const store = await opened(sqliteStore({ database }));
    database.exec('BEGIN; INSERT INTO orders VALUES (1)');
    const write = putRecord(store, fullRecord());
    const read = succeeds(store.read('tray/391250'));
    await turns(50);
    database.exec('INSERT INTO orders VALUES (2); COMMIT');
    await write;
    expect([undefined, 7]).toContain((await read)?.generation);
    expect(database.prepare('SELECT id FROM orders').all()).toEqual([{ id: 1 }, { id: 2 }]);
    expect(await succeeds(store.read('tray/391250'))).toEqual(fullRecord());
  });

  it('keeps what it wrote when its owner rolls back', async () => {
    const database = await openDatabase(await scratchFile());
    const store = await opened(sqliteStore({ database }));
    database.exec('BEGIN');
    const write = putRecord(store, fullRecord());
    await turns(50);
    database.exec('ROLLBACK');
    await write;
    expect(await succeeds(store.read('tray/391250'))).toEqual(fullRecord());
  });

  it('says so when its owner never ends the transaction', async () => {
    const database = await openDatabase(await scratchFile());
    const store = await opened(sqliteStore({ database, busyPatienceMs: 20 }));
    database.exec('BEGIN');
    expect(await store.read('tray/1')()).toEqual(busy('read', 'caller_busy'));
    expect(await store.updatePending('id', () => ({ pending: undefined, result: 1 }))()).toEqual(
      busy('updatePending', 'caller_busy'),
    );
    expect(database.inTransaction).toBe(true);
  });

  it('says so when its owner keeps a cursor open', async () => {
    const database = await openDatabase(await scratchFile());
    const store = await opened(sqliteStore({ database, busyPatienceMs: 20 }));
    for (const key of ['tray/1', 'tray/2']) await putRecord(store, bareRecord(key));
    const rows = database.prepare('SELECT key FROM llavero_accounts').iterate();
    for (const _row of rows) {
      expect(await store.update('tray/3', () => ({ _tag: 'Put', record: bareRecord('tray/3'), result: 1 }))()).toEqual(
        busy('update', 'caller_busy'),
      );
    }
    await putRecord(store, bareRecord('tray/3'));
  });

  it('never closes it', async () => {
    const database = await openDatabase(await scratchFile());
    const store = await opened(sqliteStore({ database }));
    await succeeds(store.close);
    expect(database.open).toBe(true);
    expect(database.prepare('SELECT count(*) AS accounts FROM llavero_accounts').get()).toEqual({ accounts: 0 });
  });

  it('never closes it when opening fails either', async () => {
    const database = await openDatabase(await scratchFile());
    database.exec('CREATE TABLE llavero_schema (version INTEGER); INSERT INTO llavero_schema VALUES (99)');
    expect((await sqliteStore({ database }).open())._tag).toBe('Left');
    expect(database.open).toBe(true);
  });

  it('is told that its owner closed it', async () => {
    const database = await openDatabase(await scratchFile());
    const store = await opened(sqliteStore({ database }));
    await putRecord(store, fullRecord());
    database.close();
    expect(await store.read('tray/391250')()).toEqual(busy('read', 'closed'));
    expect(await store.updatePending('id', () => ({ pending: undefined, result: 1 }))()).toEqual(
      busy('updatePending', 'closed'),
    );
  });

  it('reads numbers whatever its owner made of integers', async () => {
    const database = await openDatabase(await scratchFile());
    database.defaultSafeIntegers(true);
    const store = await opened(sqliteStore({ database }));
    await putRecord(store, fullRecord());
    expect(await succeeds(store.read('tray/391250'))).toEqual(fullRecord());
    expect(database.prepare('SELECT 1 AS one').get()).toEqual({ one: 1n });
  });
});
