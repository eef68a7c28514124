import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { systemClock, type Timers } from '../../../src/adapters/time/system-clock.js';

const longest = 2_147_483_647;

interface FakeTimers extends Timers {
  /** The delays of every timer started so far. */
  readonly delays: readonly number[];
  readonly calledOff: () => number;
  /** Moves the clock to where the armed timer is due, and fires it; `earlyMs` before that if told. */
  readonly fire: (earlyMs?: number) => void;
}

const fakeTimers = (startMs = 0): FakeTimers => {
  const delays: number[] = [];
  let nowMs = startMs;
  let armed: { readonly callback: () => void; readonly dueMs: number } | undefined;
  let calledOff = 0;
  return {
    delays,
    calledOff: () => calledOff,
    nowMs: () => nowMs,
    monotonicMs: () => nowMs,
    startTimer: (callback, ms) => {
      delays.push(ms);
      const timer = { callback, dueMs: nowMs + ms };
      armed = timer;
      return () => {
        if (armed !== timer) return;
        armed = undefined;
        calledOff += 1;
      };
    },
    fire: (earlyMs = 0) => {
      const due = armed;
      armed = undefined;
      nowMs = (due?.dueMs ?? nowMs) - earlyMs;
      due?.callback();
    },
  };
};

/** Whether a sleep has ended, once everything already due has run. */
const ended = async (sleep: Promise<void>): Promise<boolean> => {
  const pending = Promise.resolve('pending');
  return (await Promise.race([sleep, pending.then((it) => pending.then(() => it))])) !== 'pending';
};

describe('systemClock', () => {
  it('sleeps in one timer when one is long enough', async () => {
    const timers = fakeTimers(1_000);
    const sleep = systemClock(timers).sleep(30_000);
    expect(await ended(sleep)).toBe(false);
    timers.fire();
    expect(await ended(sleep)).toBe(true);
    expect(timers.delays).toEqual([30_000]);
  });

  it('re-arms a sleep that no one timer can hold, and wakes when all of it has passed', async () => {
    const timers = fakeTimers();
    const sleep = systemClock(timers).sleep(2 * longest + 5);
    timers.fire();
    expect(await ended(sleep)).toBe(false);
    timers.fire();
    expect(await ended(sleep)).toBe(false);
    timers.fire();
    expect(await ended(sleep)).toBe(true);
    expect(timers.delays).toEqual([longest, longest, 5]);
    expect(timers.nowMs()).toBe(2 * longest + 5);
  });

  it.each([
    [longest, [longest]],
    [longest + 1, [longest, 1]],
    [2 ** 32, [longest, longest, 2]],
  ])('splits %d ms into timers Node can hold', async (ms, delays) => {
    const timers = fakeTimers();
    const sleep = systemClock(timers).sleep(ms);
    for (let fired = 0; fired < delays.length; fired += 1) {
      expect(await ended(sleep)).toBe(false);
      timers.fire();
    }
    expect(await ended(sleep)).toBe(true);
    expect(timers.delays).toEqual(delays);
  });

  it('sleeps without end in the longest timers there are', async () => {
    const timers = fakeTimers();
    const sleep = systemClock(timers).sleep(Number.POSITIVE_INFINITY);
    timers.fire();
    timers.fire();
    expect(await ended(sleep)).toBe(false);
    expect(timers.delays).toEqual([longest, longest, longest]);
  });

  it('goes on sleeping when a timer fires early', async () => {
    const timers = fakeTimers();
    const sleep = systemClock(timers).sleep(100);
    timers.fire(0.4);
    expect(await ended(sleep)).toBe(false);
    timers.fire();
    expect(await ended(sleep)).toBe(true);
    expect(timers.delays).toEqual([100, 1]);
  });

  it('rounds a part of a millisecond up', async () => {
    const timers = fakeTimers();
    const sleep = systemClock(timers).sleep(10.2);
    timers.fire();
    expect(await ended(sleep)).toBe(true);
    expect(timers.delays).toEqual([11]);
  });

  it.each([0, -1, Number.NEGATIVE_INFINITY, Number.NaN])('lets other work run during a sleep of %d ms', async (ms) => {
    const timers = fakeTimers();
    const sleep = systemClock(timers).sleep(ms);
    expect(await ended(sleep)).toBe(false);
    timers.fire();
    expect(await ended(sleep)).toBe(true);
    expect(timers.delays).toEqual([0]);
  });

  it('wakes at once when its signal aborts, and leaves neither timer nor listener behind', async () => {
    const timers = fakeTimers();
    const controller = new AbortController();
    const sleep = systemClock(timers).sleep(1_000, controller.signal);
    expect(getEventListeners(controller.signal, 'abort').length).toBe(1);
    controller.abort(new Error('why'));
    expect(await sleep).toBeUndefined();
    expect(timers.calledOff()).toBe(1);
    expect(getEventListeners(controller.signal, 'abort').length).toBe(0);
  });

  it('calls off the timer it has re-armed, not the first', async () => {
    const timers = fakeTimers();
    const controller = new AbortController();
    const sleep = systemClock(timers).sleep(longest + 1_000, controller.signal);
    timers.fire();
    controller.abort();
    expect(await ended(sleep)).toBe(true);
    timers.fire();
    expect(timers.delays).toEqual([longest, 1_000]);
    expect(timers.calledOff()).toBe(1);
  });

  it('starts no timer when its signal has aborted before', async () => {
    const timers = fakeTimers();
    const signal = AbortSignal.abort();
    expect(await systemClock(timers).sleep(1_000, signal)).toBeUndefined();
    expect(timers.delays).toEqual([]);
    expect(getEventListeners(signal, 'abort').length).toBe(0);
  });

  it('leaves no listener on a signal that never aborts', async () => {
    const timers = fakeTimers();
    const { signal } = new AbortController();
    for (let turn = 0; turn < 20; turn += 1) {
      const sleep = systemClock(timers).sleep(1_000, signal);
      timers.fire();
      await sleep;
    }
    expect(getEventListeners(signal, 'abort').length).toBe(0);
  });
});

describe('systemClock on this machine', () => {
  const clock = systemClock();

  it('reads the wall clock in whole Unix milliseconds', () => {
    const before = Date.now();
    const now = clock.nowMs();
    expect(Number.isInteger(now)).toBe(true);
    expect(now >= before && now <= Date.now()).toBe(true);
  });

  it('has a monotonic clock that never falls', () => {
    const readings = Array.from({ length: 10_000 }, () => clock.monotonicMs());
    expect(readings.every((reading, at) => at === 0 || reading >= (readings[at - 1] ?? Infinity))).toBe(true);
  });

  it('wakes', async () => {
    expect(await clock.sleep(0)).toBeUndefined();
  });

  it.each([
    ['sleep', 1],
    ['idle', 0],
  ] as const)('%s holds the process open with %d timers', async (wait, timersHeld) => {
    const holding = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const controller = new AbortController();
    const before = holding();
    const waiting = clock[wait](3_600_000, controller.signal);
    expect(holding() - before).toBe(timersHeld);
    controller.abort();
    expect(await waiting).toBeUndefined();
    expect(holding()).toBe(before);
  });
});
