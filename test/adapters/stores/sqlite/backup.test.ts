import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../../../src/adapters/stores/memory/memory-store.js';
import { sqliteStore } from '../../../../src/adapters/stores/sqlite/sqlite-store.js';
import type { TokenStore } from '../../../../src/ports/token-store.js';
import { bareRecord } from '../../../../src/testing/store-contract/sample-record.js';
import { putRecord, succeeds } from '../../../../src/testing/store-contract/harness.js';
import { openDatabase } from './open-database.js';
import { opened } from './opened.js';
import { scratchFile } from './scratch-file.js';

const filled = async (accounts: number): Promise<{ readonly path: string; readonly store: TokenStore }> => {
  const path = await scratchFile();
  const store = await opened(sqliteStore({ path }));
  const keys = Array.from({ length: accounts }, (_, index) => `tray/${index}`);
  await Promise.all(keys.map((key) => putRecord(store, { ...bareRecord(key), token: 't'.repeat(900) })));
  return { path, store };
};

const backup = async (store: TokenStore, path: string): Promise<string> => {
  const outcome = await store.backup?.(path)();
  return outcome === undefined ? 'none' : outcome._tag === 'Right' ? 'done' : outcome.left.why;
};

describe('a backup of sqliteStore', () => {
  it('is a store with all that was committed, for its owner only, and leaves nothing else behind', async () => {
    const { path, store } = await filled(50);
    const copy = `${path}.backup`;
    expect(await backup(store, copy)).toBe('done');
    expect(statSync(copy).mode & 0o777).toBe(0o600);
    expect(readdirSync(dirname(path)).filter((name) => name.includes('backup'))).toEqual(['llavero.db.backup']);
    const restored = await opened(sqliteStore({ path: copy }));
    expect(await succeeds(restored.page({ limit: 100 }))).toEqual(await succeeds(store.page({ limit: 100 })));
  });

  it('is whole while the store goes on being written, and as it was at one moment', async () => {
    const { path, store } = await filled(2_000);
    let isDone = false;
    let writes = 0;
    const copying = backup(store, `${path}.backup`).finally(() => (isDone = true));
    const write = async (): Promise<void> => {
      if (isDone) return;
      writes += 1;
      await putRecord(store, { ...bareRecord('tray/a'), generation: writes });
      await putRecord(store, { ...bareRecord('tray/b'), generation: writes });
      return write();
    };
    await write();
    expect(await copying).toBe('done');
    const copy = await openDatabase(`${path}.backup`);
    expect(copy.pragma('integrity_check', { simple: true })).toBe('ok');
    const [a, b] = copy
      .prepare("SELECT generation FROM llavero_accounts WHERE key IN ('tray/a', 'tray/b') ORDER BY key")
      .all()
      .map((row) => JSON.stringify(row));
    expect(writes).toBeGreaterThan(1);
    expect([a, a?.replace(/\d+/, (n) => String(Number(n) - 1))]).toContain(b);
  });

  it('comes to an end while another process writes without a pause', async () => {
    const { path, store } = await filled(3_000);
    const other = await openDatabase(path);
    const touch = other.prepare("UPDATE llavero_accounts SET updated_at = updated_at + 1 WHERE key = 'tray/1'");
    const timer = setInterval(() => touch.run(), 0);
    const busy = setImmediate(function again() {
      touch.run();
      next = setImmediate(again);
    });
    let next = busy;
    expect(await backup(store, `${path}.backup`)).toBe('done');
    clearInterval(timer);
    clearImmediate(next);
  });

  it('takes the place of no file', async () => {
    const { path, store } = await filled(1);
    writeFileSync(`${path}.backup`, 'precious');
    expect(await backup(store, `${path}.backup`)).toBe('backup_target_exists');
    expect(await backup(store, path)).toBe('backup_target_exists');
    expect(statSync(`${path}.backup`).size).toBe(8);
  });

  it('says why it could not be made, and leaves nothing behind', async () => {
    const { path, store } = await filled(1);
    expect(await backup(store, `${path}/no/such/folder`)).toBe('ENOTDIR');
    expect(readdirSync(dirname(path)).toSorted()).toEqual(['llavero.db', 'llavero.db-shm', 'llavero.db-wal']);
  });

  it('keeps the locks of the store: others still cannot take its log away', async () => {
    const { path, store } = await filled(1);
    expect(await backup(store, `${path}.backup`)).toBe('done');
    await putRecord(store, bareRecord('tray/new'));
    expect(statSync(`${path}-wal`).size).toBeGreaterThan(0);
  });

  it('is made of a database that was lent, and refused where that cannot', async () => {
    const path = await scratchFile();
    const database = await openDatabase(path);
    const store = await opened(sqliteStore({ database }));
    expect(await backup(store, `${path}.backup`)).toBe('done');
    const limited = Object.assign(database, { backup: undefined });
    expect(await backup(await opened(sqliteStore({ database: limited })), `${path}.another`)).toBe(
      'backup_not_supported',
    );
  });

  it('is nothing that a store in memory has', () => {
    expect(memoryStore().backup).toBeUndefined();
  });
});
