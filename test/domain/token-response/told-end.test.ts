import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readToldEnd, type ToldMoments } from '../../../src/domain/token-response/told-end.js';
import { sentAtMs } from './answer-fixtures.js';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** Moments relative to the sending of the request. */
const read = (moments: Partial<ToldMoments>, step: 'obtain' | 'renew' = 'obtain') => {
  const absolute = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : sentAtMs + ms);
  return readToldEnd(
    {
      expiresAtMs: absolute(moments.expiresAtMs),
      activatedAtMs: absolute(moments.activatedAtMs),
      answeredAtMs: absolute(moments.answeredAtMs),
      sentAtMs,
    },
    step,
  );
};

describe('an expiry of Tray', () => {
  it('is the wall clock when all clocks agree', () => {
    expect(read({ expiresAtMs: 3 * hour, activatedAtMs: 0, answeredAtMs: 0 })).toEqual({
      lifetimeMs: 3 * hour,
      clocksDisagree: false,
    });
  });

  it('is nothing when it cannot be read', () => {
    expect(read({ activatedAtMs: 0, answeredAtMs: 0 })).toEqual({ lifetimeMs: undefined, clocksDisagree: false });
  });

  it('is the earliest reading when our clock is an hour behind', () => {
    expect(read({ expiresAtMs: 4 * hour, activatedAtMs: hour, answeredAtMs: hour })).toEqual({
      lifetimeMs: 3 * hour,
      clocksDisagree: true,
    });
  });

  it('is the earliest reading when our clock is an hour ahead', () => {
    expect(read({ expiresAtMs: 2 * hour, activatedAtMs: -hour, answeredAtMs: -hour })).toEqual({
      lifetimeMs: 2 * hour,
      clocksDisagree: true,
    });
  });

  it('is the span of the pair when Tray writes another zone', () => {
    expect(read({ expiresAtMs: 6 * hour, activatedAtMs: 3 * hour, answeredAtMs: 0 })).toEqual({
      lifetimeMs: 3 * hour,
      clocksDisagree: true,
    });
  });

  it('is what is left of a pair that existed before, not its whole span', () => {
    expect(read({ expiresAtMs: 30 * second, activatedAtMs: 30 * second - 3 * hour, answeredAtMs: 0 })).toEqual({
      lifetimeMs: 30 * second,
      clocksDisagree: false,
    });
    expect(read({ expiresAtMs: 30 * second, activatedAtMs: 30 * second - 3 * hour })).toEqual({
      lifetimeMs: 30 * second,
      clocksDisagree: false,
    });
  });

  it('of an existing pair that died a moment ago is at once', () => {
    expect(read({ expiresAtMs: -20 * second, activatedAtMs: -3 * hour, answeredAtMs: second })).toEqual({
      lifetimeMs: 1,
      clocksDisagree: false,
    });
  });

  it('of a renewed pair is never past', () => {
    expect(read({ expiresAtMs: -20 * second, answeredAtMs: 0 }, 'renew').lifetimeMs).toBeUndefined();
    expect(read({ expiresAtMs: -500, answeredAtMs: -500 }, 'renew').lifetimeMs).toBe(1);
  });

  it('long past is nonsense', () => {
    const years = 4 * 365 * 24 * hour;
    const moments = { expiresAtMs: -years, activatedAtMs: -years - 3 * hour, answeredAtMs: 0 };
    expect(read(moments)).toEqual({ lifetimeMs: undefined, clocksDisagree: false });
  });

  it('does not die at once because our clock stands at São Paulo time, three hours off', () => {
    const skewed = { expiresAtMs: 2 * second, activatedAtMs: 2 * second - 3 * hour };
    const known = { ...skewed, answeredAtMs: 2 * second - 3 * hour };
    expect(read(known)).toEqual({ lifetimeMs: 3 * hour, clocksDisagree: true });
    expect(read(known, 'renew')).toEqual({ lifetimeMs: 3 * hour, clocksDisagree: true });
    expect(read(skewed, 'renew')).toEqual({ lifetimeMs: 3 * hour, clocksDisagree: true });
  });

  it('is not believed of a server whose own clock is years off', () => {
    const years = 2 * 365 * 24 * hour;
    for (const answeredAtMs of [years, -years]) {
      expect(read({ expiresAtMs: 3 * hour, activatedAtMs: 0, answeredAtMs })).toEqual({
        lifetimeMs: 3 * hour,
        clocksDisagree: true,
      });
      expect(read({ expiresAtMs: 2 * second, activatedAtMs: 0, answeredAtMs }, 'renew').lifetimeMs).toBe(2 * second);
    }
  });

  it('shorter than a minute is believed when nothing says otherwise', () => {
    expect(read({ expiresAtMs: 5 * second, activatedAtMs: 0, answeredAtMs: 0 }, 'renew')).toEqual({
      lifetimeMs: 5 * second,
      clocksDisagree: false,
    });
  });

  it('does not warn on each renewal because date_activated stayed where it was', () => {
    expect(read({ expiresAtMs: 3 * hour, activatedAtMs: -90 * 24 * hour, answeredAtMs: 0 }, 'renew')).toEqual({
      lifetimeMs: 3 * hour,
      clocksDisagree: false,
    });
  });

  it('ignores a pair that expires before it was made', () => {
    expect(read({ expiresAtMs: 3 * hour, activatedAtMs: 4 * hour, answeredAtMs: 0 })).toEqual({
      lifetimeMs: 3 * hour,
      clocksDisagree: false,
    });
  });

  it('is a finite lifetime from a millisecond to 100 years, whatever the clocks show', () => {
    const moment = fc.option(fc.integer({ min: -8e15, max: 8e15 }), { nil: undefined });
    fc.assert(
      fc.property(moment, moment, moment, fc.constantFrom('obtain', 'renew'), (expires, activated, answered, step) => {
        const moments = { expiresAtMs: expires, activatedAtMs: activated, answeredAtMs: answered };
        const { lifetimeMs } = read(moments, step);
        expect(lifetimeMs === undefined || (lifetimeMs >= 1 && lifetimeMs <= 36_500 * 24 * hour)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is never later than our own clock reads it, as long as that leaves a minute', () => {
    const moment = fc.option(fc.integer({ min: -5 * hour, max: 5 * hour }), { nil: undefined });
    fc.assert(
      fc.property(
        fc.integer({ min: minute, max: 9 * hour }),
        moment,
        moment,
        (expiresAtMs, activatedAtMs, answeredAtMs) => {
          const { lifetimeMs } = read({ expiresAtMs, activatedAtMs, answeredAtMs });
          expect(lifetimeMs).toBeLessThanOrEqual(expiresAtMs);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
