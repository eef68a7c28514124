import { left, right } from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { swapPorts } from '../../../src/app/container/swap-ports.js';
import { createLlavero } from '../../../src/app/create-llavero.js';
import { LlaveroError } from '../../../src/app/llavero-error.js';
import type { Llavero } from '../../../src/app/llavero.js';
import type { RefreshPolicyOptions } from '../../../src/domain/refresh-policy.js';
import type { HttpClient } from '../../../src/ports/http-client.js';
import { fakeClock, type FakeClock } from '../../../src/testing/fake-clock.js';
import { centryLifeMs, centryPreset, secondMs } from '../llavero-fixture.js';
import { slowDiskStore } from './slow-disk-store.js';
import { testSize } from '../../test-size.js';

/** What became of a burst. */
interface Burst {
  readonly served: number;
  /** How often each error came, and whether all of them said when to ask again. */
  readonly codes: Readonly<Record<string, number>>;
  readonly allSayWhen: boolean;
  /** When those who were turned away are to ask again, by key, in milliseconds. */
  readonly told: ReadonlyMap<string, number>;
  readonly seconds: number;
}

interface Crowd {
  readonly clock: FakeClock;
  readonly llavero: Llavero;
  readonly another: () => Llavero;
  readonly requests: () => number;
  /** Refresh tokens that were sent more than once. */
  readonly sentTwice: () => number;
  readonly mostInFlight: () => number;
  readonly flushes: () => number;
  /** From now on nothing reaches the provider. */
  readonly goDown: () => void;
  /** Asks for the token of every account at once. */
  readonly burst: (by?: Llavero) => Promise<Burst>;
}

/** So many accounts whose tokens have all expired, on a disk whose flush takes 10 ms. */
const crowd = async (accounts: number, policy: RefreshPolicyOptions = {}): Promise<Crowd> => {
  const clock = fakeClock();
  const store = slowDiskStore(clock);
  const uses = new Map<string, number>();
  let tokens = 0;
  let requests = 0;
  let inFlight = 0;
  let mostInFlight = 0;
  let answerMs = 0;
  let isDown = false;
  let tick: Promise<void> | undefined;

  const httpClient: HttpClient = {
    send:
      ({ form = [] }) =>
      async () => {
        const sentAtMs = clock.nowMs();
        const refresh = form.find(([name]) => name === 'refresh_token')?.[1];
        if (refresh !== undefined) {
          requests += 1;
          uses.set(refresh, (uses.get(refresh) ?? 0) + 1);
          inFlight += 1;
          mostInFlight = Math.max(mostInFlight, inFlight);
          // One sleep for all who ask in the meantime: ten thousand of them would make the clock slow.
          tick ??= clock.sleep(answerMs).then(() => {
            tick = undefined;
          });
          await tick;
          inFlight -= 1;
          if (isDown) return left({ _tag: 'Unsent', why: 'ECONNREFUSED' });
        }
        const n = (tokens += 1);
        const json = { access_token: `a-${n}`, refresh_token: `r-${n}`, token_type: 'bearer', expires_in: 7_200 };
        return right({ status: 200, headers: {}, json, sentAtMs });
      },
  };
  const another = (): Llavero =>
    createLlavero({
      providers: [centryPreset()],
      store,
      encryption: 'plaintext',
      policy,
      overrides: [swapPorts({ clock, httpClient, eventSink: { emit: () => undefined } })],
    });
  const llavero = another();
  const keys = Array.from({ length: accounts }, (_, index) => `centry/${index}`);
  for (const key of keys) await llavero.exchange(key, { code: 'code' });
  await clock.advance(centryLifeMs);
  store.setFlushMs(10);
  const flushedBefore = store.flushes();
  answerMs = 50;

  const burst = async (by = llavero): Promise<Burst> => {
    const sinceMs = clock.monotonicMs();
    const codes: Record<string, number> = {};
    let served = 0;
    let allSayWhen = true;
    const told = new Map<string, number>();
    let lastAtMs = sinceMs;
    const asked = keys.map(async (key) => {
      try {
        await by.token(key);
        served += 1;
      } catch (error) {
        if (!(error instanceof LlaveroError)) throw error;
        codes[error.code] = (codes[error.code] ?? 0) + 1;
        allSayWhen &&= error.retryable && error.retryAfterMs !== undefined;
        told.set(key, error.retryAfterMs ?? 0);
      }
      lastAtMs = clock.monotonicMs();
    });
    const over: true[] = [];
    void Promise.all(asked).then(() => over.push(true));
    while (over.length === 0) await clock.advance(100);
    await Promise.all(asked);
    return { served, codes, allSayWhen, told, seconds: (lastAtMs - sinceMs) / secondMs };
  };

  return {
    clock,
    llavero,
    another,
    requests: () => requests,
    sentTwice: () => [...uses.values()].filter((times) => times > 1).length,
    mostInFlight: () => mostInFlight,
    flushes: () => store.flushes() - flushedBefore,
    goDown: () => {
      isDown = true;
    },
    burst,
  };
};

