import { describe, expect, it } from 'vitest';
import { swapPorts } from '../../../src/app/container/swap-ports.js';
import { createLlavero } from '../../../src/app/create-llavero.js';
import { llaveroGot } from '../../../src/app/llavero-got.js';
import type { CountedRate, RateLimiter } from '../../../src/ports/rate-limiter.js';
import { memoryStore } from '../../../src/testing/memory-store.js';
import { centryKey, centryPreset, codeOf, failureOf, secondMs } from '../llavero-fixture.js';
import { centryAnswer, secretsOf } from '../provider-answers.js';
import { answers, apiScene, authorizations, type ApiScene } from './api-scene.js';

interface FakeLimiter extends RateLimiter {
  readonly asked: (readonly CountedRate[])[];
  /** What it answers, in order; 0 afterwards. */
  readonly waits: number[];
}

const fakeLimiter = (...waits: readonly number[]): FakeLimiter => {
  const left = [...waits];
  const asked: (readonly CountedRate[])[] = [];
  return {
    asked,
    waits: left,
    take: async (rates) => {
      asked.push(rates);
      return left.shift() ?? 0;
    },
  };
};

const rates = {
  requestRate: { requests: 3, perMs: 60 * secondMs },
  accountRequestRate: { requests: 100, perMs: 3_600 * secondMs },
} as const;

/** Connected, at a provider that documents both rates. */
const limited = async (
  apiLimits: 'wait' | 'reject' | undefined,
  limiter: RateLimiter = fakeLimiter(),
): Promise<ApiScene> => apiScene({}, { apiLimits, overrides: [swapPorts({ rateLimiter: limiter })] }, rates);

const statusOf = async ({ llavero }: ApiScene): Promise<number> => (await llavero.fetch(centryKey, 'orders')).status;

describe('without apiLimits', () => {
  it('nothing is counted, and a 429 lets nobody rest', async () => {
    const limiter = fakeLimiter(5_000);
    await using scene = await limited(undefined, limiter);
    scene.script(answers(429, '', { 'retry-after': '60' }), answers(200));
    expect([await statusOf(scene), await statusOf(scene)]).toEqual([429, 200]);
    expect(limiter.asked).toEqual([]);
  });
});

describe('a call under apiLimits', () => {
  it('is counted for its account and for its client', async () => {
    const limiter = fakeLimiter();
    await using scene = await limited('reject', limiter);
    await statusOf(scene);
    const [[account, client] = []] = limiter.asked;
    expect([limiter.asked.length, account?.rate]).toEqual([1, rates.accountRequestRate]);
    expect(account?.name).toMatch(/^account centry\/acme \S+$/);
    expect([client?.name.replace(/\/\S+$/, ''), client?.rate]).toEqual(['client centry', rates.requestRate]);
  });

  it('is counted again when it is sent again', async () => {
    const limiter = fakeLimiter();
    await using scene = await limited('reject', limiter);
    scene.script(answers(401), answers(200));
    scene.http.answer(centryAnswer(2));
    expect(await statusOf(scene)).toBe(200);
    expect(limiter.asked).toHaveLength(2);
  });

  it('is rejected at once where there is no room and it says reject, and nothing is sent', async () => {
    await using scene = await limited('reject', fakeLimiter(7_000));
    const error = await failureOf(scene.llavero.fetch(centryKey, 'orders'));
    expect(error).toMatchObject({ code: 'ERR_RATE_LIMITED', retryable: true, retryAfterMs: 7_000, key: centryKey });
    expect(scene.api.requests).toEqual([]);
    expect(await statusOf(scene)).toBe(200);
  });

  it('waits its turn where it says wait', async () => {
    await using scene = await limited('wait', fakeLimiter(7_000, 2_000));
    const asking = statusOf(scene);
    await scene.clock.advance(6_999);
    expect(scene.api.requests).toEqual([]);
    await scene.clock.advance(1);
    await scene.clock.advance(2_000);
    expect(await asking).toBe(200);
  });

  it('waits no longer than the caller’s patience, and then says how long there is no room', async () => {
    await using scene = await limited('wait', fakeLimiter(10_000, 6_000));
    const failing = failureOf(scene.llavero.fetch(centryKey, 'orders'));
    await scene.clock.advance(10_000);
    expect(await failing).toMatchObject({ code: 'ERR_RATE_LIMITED', retryAfterMs: 6_000 });
    expect(scene.api.requests).toEqual([]);
  });

  it('waits within the caller’s signal', async () => {
    const limiter = fakeLimiter(7_000);
    await using scene = await limited('wait', limiter);
    const controller = new AbortController();
    const reason = new Error('my own reason');
    const asking = scene.llavero
      .fetch(centryKey, 'orders', { signal: controller.signal })
      .catch((error: unknown) => error);
    await scene.settle();
    controller.abort(reason);
    expect(await asking).toBe(reason);
    await scene.clock.advance(10_000);
    expect([limiter.asked.length, scene.api.requests.length]).toEqual([1, 0]);
  });

  it('goes when the limiter fails', async () => {
    await using scene = await limited('reject', { take: () => Promise.reject(new Error('broken')) });
    expect(await statusOf(scene)).toBe(200);
  });

  it('is kept to the limits through got as well, each retry of got’s counted', async () => {
    const limiter = fakeLimiter();
    await using scene = await limited('reject', limiter);
    scene.script(answers(503), answers(200));
    const got = llaveroGot(scene.llavero, centryKey);
    await got('orders', { retry: { calculateDelay: ({ computedValue }) => Math.sign(computedValue) } });
    expect(limiter.asked).toHaveLength(2);
    limiter.waits.push(3_000);
    expect(await codeOf(got('orders'))).toBe('ERR_RATE_LIMITED');
    expect(authorizations(scene.api)).toEqual(Array(2).fill(`Bearer ${secretsOf(1).access}`));
  });
});

