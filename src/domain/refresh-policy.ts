/** What to do about a renewal whose outcome stayed unknown. */
export type RecoveryPolicy =
  /** Ask again as soon as the attempt has ended, and then as `probe`: for providers that take a spent refresh token for a while. */
  | 'retry'
  /** Ask again once the attempt has settled, then once a settle window, until the provider gives its verdict. */
  | 'probe'
  /** No try: a person has to authorize again. */
  | 'never';

/** The numbers of the renewal protocol. Durations are milliseconds, fractions are of a token's whole lifetime. */
export interface RefreshPolicy {
  /** Renew before use when less than the smaller of these two is left. */
  readonly renewBeforeMs: number;
  readonly renewBeforeFraction: number;
  /** Renew in the background when less than the smaller of these two is left. */
  readonly softMs: number;
  readonly softFraction: number;
  /** Total deadline of one token request. */
  readonly requestTimeoutMs: number;
  /** How long a recorded attempt counts as alive. */
  readonly attemptTtlMs: number;
  /** How long after that the provider may still be processing the request. */
  readonly settleMs: number;
  /** How long a recovery is announced before it is sent, so that a living owner with an answer in hand can commit it first. */
  readonly recoveryNoticeMs: number;
  /** The longest that a caller waits for a renewal, its own or another worker's; the renewal goes on without it. */
  readonly patienceMs: number;
  readonly cooldownMinMs: number;
  readonly cooldownMaxMs: number;
  /** The longest Retry-After that is believed. */
  readonly retryAfterMaxMs: number;
  /** The lifetime of a token whose answer gave none, when nothing better is known. */
  readonly defaultLifetimeMs: number;
  /** How many accounts' tokens one process keeps in memory. */
  readonly cacheEntries: number;
  /** How often a cached token is compared with the store. */
  readonly recheckMs: number;
  readonly recovery: RecoveryPolicy;
}

/** Any of the policy's numbers; what is left out keeps its default. */
export type RefreshPolicyOptions = { readonly [Name in keyof RefreshPolicy]?: RefreshPolicy[Name] | undefined };

export const defaultRefreshPolicy: RefreshPolicy = Object.freeze({
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
  retryAfterMaxMs: 3_600_000,
  defaultLifetimeMs: 3_600_000,
  cacheEntries: 10_000,
  recheckMs: 30_000,
  recovery: 'probe',
});

/** A refresh token is kept alive when less than the smaller of these is left of it. */
const keepAlive = { beforeMs: 7 * 24 * 3_600_000, fraction: 0.25 } as const;

/** Processes start a background renewal up to this part of the soft window apart. */
const jitterFraction = 0.2;

/** What the policy needs to know of a token. Times are Unix milliseconds. */
export interface TokenTimes {
  readonly obtainedAtMs: number;
  readonly expiresAtMs: number;
  readonly refreshTokenExpiresAtMs?: number | undefined;
}

/** How much of a token's life is left at `nowMs`; never more than its whole life, whatever the clock did. */
export const leftMs = (token: TokenTimes, nowMs: number): number =>
  Math.min(token.expiresAtMs - nowMs, token.expiresAtMs - token.obtainedAtMs);

/** Renew first when less than this is left. */
export const renewFirstMs = (policy: RefreshPolicy, token: TokenTimes): number =>
  Math.min(policy.renewBeforeMs, policy.renewBeforeFraction * (token.expiresAtMs - token.obtainedAtMs));

/** Renew in the background when less than this is left; `jitter` in [0, 1) spreads processes. Never under {@link renewFirstMs}. */
export const renewSoonMs = (policy: RefreshPolicy, token: TokenTimes, jitter = 0): number =>
  Math.max(
    renewFirstMs(policy, token),
    Math.min(policy.softMs, policy.softFraction * (token.expiresAtMs - token.obtainedAtMs)) *
      (1 - jitterFraction * jitter),
  );

/**
 * What to do with a token for one caller:
 * `use` it; `use_and_renew` it in the background; `renew` it first, falling back on it if that fails;
 * `replace` it, because it must not be used whatever becomes of the renewal.
 */
export type Judgement = 'use' | 'use_and_renew' | 'renew' | 'replace';

export interface Need {
  readonly nowMs: number;
  /** The least validity the caller asked for. */
  readonly minValidMs?: number | undefined;
  readonly jitter?: number | undefined;
}

/** A token that was as good as over when it was issued: a provider handed out a running one in its last second. */
export const isMomentary = ({ obtainedAtMs, expiresAtMs }: TokenTimes): boolean => expiresAtMs - obtainedAtMs <= 1_000;

/** A token this young is about as valid as one can be had. */
export const isBrandNew = (policy: RefreshPolicy, token: TokenTimes, nowMs: number): boolean =>
  nowMs >= token.obtainedAtMs && nowMs - token.obtainedAtMs < renewFirstMs(policy, token);

/** Hosts disagree about time by less than this. What is dated further ahead was dated by a clock that was wrong. */
export const clockToleranceMs = 300_000;

/** Judges a usable access token; a larger `minValidMs` never lengthens validity. */
export const judgeToken = (policy: RefreshPolicy, token: TokenTimes, need: Need): Judgement => {
  const left = leftMs(token, need.nowMs);
  const asked = need.minValidMs ?? 0;
  if (left <= 0) return 'replace';
  if (left < asked) return 'replace';
  if (need.nowMs < token.obtainedAtMs - clockToleranceMs) return 'renew';
  if (left < renewFirstMs(policy, token)) return 'renew';
  return left < renewSoonMs(policy, token, need.jitter) ? 'use_and_renew' : 'use';
};

/** When a refresh token has to be renewed so that it does not die unused; undefined when it has no known end. */
export const keepAliveAtMs = (token: TokenTimes): number | undefined => {
  if (token.refreshTokenExpiresAtMs === undefined) return undefined;
  const life = Math.max(0, token.refreshTokenExpiresAtMs - token.obtainedAtMs);
  return Math.floor(token.refreshTokenExpiresAtMs - Math.min(keepAlive.beforeMs, keepAlive.fraction * life));
};

/** The cool-down after the `failures`-th failure in a row: doubling from the least to the most, `jitter` in [0, 1) takes up to half off. */
export const coolDownMs = (policy: RefreshPolicy, failures: number, jitter: number): number => {
  const doubled = Math.min(policy.cooldownMaxMs, policy.cooldownMinMs * 2 ** Math.min(30, Math.max(0, failures - 1)));
  return Math.max(policy.cooldownMinMs, Math.round(doubled * (1 - jitter / 2)));
};
