import { isRight } from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { describe, expect, it } from 'vitest';
import { sqliteStore } from '../../../src/adapters/stores/sqlite/sqlite-store.js';
import { longestPage } from '../../../src/app/sweeping/due-accounts.js';
import type { Llavero } from '../../../src/app/llavero.js';
import { drop } from '../../../src/domain/record-change.js';
import type { TokenStore } from '../../../src/ports/token-store.js';
import { putRecord, succeeds } from '../../../src/testing/store-contract/harness.js';
import { scratchFile } from '../../adapters/stores/sqlite/scratch-file.js';
import {
  centryLifeMs,
  centryPreset,
  codeOf,
  encryption,
  hourMs,
  makeScene,
  minuteMs,
  type Scene,
} from '../llavero-fixture.js';
import { centryAnswer, oauthError } from '../provider-answers.js';

const sweep = { keepWarm: true, provider: 'centry' } as const;

const keyOf = (account: number): string => `centry/${account}`;

/** What sweeps asked of a store. */
interface Asked {
  /** How many rows of accounts were read, by whatever operation. */
  rows: number;
  readonly claims: string[];
  /** How many accounts each release let go of. */
  readonly releases: number[];
  updates: number;
}

/** A handle whose operations on accounts are counted. */
const counting = (store: TokenStore, asked: Asked): TokenStore => ({
  ...store,
  claimDue: (query) => async () => {
    const claimed = await store.claimDue(query)();
    const found = isRight(claimed) ? claimed.right : [];
    asked.rows += found.length;
    asked.claims.push(...found.map(({ key }) => key));
    expect(query.limit).toBeLessThanOrEqual(longestPage);
    return claimed;
  },
  releaseClaims: (releases) => {
    asked.releases.push(releases.length);
    return store.releaseClaims(releases);
  },
  read: (key) => {
    asked.rows += 1;
    return store.read(key);
  },
  update: (key, change, options) => {
    asked.updates += 1;
    return store.update(key, change, options);
  },
});

interface Backlog extends Scene {
  readonly llaveros: readonly Llavero[];
  readonly asked: Asked;
  readonly stores: readonly TokenStore[];
}

/** Puts copies of `centry/seed`, which is sealed in plain text, in its place. */
const copySeed = async (store: TokenStore, accounts: number): Promise<void> => {
  const seed = await succeeds(store.read('centry/seed'));
  if (seed === undefined) throw new Error('there is no centry/seed');
  await succeeds(store.update('centry/seed', () => drop(undefined)));
  const copy = (account: number): Promise<void> => {
    const key = keyOf(account);
    const sealedFor = (text: string): string => text.replaceAll('"centry/seed"', `"${key}"`);
    const sealed = { credential: sealedFor(seed.credential), token: sealedFor(seed.token ?? '') };
    return putRecord(store, { ...seed, ...sealed, key, account: String(account) });
  };
  for (let from = 0; from < accounts; from += 1_000) {
    await Promise.all(Array.from({ length: Math.min(1_000, accounts - from) }, (_, index) => copy(from + index)));
  }
};

/** Accounts that are all due, and llaveros with a connection each to the file that holds them. */
const backlog = async (accounts: number, llaveros: number): Promise<Backlog> => {
  const path = await scratchFile();
  const scene = makeScene();
  const asked: Asked = { rows: 0, claims: [], releases: [], updates: 0 };
  const stores = Array.from({ length: llaveros }, () => sqliteStore({ path }));
  const all = stores.map((store) =>
    scene.another({ providers: [centryPreset()], store: counting(store, asked), encryption: 'plaintext' }),
  );
  const [first] = all;
  if (first === undefined) throw new Error('a backlog needs a llavero');
  scene.http.answer(centryAnswer(1));
  await first.exchange('centry/seed', { code: 'c' });
  const [store] = stores;
  if (store !== undefined) await copySeed(store, accounts);
  for (const llavero of all) await llavero.ready();
  await scene.clock.advance(centryLifeMs);
  Object.assign(asked, { rows: 0, updates: 0, claims: [], releases: [] });
  return { ...scene, llaveros: all, asked, stores };
};

const closeAll = async ({ llaveros, stores }: Backlog): Promise<void> => {
  for (const llavero of llaveros) await llavero.close();
  for (const store of stores) await store.close();
};

