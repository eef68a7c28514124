import { leftMs, renewFirstMs, renewSoonMs, type RefreshPolicy } from '../../domain/refresh-policy.js';
import { timesOfToken, type Token } from '../../domain/token.js';
import type { Clock } from '../../ports/clock.js';
import type { Held } from '../accounts/account.js';

/** A token in the process's memory. */
export interface CachedToken extends Held {
  readonly policy: RefreshPolicy;
  /** In [0, 1): spreads this process's background renewals away from other processes'. */
  readonly jitter: number;
  /** Fetched for a caller who asked for more validity than the provider gives: asking again soon would bring no more. */
  readonly isLongest: boolean;
}

/** A token that can be handed out as it is; the promise is ready, so that the hot path makes none. */
export interface FreshToken {
  readonly token: Token;
  readonly promise: Promise<Token>;
}

/**
 * One flat object a token, since there may be a million. Times are whole milliseconds since measuring began: small integers
 * stand in the object itself, where larger numbers would each be an object of their own.
 */
interface Entry extends CachedToken, FreshToken {
  invalidated: boolean;
  isLongest: boolean;
  /** Fresh until then by the wall clock. */
  untilMs: number;
  /** When it was last known to be what the store holds, by the monotonic clock. */
  checkedMs: number;
  loadedWallMs: number;
  readonly loadedMonotonicMs: number;
  /** Looked at since the last eviction passed by. */
  touched: boolean;
}

/** The tokens one process keeps in memory: at most `entries` of them, the least recently used going out first. */
export interface TokenCache {
  /** The hot path: the token if nothing at all has to be considered; no I/O, no allocation. */
  readonly fresh: (key: string) => FreshToken | undefined;
  /** What is held, fresh or not. */
  readonly find: (key: string) => CachedToken | undefined;
  /** Keeps a token unless a newer one is known: a slow reading of the store never brings an older or refused one back. */
  readonly hold: (held: Held, policy: RefreshPolicy) => CachedToken;
  /** Whether the store has not been asked about this token for `recheckMs`. */
  readonly isUnchecked: (key: string) => boolean;
  /** Hands it out again without a look until its soft window or the next comparison with the store. */
  readonly reopen: (key: string) => void;
  /** The store was asked and still holds this token. */
  readonly confirm: (key: string) => void;
  /** Hand the token out without another look for so long, as far as its own life allows. */
  readonly defer: (key: string, ms: number) => void;
  /** The provider gives no more validity than this token has. */
  readonly markLongest: (key: string) => void;
  readonly invalidate: (key: string, generation: number) => void;
  readonly drop: (key: string) => void;
  /** Removed or revoked here: a reading of the store from before does not bring that grant's tokens back. */
  readonly end: (key: string, incarnation: string | undefined) => void;
  readonly clear: () => void;
  /** The time by which a key's token is judged: the later of the wall clock and the wall clock as it would stand had nobody set it. */
  readonly judgedAtMs: (key: string) => number;
}

export interface TokenCacheDeps {
  readonly clock: Clock;
  readonly jitter: () => number;
  readonly entries: number;
}

