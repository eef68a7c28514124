import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { left } from 'fp-ts/lib/Either.js';
import { ContainerModule } from 'inversify';
import { describe, expect, it } from 'vitest';
import { ports } from '../../../src/app/container/identifiers.js';
import { swapPorts } from '../../../src/app/container/swap-ports.js';
import type { Llavero } from '../../../src/app/llavero.js';
import { diagnosticsEventSink } from '../../../src/adapters/events/diagnostics-event-sink.js';
import type { StoreFailure, TokenStore } from '../../../src/ports/token-store.js';
import {
  callLoosely,
  codeOf,
  failureOf,
  makeScene,
  minuteMs,
  secondMs,
  trayPreset,
  type Scene,
} from '../llavero-fixture.js';
import { canary } from '../provider-answers.js';
import { dueAfterMs, shopKey, trayShops, type TrayShops } from '../tray-shops.js';

const dueShops = async (count: number): Promise<TrayShops> => {
  const shops = await trayShops(count);
  await shops.clock.advance(dueAfterMs);
  return shops;
};

/** A process whose store says what is due only while `isUp`. */
const withStore = ({ another, store }: Scene, isUp: () => boolean): Llavero => {
  const down: StoreFailure = { _tag: 'StoreFailure', operation: 'claimDue', why: 'SCRIPTED' };
  const flaky: TokenStore = {
    ...store,
    claimDue: (query) => () => (isUp() ? store.claimDue(query)() : Promise.resolve(left(down))),
  };
  return another({ providers: [trayPreset()], overrides: [swapPorts({ tokenStore: flaky })] });
};

describe('a sweep whose store fails', () => {
  it('at once, is ERR_STORE_FAILED and retryable, and nothing was sent', async () => {
    const shops = await dueShops(3);
    const error = await failureOf(withStore(shops, () => false).sweep());
    expect(error).toMatchObject({ code: 'ERR_STORE_FAILED', retryable: true });
    expect(shops.asked).toEqual([]);
    expect(shops.eventsOf('sweep_finished')).toEqual([]);
  });

  it('between two pages, is ERR_STORE_FAILED, and what was renewed by then is committed', async () => {
    const shops = await dueShops(130);
    let pages = 0;
    const sweeping = codeOf(withStore(shops, () => (pages += 1) < 2).sweep());
    await shops.clock.advance(5 * minuteMs);
    expect(await sweeping).toBe('ERR_STORE_FAILED');
    expect(shops.asked).toHaveLength(16);
    expect(shops.eventsOf('sweep_progress').at(-1)).toMatchObject({ renewed: 16, failed: 0, skipped: 0 });
    const again = shops.llavero.sweep();
    await shops.clock.advance(5 * minuteMs);
    expect(await again).toMatchObject({ due: 114, renewed: 114 });
    expect(shops.refused()).toBe(0);
  });

  it('while it looks at an account, counts that one as failed and tells which', async () => {
    const { llavero, clock, store, asked, eventsOf } = await dueShops(2);
    store.failNext('read');
    const sweeping = llavero.sweep({ concurrency: 1 });
    await clock.advance(minuteMs);
    expect(await sweeping).toMatchObject({ due: 2, renewed: 1, failed: 1, skipped: 0 });
    expect(asked).toEqual([2]);
    expect(eventsOf('renewal_failed')).toMatchObject([{ key: shopKey(1), generation: 1, code: 'ERR_STORE_FAILED' }]);
    expect(await llavero.sweep()).toMatchObject({ due: 1, renewed: 1 });
  });

  it('when an attempt is to begin, sends nothing for that account', async () => {
    const { llavero, clock, store, asked } = await dueShops(2);
    store.failNext('update', 3);
    const sweeping = llavero.sweep({ concurrency: 1 });
    await clock.advance(minuteMs);
    expect(await sweeping).toMatchObject({ due: 2, renewed: 1, failed: 1 });
    expect(asked).toEqual([2]);
  });

  it('when a slot or a rest is asked for, sends nothing for that account', async () => {
    const { llavero, clock, store, asked } = await dueShops(3);
    store.failNext('updateNote', 2);
    const sweeping = llavero.sweep({ concurrency: 1 });
    await clock.advance(minuteMs);
    expect(await sweeping).toMatchObject({ due: 3, renewed: 1, failed: 2 });
    expect(asked).toEqual([3]);
  });

  it('when a token is to be committed, loses nothing: the write is tried until it lands', async () => {
    const { llavero, clock, store, refused, eventsOf } = await dueShops(1);
    const begun = store.holdNextAnswer('update');
    const sweeping = llavero.sweep();
    await begun.arrived;
    store.failNext('update', 8);
    begun.release();
    await clock.advance(14 * secondMs);
    expect(await sweeping).toMatchObject({ due: 1, renewed: 1, failed: 0 });
    expect(eventsOf('commit_delayed')).toHaveLength(8);
    expect((await llavero.status(shopKey(1))).generation).toBe(2);
    await clock.advance(dueAfterMs);
    expect(await llavero.sweep()).toMatchObject({ renewed: 1 });
    expect(refused()).toBe(0);
  });

  it('for longer goes on with the others, and ends when the store has taken it', async () => {
    const { llavero, clock, store, refused } = await dueShops(1);
    const begun = store.holdNextAnswer('update');
    const sweeping = llavero.sweep();
    await begun.arrived;
    store.failNext('update', 100);
    begun.release();
    let isOver = false;
    void sweeping.then(() => {
      isOver = true;
    });
    await clock.advance(minuteMs);
    expect(isOver).toBe(false);
    await clock.advance(minuteMs);
    expect(await sweeping).toMatchObject({ due: 1, renewed: 1, failed: 0 });
    expect((await llavero.status(shopKey(1))).generation).toBe(2);
    expect(refused()).toBe(0);
  });
});

