import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { loadBetterSqlite3 } from '../../../../src/adapters/stores/sqlite/driver.js';
import { migrate, migrations } from '../../../../src/adapters/stores/sqlite/schema.js';
import { statements } from '../../../../src/adapters/stores/sqlite/statements.js';
import { makeSqliteStore, sqliteStore } from '../../../../src/adapters/stores/sqlite/sqlite-store.js';
import { bareRecord, fullRecord } from '../../../../src/testing/store-contract/sample-record.js';
import { lookAt, putRecord, succeeds } from '../../../../src/testing/store-contract/harness.js';
import { openDatabase } from './open-database.js';
import { opened } from './opened.js';
import { scratchFile } from './scratch-file.js';
import { watchedParts } from './watched-driver.js';

const withMigration = (...statementsOfIt: readonly string[]) => ({
  load: loadBetterSqlite3,
  migrations: [...migrations, statementsOfIt],
});

const addColumn = "ALTER TABLE llavero_accounts ADD COLUMN colour TEXT NOT NULL DEFAULT 'blue'";

const thrownCode = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error;
  }
};

describe('the schema of sqliteStore', () => {
  it('has the version of its newest migration', async () => {
    const path = await scratchFile();
    await opened(sqliteStore({ path }));
    const reader = await openDatabase(path);
    expect(reader.prepare('SELECT version FROM llavero_schema').all()).toEqual([{ version: migrations.length }]);
  });

  it('migrates forward when the file is opened, and keeps what it holds', async () => {
    const path = await scratchFile();
    const older = sqliteStore({ path });
    await succeeds(older.open);
    await putRecord(older, fullRecord());
    await succeeds(older.close);
    const newer = await opened(makeSqliteStore({ path }, withMigration(addColumn)));
    expect(await succeeds(newer.read('tray/391250'))).toEqual(fullRecord());
    const reader = await openDatabase(path);
    expect(reader.prepare('SELECT key, colour FROM llavero_accounts').all()).toEqual([
      { key: 'tray/391250', colour: 'blue' },
    ]);
    expect(reader.prepare('SELECT version FROM llavero_schema').all()).toEqual([{ version: migrations.length + 1 }]);
  });

  it('takes an authorization that a file of the first version holds as open', async () => {
    const path = await scratchFile();
    const older = await openDatabase(path);
    for (const statement of migrations.slice(0, 1).flat()) older.exec(statement);
    older.exec('CREATE TABLE llavero_schema (version INTEGER NOT NULL) STRICT; INSERT INTO llavero_schema VALUES (1)');
    older.exec("INSERT INTO llavero_pending VALUES ('llavero', 'state', 'tray/1', 'one', 7, 'sealed')");
    older.close();
    const newer = await opened(sqliteStore({ path }));
    expect(await lookAt(newer, 'state')).toEqual({
      id: 'state',
      key: 'tray/1',
      incarnation: 'one',
      expiresAt: 7,
      sealed: 'sealed',
    });
  });

  it('gives sweeps what a file of the second version holds as due', async () => {
    const path = await scratchFile();
    const older = await openDatabase(path);
    for (const statement of migrations.slice(0, 2).flat()) older.exec(statement);
    older.exec('CREATE TABLE llavero_schema (version INTEGER NOT NULL) STRICT; INSERT INTO llavero_schema VALUES (2)');
    older.exec(`INSERT INTO llavero_accounts
      (namespace, key, provider, account, incarnation, credential, generation, renewable, invalidated, fallback_tried,
       keep_alive_at, created_at, updated_at)
      VALUES ('llavero', 'tray/1', 'tray', '1', 'one', 'sealed', 1, 1, 0, 0, 7, 1, 1)`);
    older.close();
    const newer = await opened(sqliteStore({ path }));
    const claim = {
      provider: 'tray',
      nowMs: 7,
      limit: 1,
      keepWarm: false,
      untilMs: 9,
      latestNotBeforeMs: 99,
      latestDatedMs: 99,
    };
    expect(await succeeds(newer.claimDue(claim))).toMatchObject([{ key: 'tray/1', sweepNotBefore: 9 }]);
    expect(await succeeds(newer.claimDue(claim))).toEqual([]);
  });

  it('migrates once when several open the file at once', async () => {
    const path = await scratchFile();
    const stores = Array.from({ length: 6 }, () => makeSqliteStore({ path }, withMigration(addColumn)));
    const outcomes = await Promise.all(stores.map((store) => store.open()));
    await Promise.all(stores.map((store) => store.close()));
    expect(outcomes.map(({ _tag }) => _tag)).toEqual(Array.from({ length: 6 }, () => 'Right'));
  });

  it('is looked at under the write lock before it is migrated', async () => {
    const path = await scratchFile();
    const database = await openDatabase(path);
    const other = await openDatabase(path);
    other.pragma('busy_timeout = 0');
    const seen: unknown[] = [];
    const prepare = database.prepare.bind(database);
    database.prepare = (source) => {
      if (database.inTransaction && source.includes('sqlite_schema')) {
        seen.push(thrownCode(() => other.exec('CREATE TABLE in_between (id INTEGER)')));
      }
      return prepare(source);
    };
    expect(migrate(database, migrations)._tag).toBe('Right');
    expect(seen).toEqual(['SQLITE_BUSY']);
  });

  it('stays usable for a connection of the older version that is still open', async () => {
    const path = await scratchFile();
    const older = await opened(sqliteStore({ path }));
    await putRecord(older, fullRecord());
    await opened(makeSqliteStore({ path }, withMigration(addColumn)));
    await putRecord(older, bareRecord());
    await putRecord(older, fullRecord('tray/2'));
    expect((await succeeds(older.page({ limit: 10 }))).map(({ key }) => key)).toEqual(['tray/2', 'tray/391250']);
  });

  it('stays as it was when a migration fails half way', async () => {
    const path = await scratchFile();
    const before = sqliteStore({ path });
    await succeeds(before.open);
    await putRecord(before, fullRecord());
    await succeeds(before.close);
    const broken = makeSqliteStore({ path }, withMigration(addColumn, 'ALTER TABLE nowhere ADD COLUMN colour TEXT'));
    expect(await broken.open()).toEqual({
      _tag: 'Left',
      left: { _tag: 'StoreFailure', operation: 'open', why: 'SQLITE_ERROR' },
    });
    const after = await opened(sqliteStore({ path }));
    expect(await succeeds(after.read('tray/391250'))).toEqual(fullRecord());
    const reader = await openDatabase(path);
    expect(reader.prepare("SELECT * FROM pragma_table_info('llavero_accounts') WHERE name = 'colour'").all()).toEqual(
      [],
    );
    expect(reader.prepare('SELECT version FROM llavero_schema').all()).toEqual([{ version: migrations.length }]);
  });

  it('is refused, and the file left as it is, when a later version of the library made it', async () => {
    const path = await scratchFile();
    const newer = makeSqliteStore({ path }, withMigration(addColumn));
    await succeeds(newer.open);
    await putRecord(newer, fullRecord());
    await succeeds(newer.close);
    const owner = await openDatabase(path);
    owner.pragma('journal_mode = DELETE');
    owner.close();
    const bytes = await readFile(path);
    expect(await sqliteStore({ path }).open()).toEqual({
      _tag: 'Left',
      left: { _tag: 'StoreFailure', operation: 'open', why: 'schema_newer' },
    });
    expect((await readFile(path)).equals(bytes)).toBe(true);
  });

  it('leaves no connection open when opening fails', async () => {
    const path = await scratchFile();
    const owner = await openDatabase(path);
    owner.exec('CREATE TABLE llavero_schema (version INTEGER); INSERT INTO llavero_schema VALUES (99)');
    const parts = await watchedParts();
    expect((await makeSqliteStore({ path }, parts).open())._tag).toBe('Left');
    expect(parts.opened.map(({ open }) => open)).toEqual([false]);
  });

  it('lives beside the tables of the backend', async () => {
    const path = await scratchFile();
    const database = await openDatabase(path);
    database.exec(
      'CREATE TABLE orders (id INTEGER PRIMARY KEY); INSERT INTO orders VALUES (1); PRAGMA user_version = 77',
    );
    const store = await opened(sqliteStore({ database }));
    await putRecord(store, fullRecord());
    expect(database.prepare('SELECT * FROM orders').all()).toEqual([{ id: 1 }]);
    expect(database.pragma('user_version', { simple: true })).toBe(77);
  });

  it.each([
    ['readAccount', ['sqlite_autoindex_llavero_accounts_1 (namespace=? AND key=?)']],
    ['page', ['sqlite_autoindex_llavero_accounts_1 (namespace=? AND key>?)']],
    ['pageOfProvider', ['llavero_accounts_provider (namespace=? AND provider=? AND key>?)']],
    [
      'due',
      [
        'llavero_accounts_keep_alive_due (namespace=? AND provider=? AND <expr><?)',
        'llavero_accounts_not_before (namespace=? AND provider=? AND sweep_not_before>?)',
        'llavero_accounts_dated (namespace=? AND provider=? AND <expr>>?)',
      ],
    ],
    [
      'dueOrWarm',
      [
        'llavero_accounts_keep_alive_due (namespace=? AND provider=? AND <expr><?)',
        'llavero_accounts_warm_due (namespace=? AND provider=? AND <expr><?)',
        'llavero_accounts_not_before (namespace=? AND provider=? AND sweep_not_before>?)',
        'llavero_accounts_dated (namespace=? AND provider=? AND <expr>>?)',
      ],
    ],
    ['claim', ['sqlite_autoindex_llavero_accounts_1 (namespace=? AND key=?)']],
    ['releaseClaim', ['sqlite_autoindex_llavero_accounts_1 (namespace=? AND key=?)']],
    ['forgetPending', ['llavero_pending_expiry (namespace=? AND expires_at<?)']],
    ['readPending', ['sqlite_autoindex_llavero_pending_1 (namespace=? AND id=?)']],
  ] as const)('answers %s by an index', async (name, indexes) => {
    const database = await openDatabase(await scratchFile());
    await opened(sqliteStore({ database }));
    const parameters = {
      namespace: '',
      key: '',
      after: '',
      limit: 1,
      provider: '',
      now: 1,
      id: '',
      until: 1,
      notBefore: 1,
      latest: 1,
      dated: 1,
    };
    const plan = JSON.stringify(database.prepare(`EXPLAIN QUERY PLAN ${statements[name]}`).all(parameters));
    expect(indexes.filter((index) => !plan.includes(index))).toEqual([]);
    expect(plan).not.toContain('SCAN llavero');
  });
});
