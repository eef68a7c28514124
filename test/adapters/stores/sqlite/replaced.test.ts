import { copyFileSync, linkSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadBetterSqlite3 } from '../../../../src/adapters/stores/sqlite/driver.js';
import { makeSqliteStore, sqliteStore } from '../../../../src/adapters/stores/sqlite/sqlite-store.js';
import type { TokenStore } from '../../../../src/ports/token-store.js';
import { bareRecord } from '../../../../src/testing/store-contract/sample-record.js';
import { putRecord, succeeds } from '../../../../src/testing/store-contract/harness.js';
import { runProcess } from '../../../processes/run-process.js';
import { openDatabase } from './open-database.js';
import { opened } from './opened.js';
import { scratchFile } from './scratch-file.js';
import { watchedParts } from './watched-driver.js';

const ends = ['', '-wal', '-shm'] as const;

/** Whether a write gets through: `written`, or why it does not. */
const write = async (store: TokenStore, key = 'tray/2', urgent = false): Promise<string> => {
  const outcome = await store.update(key, () => ({ _tag: 'Put', record: bareRecord(key), result: 'written' }), {
    urgent,
  })();
  return outcome._tag === 'Right' ? outcome.right : outcome.left.why;
};

const keysIn = async (path: string): Promise<readonly unknown[]> =>
  (await openDatabase(path)).prepare('SELECT key FROM llavero_accounts ORDER BY key').all();

/** A store with one account, in a file. */
const scene = async () => {
  const path = await scratchFile();
  const parts = await watchedParts();
  const store = await opened(makeSqliteStore({ path }, parts));
  await putRecord(store, bareRecord('tray/1'));
  return { path, store, connections: parts.opened };
};

/** What drops every lock this process holds on the file and its shared memory. */
const copyAll = (path: string): void => ends.forEach((end) => copyFileSync(path + end, `${path}.copy${end}`));

/** Another process opens the file, runs a statement, and closes it again. */
const inAnotherProcess = async (path: string, statement: string): Promise<void> => {
  const script = `const D = require('better-sqlite3'); const d = new D(process.argv[1]); ${statement}; d.close();`;
  const { exitCode, stderr } = await runProcess('-e', script, path);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
};

const lookIn = (path: string): Promise<void> =>
  inAnotherProcess(path, "d.prepare('SELECT count(*) FROM llavero_accounts').get()");

const removeElsewhere = (path: string): Promise<void> =>
  inAnotherProcess(path, "d.prepare('DELETE FROM llavero_accounts').run()");

describe('a file that is not the one that was opened', () => {
  it.each([
    ['deleted', (path: string) => ends.forEach((end) => rmSync(path + end, { force: true }))],
    ['moved away', (path: string) => renameSync(path, `${path}.old`)],
    [
      'restored from a backup',
      (path: string) => {
        copyFileSync(path, `${path}.backup`);
        for (const end of ends) rmSync(path + end, { force: true });
        copyFileSync(`${path}.backup`, path);
      },
    ],
    [
      'restored by a rename over it',
      (path: string) => {
        copyFileSync(path, `${path}.backup`);
        renameSync(`${path}.backup`, path);
      },
    ],
  ])('is never written: %s', async (_how, happens) => {
    const { path, store } = await scene();
    happens(path);
    expect(await write(store)).toBe('file_replaced');
    expect(await write(store, 'tray/3', true)).toBe('file_replaced');
    const [two, three] = await Promise.all(['tray/2', 'tray/3'].map((key) => succeeds(store.read(key))));
    expect([two, three]).toEqual([undefined, undefined]);
  });

  it('is no place for a commit: one that it was replaced under is told as failed', async () => {
    const path = await scratchFile();
    const Database = await loadBetterSqlite3();
    let isArmed = false;
    class FatefulDatabase extends Database {
      override exec(source: string): unknown {
        if (source === 'COMMIT' && isArmed) renameSync(path, `${path}.old`);
        return super.exec(source);
      }
    }
    const parts = await watchedParts({ load: async () => FatefulDatabase });
    const store = await opened(makeSqliteStore({ path }, parts));
    isArmed = true;
    expect(await write(store)).toBe('file_replaced');
  });

  it('is not written either when what was moved away comes back: others have written to what stood there', async () => {
    const { path, store } = await scene();
    renameSync(path, `${path}.old`);
    expect(await write(store)).toBe('file_replaced');
    renameSync(`${path}.old`, path);
    expect(await write(store)).toBe('file_replaced');
  });

  it('is neither closed, for that copies pages, nor backed up', async () => {
    const { path, store, connections } = await scene();
    renameSync(path, `${path}.old`);
    expect(await store.backup?.(`${path}.copy`)()).toMatchObject({ left: { why: 'file_replaced' } });
    await succeeds(store.close);
    expect(connections.map(({ open }) => open)).toEqual([true]);
    connections.forEach((connection) => connection.close());
  });

  it('is read all the same: a token that is valid is served', async () => {
    const { path, store } = await scene();
    renameSync(path, `${path}.old`);
    expect(await write(store)).toBe('file_replaced');
    expect(await succeeds(store.read('tray/1'))).toEqual(bareRecord('tray/1'));
  });

  it('is seen through a symbolic link, whichever of the two changes', async () => {
    const { path } = await scene();
    const link = `${path}.link`;
    symlinkSync(path, link);
    const store = await opened(sqliteStore({ path: link }));
    expect(await write(store)).toBe('written');
    writeFileSync(`${path}.other`, '');
    unlinkSync(link);
    symlinkSync(`${path}.other`, link);
    expect(await write(store)).toBe('file_replaced');
  });

  it('is known of a database that was lent', async () => {
    const path = await scratchFile();
    const database = await openDatabase(path);
    const store = await opened(sqliteStore({ database }));
    expect(await write(store)).toBe('written');
    renameSync(path, `${path}.old`);
    expect(await write(store)).toBe('file_replaced');
    expect(database.open).toBe(true);
  });
});

