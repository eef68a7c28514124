import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeHostTime } from '../../../src/app/store/host-time.js';

const secondMs = 1_000;
const minuteMs = 60_000;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** A host whose two clocks run, jump, drift and sleep as a test says. */
const host = () => {
  let wallMs = Date.UTC(2026, 10, 30);
  let monotonicMs = 5_000;
  return {
    clock: { nowMs: () => Math.floor(wallMs), monotonicMs: () => monotonicMs },
    run: (ms: number, drift = 0) => {
      wallMs += ms * (1 + drift);
      monotonicMs += ms;
    },
    /** The wall clock is set, or the machine sleeps and the monotonic clock stands still. */
    step: (ms: number) => {
      wallMs += ms;
    },
  };
};

describe('something dated by this host', () => {
  it('is judged by the wall clock while nobody sets it', () => {
    const { clock, run } = host();
    const time = makeHostTime(clock);
    const at = time.nowMs();
    run(30 * secondMs);
    expect(time.nowMsFor(at) - at).toBe(30 * secondMs);
    expect(time.nowMsFor(undefined)).toBe(clock.nowMs());
  });

  it.each([100, secondMs, minuteMs, hourMs, 365 * dayMs])(
    'is not older by the %i ms that the wall clock was set forward',
    (ms) => {
      const { clock, run, step } = host();
      const time = makeHostTime(clock);
      const at = time.nowMs();
      run(10 * secondMs);
      step(ms);
      run(5 * secondMs);
      expect(time.nowMsFor(at) - at).toBe(15 * secondMs);
      expect(time.nowMs()).toBe(clock.nowMs());
    },
  );

  it('after the wall clock was set forward is judged by it', () => {
    const { clock, run, step } = host();
    const time = makeHostTime(clock);
    step(hourMs);
    const at = time.nowMs();
    run(40 * secondMs);
    expect(time.nowMsFor(at) - at).toBe(40 * secondMs);
  });

  it('by another process after that, which this one has not noticed yet, is judged by it too', () => {
    const { clock, run, step } = host();
    const idle = makeHostTime(clock);
    run(2 * hourMs);
    step(hourMs);
    run(hourMs);
    const other = makeHostTime(clock);
    const at = other.nowMs();
    run(40 * secondMs);
    expect([idle.nowMsFor(at) - at, other.nowMsFor(at) - at]).toEqual([40 * secondMs, 40 * secondMs]);
  });

  it('before several steps is not older by any of them', () => {
    const { clock, run, step } = host();
    const time = makeHostTime(clock);
    const at = time.nowMs();
    for (const ms of [minuteMs, hourMs, dayMs]) {
      run(secondMs);
      step(ms);
      time.nowMs();
    }
    expect(time.nowMsFor(at) - at).toBe(3 * secondMs);
  });

  it('before the clock was set forward and right again is judged as if nobody had set it', () => {
    const { clock, run, step } = host();
    const time = makeHostTime(clock);
    const at = time.nowMs();
    step(hourMs);
    run(secondMs);
    expect(time.nowMsFor(at) - at).toBe(secondMs);
    step(-hourMs);
    run(secondMs);
    expect(time.nowMsFor(at) - at).toBe(2 * secondMs);
  });

  it('is judged by the wall clock when that was set back, which is left to the protocol', () => {
    const { clock, run, step } = host();
    const time = makeHostTime(clock);
    const at = time.nowMs();
    step(-hourMs);
    run(secondMs);
    expect(time.nowMsFor(at)).toBe(clock.nowMs());
    expect(time.nowMsFor(at)).toBeLessThan(at);
  });

  it('before its machine slept has as much time left as it had then', () => {
    const { clock, run, step } = host();
    const time = makeHostTime(clock);
    const at = time.nowMs();
    run(10 * secondMs);
    step(8 * hourMs);
    run(20 * secondMs);
    expect(time.nowMsFor(at) - at).toBe(30 * secondMs);
  });

  it.each([500e-6, -500e-6])(
    'is judged by the wall clock while the network corrects that by a drift of %f',
    (drift) => {
      const { clock, run } = host();
      const time = makeHostTime(clock);
      const at = time.nowMs();
      for (let hour = 0; hour < 48; hour += 1) {
        run(hourMs, drift);
        expect(time.nowMsFor(at)).toBe(clock.nowMs());
      }
    },
  );

  it('is never older than it can be, however often the clock is set forward', () => {
    const moves = fc.array(
      fc.record({ runMs: fc.integer({ min: 0, max: hourMs }), stepMs: fc.integer({ min: 0, max: dayMs }) }),
      { maxLength: 20 },
    );
    const property = fc.property(moves, fc.nat(20), (all, writtenAfter) => {
      const { clock, run, step } = host();
      const time = makeHostTime(clock);
      let since: { readonly at: number; ageMs: number; toleratedMs: number } | undefined;
      for (const [index, { runMs, stepMs }] of all.entries()) {
        if (index === writtenAfter) since = { at: time.nowMs(), ageMs: 0, toleratedMs: 1 };
        run(runMs);
        step(stepMs);
        if (since === undefined) time.nowMs();
        else {
          since.ageMs += runMs;
          since.toleratedMs += 50 + runMs / 1_000;
          if (time.nowMsFor(since.at) - since.at > since.ageMs + since.toleratedMs) return false;
        }
      }
      return true;
    });
    expect(() => fc.assert(property, { numRuns: 500 })).not.toThrow();
  });
});
