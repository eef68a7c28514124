import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import {
  coolDownMs,
  defaultRefreshPolicy,
  isBrandNew,
  judgeToken,
  keepAliveAtMs,
  leftMs,
  renewFirstMs,
  renewSoonMs,
  type Judgement,
  type RefreshPolicy,
  type TokenTimes,
} from '../../src/domain/refresh-policy.js';

const policy = defaultRefreshPolicy;
const hour = 3_600_000;
const day = 24 * hour;
const born = Date.UTC(2026, 10, 6);

const living = (lifetimeMs: number): TokenTimes => ({ obtainedAtMs: born, expiresAtMs: born + lifetimeMs });
/** A judgement of a token with `leftMs` of its `lifetimeMs` left. */
const judgedWith = (lifetimeMs: number, remainingMs: number, minValidMs?: number): Judgement =>
  judgeToken(policy, living(lifetimeMs), { nowMs: born + lifetimeMs - remainingMs, minValidMs });

const strictness: Readonly<Record<Judgement, number>> = { use: 0, use_and_renew: 1, renew: 2, replace: 3 };

const instant = fc.integer({ min: 0, max: 4_102_444_800_000 });
const times: fc.Arbitrary<TokenTimes> = fc.oneof(
  fc.record({ obtainedAtMs: instant, expiresAtMs: instant }),
  fc.record({ obtainedAtMs: instant, life: fc.integer({ min: 1, max: 365 * day }) }).map(({ obtainedAtMs, life }) => ({
    obtainedAtMs,
    expiresAtMs: obtainedAtMs + life,
  })),
);
/** A token and a moment near the ones that matter for it. */
const moments = times.chain((token) =>
  fc.record({
    token: fc.constant(token),
    nowMs: fc.oneof(
      instant,
      fc.integer({ min: -400_000, max: 400_000 }).map((ms) => token.expiresAtMs + ms),
      fc.integer({ min: -400_000, max: 400_000 }).map((ms) => token.obtainedAtMs + ms),
    ),
  }),
);
const jitter = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const duration = fc.integer({ min: 0, max: 10 * day });
const policies: fc.Arbitrary<RefreshPolicy> = fc
  .record({
    renewBeforeMs: duration,
    renewBeforeFraction: fc.double({ min: 0, max: 1, noNaN: true }),
    softMs: duration,
    softFraction: fc.double({ min: 0, max: 1, noNaN: true }),
    cooldownMinMs: fc.integer({ min: 1, max: hour }),
    growth: fc.integer({ min: 0, max: 10 * hour }),
  })
  .map(({ growth, ...numbers }) => ({ ...policy, ...numbers, cooldownMaxMs: numbers.cooldownMinMs + growth }));

describe('defaultRefreshPolicy', () => {
  it('has the documented numbers', () => {
    expect(policy).toEqual({
      renewBeforeMs: 30_000,
      renewBeforeFraction: 0.1,
      softMs: 300_000,
      softFraction: 0.25,
      requestTimeoutMs: 25_000,
      attemptTtlMs: 40_000,
      settleMs: 60_000,
      recoveryNoticeMs: 10_000,
      patienceMs: 15_000,
      cooldownMinMs: 1_000,
      cooldownMaxMs: 60_000,
      retryAfterMaxMs: hour,
      defaultLifetimeMs: hour,
      cacheEntries: 10_000,
      recheckMs: 30_000,
      recovery: 'probe',
    });
    expect(Object.isFrozen(policy)).toBe(true);
  });
});

describe('leftMs', () => {
  it('is what is left until the expiry', () => {
    expect(leftMs(living(hour), born + 600_000)).toBe(3_000_000);
    expect(leftMs(living(hour), born + hour)).toBe(0);
    expect(leftMs(living(hour), born + hour + 1)).toBe(-1);
  });

  it('is the whole life while the clock is behind the moment of issue', () => {
    expect(leftMs(living(hour), born - day)).toBe(hour);
  });

  it('never exceeds the lifetime, and never grows as time passes', () => {
    fc.assert(
      fc.property(moments, fc.nat(), ({ token, nowMs }, later) => {
        expect(leftMs(token, nowMs)).toBeLessThanOrEqual(token.expiresAtMs - token.obtainedAtMs);
        expect(leftMs(token, nowMs + later)).toBeLessThanOrEqual(leftMs(token, nowMs));
      }),
    );
  });
});