/** What was measured, for whoever reads the output of a run. */
const printed = (accounts: number, { requests, mostInFlight, flushes }: Crowd, { served, seconds }: Burst): void =>
  void process.stdout.write(
    `${accounts} accounts due at once: ${served} served in ${seconds.toFixed(1)} s, ${requests()} requests, at most ${mostInFlight()} in flight, ${flushes()} flushes\n`,
  );

describe('accounts that are all due at once, on a disk whose flush takes 10 ms', { timeout: 1_800_000 }, () => {
  it.each(testSize() === 'short' ? [4_000] : [4_000, 10_000])(
    'are all renewed, each by one request, within the patience of their callers (%i)',
    async (accounts) => {
      const scene = await crowd(accounts);
      const burst = await scene.burst();
      printed(accounts, scene, burst);
      expect(burst.codes).toEqual({});
      expect(burst.served).toBe(accounts);
      expect(scene.requests()).toBe(accounts);
      expect(scene.sentTwice()).toBe(0);
      expect(scene.mostInFlight()).toBeLessThanOrEqual(100);
      expect(burst.seconds).toBeLessThan(15);
    },
  );

  it('are told when to ask again where their callers have no patience, and are renewed all the same', async () => {
    const scene = await crowd(2_000, { patienceMs: 500 });
    const first = await scene.burst();
    expect(Object.keys(first.codes)).toEqual(['ERR_PROVIDER_UNAVAILABLE']);
    expect(first.allSayWhen).toBe(true);
    await scene.clock.advance(10 * secondMs);
    const second = await scene.burst();
    expect(second.served).toBe(2_000);
    expect(scene.requests()).toBe(2_000);
    expect(scene.sentTwice()).toBe(0);
  });

  it('are told by the pace of the line, and find their token when they come back as they were told', async () => {
    const { clock, llavero, burst, requests } = await crowd(4_000, { patienceMs: 200 });
    const { told } = await burst();
    const longest = Math.max(...told.values());
    expect(longest).toBeGreaterThan(3 * secondMs);
    expect(longest).toBeLessThan(5 * secondMs);
    let found = 0;
    for (const [key, afterMs] of told) {
      void clock
        .sleep(afterMs)
        .then(() => llavero.token(key, { patienceMs: 0 }))
        .then(
          () => (found += 1),
          () => undefined,
        );
    }
    for (let ms = 0; ms <= longest; ms += 100) await clock.advance(100);
    process.stdout.write(
      `4000 accounts due at once, with a patience of 200 ms: ${told.size} were told to come back, the last after ${longest} ms; ${found} of them found their token at once\n`,
    );
    expect(found).toBeGreaterThan(0.95 * told.size);
    expect(requests()).toBe(4_000);
  });

  it('keep no person waiting who connects an account in the middle of it', async () => {
    const { clock, llavero, burst } = await crowd(4_000);
    const crowded = burst();
    await clock.advance(secondMs);
    const sinceMs = clock.monotonicMs();
    let tookMs = Infinity;
    const connected = llavero.exchange('centry/new', { code: 'code' }).then((token) => {
      tookMs = clock.monotonicMs() - sinceMs;
      return token;
    });
    expect((await crowded).served).toBe(4_000);
    process.stdout.write(`a code was exchanged in ${tookMs} ms in the middle of a burst of 4000\n`);
    expect(tookMs).toBeLessThan(0.5 * secondMs);
    expect((await connected).generation).toBe(1);
  });

  it('are sent once each by two processes that meet the same burst', async () => {
    const scene = await crowd(1_000);
    const bursts = await Promise.all([scene.burst(), scene.burst(scene.another())]);
    expect(bursts.map(({ served }) => served)).toEqual([1_000, 1_000]);
    expect(scene.requests()).toBe(1_000);
    expect(scene.sentTwice()).toBe(0);
  });

  it('are not sent behind the first hundred when the provider turns out to be down', async () => {
    const scene = await crowd(1_000);
    scene.goDown();
    const burst = await scene.burst();
    expect(Object.keys(burst.codes)).toEqual(['ERR_PROVIDER_UNAVAILABLE']);
    expect(burst.allSayWhen).toBe(true);
    expect(scene.requests()).toBeLessThanOrEqual(110);
  });
});
