import { leftMs, renewFirstMs, renewSoonMs, type RefreshPolicy } from '../../domain/refresh-policy.js';
import type { Token } from '../../domain/token.js';
import type { Clock } from '../../ports/clock.js';
import type { Held } from '../accounts/account.js';

/** A token in the process's memory. */
export interface CachedToken extends Held {
  readonly policy: RefreshPolicy;
  /** Spreads this process's background renewals away from other processes'. */
  readonly jitter: number;
  /** When it was last known to be what the store holds: on the monotonic clock. */
  readonly checkedAtMonotonicMs: number;
  readonly loadedAtMs: number;
  readonly loadedAtMonotonicMs: number;
}

/** A token that can be handed out as it is; the promise is ready, so that the hot path makes none. */
export interface FreshToken {
  readonly token: Token;
  readonly promise: Promise<Token>;
}

interface Entry {
  token: Token;
  promise: Promise<Token>;
  /** Fresh until then, in milliseconds since measuring began: small integers cost no allocation and no second look. */
  untilMs: number;
  /** Looked at since the last eviction passed by. */
  touched: boolean;
  cached: CachedToken;
}

/** The tokens one process keeps in memory: at most `entries` of them, the least recently used going out first. */
export interface TokenCache {
  /** The hot path: the token if nothing at all has to be considered; no I/O, no allocation. */
  readonly fresh: (key: string) => FreshToken | undefined;
  /** What is held, fresh or not. */
  readonly find: (key: string) => CachedToken | undefined;
  /** Keeps a token unless a newer one is known: a slow reading of the store never brings an older or refused one back. */
  readonly hold: (held: Held, policy: RefreshPolicy) => CachedToken;
  /** Hands it out again without a look until its soft window or the next comparison with the store. */
  readonly reopen: (key: string) => void;
  /** The store was asked and still holds this token. */
  readonly confirm: (key: string) => void;
  /** Hand the token out without another look for so long, as far as its own life allows. */
  readonly defer: (key: string, ms: number) => void;
  readonly invalidate: (key: string, generation: number) => void;
  readonly drop: (key: string) => void;
  readonly clear: () => void;
  /** The time by which a cached token is judged: the later of the wall clock and the wall clock as it would stand had nobody set it. */
  readonly judgedAtMs: (cached: CachedToken) => number;
}

export interface TokenCacheDeps {
  readonly clock: Clock;
  readonly jitter: () => number;
  readonly entries: number;
}

export const makeTokenCache = ({ clock, jitter, entries }: TokenCacheDeps): TokenCache => {
  const byKey = new Map<string, Entry>();
  let measuredFromMs = clock.nowMs();
  let lastMs = 0;

  const measuredMs = (): number => {
    const ms = clock.nowMs() - measuredFromMs;
    if (ms < lastMs) return measureAnew();
    lastMs = ms;
    return ms;
  };

  /** Somebody set the wall clock back: what was measured by it no longer holds, so everything is judged anew. */
  const measureAnew = (): number => {
    for (const entry of byKey.values()) entry.untilMs = -1;
    measuredFromMs = clock.nowMs();
    lastMs = 0;
    return 0;
  };

  const judgedAtMs = (cached: CachedToken): number =>
    Math.max(clock.nowMs(), cached.loadedAtMs + (clock.monotonicMs() - cached.loadedAtMonotonicMs));

  const open = (entry: Entry, forMs: number): void => {
    entry.untilMs = Math.floor(measuredMs() + forMs);
  };

  /** Until the soft window begins, or the store is to be asked again. */
  const reopen = (entry: Entry): void => {
    const { cached } = entry;
    const soonMs = leftMs(cached.times, judgedAtMs(cached)) - renewSoonMs(cached.policy, cached.times, cached.jitter);
    const recheckMs = cached.checkedAtMonotonicMs + cached.policy.recheckMs - clock.monotonicMs();
    open(entry, cached.invalidated ? -1 : Math.min(soonMs, recheckMs));
  };

  /** Second chance: what was looked at since the last pass goes to the back of the queue instead of out. */
  const evict = (): void => {
    for (const [key, entry] of byKey) {
      byKey.delete(key);
      if (!entry.touched) return;
      entry.touched = false;
      byKey.set(key, entry);
    }
  };

  const update = (key: string, change: (cached: CachedToken) => CachedToken): void => {
    const entry = byKey.get(key);
    if (entry === undefined) return;
    entry.cached = change(entry.cached);
    reopen(entry);
  };

  const hold = (held: Held, policy: RefreshPolicy): CachedToken => {
    const { key, generation } = held.token;
    const entry = byKey.get(key);
    const known = entry?.cached;
    const sameGrant = known?.incarnation === held.incarnation;
    if (known !== undefined && sameGrant && known.token.generation > generation) return known;
    const same = known !== undefined && sameGrant && known.token.generation === generation;
    const monotonicMs = clock.monotonicMs();
    const cached: CachedToken = {
      ...held,
      token: same ? known.token : held.token,
      invalidated: held.invalidated || (same && known.invalidated),
      policy,
      jitter: known?.jitter ?? jitter(),
      checkedAtMonotonicMs: monotonicMs,
      loadedAtMs: same ? known.loadedAtMs : clock.nowMs(),
      loadedAtMonotonicMs: same ? known.loadedAtMonotonicMs : monotonicMs,
    };
    const { token } = cached;
    const promise = entry !== undefined && same ? entry.promise : Promise.resolve(token);
    if (entry === undefined && byKey.size >= entries) evict();
    const next = { token, promise, untilMs: -1, touched: entry?.touched ?? false, cached };
    byKey.set(key, next);
    reopen(next);
    return cached;
  };

  return {
    fresh: (key) => {
      const entry = byKey.get(key);
      if (entry === undefined || measuredMs() >= entry.untilMs) return undefined;
      if (!entry.touched) entry.touched = true;
      return entry;
    },
    find: (key) => byKey.get(key)?.cached,
    judgedAtMs,
    hold,
    reopen: (key) => update(key, (cached) => cached),
    confirm: (key) => update(key, (cached) => ({ ...cached, checkedAtMonotonicMs: clock.monotonicMs() })),
    defer: (key, ms) => {
      const entry = byKey.get(key);
      if (entry === undefined || entry.cached.invalidated) return;
      const { times, policy } = entry.cached;
      const left = leftMs(times, judgedAtMs(entry.cached));
      const firstMs = renewFirstMs(policy, times);
      open(entry, Math.min(ms, left > firstMs ? left - firstMs : left));
    },
    invalidate: (key, generation) =>
      update(key, (cached) => (cached.token.generation === generation ? { ...cached, invalidated: true } : cached)),
    drop: (key) => {
      byKey.delete(key);
    },
    clear: () => byKey.clear(),
  };
};