describe('a write-ahead log that is not the one that was opened', () => {
  it('is never written when it was deleted with what is not in the file yet', async () => {
    const { path, store, connections } = await scene();
    rmSync(`${path}-wal`);
    expect(await write(store)).toBe('wal_replaced');
    expect(await write(store)).toBe('wal_replaced');
    await succeeds(store.close);
    expect(connections.map(({ open }) => open)).toEqual([true]);
    connections.forEach((connection) => connection.close());
  });

  it('is never written when another has taken its place', async () => {
    const { path, store } = await scene();
    copyFileSync(`${path}-wal`, `${path}-wal.copy`);
    renameSync(`${path}-wal.copy`, `${path}-wal`);
    expect(await write(store)).toBe('wal_replaced');
    expect(await write(store)).toBe('wal_replaced');
  });

  it('is told once, and then begun anew, when another process deleted it after all of it was copied to the file', async () => {
    const { path, store, connections } = await scene();
    copyAll(path);
    await lookIn(path);
    expect(await write(store)).toBe('wal_replaced');
    expect(await write(store)).toBe('written');
    expect(connections.map(({ open }) => open)).toEqual([false, true]);
    await lookIn(path);
    expect(await write(store, 'tray/3')).toBe('written');
    await succeeds(store.close);
    expect(await keysIn(path)).toEqual([{ key: 'tray/1' }, { key: 'tray/2' }, { key: 'tray/3' }]);
  });

  it('is begun anew once by many who write at the same time', async () => {
    const { path, store, connections } = await scene();
    copyAll(path);
    await lookIn(path);
    const outcomes = await Promise.all(['a', 'b', 'c'].map((name) => write(store, `tray/${name}`)));
    expect(outcomes).toEqual(['wal_replaced', 'wal_replaced', 'wal_replaced']);
    expect(await Promise.all(['a', 'b', 'c'].map((name) => write(store, `tray/${name}`)))).toEqual([
      'written',
      'written',
      'written',
    ]);
    expect(connections).toHaveLength(2);
  });

  it('is not begun anew on a database that was lent: its owner starts again', async () => {
    const path = await scratchFile();
    const database = await openDatabase(path);
    const store = await opened(sqliteStore({ database }));
    await putRecord(store, bareRecord('tray/1'));
    copyAll(path);
    await lookIn(path);
    expect(await write(store)).toBe('wal_replaced');
    expect(await write(store)).toBe('wal_replaced');
  });
});

