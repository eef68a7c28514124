import { describe, expect, it } from 'vitest';
import { createLlavero } from '../../src/app/create-llavero.js';
import { defaultRefreshPolicy } from '../../src/domain/refresh-policy.js';
import { memoryStore } from '../../src/testing/memory-store.js';
import { centry } from '../../src/adapters/providers/centry/centry.js';
import {
  centryKey,
  centryPreset,
  citrusKey,
  citrusPreset,
  codeOf,
  encryption,
  failureOf,
  makeScene,
  secondMs,
} from './llavero-fixture.js';
import { canary, citrusAnswer } from './provider-answers.js';

const right = { providers: [centryPreset()], store: memoryStore(), encryption: encryption() };

const created = (options: unknown) => () => {
  Reflect.apply(createLlavero, undefined, [options]);
};

describe('createLlavero', () => {
  it('opens nothing and sends nothing', () => {
    const { store, http } = makeScene();
    expect([store.asked('open'), http.requests.length]).toEqual([0, 0]);
  });

  it.each<readonly [string, unknown, string]>([
    ['no options', undefined, 'createLlavero needs its options'],
    ['no providers', { ...right, providers: undefined }, 'createLlavero({ providers }): pass at least one preset'],
    ['an empty list of providers', { ...right, providers: [] }, 'createLlavero({ providers }): pass at least one'],
    ['a preset that was not called', { ...right, providers: [centry] }, 'called with its options, for example'],
    ['one preset without its list', { ...right, providers: centryPreset() }, 'pass at least one preset'],
    ['no store', { ...right, store: undefined }, "sqliteStore({ path: 'llavero.db' }) from 'llavero/stores/sqlite'"],
    ['a store that is none', { ...right, store: new Map() }, 'createLlavero({ store }): pass a store'],
    ['no encryption', { ...right, encryption: undefined }, "{ keys: [{ id: '2026-11', secret }] }"],
    ['another word than plaintext', { ...right, encryption: 'none' }, "or 'plaintext' to store secrets in clear"],
    ['no keys', { ...right, encryption: { keys: [] } }, 'encryption.keys is empty: give at least one'],
    [
      'a key that is too short',
      { ...right, encryption: { keys: [{ id: 'a', secret: 'c2hvcnQ=' }] } },
      'encryption.keys[0].secret must be 32 random bytes as base64',
    ],
    [
      'a key id with a dot',
      { ...right, encryption: { keys: [{ ...encryption().keys[0], id: '2026.11' }] } },
      'encryption.keys[0].id must be 1 to 64 letters',
    ],
    [
      'the same preset twice',
      { ...right, providers: [centryPreset(), centryPreset()] },
      "two providers are called centry: give one of them another id, { id: 'centry-2' }",
    ],
    ['a policy that is no object', { ...right, policy: 'fast' }, 'policy must be an object'],
    ['no time for the store', { ...right, storeTimeoutMs: 0 }, 'createLlavero({ storeTimeoutMs }): write milliseconds'],
    ['endless time for the store', { ...right, storeTimeoutMs: Infinity }, 'more than 0, such as 10_000'],
    ['a time that is a text', { ...right, storeTimeoutMs: '10 s' }, 'createLlavero({ storeTimeoutMs })'],
    ['a misspelt policy', { ...right, policy: { renewBefore: 1 } }, 'policy knows no renewBefore'],
  ])('throws a TypeError that says what to write for %s', (_case, options, message) => {
    expect(created(options)).toThrow(TypeError);
    expect(created(options)).toThrow(message);
  });

  it('quotes no key of the encryption in what it throws', () => {
    const secret = `${canary}-not-base64`;
    const options = { ...right, encryption: { keys: [{ id: 'a', secret }] } };
    expect(created(options)).toThrow(TypeError);
    expect(created(options)).not.toThrow(canary);
  });

  it('runs the same preset twice under different ids', async () => {
    const second = centry({
      id: 'centry-mx',
      clientId: 'id',
      clientSecret: `${canary}-s`,
      redirectUri: 'https://a.mx/cb',
    });
    const { llavero } = makeScene({ providers: [centryPreset(), second] });
    const { url } = await llavero.authorize('centry-mx/acme');
    expect(url.searchParams.get('client_id')).toBe('id');
    expect((await llavero.authorize(centryKey)).url.searchParams.get('client_id')).toBe('centry-client');
  });
});

const durations = [
  'renewBeforeMs',
  'softMs',
  'requestTimeoutMs',
  'attemptTtlMs',
  'settleMs',
  'recoveryNoticeMs',
  'patienceMs',
  'cooldownMinMs',
  'cooldownMaxMs',
  'retryAfterMaxMs',
  'defaultLifetimeMs',
  'recheckMs',
] as const;

