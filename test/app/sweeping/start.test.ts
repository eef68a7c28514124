import { left } from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { swapPorts } from '../../../src/app/container/swap-ports.js';
import type { Llavero } from '../../../src/app/llavero.js';
import type { Clock } from '../../../src/ports/clock.js';
import type { StoreFailure, TokenStore } from '../../../src/ports/token-store.js';
import {
  authorizedCentry,
  callLoosely,
  centryKey,
  centryLifeMs,
  failureOf,
  hourMs,
  makeScene,
  minuteMs,
  secondMs,
  trayPreset,
  type Scene,
} from '../llavero-fixture.js';
import { centryAnswer } from '../provider-answers.js';
import { dayMs, dueAfterMs, shopKey, trayShops } from '../tray-shops.js';

/** When each sweep was over, in milliseconds since the clock's zero. */
const sweepsMs = ({ eventsOf }: Scene, zeroMs: number): readonly number[] =>
  eventsOf('sweep_finished').map(({ at }) => at.getTime() - zeroMs);

describe('start', () => {
  it('keeps a Tray shop connected that nobody uses for 90 days, for three requests', async () => {
    const { llavero, clock, asked, refused, eventsOf } = await trayShops(1);
    llavero.start({ intervalMs: hourMs });
    await clock.advance(90 * dayMs);
    expect((await llavero.status(shopKey(1))).state).toBe('ready');
    expect(asked).toEqual([1, 1, 1]);
    expect(refused()).toBe(0);
    expect(eventsOf('sweep_finished').length).toBeGreaterThan(90 * 24);
    expect((await llavero.token(shopKey(1))).generation).toBe(5);
    await llavero.close();
  });

  it('keeps it connected through a week of which the provider was down for five days', async () => {
    const { llavero, clock, http, connect } = await trayShops(0);
    await connect(1);
    llavero.start({ intervalMs: hourMs });
    await clock.advance(dueAfterMs - minuteMs);
    for (let hour = 0; hour < 5 * 24; hour += 1) http.fail('Unsent', 'ECONNREFUSED');
    await clock.advance(6 * dayMs);
    expect((await llavero.status(shopKey(1))).generation).toBe(2);
    await llavero.close();
  });

  it('loses it without sweeps, which is what the sweeps are for: the next call is told', async () => {
    const { llavero, clock, refused } = await trayShops(1);
    await clock.advance(90 * dayMs);
    const error = await failureOf(llavero.token(shopKey(1)));
    expect(error.reason).toMatchObject({ _tag: 'ReauthorizationRequired', cause: 'refresh_token_expired' });
    expect((await llavero.status(shopKey(1))).state).toBe('reauthorization_required');
    expect(refused()).toBe(1);
  });

  it('sweeps at once and then every minute', async () => {
    const scene = makeScene();
    const zeroMs = scene.clock.nowMs();
    scene.llavero.start();
    await scene.clock.advance(4 * minuteMs);
    // The fixture's spread is at its least: nine tenths of a minute.
    expect(sweepsMs(scene, zeroMs)).toEqual([0, 54, 108, 162, 216].map((seconds) => seconds * secondMs));
    await scene.llavero.close();
  });

  it('spreads processes that start together by up to a tenth of the interval', async () => {
    const scene = makeScene({ fraction: 0.5 });
    const zeroMs = scene.clock.nowMs();
    scene.llavero.start({ intervalMs: 10 * minuteMs });
    await scene.clock.advance(21 * minuteMs);
    expect(sweepsMs(scene, zeroMs)).toEqual([0.5, 10.5, 20.5].map((minutes) => minutes * minuteMs));
    await scene.llavero.close();
  });

  it('takes the options of a sweep', async () => {
    const { llavero, clock, http } = await authorizedCentry();
    http.handle(() => centryAnswer(2));
    llavero.start({ keepWarm: true, provider: 'centry', limit: 5, concurrency: 1 });
    await clock.advance(centryLifeMs);
    expect((await llavero.status(centryKey)).generation).toBe(2);
    expect((await llavero.token(centryKey)).generation).toBe(2);
    expect(http.requests).toHaveLength(2);
    await llavero.close();
  });

  it('begins no sweep before the last one is over', async () => {
    const { llavero, clock, keepWaiting, eventsOf } = await trayShops(1);
    await clock.advance(dueAfterMs);
    const slow = keepWaiting(1);
    llavero.start();
    await slow.arrived;
    await clock.advance(40 * secondMs);
    expect(eventsOf('sweep_finished')).toHaveLength(0);
    slow.release();
    await clock.advance(0);
    expect(eventsOf('sweep_finished')).toHaveLength(1);
    await llavero.close();
  });

  it('twice is a TypeError', () => {
    const { llavero } = makeScene();
    llavero.start();
    expect(() => llavero.start()).toThrow(
      new TypeError('start() was called before; one llavero sweeps once at a time, until close()'),
    );
  });

  it.each([
    [{ intervalMs: 0 }, 'start({ intervalMs }): intervalMs takes milliseconds, more than 0'],
    [{ intervalMs: Number.NaN }, 'start({ intervalMs }): intervalMs takes milliseconds, more than 0'],
    [{ intervalMs: '60000' }, 'start({ intervalMs }): intervalMs takes milliseconds, more than 0'],
    [{ limit: 0 }, 'start({ limit }): limit takes a whole number of at least 1'],
    [{ concurrency: 2.5 }, 'start({ concurrency }): concurrency takes a whole number of at least 1'],
    [{ provider: 'trey' }, 'start({ provider }): provider takes one of centry, tray, citrusad'],
    [{ keepWarm: 1 }, 'start({ keepWarm }): keepWarm takes true or false'],
  ])('with %j is a TypeError that says what to write, and starts nothing', async (options, message) => {
    const { llavero, clock } = makeScene();
    await expect(callLoosely(llavero, 'start', options)).rejects.toThrow(new TypeError(message));
    expect(clock.sleepers).toBe(0);
    llavero.start();
    await llavero.close();
  });
});