describe('a 429', () => {
  const restOf = async (scene: ApiScene, headers: Readonly<Record<string, string>>): Promise<number | undefined> => {
    scene.script(answers(429, 'slow down', headers), answers(200));
    const response = await scene.llavero.fetch(centryKey, 'orders');
    expect([response.status, await response.text()]).toEqual([429, 'slow down']);
    return (await failureOf(scene.llavero.fetch(centryKey, 'orders'))).retryAfterMs;
  };

  it('on a path that carries no token counts too', async () => {
    await using scene = await apiScene({ placement: () => ({ credential: 'none' }) }, { apiLimits: 'reject' });
    expect(await restOf(scene, { 'retry-after': '7' })).toBe(7_000);
  });

  it.each([
    ['seconds', () => '7', 7_000],
    ['a date', (nowMs: number) => new Date(nowMs + 9_000).toUTCString(), 9_000],
    ['far too long a time, which is clamped', () => '86400', 3_600_000],
  ])('comes back as it is, and lets the account rest for what it asks in %s', async (_what, header, restMs) => {
    await using scene = await limited('reject');
    expect(await restOf(scene, { 'retry-after': header(scene.clock.nowMs()) })).toBe(restMs);
    await scene.clock.advance(restMs - 1);
    expect(await codeOf(scene.llavero.fetch(centryKey, 'orders'))).toBe('ERR_RATE_LIMITED');
    await scene.clock.advance(1);
    expect(await statusOf(scene)).toBe(200);
    expect(scene.api.requests).toHaveLength(2);
  });

  it('that asks for nothing begins a cool-down, which doubles until another answer comes', async () => {
    await using scene = await limited('reject');
    for (const restMs of [1_000, 2_000, 4_000]) {
      expect(await restOf(scene, {})).toBe(restMs);
      await scene.clock.advance(restMs);
    }
    expect(await statusOf(scene)).toBe(200);
    expect(await restOf(scene, {})).toBe(1_000);
  });

  it('to several calls at once is one cool-down', async () => {
    await using scene = await limited('reject');
    scene.script(answers(429));
    expect(await Promise.all([statusOf(scene), statusOf(scene), statusOf(scene)])).toEqual([429, 429, 429]);
    expect(await failureOf(scene.llavero.fetch(centryKey, 'orders'))).toMatchObject({ retryAfterMs: 1_000 });
  });

  it('lets the account rest also when the answer to an earlier call comes late', async () => {
    await using scene = await limited('reject');
    const late: (() => void)[] = [];
    scene.script(
      (_request, response) => void late.push(() => void response.writeHead(200).end()),
      answers(429, '', { 'retry-after': '600' }),
    );
    const early = statusOf(scene);
    await expect.poll(() => late.length).toBe(1);
    expect(await statusOf(scene)).toBe(429);
    late[0]?.();
    expect(await early).toBe(200);
    expect(await failureOf(scene.llavero.fetch(centryKey, 'orders'))).toMatchObject({ retryAfterMs: 600_000 });
  });

  it('lets the other accounts of the client rest too, for no longer than its window, and other clients not at all', async () => {
    await using scene = await limited('reject');
    const [sibling, stranger] = ['centry/sibling', 'centry/stranger'];
    await scene.llavero.register({ provider: 'centry', account: 'stranger', clientId: 'other', clientSecret: 'other' });
    for (const [n, key] of [sibling, stranger].entries()) {
      scene.http.answer(centryAnswer(n + 2));
      await scene.llavero.exchange(key ?? '', { code: 'c' });
    }
    expect(await restOf(scene, { 'retry-after': '600' })).toBe(600_000);
    expect((await failureOf(scene.llavero.fetch('centry/sibling', 'orders'))).retryAfterMs).toBe(60_000);
    expect((await scene.llavero.fetch('centry/stranger', 'orders')).status).toBe(200);
    await scene.clock.advance(60_000);
    expect((await scene.llavero.fetch('centry/sibling', 'orders')).status).toBe(200);
    expect(await codeOf(scene.llavero.fetch(centryKey, 'orders'))).toBe('ERR_RATE_LIMITED');
  });
});

describe('apiLimits', () => {
  it('that are neither word are a TypeError', () => {
    const make = (): unknown =>
      Reflect.apply(createLlavero, undefined, [
        { providers: [centryPreset()], store: memoryStore(), encryption: 'plaintext', apiLimits: 'sometimes' },
      ]);
    expect(make).toThrow(
      new TypeError("createLlavero({ apiLimits }): write 'wait' or 'reject', or leave it out for no limits"),
    );
  });

  it('hold a provider that documents no rate to its 429s alone', async () => {
    const limiter = fakeLimiter(5_000);
    await using scene = await apiScene({}, { apiLimits: 'reject', overrides: [swapPorts({ rateLimiter: limiter })] });
    scene.script(answers(429, '', { 'retry-after': '5' }), answers(200));
    expect(await statusOf(scene)).toBe(429);
    expect(await codeOf(scene.llavero.fetch(centryKey, 'orders'))).toBe('ERR_RATE_LIMITED');
    expect(limiter.asked).toEqual([]);
  });
});
