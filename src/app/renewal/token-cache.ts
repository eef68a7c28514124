import { leftMs, renewFirstMs, renewSoonMs, type RefreshPolicy } from '../../domain/refresh-policy.js';
import type { Token } from '../../domain/token.js';
import type { Clock } from '../../ports/clock.js';
import type { Held } from '../accounts/account.js';

/** A token in the process's memory. The window `[sinceMs, sinceMs + spanMs)` is when it is handed out without a look. */
export interface CachedToken extends Held {
  readonly policy: RefreshPolicy;
  /** Spreads this process's background renewals away from other processes'. */
  readonly jitter: number;
  /** The token as a ready promise, so that the hot path makes none. */
  readonly promise: Promise<Token>;
  /** When it was last known to be what the store holds: on the monotonic clock. */
  readonly checkedAtMonotonicMs: number;
  readonly loadedAtMs: number;
  readonly loadedAtMonotonicMs: number;
}

interface Entry {
  cached: CachedToken;
  sinceMs: number;
  spanMs: number;
  /** Looked at since the last eviction passed by. */
  touched: boolean;
}

/** The tokens one process keeps in memory: at most `entries` of them, the least recently used going out first. */
export interface TokenCache {
  /** The hot path: the token if nothing at all has to be considered; no I/O, no allocation. */
  readonly fresh: (key: string) => CachedToken | undefined;
  /** What is held, fresh or not. */
  readonly find: (key: string) => CachedToken | undefined;
  readonly hold: (held: Held, policy: RefreshPolicy) => CachedToken;
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

  const judgedAtMs = (cached: CachedToken): number =>
    Math.max(clock.nowMs(), cached.loadedAtMs + (clock.monotonicMs() - cached.loadedAtMonotonicMs));

  const open = (entry: Entry, limitMs: number): void => {
    entry.sinceMs = clock.nowMs();
    entry.spanMs = Math.max(0, limitMs);
  };

  /** Until the soft window begins, or the store is to be asked again. */
  const openAsFresh = (entry: Entry): void => {
    const { cached } = entry;
    const nowMs = judgedAtMs(cached);
    const soonMs = leftMs(cached.times, nowMs) - renewSoonMs(cached.policy, cached.times, cached.jitter);
    const recheckMs = cached.checkedAtMonotonicMs + cached.policy.recheckMs - clock.monotonicMs();
    open(entry, cached.invalidated ? 0 : Math.min(soonMs, recheckMs));
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

  const fresh = (key: string): CachedToken | undefined => {
    const entry = byKey.get(key);
    if (entry === undefined) return undefined;
    const sinceMs = clock.nowMs() - entry.sinceMs;
    if (sinceMs < 0 || sinceMs >= entry.spanMs) return undefined;
    entry.touched = true;
    return entry.cached;
  };

  const replace = (key: string, entry: Entry, cached: CachedToken): void => {
    entry.cached = cached;
    openAsFresh(entry);
    byKey.set(key, entry);
  };

  return {
    fresh,
    find: (key) => byKey.get(key)?.cached,
    judgedAtMs,
    hold: (held, policy) => {
      const { key, generation } = held.token;
      const entry = byKey.get(key);
      const known = entry?.cached;
      const same = known?.token.generation === generation && known.incarnation === held.incarnation;
      const monotonicMs = clock.monotonicMs();
      const cached: CachedToken = {
        ...held,
        ...(same ? { token: known.token, promise: known.promise } : { promise: Promise.resolve(held.token) }),
        policy,
        jitter: known?.jitter ?? jitter(),
        checkedAtMonotonicMs: monotonicMs,
        loadedAtMs: same ? known.loadedAtMs : clock.nowMs(),
        loadedAtMonotonicMs: same ? known.loadedAtMonotonicMs : monotonicMs,
      };
      if (entry === undefined && byKey.size >= entries) evict();
      replace(key, entry ?? { cached, sinceMs: 0, spanMs: 0, touched: false }, cached);
      return cached;
    },
    confirm: (key) => {
      const entry = byKey.get(key);
      if (entry === undefined) return;
      replace(key, entry, { ...entry.cached, checkedAtMonotonicMs: clock.monotonicMs() });
    },
    defer: (key, ms) => {
      const entry = byKey.get(key);
      if (entry === undefined || entry.cached.invalidated) return;
      const { times, policy } = entry.cached;
      const left = leftMs(times, judgedAtMs(entry.cached));
      const firstMs = renewFirstMs(policy, times);
      open(entry, Math.min(ms, left > firstMs ? left - firstMs : left));
    },
    invalidate: (key, generation) => {
      const entry = byKey.get(key);
      if (entry?.cached.token.generation !== generation) return;
      replace(key, entry, { ...entry.cached, invalidated: true });
    },
    drop: (key) => {
      byKey.delete(key);
    },
    clear: () => {
      byKey.clear();
    },
  };
};