const sweepNotBefore = async (store: TokenStore, key: string): Promise<number | undefined> =>
  (await succeeds(store.read(key)))?.sweepNotBefore;

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

describe('eight llaveros on one file', () => {
  it('share a backlog of 10,000 whose provider rests: each account is read once by one of them, and none is written by itself', async () => {
    const scene = await backlog(10_000, 8);
    const { http, asked, llaveros, stores, clock } = scene;
    http.answer({ status: 429, headers: { 'Retry-After': '3600' } });
    expect(await codeOf(llaveros[0]?.token(keyOf(0)) ?? Promise.resolve())).toBe('ERR_RATE_LIMITED');
    Object.assign(asked, { rows: 0, updates: 0 });
    const reports = await Promise.all(llaveros.map((llavero) => llavero.sweep({ ...sweep, limit: 10_000 })));
    // The one that was answered 429 is passed over by the query.
    expect(sum(reports.map(({ skipped }) => skipped))).toBe(9_999);
    expect(new Set(asked.claims).size).toBe(9_999);
    expect(asked.rows).toBe(9_999);
    expect(asked.updates).toBe(0);
    expect(sum(asked.releases)).toBe(9_999);
    expect(asked.releases.length).toBeLessThan(9_999 / longestPage + 8 * 4);
    const again = await Promise.all(llaveros.map((llavero) => llavero.sweep({ ...sweep, limit: 10_000 })));
    expect(again.map(({ due }) => due)).toEqual(llaveros.map(() => 0));
    const untilMs = await Promise.all(stores.map((store) => sweepNotBefore(store, keyOf(7))));
    expect(untilMs).toEqual(stores.map(() => clock.nowMs() + hourMs));
    await closeAll(scene);
  }, 1_200_000);

  it('renew each account of a backlog once, each claimed by one of them', async () => {
    const scene = await backlog(400, 8);
    const { http, asked, llaveros } = scene;
    let tokens = 1;
    http.handle(() => centryAnswer((tokens += 1)));
    const before = http.requests.length;
    const reports = await Promise.all(llaveros.map((llavero) => llavero.sweep({ keepWarm: true })));
    expect(sum(reports.map(({ renewed }) => renewed))).toBe(400);
    expect(http.requests.length - before).toBe(400);
    expect(asked.claims.toSorted()).toEqual(Array.from({ length: 400 }, (_, index) => keyOf(index)).toSorted());
    await closeAll(scene);
  }, 1_200_000);
});