describe('a shared index that was deleted or replaced', () => {
  it.each([
    ['deleted', (path: string) => rmSync(`${path}-shm`)],
    [
      'replaced by its copy',
      (path: string) => {
        copyFileSync(`${path}-shm`, `${path}-shm.copy`);
        renameSync(`${path}-shm.copy`, `${path}-shm`);
      },
    ],
  ])('is known before the next write: %s', async (_how, happens) => {
    const { path, store, connections } = await scene();
    happens(path);
    expect(await write(store)).toBe('shm_replaced');
    expect(await write(store, 'tray/3', true)).toBe('shm_replaced');
    expect(await store.backup?.(`${path}.copy`)()).toMatchObject({ left: { why: 'shm_replaced' } });
    await succeeds(store.close);
    expect(connections.map(({ open }) => open)).toEqual([true]);
    connections.forEach((connection) => connection.close());
  });

  it('lets nothing be decided by what another process has changed by its own index', async () => {
    const { path, store } = await scene();
    rmSync(`${path}-shm`);
    await removeElsewhere(path);
    let decided = 0;
    const outcome = await store.update('tray/1', () => {
      decided += 1;
      return { _tag: 'Keep', result: 'decided' };
    })();
    expect(outcome).toMatchObject({ left: { why: 'shm_replaced' } });
    expect(decided).toBe(0);
    // Each of the two sees what the other does not: every connection of this process goes by the old index.
    expect(await keysIn(path)).toEqual([{ key: 'tray/1' }]);
    await inAnotherProcess(path, `if (d.prepare('SELECT count(*) AS n FROM llavero_accounts').get().n > 0) throw 1`);
  });

  it('is never gone on from, though the log is deleted as well in the end', async () => {
    const { path, store, connections } = await scene();
    rmSync(`${path}-shm`);
    expect(await write(store)).toBe('shm_replaced');
    for (const end of ['', '-wal'] as const) copyFileSync(path + end, `${path}.copy${end}`);
    await lookIn(path);
    expect(await write(store)).toBe('shm_replaced');
    expect(connections).toHaveLength(1);
    connections.forEach((connection) => connection.close());
  });

  it('is no place for a commit: one that it was deleted under is told as failed', async () => {
    const path = await scratchFile();
    const Database = await loadBetterSqlite3();
    let isArmed = false;
    class FatefulDatabase extends Database {
      override exec(source: string): unknown {
        if (source === 'COMMIT' && isArmed) rmSync(`${path}-shm`, { force: true });
        return super.exec(source);
      }
    }
    const parts = await watchedParts({ load: async () => FatefulDatabase });
    const store = await opened(makeSqliteStore({ path }, parts));
    isArmed = true;
    expect(await write(store)).toBe('shm_replaced');
    parts.opened.forEach((connection) => connection.close());
  });

  it('is not taken over from another store of the process, which keeps it open', async () => {
    const { path, store } = await scene();
    rmSync(`${path}-shm`);
    expect(await sqliteStore({ path, namespace: 'other' }).open()).toMatchObject({ left: { why: 'shm_replaced' } });
    expect(await write(store)).toBe('shm_replaced');
  });

  it('is known of a database that was lent', async () => {
    const path = await scratchFile();
    const database = await openDatabase(path);
    const store = await opened(sqliteStore({ database }));
    rmSync(`${path}-shm`);
    expect(await write(store)).toBe('shm_replaced');
    expect(database.open).toBe(true);
  });

  it('is not looked for where a lent database keeps it in memory', async () => {
    const path = await scratchFile();
    const database = await openDatabase(path);
    database.pragma('locking_mode = EXCLUSIVE');
    const store = await opened(sqliteStore({ database }));
    expect(await write(store)).toBe('written');
    expect(await write(store, 'tray/3')).toBe('written');
  });
});

describe('a file with a second name', () => {
  it('is not opened by either', async () => {
    const { path, store } = await scene();
    linkSync(path, `${path}.link`);
    for (const name of [path, `${path}.link`]) {
      expect(await sqliteStore({ path: name }).open()).toMatchObject({ left: { why: 'file_linked' } });
    }
    await succeeds(store.close);
  });

  it('begins nothing while it has it, and ends what it has begun', async () => {
    const { path, store } = await scene();
    linkSync(path, `${path}.link`);
    expect(await write(store, 'tray/2')).toBe('file_linked');
    expect(await write(store, 'tray/3', true)).toBe('written');
    unlinkSync(`${path}.link`);
    expect(await write(store, 'tray/2')).toBe('written');
  });
});
