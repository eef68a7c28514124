import { open, writeFile } from 'node:fs/promises';
import { inspect } from 'node:util';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { describe, expect, it } from 'vitest';
import { sqliteStore } from '../../../../src/adapters/stores/sqlite/sqlite-store.js';
import { put } from '../../../../src/domain/record-change.js';
import type { StoreFailure, TokenStore } from '../../../../src/ports/token-store.js';
import { fullRecord } from '../../../../src/testing/store-contract/sample-record.js';
import { putRecord, succeeds } from '../../../../src/testing/store-contract/harness.js';
import { openDatabase, type BackendDatabase } from './open-database.js';
import { opened } from './opened.js';
import { scratchFile } from './scratch-file.js';

const canary = 'Qv7-canary_sWx41zKpT8rLmB3nYd6HfGcE9uJ';
const record = { ...fullRecord(), credential: canary.repeat(40), token: canary.repeat(200) };

/** Runs what has to fail; its failure may hold no eight characters of the canary in a row, however it is printed. */
const failureOf = async <A>(operation: TaskEither<StoreFailure, A>): Promise<StoreFailure | undefined> => {
  const outcome = await operation();
  if (!isLeft(outcome)) return undefined;
  const failure = outcome.left;
  const printed = [
    JSON.stringify(failure),
    inspect(failure, { depth: Infinity, showHidden: true }),
    `${failure.operation} ${failure.why}`,
  ].join();
  for (let start = 0; start + 8 <= canary.length; start += 1)
    expect(printed).not.toContain(canary.slice(start, start + 8));
  expect(Object.keys(failure)).toEqual(['_tag', 'operation', 'why']);
  return failure;
};

const writeFailure = (store: TokenStore): Promise<StoreFailure | undefined> =>
  failureOf(store.update(record.key, (current) => put({ ...record, generation: (current?.generation ?? 0) + 1 }, 1)));

/** A lent connection that holds the record already. */
const lent = async (): Promise<{ database: BackendDatabase; store: TokenStore; path: string }> => {
  const path = await scratchFile();
  const database = await openDatabase(path);
  const store = await opened(sqliteStore({ database }));
  await putRecord(store, record);
  return { database, store, path };
};

const failed = (operation: string, why: string): StoreFailure => ({ _tag: 'StoreFailure', operation, why });

