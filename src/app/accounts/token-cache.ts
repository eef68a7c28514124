import { leftMs, renewFirstMs, renewSoonMs, type RefreshPolicy } from '../../domain/refresh-policy.js';
import { timesOfToken, type Token } from '../../domain/token.js';
import type { Clock } from '../../ports/clock.js';
import type { ServableToken } from './account.js';

/** A token in the process's memory. */
export interface CachedToken extends ServableToken {
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
  /** The same by the wall clock, which goes on while a machine sleeps and its monotonic clock stands still. */
  checkedWallMs: number;
  loadedWallMs: number;
  readonly loadedMonotonicMs: number;
  /** Second-chance bit: read since the last eviction scan. */
  touched: boolean;
}

/** The tokens one process keeps in memory: at most `entries` of them, the least recently used going out first. */
export interface TokenCache {
  /** The hot path: the token if nothing at all has to be considered, the next comparison included; no I/O, no allocation. */
  readonly fresh: (key: string) => FreshToken | undefined;
  /** The token, as long as it is neither to be renewed nor unchecked. */
  readonly peek: (key: string) => CachedToken | undefined;
  /** What is held, fresh or not. */
  readonly find: (key: string) => CachedToken | undefined;
  /**
   * Keeps a token unless a newer one is known: a slow reading of the store never brings an older or refused one back. Of two
   * registrations the one is newer that the store was asked for after the other was here already, since none comes back; where
   * that cannot be told, neither is kept and the next call reads the store. `askedMonotonicMs` is when the store was asked for
   * the token, or to commit it; without it the token is as of now, and whether another registration's came first is not told.
   */
  readonly put: (held: ServableToken, policy: RefreshPolicy, askedMonotonicMs?: number) => CachedToken;
  /** Whether it is time to ask the store about this token, so that nobody has to wait for that: half of `recheckMs` is over. */
  readonly isRecheckDue: (key: string) => boolean;
  /** Whether the store has not been asked about this token for `recheckMs`: it is not handed out before it has been. */
  readonly isUnchecked: (key: string) => boolean;
  /** Whether the store was asked about it at that time or later. */
  readonly isCheckedSince: (key: string, monotonicMs: number) => boolean;
  /** Hands it out again without a look until its soft window or the next comparison with the store. */
  readonly reopen: (key: string) => void;
  /** The store was asked, at that time, and still holds this token. */
  readonly confirm: (key: string, askedMonotonicMs: number) => void;
  /** The store could not be asked: hand the token out for so long before it is asked again. */
  readonly postpone: (key: string, ms: number) => void;
  /** Hand the token out without another look for so long, as far as its own life and `recheckMs` allow. */
  readonly defer: (key: string, ms: number) => void;
  /** The provider gives no more validity than this token has. */
  readonly markLongest: (key: string) => void;
  readonly invalidate: (key: string, generation: number) => void;
  readonly drop: (key: string) => void;
  /** Removed or revoked here: a reading of the store from before does not bring that grant's tokens back. */
  readonly end: (key: string, incarnation: string | undefined) => void;
  readonly clear: () => void;
  /**
   * The time by which a key's token is judged: the later of the wall clock, and the wall clock when the token was loaded plus the
   * monotonic time since. Setting the clock back cannot extend a token.
   */
  readonly judgedAtMs: (key: string) => number;
}

export interface TokenCacheDeps {
  readonly clock: Clock;
  readonly jitter: () => number;
  readonly entries: number;
}

/** The store is asked again once this part of `recheckMs` is over: the rest is for its answer. */
const recheckFraction = 0.5;

/** Registrations of one key that ended here and are remembered: as many as may end while one reading of the store is under way. */
const mostEnded = 16;

