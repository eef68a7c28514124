import type { RecoveryPolicy } from '../../src/domain/refresh-policy.js';
import type { OracleRules } from './provider-oracle.js';
import { seededRandom } from './random.js';

/** How often things go wrong, each from 0 to 1. */
export interface Trouble {
  readonly store: number;
  readonly network: number;
  readonly crash: number;
  readonly pause: number;
  readonly clock: number;
}

/** Everything about a run that is decided before it begins. */
export interface Plan {
  readonly seed: number;
  readonly rules: OracleRules;
  readonly grant: 'code' | 'code-again' | 'client';
  readonly presetIsComplete: boolean;
  readonly policy: {
    readonly requestTimeoutMs: number;
    readonly attemptTtlMs: number;
    readonly settleMs: number;
    readonly patienceMs: number;
    readonly recheckMs: number;
    readonly recovery: RecoveryPolicy;
  };
  /** `server`: the store has a clock of its own; `host`: all processes share one wall clock, and the store has none. */
  readonly clock: 'server' | 'host';
  readonly keys: number;
  readonly processes: number;
  readonly workers: number;
  /** How many things callers, merchants and misfortune do. */
  readonly moves: number;
  readonly trouble: Trouble;
}

const minuteMs = 60_000;
const rates = [0, 0, 0.02, 0.1, 0.3] as const;

/** The plan of a seed. */
export const planOf = (seed: number): Plan => {
  const random = seededRandom(seed ^ 0x51ed270b);
  const processes = 2 + random.below(3);
  const calm = random.chance(0.15);
  const trouble = (most: number): number => (calm ? 0 : Math.min(most, random.pick(rates)));
  const grant = random.chance(0.08) ? 'client' : random.chance(0.1) ? 'code-again' : 'code';
  const clock = random.chance(0.75) ? 'server' : 'host';
  return {
    seed,
    rules: {
      rotation: random.pick([
        'strict',
        'strict',
        'strict-family',
        'strict-family',
        'grace',
        'grace-repeats',
        'until-first-use',
        'none',
        'sometimes',
      ]),
      graceMs: random.pick([10_000, 2 * minuteMs, 30 * minuteMs]),
      accessLifetimeMs: random.pick([minuteMs, 5 * minuteMs, 60 * minuteMs]),
      refreshLifetimeMs: random.chance(0.2) ? random.pick([20 * minuteMs, 24 * 60 * minuteMs]) : undefined,
      keepsOldAccess: random.chance(0.7),
      codesRepeat: grant === 'code-again',
    },
    grant,
    presetIsComplete: random.chance(0.5),
    policy: {
      requestTimeoutMs: 10_000,
      attemptTtlMs: 30_000,
      settleMs: 60_000,
      patienceMs: random.pick([15_000, 15_000, 1_000, 60_000]),
      recheckMs: random.pick([30_000, 5_000]),
      recovery: random.pick(['probe-once', 'probe-once', 'retry', 'never']),
    },
    clock,
    keys: random.pick([1, 1, 1, 1, 2, 3]),
    processes,
    workers: processes + random.below(Math.min(7, 9 - processes)) * (random.chance(0.4) ? 1 : 0),
    moves: random.pick([4, 6, 8, 12, 16]),
    trouble: {
      store: trouble(0.3),
      network: trouble(0.3),
      crash: trouble(0.1),
      pause: trouble(0.1),
      clock: random.chance(0.2) ? 0.1 : 0,
    },
  };
};
