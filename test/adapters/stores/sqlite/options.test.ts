import { describe, expect, it } from 'vitest';
import { sqliteStore } from '../../../../src/adapters/stores/sqlite/sqlite-store.js';
import { openDatabase } from './open-database.js';
import { scratchFile } from './scratch-file.js';

/** What a program without types passes. */
const untyped = (options: object): Parameters<typeof sqliteStore>[0] => ({ path: '', ...options });

describe('sqliteStore', () => {
  it.each([
    [{ path: '' }, /sqliteStore\(\{ path: 'llavero.db' \}\)/],
    [{ path: '  ' }, /sqliteStore\(\{ path: 'llavero.db' \}\)/],
    [{ path: undefined }, /sqliteStore\(\{ path: 'llavero.db' \}\)/],
    [{ path: 7 }, /sqliteStore\(\{ path: 'llavero.db' \}\)/],
    [{ path: ':memory:' }, /memoryStore\(\)/],
    [{ path: 'file:llavero.db?mode=memory' }, /plain path/],
    [{ path: 'a\0b' }, /plain path/],
    [{ path: 'a.db', database: {} }, /not both/],
    [{ path: undefined, database: {} }, /Database of better-sqlite3/],
    [{ path: 'a.db', namespace: '' }, /namespace: 'billing'/],
    [{ path: 'a.db', namespace: 'a\nb' }, /namespace: 'billing'/],
    [{ path: 'a.db', namespace: 7 }, /namespace: 'billing'/],
    [{ path: 'a.db', busyPatienceMs: -1 }, /busyPatienceMs: 10_000/],
    [{ path: 'a.db', busyPatienceMs: Number.NaN }, /busyPatienceMs: 10_000/],
  ])('throws a TypeError that says what to write for %j', (options, message) => {
    const make = () => sqliteStore(untyped(options));
    expect(make).toThrow(TypeError);
    expect(make).toThrow(message);
  });

  it('throws a TypeError for a database in memory', async () => {
    const database = await openDatabase(':memory:');
    expect(() => sqliteStore({ database })).toThrow(/memoryStore\(\)/);
  });

  it('throws a TypeError for a database that cannot be written or is closed', async () => {
    const path = await scratchFile();
    const database = await openDatabase(path);
    database.exec('CREATE TABLE orders (id INTEGER)');
    const reader = await openDatabase(path, { readonly: true });
    expect(() => sqliteStore({ database: reader })).toThrow(/open for writing/);
    database.close();
    expect(() => sqliteStore({ database })).toThrow(/open for writing/);
  });

  it('tells its namespace', () => {
    expect(sqliteStore({ path: 'a.db' }).namespace).toBe('llavero');
    expect(sqliteStore({ path: 'a.db', namespace: 'billing' }).namespace).toBe('billing');
  });
});