describe('renewFirstMs and renewSoonMs', () => {
  it.each([
    [hour, 30_000, 300_000],
    [3 * hour, 30_000, 300_000],
    [1_200_000, 30_000, 300_000],
    [300_000, 30_000, 75_000],
    [60_000, 6_000, 15_000],
    [1_000, 100, 250],
  ])('of a life of %d ms are %d and %d', (life, first, soon) => {
    expect(renewFirstMs(policy, living(life))).toBe(first);
    expect(renewSoonMs(policy, living(life))).toBe(soon);
  });

  it('spread over a fifth of the soft window', () => {
    expect(renewSoonMs(policy, living(hour), 0.5)).toBe(270_000);
    expect(renewSoonMs(policy, living(hour), 1)).toBe(240_000);
  });

  it('keep their order under every policy and jitter', () => {
    fc.assert(
      fc.property(policies, times, jitter, (rules, token, spread) => {
        expect(renewSoonMs(rules, token, spread)).toBeGreaterThanOrEqual(renewFirstMs(rules, token));
      }),
    );
  });

  it('come no earlier for any jitter', () => {
    fc.assert(
      fc.property(policies, duration, jitter, (rules, life, spread) => {
        expect(renewSoonMs(rules, living(life), spread)).toBeLessThanOrEqual(renewSoonMs(rules, living(life), 0));
      }),
    );
  });
});

