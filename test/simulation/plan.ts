import type { RecoveryPolicy } from '../../src/domain/refresh-policy.js';
import type { Rotation } from '../../src/domain/rotation.js';
import type { OracleRules } from './provider-oracle.js';
import { seededRandom, type Random } from './random.js';

/** How often things go wrong, each from 0 to 1. */
export interface Trouble {
  readonly store: number;
  readonly network: number;
  readonly crash: number;
  readonly pause: number;
  readonly clock: number;
}

/** The numbers of the policy that differ between plans. */
export interface PlannedPolicy {
  readonly requestTimeoutMs: number;
  readonly attemptTtlMs: number;
  readonly settleMs: number;
  readonly recoveryNoticeMs: number;
  readonly patienceMs: number;
  readonly recheckMs: number;
  readonly recovery: RecoveryPolicy;
}

/** Everything about a run that is decided before it begins. */
export interface Plan {
  readonly seed: number;
  readonly rules: OracleRules;
  readonly grant: 'code' | 'code-again' | 'client';
  /** What the provider's preset says of its rotation; it says nothing where this is undefined. */
  readonly declared: Rotation | undefined;
  readonly presetIsComplete: boolean;
  readonly policy: PlannedPolicy;
  /** `server`: the store has a clock of its own; `host`: all processes share one wall clock, and the store has none. */
  readonly clock: 'server' | 'host';
  /** Another application's credentials stand in for the right ones now and then. */
  readonly swapsClients: boolean;
  /** The provider is down now and then, for seconds to days. */
  readonly outages: boolean;
  readonly keys: number;
  readonly processes: number;
  readonly workers: number;
  /** How many things callers, merchants and misfortune do. */
  readonly moves: number;
  readonly trouble: Trouble;
}

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const rates = [0, 0, 0.02, 0.1, 0.3] as const;

type Spans = Pick<PlannedPolicy, 'requestTimeoutMs' | 'attemptTtlMs' | 'settleMs' | 'recoveryNoticeMs'>;

/** The policy's own defaults, those of before, and hastier ones. */
const spans: readonly [Spans, ...Spans[]] = [
  { requestTimeoutMs: 25 * secondMs, attemptTtlMs: 40 * secondMs, settleMs: minuteMs, recoveryNoticeMs: 10 * secondMs },
  { requestTimeoutMs: 25 * secondMs, attemptTtlMs: 40 * secondMs, settleMs: minuteMs, recoveryNoticeMs: 10 * secondMs },
  { requestTimeoutMs: 10 * secondMs, attemptTtlMs: 30 * secondMs, settleMs: minuteMs, recoveryNoticeMs: 10 * secondMs },
  {
    requestTimeoutMs: 5 * secondMs,
    attemptTtlMs: 8 * secondMs,
    settleMs: 12 * secondMs,
    recoveryNoticeMs: 2 * secondMs,
  },
];

const rulesOf = (random: Random, grant: Plan['grant']): OracleRules => {
  const rotation = random.pick([
    'strict',
    'strict',
    'strict-family',
    'strict-family',
    'grace',
    'grace-repeats',
    'until-first-use',
    'none',
    'sometimes',
  ] as const);
  const toldLifetimeMs = random.chance(0.2) ? random.pick([20 * minuteMs, 24 * 60 * minuteMs]) : undefined;
  return {
    rotation,
    graceMs: random.pick([10 * secondMs, 2 * minuteMs, 30 * minuteMs]),
    accessLifetimeMs: random.pick([minuteMs, 5 * minuteMs, 60 * minuteMs]),
    toldLifetimeMs,
    refreshLifetimeMs: toldLifetimeMs === undefined || random.chance(0.5) ? undefined : toldLifetimeMs,
    keepsOldAccess: random.chance(0.7),
    codesRepeat: grant === 'code-again',
    verdict: random.chance(0.12) ? random.pick(['invalid_request', 'nothing'] as const) : 'invalid_grant',
  };
};

/** What a preset can say of such a provider. */
const declarationOf = ({ rotation, graceMs }: OracleRules): Rotation | undefined => {
  switch (rotation) {
    case 'none':
      return 'none';
    case 'grace':
    case 'grace-repeats':
      return { graceMs };
    case 'strict':
    case 'strict-family':
      return 'single-use';
    default:
      return undefined;
  }
};

/** The plan of a seed. */
export const planOf = (seed: number): Plan => {
  const random = seededRandom(seed ^ 0x51ed270b);
  const processes = 2 + random.below(3);
  const calm = random.chance(0.15);
  const trouble = (most: number): number => (calm ? 0 : Math.min(most, random.pick(rates)));
  const grant = random.chance(0.08) ? 'client' : random.chance(0.1) ? 'code-again' : 'code';
  const clock = random.chance(0.75) ? 'server' : 'host';
  const rules = rulesOf(random, grant);
  return {
    seed,
    rules,
    grant,
    declared: random.chance(0.5) ? declarationOf(rules) : undefined,
    presetIsComplete: random.chance(0.5),
    policy: {
      ...random.pick(spans),
      patienceMs: random.pick([15_000, 15_000, 1_000, 60_000]),
      recheckMs: random.pick([30_000, 5_000]),
      recovery: random.pick(['probe', 'probe', 'probe', 'retry', 'never']),
    },
    clock,
    swapsClients: random.chance(0.2),
    outages: random.chance(0.5),
    keys: random.pick([1, 1, 1, 1, 2, 3, 5]),
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
