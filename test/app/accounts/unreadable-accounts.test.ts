import * as TE from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { EncryptionKeys } from 'llavero';
import { sqliteStore } from '../../../src/adapters/stores/sqlite/sqlite-store.js';
import { createLlavero } from '../../../src/app/create-llavero.js';
import type { SweepReport } from '../../../src/app/sweeping/sweep-report.js';
import type { SweepOptions } from '../../../src/app/sweeping/sweep-accounts.js';
import type { AccountRecord } from '../../../src/domain/account-record.js';
import type { CredentialStatus } from '../../../src/domain/account-state.js';
import { keep, put } from '../../../src/domain/record-change.js';
import type { TokenStore } from '../../../src/ports/token-store.js';
import { openDatabase } from '../../adapters/stores/sqlite/open-database.js';
import { scratchFile } from '../../adapters/stores/sqlite/scratch-file.js';
import { centryPreset, codeOf, encryption, minuteMs, trayPreset, type Scene } from '../llavero-fixture.js';
import { dueAfterMs, shopKey, trayShops, type TrayShops } from '../tray-shops.js';

const statusesOf = async ({ llavero }: Pick<Scene, 'llavero'>, filter = {}): Promise<readonly CredentialStatus[]> => {
  const found: CredentialStatus[] = [];
  for await (const status of llavero.list(filter)) found.push(status);
  return found;
};

/** Three shops of which the second is not as it was, all of them due. */
const oneSpoilt = async (spoil: (record: AccountRecord) => AccountRecord): Promise<TrayShops> => {
  const shops = await trayShops(3);
  await shops.clock.advance(dueAfterMs);
  await shops.store.update(shopKey(2), (current) =>
    current === undefined ? keep(undefined) : put(spoil(current), undefined),
  )();
  shops.store.resetCounts();
  return shops;
};

/** A sweep, with the time that Tray's rate makes it take. */
const swept = async ({ llavero, clock }: TrayShops, options: SweepOptions = {}): Promise<SweepReport> => {
  const sweeping = llavero.sweep(options);
  await clock.advance(minuteMs);
  return sweeping;
};

const spoilt: readonly (readonly [string, (record: AccountRecord) => AccountRecord, string])[] = [
  ['a token that was damaged', (record) => ({ ...record, token: `${record.token?.slice(0, -4)}AAAA` }), 'failed_tag'],
  ['a token that was moved there', (record) => ({ ...record, token: record.credential }), 'failed_tag'],
  ['a credential in clear', (record) => ({ ...record, credential: '{}' }), 'not_sealed'],
  ['a credential cut short', (record) => ({ ...record, credential: record.credential.slice(0, 20) }), 'unreadable'],
  [
    'a token under an encryption key that is not here',
    (record) => ({ ...record, token: record.token?.replace('lv1.test.', 'lv1.other.') }),
    'unknown_key_id',
  ],
];

describe.each(spoilt)('an account with %s', (_what, spoil, why) => {
  it('is listed with its failure, and so are all others as they stand', async () => {
    const shops = await oneSpoilt(spoil);
    const [first, second, third] = await statusesOf(shops);
    expect([first?.state, third?.state]).toEqual(['ready', 'ready']);
    expect(second).toMatchObject({
      key: shopKey(2),
      provider: 'tray',
      account: '2',
      generation: 1,
      state: 'failing',
      lastFailure: { code: 'ERR_DECRYPTION_FAILED', at: new Date(shops.clock.nowMs()) },
    });
    expect((await statusesOf(shops, { state: 'failing' })).map(({ key }) => key)).toEqual([shopKey(2)]);
    expect(shops.store.writes()).toBe(0);
  });

  it('is one failure of a sweep, which renews all others', async () => {
    const shops = await oneSpoilt(spoil);
    const { asked, eventsOf } = shops;
    expect(await swept(shops)).toMatchObject({ due: 3, renewed: 2, failed: 1, skipped: 0 });
    expect(new Set(asked)).toEqual(new Set([1, 3]));
    expect(eventsOf('renewal_failed')).toMatchObject([{ key: shopKey(2), code: 'ERR_DECRYPTION_FAILED' }]);
  });

  it('is ERR_DECRYPTION_FAILED to whoever asks for it, and why', async () => {
    const { llavero } = await oneSpoilt(spoil);
    await expect(llavero.status(shopKey(2))).rejects.toMatchObject({ reason: { why } });
  });
});