describe('judgeToken', () => {
  it.each([
    [hour, 'use'],
    [300_000, 'use'],
    [299_999, 'use_and_renew'],
    [30_000, 'use_and_renew'],
    [29_999, 'renew'],
    [1, 'renew'],
    [0, 'replace'],
    [-1, 'replace'],
    [-day, 'replace'],
  ] as const)('with %d ms of an hour left says %s', (remaining, judgement) => {
    expect(judgedWith(hour, remaining)).toBe(judgement);
  });

  it.each([
    [120_000, 120_000, 'use_and_renew'],
    [120_000, 120_001, 'replace'],
    [600_000, 600_000, 'use'],
    [600_000, 600_001, 'replace'],
    [20_000, 0, 'renew'],
    [20_000, 20_000, 'renew'],
    [20_000, 20_001, 'replace'],
  ] as const)('with %d ms left of which %d are asked for says %s', (remaining, minValidMs, judgement) => {
    expect(judgedWith(hour, remaining, minValidMs)).toBe(judgement);
  });

  it('replaces a token, however new, that has less validity than is asked for', () => {
    expect(judgedWith(hour, hour, 2 * hour)).toBe('replace');
    expect(judgedWith(hour, hour, hour)).toBe('use');
  });

  it('renews in the background at different moments in different processes', () => {
    const nowMs = born + hour - 290_000;
    expect(judgeToken(policy, living(hour), { nowMs, jitter: 0 })).toBe('use_and_renew');
    expect(judgeToken(policy, living(hour), { nowMs, jitter: 0.9 })).toBe('use');
  });

  it('replaces a token that was never valid', () => {
    expect(judgeToken(policy, living(0), { nowMs: born })).toBe('replace');
    expect(judgeToken(policy, living(-hour), { nowMs: born - day })).toBe('replace');
  });

  it('is never more permissive when more validity is asked for', () => {
    fc.assert(
      fc.property(policies, moments, duration, duration, jitter, (rules, { token, nowMs }, asked, more, spread) => {
        const less = judgeToken(rules, token, { nowMs, minValidMs: asked, jitter: spread });
        const stricter = judgeToken(rules, token, { nowMs, minValidMs: asked + more, jitter: spread });
        const unasked = judgeToken(rules, token, { nowMs, jitter: spread });
        expect(strictness[stricter]).toBeGreaterThanOrEqual(strictness[less]);
        expect(strictness[less]).toBeGreaterThanOrEqual(strictness[unasked]);
      }),
      { numRuns: 1_000 },
    );
  });

  it('renews a token that was dated by a clock since set back, though it is served if that fails', () => {
    const token = { obtainedAtMs: 10_000_000, expiresAtMs: 17_200_000 };
    expect(judgeToken(defaultRefreshPolicy, token, { nowMs: 9_700_000 })).toBe('use');
    expect(judgeToken(defaultRefreshPolicy, token, { nowMs: 9_699_999 })).toBe('renew');
  });

  it('is never more permissive later on', () => {
    fc.assert(
      fc.property(policies, moments, fc.nat(), jitter, (rules, { token, nowMs }, later, spread) => {
        fc.pre(nowMs >= token.obtainedAtMs);
        const now = judgeToken(rules, token, { nowMs, jitter: spread });
        const then = judgeToken(rules, token, { nowMs: nowMs + later, jitter: spread });
        expect(strictness[then]).toBeGreaterThanOrEqual(strictness[now]);
      }),
      { numRuns: 1_000 },
    );
  });

  it('gives a judgement for all times, and lets no expired token be used', () => {
    fc.assert(
      fc.property(policies, moments, fc.option(duration, { nil: undefined }), (rules, { token, nowMs }, minValidMs) => {
        const judgement = judgeToken(rules, token, { nowMs, minValidMs });
        expect(Object.keys(strictness)).toContain(judgement);
        expect(nowMs < token.expiresAtMs || judgement === 'replace').toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('isBrandNew', () => {
  it('holds from the moment of issue for as long as the token would be renewed before its end', () => {
    expect(isBrandNew(policy, living(hour), born)).toBe(true);
    expect(isBrandNew(policy, living(hour), born + 29_999)).toBe(true);
    expect(isBrandNew(policy, living(hour), born + 30_000)).toBe(false);
  });

  it('does not hold while the clock is behind the moment of issue', () => {
    expect(isBrandNew(policy, living(hour), born - 1)).toBe(false);
  });
});

describe('keepAliveAtMs', () => {
  it.each([
    [30 * day, 23 * day],
    [28 * day, 21 * day],
    [8 * day, 6 * day],
    [365 * day, 358 * day],
    [5, 3],
    [0, 0],
    [-hour, -hour],
  ])('of a refresh token that lives %d ms comes after %d ms', (life, at) => {
    expect(keepAliveAtMs({ ...living(hour), refreshTokenExpiresAtMs: born + life })).toBe(born + at);
  });

  it('never comes for a refresh token without a known end', () => {
    expect(keepAliveAtMs(living(hour))).toBeUndefined();
  });

  it('comes before the expiry and not before the issue, as a whole number', () => {
    fc.assert(
      fc.property(instant, fc.integer({ min: 1, max: 3_650 * day }), (obtainedAtMs, life) => {
        const at = keepAliveAtMs({
          obtainedAtMs,
          expiresAtMs: obtainedAtMs,
          refreshTokenExpiresAtMs: obtainedAtMs + life,
        });
        expect(at).toBeLessThan(obtainedAtMs + life);
        expect(at).toBeGreaterThanOrEqual(obtainedAtMs);
        expect(Number.isInteger(at)).toBe(true);
      }),
    );
  });
});

describe('coolDownMs', () => {
  it.each([
    [0, 1_000],
    [1, 1_000],
    [2, 2_000],
    [3, 4_000],
    [6, 32_000],
    [7, 60_000],
    [8, 60_000],
    [1_000, 60_000],
    [Number.MAX_SAFE_INTEGER, 60_000],
  ])('after %d failures is %d ms', (failures, ms) => {
    expect(coolDownMs(policy, failures, 0)).toBe(ms);
  });

  it('is up to half shorter by jitter, and never shorter than the least', () => {
    expect(coolDownMs(policy, 3, 0.5)).toBe(3_000);
    expect(coolDownMs(policy, 7, 0.999)).toBe(30_030);
    expect(coolDownMs(policy, 1, 0.999)).toBe(1_000);
  });

  it('stays within its bounds and does not fall as failures add up', () => {
    fc.assert(
      fc.property(policies, fc.nat(), jitter, (rules, failures, spread) => {
        const ms = coolDownMs(rules, failures, spread);
        expect(ms).toBeGreaterThanOrEqual(rules.cooldownMinMs);
        expect(ms).toBeLessThanOrEqual(rules.cooldownMaxMs);
        expect(Number.isInteger(ms)).toBe(true);
        expect(coolDownMs(rules, failures + 1, spread)).toBeGreaterThanOrEqual(ms);
      }),
    );
  });
});