describe('a sweep that start began and that failed', () => {
  const down: StoreFailure = { _tag: 'StoreFailure', operation: 'claimDue', why: 'SCRIPTED' };

  it('because the store was down is told by sweep_failed, and the next one does the work', async () => {
    const { another, clock, store, asked, eventsOf } = await trayShops(1);
    let isUp = false;
    const flaky: TokenStore = {
      ...store,
      claimDue: (query) => () => (isUp ? store.claimDue(query)() : Promise.resolve(left(down))),
    };
    await clock.advance(dueAfterMs);
    const llavero = another({ providers: [trayPreset()], overrides: [swapPorts({ tokenStore: flaky })] });
    llavero.start();
    await clock.advance(2 * minuteMs);
    expect(eventsOf('sweep_failed').map(({ key, code }) => [key, code])).toEqual([
      ['*', 'ERR_STORE_FAILED'],
      ['*', 'ERR_STORE_FAILED'],
      ['*', 'ERR_STORE_FAILED'],
    ]);
    isUp = true;
    await clock.advance(minuteMs);
    expect(asked).toEqual([1]);
    expect(eventsOf('sweep_failed')).toHaveLength(3);
    await llavero.close();
  });

  it('because the store could not be opened is told as well, and opening is tried again', async () => {
    const { another, clock, store, asked, eventsOf } = await trayShops(1);
    await clock.advance(dueAfterMs);
    const llavero = another();
    store.failNext('open', 2);
    llavero.start();
    await clock.advance(minuteMs);
    expect(eventsOf('sweep_failed').map(({ code }) => code)).toEqual(['ERR_STORE_FAILED', 'ERR_STORE_FAILED']);
    await clock.advance(minuteMs);
    expect(asked).toEqual([1]);
    await llavero.close();
  });

  it('because an adapter broke its law and threw ends nothing either', async () => {
    const { another, clock, store, asked, eventsOf } = await trayShops(1);
    await clock.advance(dueAfterMs);
    let calls = 0;
    const lawless: TokenStore = {
      ...store,
      claimDue: (query) => {
        calls += 1;
        if (calls === 1) throw new Error('canary-secret of a driver');
        return store.claimDue(query);
      },
    };
    const llavero = another({ providers: [trayPreset()], overrides: [swapPorts({ tokenStore: lawless })] });
    llavero.start();
    await clock.advance(minuteMs);
    expect(eventsOf('sweep_failed').map(({ code }) => code)).toEqual(['ERR_STORE_FAILED']);
    expect(asked).toEqual([1]);
    await llavero.close();
  });
});