/** A process that cannot read the second shop's row at all. */
const rowSpoilt = async (): Promise<TrayShops> => {
  const shops = await trayShops(3);
  await shops.clock.advance(dueAfterMs);
  const unreadable = (found: AccountRecord) => {
    const { key, provider, account } = found;
    return key === shopKey(2) ? ({ key, provider, account, unreadable: true, why: 'ROW_UNREADABLE' } as const) : found;
  };
  const failed = TE.left({ _tag: 'StoreFailure', operation: 'read', why: 'ROW_UNREADABLE' } as const);
  const read: TokenStore['read'] = (key) => (key === shopKey(2) ? failed : shops.store.read(key));
  const rows = (found: ReturnType<TokenStore['page']>): ReturnType<TokenStore['page']> =>
    pipe(
      found,
      TE.map((page) => page.map((one) => ('unreadable' in one ? one : unreadable(one)))),
    );
  const store: TokenStore = {
    ...shops.store,
    read,
    update: (key, change) => (key === shopKey(2) ? failed : shops.store.update(key, change)),
    page: (query) => rows(shops.store.page(query)),
    claimDue: (query) => rows(shops.store.claimDue(query)),
  };
  return { ...shops, llavero: shops.another({ providers: [trayPreset()], store }) };
};

describe('an account whose row cannot be read', () => {
  it('is listed by its name with its failure, and so are all others as they stand', async () => {
    const shops = await rowSpoilt();
    const [first, second, third] = await statusesOf(shops);
    expect([first?.state, third?.state]).toEqual(['ready', 'ready']);
    expect(second).toEqual({
      key: shopKey(2),
      provider: 'tray',
      account: '2',
      generation: 0,
      state: 'failing',
      lastFailure: { code: 'ERR_STORE_FAILED', at: new Date(shops.clock.nowMs()), count: 1 },
    });
    expect(Object.isFrozen(second)).toBe(true);
  });

  it('is one failure of a sweep, told by an event, and holds up no other account', async () => {
    const shops = await rowSpoilt();
    const { asked, eventsOf } = shops;
    expect(await swept(shops, { limit: 2, concurrency: 1 })).toMatchObject({ renewed: 1, failed: 1, skipped: 0 });
    expect(await swept(shops, { limit: 2, concurrency: 1 })).toMatchObject({ renewed: 1, failed: 0, skipped: 0 });
    expect(new Set(asked)).toEqual(new Set([1, 3]));
    expect(eventsOf('renewal_failed')).toMatchObject([{ key: shopKey(2), code: 'ERR_STORE_FAILED' }]);
  });

  it('is one failure of a reseal, which moves all others', async () => {
    const { llavero, eventsOf } = await rowSpoilt();
    expect(await llavero.reseal()).toEqual({ total: 3, resealed: 0, failed: 1 });
    expect(eventsOf('reseal_failed')[0]).toMatchObject({ key: shopKey(2), code: 'ERR_STORE_FAILED' });
  });
});

describe('a row of a SQLite file that somebody else wrote into', () => {
  it('of a pending authorization is one failure of a reseal, which moves all others', async () => {
    const path = await scratchFile();
    const opened = (keys: EncryptionKeys['keys']) =>
      createLlavero({ providers: [centryPreset()], store: sqliteStore({ path }), encryption: { keys } });
    const old = encryption('old', 1).keys;
    const rotating = [...encryption('new', 2).keys, ...old];
    {
      await using before = opened(old);
      for (const account of ['a', 'b', 'c']) await before.authorize(`centry/${account}`);
    }
    const database = await openDatabase(path);
    database.exec(`UPDATE llavero_pending SET delivery_id = 'd', delivery_ends_at = NULL WHERE key = 'centry/b'`);
    const told: unknown[] = [];
    const onEvent = (event: unknown): void => void told.push(event);
    subscribe('llavero:event', onEvent);
    onTestFinished(() => void unsubscribe('llavero:event', onEvent));
    await using llavero = opened(rotating);
    expect(await llavero.reseal()).toEqual({ total: 3, resealed: 3, failed: 0 });
    expect(told).toContainEqual(
      expect.objectContaining({ type: 'reseal_failed', key: 'centry/b', code: 'ERR_STORE_FAILED' }),
    );
    const moved = database
      .prepare('SELECT key FROM llavero_pending WHERE sealed LIKE @sealed ORDER BY key')
      .all({ sealed: 'lv1.new.%' });
    expect(moved).toEqual([{ key: 'centry/a' }, { key: 'centry/c' }]);
  });

  it('costs neither the list nor a sweep nor a reseal, and its own calls are ERR_STORE_FAILED', async () => {
    const path = await scratchFile();
    await using llavero = createLlavero({
      providers: [centryPreset()],
      store: sqliteStore({ path }),
      encryption: encryption(),
    });
    for (const account of ['a', 'b', 'c']) await llavero.register({ provider: 'centry', account });
    const database = await openDatabase(path);
    database.exec(`UPDATE llavero_accounts SET keep_alive_at = 1, failure_code = 'x' WHERE key = 'centry/b'`);
    const states = (await statusesOf({ llavero })).map(({ key, state }) => [key, state]);
    expect(states).toEqual([
      ['centry/a', 'unauthorized'],
      ['centry/b', 'failing'],
      ['centry/c', 'unauthorized'],
    ]);
    expect(await llavero.sweep()).toMatchObject({ due: 1, failed: 1 });
    expect(await llavero.reseal()).toEqual({ total: 3, resealed: 0, failed: 1 });
    expect(await codeOf(llavero.status('centry/b'))).toBe('ERR_STORE_FAILED');
  });
});