describe('a failure of sqliteStore names the code of SQLite and nothing of the record', () => {
  it('when the disk is full', async () => {
    const { database, store } = await lent();
    const pages = Number(database.pragma('page_count', { simple: true }));
    database.pragma(`max_page_count = ${pages}`);
    const larger = { ...record, token: canary.repeat(20_000) };
    expect(await failureOf(store.update(record.key, () => put(larger, 1)))).toEqual(failed('update', 'SQLITE_FULL'));
    expect(database.inTransaction).toBe(false);
    expect(await succeeds(store.read(record.key))).toEqual(record);
    database.pragma(`max_page_count = ${pages + 1_000}`);
    await putRecord(store, larger);
    expect((await succeeds(store.read(record.key)))?.token).toBe(larger.token);
  });

  it('when nothing may be written', async () => {
    const { database, store } = await lent();
    database.pragma('query_only = ON');
    expect(await writeFailure(store)).toEqual(failed('update', 'SQLITE_READONLY'));
    expect(await succeeds(store.read(record.key))).toEqual(record);
    database.pragma('query_only = OFF');
    await putRecord(store, fullRecord());
  });

  it('when the file is corrupt', async () => {
    const path = await scratchFile();
    const first = sqliteStore({ path });
    await succeeds(first.open);
    await putRecord(first, record);
    await succeeds(first.close);
    const file = await open(path, 'r+');
    const { size } = await file.stat();
    await file.write(Buffer.alloc(size - 4_096, canary), 0, size - 4_096, 4_096);
    await file.close();
    const again = sqliteStore({ path });
    expect(await failureOf(again.open)).toEqual(failed('open', 'SQLITE_CORRUPT'));
  });

  it('when the pages of a record are corrupt', async () => {
    const path = await scratchFile();
    const first = sqliteStore({ path });
    await succeeds(first.open);
    await putRecord(first, record);
    await succeeds(first.close);
    const reader = await openDatabase(path);
    const leaf: unknown = reader.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'llavero_accounts'").get();
    const page = typeof leaf === 'object' && leaf !== null && 'rootpage' in leaf ? Number(leaf.rootpage) : 0;
    reader.close();
    const file = await open(path, 'r+');
    await file.write(Buffer.alloc(4_096, canary), 0, 4_096, (page - 1) * 4_096);
    await file.close();
    const again = await opened(sqliteStore({ path }));
    expect(await failureOf(again.read(record.key))).toEqual(failed('read', 'SQLITE_CORRUPT'));
    expect(await failureOf(again.page({ limit: 10 }))).toEqual(failed('page', 'SQLITE_CORRUPT'));
    expect(await writeFailure(again)).toEqual(failed('update', 'SQLITE_CORRUPT'));
  });

  it('when the file is no database', async () => {
    const path = await scratchFile();
    await writeFile(path, canary.repeat(1_000));
    expect(await failureOf(sqliteStore({ path }).open)).toEqual(failed('open', 'SQLITE_NOTADB'));
  });

  it('when a trigger of the backend throws the token itself', async () => {
    const { database, store } = await lent();
    database.exec(`CREATE TRIGGER spill BEFORE UPDATE ON llavero_accounts BEGIN SELECT RAISE(ABORT, NEW.token); END`);
    expect(await writeFailure(store)).toEqual(failed('update', 'SQLITE_CONSTRAINT_TRIGGER'));
    expect(await succeeds(store.read(record.key))).toEqual(record);
  });

  it('when a table is gone', async () => {
    const { database, store } = await lent();
    database.exec('DROP TABLE llavero_accounts');
    expect(await failureOf(store.read(record.key))).toEqual(failed('read', 'SQLITE_ERROR'));
    expect(await writeFailure(store)).toEqual(failed('update', 'SQLITE_ERROR'));
  });

  it('when a time is no whole number', async () => {
    const { store } = await lent();
    const crooked = { ...record, updatedAt: 1.5 };
    expect(await failureOf(store.update(record.key, () => put(crooked, 1)))).toEqual(
      failed('update', 'SQLITE_CONSTRAINT_DATATYPE'),
    );
    expect(await succeeds(store.read(record.key))).toEqual(record);
  });

  it('when a row holds what the library never wrote', async () => {
    const { database, store } = await lent();
    database.prepare('UPDATE llavero_accounts SET failure_terminal = ?').run(canary);
    expect(await failureOf(store.read(record.key))).toEqual(failed('read', 'ROW_UNREADABLE'));
    expect(await writeFailure(store)).toEqual(failed('update', 'ROW_UNREADABLE'));
    database.exec('UPDATE llavero_accounts SET failure_terminal = NULL, attempt_owner = NULL');
    const { key, provider, account } = record;
    const unreadable = { key, provider, account, unreadable: true, why: 'ROW_UNREADABLE' };
    expect(await succeeds(store.page({ limit: 1 }))).toEqual([unreadable]);
    expect(
      await succeeds(
        store.claimDue({
          provider,
          nowMs: 8.64e15,
          limit: 1,
          keepWarm: true,
          untilMs: 0,
          latestNotBeforeMs: 8.64e15,
          latestDatedMs: 8.64e15,
        }),
      ),
    ).toEqual([unreadable]);
    database.exec('UPDATE llavero_accounts SET attempt_owner = key, refresh_token_expires_at = 8640000000000001');
    expect(await failureOf(store.read(record.key))).toEqual(failed('read', 'ROW_UNREADABLE'));
  });

  it('when a change throws an error with the token in it', async () => {
    const { database, store } = await lent();
    const throwing = store.update(record.key, (current) => {
      throw new Error(current?.token);
    });
    expect(await failureOf(throwing)).toEqual(failed('update', 'change_threw'));
    expect(database.inTransaction).toBe(false);
  });

  it('when it is not open yet, and when it is closed', async () => {
    const store = sqliteStore({ path: await scratchFile() });
    expect(await writeFailure(store)).toEqual(failed('update', 'not_open'));
    await succeeds(store.open);
    await succeeds(store.close);
    expect(await writeFailure(store)).toEqual(failed('update', 'closed'));
    expect(await failureOf(store.read('tray/1'))).toEqual(failed('read', 'closed'));
    expect(await failureOf(store.updatePending('id', () => ({ pending: undefined, result: 1 })))).toEqual(
      failed('updatePending', 'closed'),
    );
    expect(await failureOf(store.open)).toEqual(failed('open', 'closed'));
  });
});
