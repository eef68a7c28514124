import { describe, expect, it } from 'vitest';
import { fakeClock } from '../../src/testing/fake-clock.js';

const start = Date.UTC(2026, 2, 1, 12);

describe('a fake clock', () => {
  it('stands still at the moment it was given', () => {
    expect(fakeClock({ nowMs: start }).nowMs()).toBe(start);
    expect(fakeClock({ nowMs: new Date(start) }).nowMs()).toBe(start);
    expect(fakeClock().nowMs()).toBe(Date.UTC(2026, 0, 1));
  });

  it('moves both clocks by what it is advanced', async () => {
    const clock = fakeClock({ nowMs: start });
    await clock.advance(1_500);
    await clock.advance(0);
    expect([clock.nowMs(), clock.monotonicMs()]).toEqual([start + 1_500, 1_500]);
  });

  it('wakes sleepers in the order they fall due, each at its own moment', async () => {
    const clock = fakeClock({ nowMs: start });
    const woke: [string, number][] = [];
    const sleeper = async (name: string, ms: number): Promise<void> => {
      await clock.sleep(ms);
      woke.push([name, clock.monotonicMs()]);
    };
    void sleeper('late', 300);
    void sleeper('early', 100);
    void sleeper('as late', 300);
    await clock.advance(300);
    expect(woke).toEqual([
      ['early', 100],
      ['late', 300],
      ['as late', 300],
    ]);
  });

  it('leaves a sleeper asleep one millisecond before its time', async () => {
    const clock = fakeClock();
    let awake = false;
    void clock.sleep(1_000).then(() => (awake = true));
    await clock.advance(999);
    expect([awake, clock.sleepers]).toEqual([false, 1]);
    await clock.advance(1);
    expect([awake, clock.sleepers]).toEqual([true, 0]);
  });

  it('counts and wakes idlers like sleepers', async () => {
    const clock = fakeClock();
    let awake = false;
    void clock.idle(1_000).then(() => (awake = true));
    expect(clock.sleepers).toBe(1);
    await clock.advance(999);
    expect(awake).toBe(false);
    await clock.advance(1);
    expect(awake).toBe(true);
  });

  it('runs a loop that sleeps again and again in a single advance', async () => {
    const clock = fakeClock();
    const ticks: number[] = [];
    const loop = async (): Promise<void> => {
      for (;;) {
        await clock.sleep(1_000);
        await Promise.resolve();
        ticks.push(clock.monotonicMs());
      }
    };
    void loop();
    await clock.advance(3_500);
    expect(ticks).toEqual([1_000, 2_000, 3_000]);
  });

  it('lets what awaits a sleep finish its promise chain before the next one wakes', async () => {
    const clock = fakeClock();
    const steps: string[] = [];
    const worker = async (name: string, ms: number): Promise<void> => {
      await clock.sleep(ms);
      for (let step = 0; step < 50; step += 1) await Promise.resolve();
      steps.push(name);
    };
    void worker('first', 10);
    void clock.sleep(10).then(() => steps.push('second'));
    await clock.advance(10);
    expect(steps).toEqual(['first', 'second']);
  });

  it('wakes a sleeper at once when its signal aborts, and forgets it', async () => {
    const clock = fakeClock();
    const controller = new AbortController();
    const slept = clock.sleep(1_000, controller.signal);
    controller.abort();
    await slept;
    expect([clock.sleepers, clock.monotonicMs()]).toEqual([0, 0]);
  });

  it('does not sleep at all on a signal that has aborted', async () => {
    const clock = fakeClock();
    await clock.sleep(1_000, AbortSignal.abort());
    expect(clock.sleepers).toBe(0);
  });

  it('resolves a sleep of nothing without being advanced', async () => {
    const clock = fakeClock();
    await Promise.all([clock.sleep(0), clock.sleep(-5), clock.sleep(Number.NaN)]);
    expect(clock.monotonicMs()).toBe(0);
  });

  it('sleeps longer than a timer can', async () => {
    const clock = fakeClock();
    let awake = false;
    void clock.sleep(2 ** 31 + 5).then(() => (awake = true));
    await clock.advance(2 ** 31 + 4);
    expect(awake).toBe(false);
    await clock.advance(1);
    expect(awake).toBe(true);
  });

  it('jumps the wall clock without moving the monotonic one or waking anybody', async () => {
    const clock = fakeClock({ nowMs: start });
    await clock.advance(500);
    void clock.sleep(1_000);
    clock.setWallClock(start - 3_600_000);
    expect([clock.nowMs(), clock.monotonicMs(), clock.sleepers]).toEqual([start - 3_600_000, 500, 1]);
    await clock.advance(1_000);
    expect([clock.nowMs(), clock.sleepers]).toEqual([start - 3_599_000, 0]);
  });

  it('tells when enough sleepers are asleep', async () => {
    const clock = fakeClock();
    const told: number[] = [];
    void clock.whenSleeping(1).then(() => told.push(1));
    const two = clock.whenSleeping(2).then(() => told.push(2));
    void clock.sleep(10);
    await clock.whenSleeping(1);
    expect(told).toEqual([1]);
    void clock.sleep(10);
    await two;
    expect(told).toEqual([1, 2]);
  });

  it('takes two advances that overlap one after the other', async () => {
    const clock = fakeClock();
    const woke: number[] = [];
    void clock.sleep(150).then(() => woke.push(clock.monotonicMs()));
    await Promise.all([clock.advance(100), clock.advance(100)]);
    expect([woke, clock.monotonicMs()]).toEqual([[150], 200]);
  });

  it('refuses to go back and says what does', () => {
    expect(() => fakeClock().advance(-1)).toThrow(
      new TypeError('advance takes milliseconds, 0 or more; setWallClock(date) moves the wall clock back'),
    );
    expect(() => fakeClock().advance(Number.NaN)).toThrow(TypeError);
  });
});
