import { describe, expect, it } from 'vitest';
import type { AccountState } from '../../../src/domain/account-state.js';
import type { ListFilter } from '../../../src/app/accounts/list-statuses.js';
import type { Llavero } from '../../../src/app/llavero.js';
import {
  authorizedCentry,
  centryKey,
  centryLifeMs,
  centryPreset,
  citrusPreset,
  codeOf,
  makeScene,
  trayKey,
  trayPreset,
} from '../llavero-fixture.js';
import { centryAnswer, oauthError } from '../provider-answers.js';

const listed = async (llavero: Llavero, filter?: ListFilter): Promise<readonly (readonly [string, AccountState])[]> => {
  const found: (readonly [string, AccountState])[] = [];
  for await (const { key, state } of llavero.list(filter)) found.push([key, state]);
  return found;
};

describe('list', () => {
  it('gives nothing of an empty store', async () => {
    expect(await listed(makeScene().llavero)).toEqual([]);
  });

  it('gives every account in the order of the keys, over as many pages as it takes', async () => {
    const { llavero, store } = makeScene();
    const names = Array.from({ length: 250 }, (_, index) => String(index).padStart(3, '0'));
    for (const account of names.toReversed()) await llavero.register({ provider: 'citrusad', account });
    store.resetCounts();
    expect((await listed(llavero)).map(([key]) => key)).toEqual(names.map((name) => `citrusad/${name}`));
    expect(store.asked('page')).toBe(3);
  });

  it('ends after a page that is full to the brim', async () => {
    const { llavero } = makeScene();
    for (let account = 0; account < 100; account += 1) {
      await llavero.register({ provider: 'citrusad', account: String(account) });
    }
    expect(await listed(llavero)).toHaveLength(100);
  });

  it('reads no further than its reader', async () => {
    const { llavero, store } = makeScene();
    for (let account = 0; account < 101; account += 1) {
      await llavero.register({ provider: 'citrusad', account: String(account) });
    }
    store.resetCounts();
    for await (const _first of llavero.list()) break;
    expect(store.asked('page')).toBe(1);
  });

  it('can be narrowed to a provider, to a state, and to both', async () => {
    const { llavero, clock, http } = await authorizedCentry();
    await llavero.register({ provider: 'centry', account: 'new' });
    await llavero.register({ provider: 'citrusad' });
    await llavero.register({ provider: 'tray', account: '391250' });
    await clock.advance(centryLifeMs);
    http.answer(oauthError('invalid_grant'));
    await codeOf(llavero.token(centryKey));
    expect(await listed(llavero)).toEqual([
      [centryKey, 'reauthorization_required'],
      ['centry/new', 'unauthorized'],
      ['citrusad/default', 'ready'],
      [trayKey, 'unauthorized'],
    ]);
    expect(await listed(llavero, { provider: 'centry' })).toEqual([
      [centryKey, 'reauthorization_required'],
      ['centry/new', 'unauthorized'],
    ]);
    expect(await listed(llavero, { state: 'unauthorized' })).toEqual([
      ['centry/new', 'unauthorized'],
      [trayKey, 'unauthorized'],
    ]);
    expect(await listed(llavero, { provider: 'centry', state: 'unauthorized' })).toEqual([
      ['centry/new', 'unauthorized'],
    ]);
    expect(await listed(llavero, { provider: 'nobody' })).toEqual([]);
  });

  it('finds the few in a state behind many that are not', async () => {
    const { llavero } = makeScene();
    for (let account = 0; account < 150; account += 1) {
      await llavero.register({ provider: 'citrusad', account: String(account) });
    }
    await llavero.register({ provider: 'tray', account: '391250' });
    expect(await listed(llavero, { state: 'unauthorized' })).toEqual([[trayKey, 'unauthorized']]);
  });

  it('shows accounts whose provider is no longer configured, as they stand', async () => {
    const { llavero, another, clock, http } = await authorizedCentry();
    http.answer(centryAnswer(1));
    await llavero.exchange('centry/other', { code: 'c' });
    await clock.advance(centryLifeMs);
    http.answer(oauthError('invalid_client', 401));
    await codeOf(llavero.token(centryKey));
    expect(await listed(another({ providers: [trayPreset(), citrusPreset()] }))).toEqual([
      [centryKey, 'client_rejected'],
      ['centry/other', 'ready'],
    ]);
  });

  it('rejects with ERR_STORE_FAILED when a page cannot be read', async () => {
    const { llavero, store } = makeScene();
    store.failNext('page');
    expect(await codeOf(listed(llavero))).toBe('ERR_STORE_FAILED');
  });
});

describe('status', () => {
  it('reads the store once and sends nothing', async () => {
    const { llavero, http, store, clock } = await authorizedCentry();
    expect(await llavero.status(centryKey)).toEqual({
      key: centryKey,
      provider: 'centry',
      account: 'acme',
      generation: 1,
      state: 'ready',
      accessTokenExpiresAt: new Date(clock.nowMs() + centryLifeMs),
    });
    expect([store.asked('read'), store.writes(), http.requests.length]).toEqual([1, 0, 1]);
  });

  it('answers to a provider alone for its default account', async () => {
    const { llavero } = makeScene({ providers: [centryPreset(), citrusPreset()] });
    await llavero.register({ provider: 'citrusad' });
    expect((await llavero.status('citrusad')).key).toBe('citrusad/default');
  });

  it('is renewing while a request is under way, before ready', async () => {
    const { llavero, http } = await authorizedCentry();
    const held = http.hold();
    const renewing = llavero.token(centryKey, { force: true });
    await held.arrived;
    expect((await llavero.status(centryKey)).state).toBe('renewing');
    held.release(centryAnswer(2));
    await renewing;
    expect((await llavero.status(centryKey)).state).toBe('ready');
  });
});