describe('a sweep of many accounts for which nothing can be sent', () => {
  /** Centry accounts of two clients: `resting` of the preset’s, and one of a client of its own that falls due after them. */
  const twoClients = async (resting: number) => {
    const scene = makeScene();
    const { http, llavero, clock } = scene;
    let tokens = 0;
    http.handle(() => centryAnswer((tokens += 1)));
    for (let account = 0; account < resting; account += 1) await llavero.exchange(keyOf(account), { code: 'c' });
    await llavero.register({ provider: 'centry', account: 'own', clientId: 'own', clientSecret: 'own' });
    await clock.advance(1);
    await llavero.exchange('centry/own', { code: 'c' });
    await clock.advance(centryLifeMs);
    return scene;
  };

  it('looks at as many as its limit, whatever becomes of them', async () => {
    const { llavero, http, store } = await twoClients(30);
    http.handle(() => ({ status: 429, headers: { 'Retry-After': '3600' } }));
    await codeOf(llavero.token(keyOf(0)));
    store.resetCounts();
    const report = await llavero.sweep({ ...sweep, limit: 10 });
    expect(report).toMatchObject({ due: 10, renewed: 0, failed: 0, skipped: 10 });
    expect([store.asked('update'), store.asked('claimDue'), store.asked('releaseClaims'), store.writes()]).toEqual([
      0, 1, 1, 0,
    ]);
  });

  it.each([
    ['rests', { status: 429, headers: { 'Retry-After': '3600' } }, 1],
    ['is down', { status: 503 }, 3],
    ['is refused', oauthError('invalid_client', 401), 31],
  ] as const)('holds up no account of another client when its client %s', async (_how, reply, failures) => {
    const { llavero, http, store } = await twoClients(31);
    http.handle(() => reply);
    for (let account = 0; account < failures; account += 1) await codeOf(llavero.token(keyOf(account)));
    http.handle(() => centryAnswer(1_000));
    store.resetCounts();
    const first = await llavero.sweep({ ...sweep, limit: 16 });
    const second = await llavero.sweep({ ...sweep, limit: 16 });
    expect([first.renewed, second.renewed]).toEqual([0, 1]);
    expect((await llavero.status('centry/own')).generation).toBe(2);
    expect(await llavero.sweep({ ...sweep, limit: 16 })).toMatchObject({ due: 0 });
    // The attempt and the token of the one that was renewed.
    expect(store.writes()).toBe(2);
    expect(store.asked('releaseClaims')).toBe(2);
  });

  it('passes over what it cannot open in one write, for ten minutes', async () => {
    const { another, http, store, clock } = makeScene();
    let tokens = 0;
    http.handle(() => centryAnswer((tokens += 1)));
    const older = another();
    await older.ready();
    const newer = another({ encryption: { keys: [...encryption('newer', 8).keys, ...encryption().keys] } });
    for (let account = 0; account < 30; account += 1) await newer.exchange(keyOf(account), { code: 'c' });
    await clock.advance(centryLifeMs);
    store.resetCounts();
    expect(await older.sweep({ ...sweep, limit: 16 })).toMatchObject({ due: 16, failed: 16 });
    expect(await older.sweep({ ...sweep, limit: 16 })).toMatchObject({ due: 14, failed: 14 });
    expect(await older.sweep({ ...sweep, limit: 16 })).toMatchObject({ due: 0 });
    expect([store.asked('update'), store.asked('releaseClaims')]).toEqual([0, 2]);
    await clock.advance(10 * minuteMs);
    expect(await newer.sweep(sweep)).toMatchObject({ due: 30, renewed: 30 });
  });

  it('takes nothing from the accounts of another provider', async () => {
    const { llavero, http, clock } = makeScene();
    let tokens = 0;
    http.handle(() => centryAnswer((tokens += 1)));
    for (let account = 0; account < 20; account += 1) await llavero.exchange(keyOf(account), { code: 'c' });
    for (let account = 0; account < 5; account += 1) await llavero.token(`citrusad/${account}`);
    await clock.advance(2 * hourMs);
    http.handle(() => ({ status: 429, headers: { 'Retry-After': '3600' } }));
    await codeOf(llavero.token(keyOf(0)));
    http.handle(() => centryAnswer(1_000));
    const report = await llavero.sweep({ keepWarm: true, limit: 15 });
    expect(report).toMatchObject({ due: 15, renewed: 5, skipped: 10 });
  });

  it('is no obstacle to callers: a claim keeps nobody from renewing', async () => {
    const { llavero, another, http, store, clock } = await twoClients(1);
    const claimed = await succeeds(
      store.claimDue({
        provider: 'centry',
        nowMs: clock.nowMs(),
        limit: 10,
        keepWarm: true,
        untilMs: clock.nowMs() + hourMs,
        latestNotBeforeMs: clock.nowMs() + hourMs,
        latestDatedMs: clock.nowMs() + hourMs,
      }),
    );
    expect(claimed).toHaveLength(2);
    expect(await llavero.sweep({ keepWarm: true })).toMatchObject({ due: 0 });
    http.handle(() => centryAnswer(1_000));
    expect((await another().token(keyOf(0))).generation).toBe(2);
    expect(await sweepNotBefore(store, keyOf(0))).toBeUndefined();
  });

  it('of a process that died delays its claims by five minutes', async () => {
    const scene = await twoClients(1);
    const { llavero, another, clock, http, store } = scene;
    const doomed = another({
      store: { ...store, read: () => TE.fromTask(() => new Promise(() => undefined)) },
      storeTimeoutMs: hourMs,
    });
    void codeOf(doomed.sweep({ keepWarm: true }));
    await clock.advance(5 * minuteMs - 1);
    expect(await llavero.sweep({ keepWarm: true })).toMatchObject({ due: 0 });
    await clock.advance(1);
    http.handle(() => centryAnswer(1_000));
    expect(await llavero.sweep({ keepWarm: true })).toMatchObject({ due: 2, renewed: 2 });
  });
});