export const makeTokenCache = ({ clock, jitter, entries }: TokenCacheDeps): TokenCache => {
  const byKey = new Map<string, Entry>();
  const ended = new Map<string, string>();
  const madeAtMonotonicMs = clock.monotonicMs();
  let measuredFromMs = clock.nowMs();
  let lastMs = 0;

  const wallMs = (): number => {
    const ms = clock.nowMs() - measuredFromMs;
    if (ms < lastMs) return measureAnew();
    lastMs = ms;
    return ms;
  };
  const monotonicMs = (): number => Math.floor(clock.monotonicMs() - madeAtMonotonicMs);

  /** Somebody set the wall clock back: what was measured by it no longer holds, so everything is judged anew. */
  const measureAnew = (): number => {
    const backMs = measuredFromMs - clock.nowMs();
    measuredFromMs -= backMs;
    lastMs = 0;
    for (const entry of byKey.values()) {
      entry.untilMs = -1;
      entry.loadedWallMs += backMs;
    }
    return 0;
  };

  const judgedMs = (entry: Entry): number =>
    Math.max(wallMs(), entry.loadedWallMs + monotonicMs() - entry.loadedMonotonicMs) + measuredFromMs;

  const open = (entry: Entry, forMs: number): void => {
    entry.untilMs = Math.floor(wallMs() + forMs);
  };

  /** Until the soft window begins, or the store is to be asked again. */
  const reopen = (entry: Entry): void => {
    const times = timesOfToken(entry.token);
    const soonMs = leftMs(times, judgedMs(entry)) - renewSoonMs(entry.policy, times, entry.jitter);
    const recheckMs = entry.checkedMs + entry.policy.recheckMs - monotonicMs();
    open(entry, entry.invalidated ? -1 : Math.min(soonMs, recheckMs));
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

  const change = (key: string, by: (entry: Entry) => void): void => {
    const entry = byKey.get(key);
    if (entry === undefined) return;
    by(entry);
    reopen(entry);
  };

  const hold = (held: Held, policy: RefreshPolicy): CachedToken => {
    const { key, generation } = held.token;
    const known = byKey.get(key);
    const sameGrant = known?.incarnation === held.incarnation;
    if (known !== undefined && sameGrant && known.token.generation > generation) return known;
    if (known !== undefined && !sameGrant && known.writtenAtMs > held.writtenAtMs) return known;
    const same = known !== undefined && sameGrant && known.token.generation === generation;
    const nowMs = monotonicMs();
    const hasEnded = ended.get(key) === held.incarnation;
    const entry: Entry = {
      // What the hot path reads stands first, so that it is one line of the processor's cache.
      untilMs: -1,
      touched: known?.touched ?? false,
      promise: same ? known.promise : Promise.resolve(held.token),
      token: same ? known.token : held.token,
      incarnation: held.incarnation,
      writtenAtMs: held.writtenAtMs,
      invalidated: hasEnded || held.invalidated || (same && known.invalidated),
      policy,
      isLongest: same && known.isLongest,
      jitter: known?.jitter ?? jitter(),
      checkedMs: nowMs,
      loadedWallMs: same ? known.loadedWallMs : wallMs(),
      loadedMonotonicMs: same ? known.loadedMonotonicMs : nowMs,
    };
    if (hasEnded) return entry;
    if (known === undefined && byKey.size >= entries) evict();
    byKey.set(key, entry);
    reopen(entry);
    return entry;
  };

  const end = (key: string, incarnation: string | undefined): void => {
    byKey.delete(key);
    if (incarnation === undefined) return;
    for (const oldest of ended.keys()) if (ended.size >= entries) ended.delete(oldest);
    ended.set(key, incarnation);
  };

  return {
    fresh: (key) => {
      const entry = byKey.get(key);
      if (entry === undefined || wallMs() >= entry.untilMs) return undefined;
      if (!entry.touched) entry.touched = true;
      return entry;
    },
    find: (key) => byKey.get(key),
    judgedAtMs: (key) => {
      const entry = byKey.get(key);
      return entry === undefined ? clock.nowMs() : judgedMs(entry);
    },
    hold,
    isUnchecked: (key) => {
      const entry = byKey.get(key);
      return entry !== undefined && monotonicMs() - entry.checkedMs >= entry.policy.recheckMs;
    },
    reopen: (key) => change(key, () => undefined),
    confirm: (key) =>
      change(key, (entry) => {
        entry.checkedMs = monotonicMs();
      }),
    defer: (key, ms) => {
      const entry = byKey.get(key);
      if (entry === undefined || entry.invalidated) return;
      const times = timesOfToken(entry.token);
      const left = leftMs(times, judgedMs(entry));
      const firstMs = renewFirstMs(entry.policy, times);
      open(entry, Math.min(ms, left > firstMs ? left - firstMs : left));
    },
    markLongest: (key) => {
      const entry = byKey.get(key);
      if (entry !== undefined) entry.isLongest = true;
    },
    invalidate: (key, generation) =>
      change(key, (entry) => {
        if (entry.token.generation === generation) entry.invalidated = true;
      }),
    drop: (key) => {
      byKey.delete(key);
    },
    end,
    clear: () => byKey.clear(),
  };
};