describe('what start has running', () => {
  /** A process whose pending `sleep`s are counted: each of them holds it open. */
  const watched = ({ another, clock }: Scene): { readonly llavero: Llavero; readonly holding: () => number } => {
    let holding = 0;
    const counting: Clock = {
      nowMs: clock.nowMs,
      monotonicMs: clock.monotonicMs,
      idle: clock.idle,
      sleep: async (ms, signal) => {
        holding += 1;
        await clock.sleep(ms, signal);
        holding -= 1;
      },
    };
    const llavero = another({ providers: [trayPreset()], overrides: [swapPorts({ clock: counting })] });
    return { llavero, holding: () => holding };
  };

  it('holds no process open between two sweeps', async () => {
    const scene = await trayShops(1);
    const { llavero, holding } = watched(scene);
    llavero.start();
    for (let minute = 0; minute < 5; minute += 1) {
      await scene.clock.advance(minuteMs);
      expect(holding()).toBe(0);
      expect(scene.clock.sleepers).toBe(1);
    }
    await llavero.close();
  });

  it('holds none open while it waits for a slot', async () => {
    const scene = await trayShops(3);
    await scene.clock.advance(dueAfterMs);
    const { llavero, holding } = watched(scene);
    llavero.start();
    await scene.clock.advance(0);
    expect(scene.asked).toEqual([1]);
    expect(scene.clock.sleepers).toBe(1);
    expect(holding()).toBe(0);
    await scene.clock.advance(minuteMs);
    expect(scene.asked).toEqual([1, 2, 3]);
    await llavero.close();
  });

  it('holds it open during a sweep that somebody waits for', async () => {
    const scene = await trayShops(2);
    await scene.clock.advance(dueAfterMs);
    const { llavero, holding } = watched(scene);
    const sweeping = llavero.sweep();
    await scene.clock.advance(0);
    expect(holding()).toBe(1);
    await scene.clock.advance(minuteMs);
    expect(await sweeping).toMatchObject({ renewed: 2 });
  });
});

describe('close after start', () => {
  it('ends the sweeps at once, between two of them', async () => {
    const { llavero, clock, eventsOf } = makeScene();
    llavero.start();
    await clock.advance(minuteMs);
    await llavero.close();
    expect(clock.sleepers).toBe(0);
    const before = eventsOf('sweep_finished').length;
    await clock.advance(hourMs);
    expect(eventsOf('sweep_finished')).toHaveLength(before);
  });

  it('waits for the requests in flight, commits what they bring, and takes nothing new', async () => {
    const { llavero, clock, store, asked, keepWaiting } = await trayShops(3);
    await clock.advance(dueAfterMs);
    const slow = keepWaiting(1);
    llavero.start();
    await slow.arrived;
    const closing = llavero.close();
    await clock.advance(10 * secondMs);
    expect(asked).toEqual([1]);
    slow.release();
    await closing;
    expect(asked).toEqual([1]);
    expect(await store.read(shopKey(1))()).toMatchObject({ right: { generation: 2, attempt: undefined } });
    expect(clock.sleepers).toBe(0);
  });

  it('before the first sweep leaves nothing undone', async () => {
    const { llavero, clock, eventsOf } = makeScene({ fraction: 0.9 });
    llavero.start();
    await llavero.close();
    await clock.advance(hourMs);
    expect(eventsOf('sweep_finished')).toEqual([]);
    expect(clock.sleepers).toBe(0);
  });
});
