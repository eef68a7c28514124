import { chmod, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { sqliteStore } from '../../../../src/adapters/stores/sqlite/sqlite-store.js';
import { drop, put } from '../../../../src/domain/record-change.js';
import { fullRecord } from '../../../../src/testing/store-contract/sample-record.js';
import { putRecord, succeeds } from '../../../../src/testing/store-contract/harness.js';
import { openDatabase } from './open-database.js';
import { opened } from './opened.js';
import { scratchFile } from './scratch-file.js';

const modesIn = async (directory: string): Promise<ReadonlyMap<string, string>> => {
  const names = (await readdir(directory)).toSorted();
  const modes = new Map<string, string>();
  for (const name of names) modes.set(name, ((await stat(join(directory, name))).mode & 0o777).toString(8));
  return modes;
};

const allFiles = (mode: string): ReadonlyMap<string, string> =>
  new Map(['llavero.db', 'llavero.db-shm', 'llavero.db-wal'].map((name) => [name, mode]));

const withUmask = (mask: number): void => {
  const before = process.umask(mask);
  onTestFinished(() => void process.umask(before));
};

describe('the file of sqliteStore', () => {
  it.each(['000', '777'])('is made for its owner only, with its log, under the umask %s', async (mask) => {
    const path = await scratchFile();
    withUmask(Number.parseInt(mask, 8));
    await putRecord(await opened(sqliteStore({ path })), fullRecord());
    expect(await modesIn(dirname(path))).toEqual(allFiles('600'));
  });

  it('keeps the mode it has', async () => {
    const path = await scratchFile();
    await writeFile(path, '');
    await chmod(path, 0o640);
    await putRecord(await opened(sqliteStore({ path })), fullRecord());
    expect(await modesIn(dirname(path))).toEqual(allFiles('640'));
  });

  it('is not made in a directory that is not there', async () => {
    const path = join(dirname(await scratchFile()), 'missing', 'llavero.db');
    const outcome = await sqliteStore({ path }).open();
    expect(outcome).toEqual({ _tag: 'Left', left: { _tag: 'StoreFailure', operation: 'open', why: 'ENOENT' } });
  });

  it('is not made at the end of a link that leads nowhere', async () => {
    const path = await scratchFile();
    await symlink(join(dirname(path), 'elsewhere.db'), path);
    const outcome = await sqliteStore({ path }).open();
    expect(outcome).toEqual({
      _tag: 'Left',
      left: { _tag: 'StoreFailure', operation: 'open', why: 'SQLITE_CANTOPEN' },
    });
    expect(await readdir(dirname(path))).toEqual(['llavero.db']);
  });

  it('is refused and left as it is when it is no database', async () => {
    const path = await scratchFile();
    const text = 'This is a letter to my grandmother, and not a database at all. '.repeat(100);
    await writeFile(path, text);
    const outcome = await sqliteStore({ path }).open();
    expect(outcome).toEqual({ _tag: 'Left', left: { _tag: 'StoreFailure', operation: 'open', why: 'SQLITE_NOTADB' } });
    expect(await readFile(path, 'utf8')).toBe(text);
  });

  it('can be opened by the same store once the reason for a failure is gone', async () => {
    const path = await scratchFile();
    await writeFile(path, 'not a database '.repeat(1_000));
    const store = sqliteStore({ path });
    expect((await store.open())._tag).toBe('Left');
    await writeFile(path, '');
    await putRecord(await opened(store), fullRecord());
    expect(await succeeds(store.read('tray/391250'))).toEqual(fullRecord());
  });

  it('holds nothing of a replaced or a removed text once it is closed', async () => {
    const path = await scratchFile();
    const store = sqliteStore({ path });
    await succeeds(store.open);
    const texts = ['first-sealed-text', 'second-sealed-text', 'third-sealed-text'];
    for (const token of texts) {
      await succeeds(
        store.update('tray/1', () => put({ ...fullRecord('tray/1'), token: token.repeat(500) }, undefined)),
      );
    }
    await putRecord(store, fullRecord('tray/2'));
    await succeeds(store.update('tray/1', () => drop(undefined)));
    await succeeds(store.close);
    expect(await readdir(dirname(path))).toEqual(['llavero.db']);
    const bytes = await readFile(path, 'latin1');
    expect(texts.filter((text) => bytes.includes(text))).toEqual([]);
    expect(bytes.includes(fullRecord().token)).toBe(true);
  });

  it('shows people what it holds, in columns with plain names', async () => {
    const path = await scratchFile();
    await putRecord(await opened(sqliteStore({ path, namespace: 'billing' })), fullRecord());
    const reader = await openDatabase(path);
    expect(reader.prepare('SELECT * FROM llavero_accounts').all()).toEqual([
      {
        namespace: 'billing',
        key: 'tray/391250',
        provider: 'tray',
        account: '391250',
        incarnation: 'incarnation-1',
        credential: 'lv1.2026-11.c2VhbGVkIGNyZWRlbnRpYWw',
        authorization: 'n3.authorization',
        generation: 7,
        token: 'lv1.2026-11.c2VhbGVkIHRva2Vu',
        obtained_at: 1_800_000_000_006,
        access_token_expires_at: 1_800_003_600_007,
        refresh_token_expires_at: 1_802_592_000_008,
        renewable: 1,
        invalidated: 0,
        fallback_tried: 1,
        warm_at: 1_800_003_300_009,
        keep_alive_at: 1_801_987_200_010,
        sweep_not_before: 1_801_987_300_010,
        attempt_id: 'attempt-1',
        attempt_owner: 'host-1:4711',
        attempt_started_at: 1_800_000_000_001,
        attempt_expires_at: 1_800_000_030_002,
        attempt_settles_at: 1_800_000_090_003,
        attempt_recovery: 1,
        attempt_unknown: 0,
        later_attempt: null,
        authorizations_begun: 5,
        obtained_by: 'fingerprint-of-a-client',
        refresh_token_id: 'fingerprint-of-a-refresh-token',
        spent_refresh_token_id: 'fingerprint-of-one-before',
        renewed_at: 1_800_000_000_005,
        attempt_way: 'recovery',
        attempt_repeat: 2,
        attempt_announced_at: 1_800_000_080_004,
        attempt_boot_id: '0f5c7c1e-boot',
        attempt_since_boot_ms: 2_628_046,
        repeats: 2,
        answered_generation: 6,
        answered_repeat: 1,
        failure_asked_by_provider: 1,
        failure_clients: 'fingerprint-of-a-client fingerprint-of-another',
        failure_epoch: 4,
        failure_code: 'ERR_PROVIDER_UNAVAILABLE',
        failure_detail: '{"why":"ETIMEDOUT","status":503}',
        failure_at: 1_800_000_010_004,
        failure_retry_at: 1_800_000_014_005,
        failure_count: 3,
        failure_terminal: 'client_rejected',
        failure_client: 'fingerprint-of-another',
        created_at: 1_799_999_999_011,
        updated_at: 1_800_000_000_012,
      },
    ]);
    const kinds = `SELECT DISTINCT typeof(generation) || typeof(obtained_at) || typeof(token) AS kinds FROM llavero_accounts`;
    expect(reader.prepare(kinds).all()).toEqual([{ kinds: 'integerintegertext' }]);
  });
});