describe('a sweep tells', () => {
  it('how far it has come after every account, and what it did, in frozen events', async () => {
    const { llavero, clock, say, eventsOf } = await dueShops(3);
    const startMs = clock.nowMs();
    say(2, { _tag: 'Unsent', why: 'ECONNREFUSED' });
    const sweeping = llavero.sweep({ concurrency: 1 });
    await clock.advance(minuteMs);
    const report = await sweeping;
    const progress = eventsOf('sweep_progress');
    expect(progress.map(({ due, renewed, failed, skipped }) => [due, renewed, failed, skipped])).toEqual([
      [3, 1, 0, 0],
      [3, 1, 1, 0],
      [3, 2, 1, 0],
    ]);
    expect(progress.map(({ at, durationMs }) => [at.getTime() - startMs, durationMs])).toEqual([
      [0, 0],
      [667, 667],
      [1_334, 1_334],
    ]);
    expect(eventsOf('sweep_finished')).toEqual([
      { type: 'sweep_finished', key: '*', at: new Date(startMs + 1_334), ...report },
    ]);
    expect(Object.isFrozen(report)).toBe(true);
    expect([...progress, ...eventsOf('sweep_finished')].every((event) => Object.isFrozen(event))).toBe(true);
  });

  it('no secret to those who listen on the diagnostics channel', async () => {
    const { another, clock, say } = await dueShops(3);
    say(2, { status: 429 });
    const heard: unknown[] = [];
    const listen = (event: unknown): void => void heard.push(event);
    subscribe('llavero:event', listen);
    try {
      const told = another({
        providers: [trayPreset()],
        overrides: [
          new ContainerModule(({ rebind }) => {
            rebind(ports.eventSink).toConstantValue(diagnosticsEventSink());
          }),
        ],
      });
      const sweeping = told.sweep({ concurrency: 1 });
      await clock.advance(minuteMs);
      await sweeping;
    } finally {
      unsubscribe('llavero:event', listen);
    }
    expect(heard).toHaveLength(8);
    expect(heard.every((event) => Object.isFrozen(event))).toBe(true);
    expect(JSON.stringify(heard)).not.toContain(canary);
  });
});

describe('close during a sweep', () => {
  it('lets what is in flight finish, begins nothing new, and the sweep still reports', async () => {
    const { llavero, clock, store, keepWaiting, asked } = await dueShops(20);
    const slow = keepWaiting(1);
    const sweeping = llavero.sweep({ concurrency: 2 });
    await slow.arrived;
    await clock.advance(667);
    expect(asked).toEqual([1, 10]);
    const closing = llavero.close();
    await clock.advance(10 * secondMs);
    slow.release();
    const { due, renewed, failed, skipped } = await sweeping;
    await closing;
    expect({ renewed, failed }).toEqual({ renewed: 2, failed: 0 });
    expect(due).toBe(renewed + failed + skipped);
    expect(asked).toEqual([1, 10]);
    expect(await store.read(shopKey(1))()).toMatchObject({ right: { generation: 2 } });
    expect(clock.sleepers).toBe(0);
  });

  it('does not wait for a slot', async () => {
    const { llavero, clock, asked } = await dueShops(3);
    const sweeping = llavero.sweep();
    await clock.advance(0);
    expect(asked).toEqual([1]);
    await llavero.close();
    expect(await sweeping).toMatchObject({ due: 3, renewed: 1, failed: 0, skipped: 2 });
    expect(asked).toEqual([1]);
    expect(clock.sleepers).toBe(0);
  });

  it('takes no sweep afterwards', async () => {
    const { llavero, asked } = await dueShops(1);
    await llavero.close();
    expect(await codeOf(llavero.sweep())).toBe('ERR_STORE_FAILED');
    expect(asked).toEqual([]);
  });
});

describe('options that a sweep cannot go by', () => {
  it.each([
    [{ limit: 0 }, 'sweep({ limit }): limit takes a whole number of at least 1'],
    [{ limit: 1.5 }, 'sweep({ limit }): limit takes a whole number of at least 1'],
    [{ limit: '5' }, 'sweep({ limit }): limit takes a whole number of at least 1'],
    [{ concurrency: -1 }, 'sweep({ concurrency }): concurrency takes a whole number of at least 1'],
    [{ concurrency: Infinity }, 'sweep({ concurrency }): concurrency takes a whole number of at least 1'],
    [{ provider: 'trey' }, 'sweep({ provider }): provider takes one of centry, tray, citrusad'],
    [{ keepWarm: 'yes' }, 'sweep({ keepWarm }): keepWarm takes true or false'],
  ])('%j reject with a TypeError that says what to write', async (options, message) => {
    const { llavero } = makeScene();
    await expect(callLoosely(llavero, 'sweep', options)).rejects.toThrow(new TypeError(message));
  });
});