describe('a policy', () => {
  it.each(durations)('takes %s in milliseconds', (name) => {
    for (const value of [-1, Number.NaN, Infinity, '1000']) {
      expect(created({ ...right, policy: { [name]: value } })).toThrow(
        new TypeError(`policy.${name} must be a whole number of milliseconds, 0 or more`),
      );
    }
  });

  it.each(durations)('takes no fraction of a millisecond for %s, and says what to write', (name) => {
    expect(created({ ...right, policy: { [name]: 1_234.5 } })).toThrow(
      new TypeError(`policy.${name} takes whole milliseconds, and 1234.5 has a fraction: write 1235`),
    );
    const own = centry({ id: 'own', clientId: 'id', clientSecret: `${canary}-s`, policy: { [name]: 0.1 } });
    expect(created({ ...right, providers: [own] })).toThrow(
      new TypeError(`the policy of own.${name} takes whole milliseconds, and 0.1 has a fraction: write 1`),
    );
  });

  it('has a test for every duration there is', () => {
    const names = Object.keys(defaultRefreshPolicy).filter((name) => name.endsWith('Ms'));
    expect([...durations].toSorted()).toEqual(names.toSorted());
  });

  it.each<readonly [Readonly<Record<string, unknown>>, string]>([
    [{ renewBeforeFraction: 1 }, 'policy.renewBeforeFraction must be a fraction of the lifetime from 0 to below 1'],
    [{ softFraction: -0.1 }, 'policy.softFraction must be a fraction of the lifetime from 0 to below 1'],
    [{ softFraction: Number.NaN }, 'policy.softFraction must be a fraction of the lifetime from 0 to below 1'],
    [{ cacheEntries: 0 }, 'policy.cacheEntries must be a whole number of at least 1'],
    [{ cacheEntries: 1.5 }, 'policy.cacheEntries must be a whole number of at least 1'],
    [{ recovery: 'always' }, "policy.recovery must be 'probe', 'retry' or 'never'"],
    [{ recovery: 'probe-once' }, "policy.recovery must be 'probe', 'retry' or 'never'"],
    [{ requestTimeoutMs: 0 }, 'policy.requestTimeoutMs, defaultLifetimeMs and cooldownMinMs must be more than 0'],
    [{ defaultLifetimeMs: 0 }, 'policy.requestTimeoutMs, defaultLifetimeMs and cooldownMinMs must be more than 0'],
    [{ cooldownMinMs: 0 }, 'policy.requestTimeoutMs, defaultLifetimeMs and cooldownMinMs must be more than 0'],
    [{ requestTimeoutMs: 40_000 }, 'policy.attemptTtlMs must be well over requestTimeoutMs'],
    [{ cooldownMinMs: 2_000, cooldownMaxMs: 1_000 }, 'policy.cooldownMaxMs must not be below cooldownMinMs'],
  ])('%j is a TypeError', (policy, message) => {
    expect(created({ ...right, policy })).toThrow(TypeError);
    expect(created({ ...right, policy })).toThrow(message);
  });

  it('of a preset is checked as well, and together with the one for all', () => {
    const own = { id: 'own', clientId: 'id', clientSecret: `${canary}-s`, policy: { requestTimeoutMs: 20_000 } };
    expect(created({ ...right, providers: [centry(own)] })).not.toThrow();
    expect(created({ ...right, policy: { attemptTtlMs: 20_000 }, providers: [centry(own)] })).toThrow(
      'the policy of own.attemptTtlMs must be well over requestTimeoutMs',
    );
  });

  it('takes undefined for its default', async () => {
    const { llavero, http } = makeScene({ policy: { cooldownMinMs: undefined } });
    http.fail('Unsent', 'ECONNREFUSED');
    expect((await failureOf(llavero.token(citrusKey))).retryAfterMs).toBe(secondMs);
  });

  it('of a preset wins over the one for all, for that provider only', async () => {
    const own = centry({
      clientId: 'id',
      clientSecret: `${canary}-s`,
      grant: 'client_credentials',
      policy: { cooldownMinMs: 3_000 },
    });
    const { llavero, http } = makeScene({ providers: [own, citrusPreset()], policy: { cooldownMinMs: 2_000 } });
    http.handle(() => ({ _tag: 'Unsent', why: 'ECONNREFUSED' }));
    expect((await failureOf(llavero.token(centryKey))).retryAfterMs).toBe(3_000);
    expect((await failureOf(llavero.token(citrusKey))).retryAfterMs).toBe(2_000);
  });

  it('gives every token request its deadline', async () => {
    const { llavero, http } = makeScene({ policy: { requestTimeoutMs: 4_321 } });
    http.answer(citrusAnswer(1));
    await llavero.token(citrusKey);
    await codeOf(llavero.exchange(centryKey, { code: 'c' }));
    expect(http.requests.map(({ timeoutMs }) => timeoutMs)).toEqual([4_321, 4_321]);
  });
});

describe('allowHttpOnLoopback', () => {
  const local = { clientId: 'id', clientSecret: `${canary}-s`, baseUrl: 'http://127.0.0.1:8080' };

  it('admits http to this machine, for all providers', () => {
    expect(created({ ...right, providers: [centry(local)], allowHttpOnLoopback: true })).not.toThrow();
  });

  it('is off unless it is set, and never admits http to another', () => {
    expect(created({ ...right, providers: [centry(local)] })).toThrow('baseUrl of centry must start with https://');
    const elsewhere = centry({ ...local, baseUrl: 'http://www.centry.cl' });
    expect(created({ ...right, providers: [elsewhere], allowHttpOnLoopback: true })).toThrow(TypeError);
  });
});

describe('an option that nobody knows', () => {
  it('is a TypeError that names those there are', () => {
    const options = { ...right, apiLimit: 'wait' };
    expect(() => createLlavero(options)).toThrow(
      'createLlavero knows no option "apiLimit"; it takes providers, store, encryption, policy, allowHttpOnLoopback, fetch, apiLimits, storeTimeoutMs, overrides',
    );
  });
});