export const makeTokenCache = ({ clock, jitter, entries }: TokenCacheDeps): TokenCache => {
  const byKey = new Map<string, Entry>();
  const ended = new Map<string, readonly string[]>();
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
    for (const entry of byKey.values()) {
      entry.untilMs = -1;
      entry.checkedWallMs = -sinceCheckedMs(entry, lastMs);
      entry.loadedWallMs += backMs;
    }
    measuredFromMs -= backMs;
    lastMs = 0;
    return 0;
  };

  const judgedMs = (entry: Entry): number =>
    Math.max(wallMs(), entry.loadedWallMs + monotonicMs() - entry.loadedMonotonicMs) + measuredFromMs;

  const open = (entry: Entry, forMs: number): void => {
    entry.untilMs = Math.floor(wallMs() + forMs);
  };

  /** By the clock that went on: a machine that sleeps stops the one, and whoever sets the time back stops the other. */
  const sinceCheckedMs = ({ checkedMs, checkedWallMs }: Entry, atWallMs: number): number =>
    Math.max(monotonicMs() - checkedMs, atWallMs - checkedWallMs);
  const sinceCheckMs = (entry: Entry): number => sinceCheckedMs(entry, wallMs());

  const softInMs = (entry: Entry): number => {
    const times = timesOfToken(entry.token);
    return leftMs(times, judgedMs(entry)) - renewSoonMs(entry.policy, times, entry.jitter);
  };

  /** Until the soft window begins, or the store is to be asked again. */
  const reopen = (entry: Entry): void => {
    const recheckMs = entry.policy.recheckMs * recheckFraction - sinceCheckMs(entry);
    open(entry, entry.invalidated ? -1 : Math.min(softInMs(entry), recheckMs));
  };

  const isUnchecked = (entry: Entry): boolean => sinceCheckMs(entry) >= entry.policy.recheckMs;

  const defer = (entry: Entry, ms: number): void => {
    if (entry.invalidated) return;
    const times = timesOfToken(entry.token);
    const left = leftMs(times, judgedMs(entry));
    const firstMs = renewFirstMs(entry.policy, times);
    const uncheckedInMs = entry.policy.recheckMs - sinceCheckMs(entry);
    open(entry, Math.min(ms, uncheckedInMs, left > firstMs ? left - firstMs : left));
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

  /** Never in the future, and never before what is known already. */
  const confirm = (entry: Entry, askedMonotonicMs: number): void => {
    const nowMs = monotonicMs();
    const askedMs = Math.min(nowMs, Math.floor(askedMonotonicMs - madeAtMonotonicMs));
    if (askedMs < entry.checkedMs) return;
    entry.checkedMs = askedMs;
    entry.checkedWallMs = wallMs() - (nowMs - askedMs);
  };

  /** Whether the store was asked for something else only after this had been read. */
  const wasHereBefore = ({ loadedMonotonicMs }: Entry, askedMonotonicMs: number | undefined): boolean =>
    askedMonotonicMs !== undefined && Math.floor(askedMonotonicMs - madeAtMonotonicMs) > loadedMonotonicMs;

  const put: TokenCache['put'] = (held, policy, askedMonotonicMs) => {
    const { key, generation } = held.token;
    const known = byKey.get(key);
    const sameGrant = known?.incarnation === held.incarnation;
    if (known !== undefined && sameGrant && known.token.generation > generation) return known;
    const same = known !== undefined && sameGrant && known.token.generation === generation;
    const nowMs = monotonicMs();
    const hasEnded = ended.get(key)?.includes(held.incarnation) === true;
    const entry: Entry = {
      // What the hot path reads stands first, so that it is one line of the processor's cache.
      untilMs: -1,
      touched: known?.touched ?? false,
      promise: same ? known.promise : Promise.resolve(held.token),
      token: same ? known.token : held.token,
      incarnation: held.incarnation,
      invalidated: hasEnded || held.invalidated || (same && known.invalidated),
      policy,
      isLongest: same && known.isLongest,
      jitter: known?.jitter ?? jitter(),
      checkedMs: same ? known.checkedMs : -Infinity,
      checkedWallMs: same ? known.checkedWallMs : -Infinity,
      loadedWallMs: same ? known.loadedWallMs : wallMs(),
      loadedMonotonicMs: same ? known.loadedMonotonicMs : nowMs,
    };
    confirm(entry, askedMonotonicMs ?? clock.monotonicMs());
    if (hasEnded) return entry;
    if (known !== undefined && !sameGrant && !wasHereBefore(known, askedMonotonicMs)) {
      byKey.delete(key);
      return entry;
    }
    if (known === undefined && byKey.size >= entries) evict();
    byKey.set(key, entry);
    reopen(entry);
    return entry;
  };

  const end = (key: string, incarnation: string | undefined): void => {
    // Where another process was quicker, what was known here is what has ended.
    const gone = incarnation ?? byKey.get(key)?.incarnation;
    byKey.delete(key);
    if (gone === undefined) return;
    const before = ended.get(key) ?? [];
    ended.delete(key);
    for (const oldest of ended.keys()) if (ended.size >= entries) ended.delete(oldest);
    ended.set(key, [...before, gone].slice(-mostEnded));
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
    put,
    peek: (key) => {
      const entry = byKey.get(key);
      if (entry === undefined || entry.invalidated || isUnchecked(entry)) return undefined;
      entry.touched = true;
      return wallMs() < entry.untilMs || softInMs(entry) > 0 ? entry : undefined;
    },
    isRecheckDue: (key) => {
      const entry = byKey.get(key);
      return entry !== undefined && sinceCheckMs(entry) >= entry.policy.recheckMs * recheckFraction;
    },
    isCheckedSince: (key, sinceMonotonicMs) => {
      const entry = byKey.get(key);
      return entry !== undefined && entry.checkedMs >= Math.floor(sinceMonotonicMs - madeAtMonotonicMs);
    },
    isUnchecked: (key) => {
      const entry = byKey.get(key);
      return entry !== undefined && isUnchecked(entry);
    },
    reopen: (key) => change(key, () => undefined),
    confirm: (key, askedMonotonicMs) => change(key, (entry) => confirm(entry, askedMonotonicMs)),
    postpone: (key, ms) => {
      const entry = byKey.get(key);
      if (entry === undefined) return;
      const { recheckMs } = entry.policy;
      const sinceMs = Math.min(sinceCheckMs(entry), Math.ceil(recheckMs - Math.min(ms, recheckMs)));
      entry.checkedMs = monotonicMs() - sinceMs;
      entry.checkedWallMs = wallMs() - sinceMs;
      defer(entry, ms);
    },
    defer: (key, ms) => {
      const entry = byKey.get(key);
      if (entry !== undefined) defer(entry, ms);
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
