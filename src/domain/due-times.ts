import type { AccountRecord, Attempt, Failure } from './account-record.js';
import type { IssuedToken } from './issued-token.js';
import { keepAliveAtMs, renewSoonMs, type RefreshPolicy } from './refresh-policy.js';

/** When a sweep has to look at an account, in Unix milliseconds. */
export interface DueTimes {
  /** To keep its access token warm. */
  readonly warmAt: number | undefined;
  /** To renew its refresh token before it dies unused. */
  readonly keepAliveAt: number | undefined;
}

/** Nothing a sweep could do. */
export const neverDue: DueTimes = Object.freeze({ warmAt: undefined, keepAliveAt: undefined });

/** When this token falls due. One whose access token cannot be used is due at once. */
export const dueTimesOf = (policy: RefreshPolicy, token: IssuedToken): DueTimes => {
  const obtainedAtMs = token.obtainedAt.getTime();
  const expiresAtMs = token.accessToken === undefined ? obtainedAtMs : token.expiresAt.getTime();
  const times = { obtainedAtMs, expiresAtMs, refreshTokenExpiresAtMs: token.refreshTokenExpiresAt?.getTime() };
  return { warmAt: Math.floor(expiresAtMs - renewSoonMs(policy, times)), keepAliveAt: keepAliveAtMs(times) };
};

/** When the refresh token of a stored token falls due, by what the record says of it in clear. */
export const keepAliveAtOf = ({
  obtainedAt,
  accessTokenExpiresAt,
  refreshTokenExpiresAt,
}: AccountRecord): number | undefined =>
  obtainedAt === undefined
    ? undefined
    : keepAliveAtMs({
        obtainedAtMs: obtainedAt,
        expiresAtMs: accessTokenExpiresAt ?? obtainedAt,
        refreshTokenExpiresAtMs: refreshTokenExpiresAt,
      });

/**
 * When a sweep looks again after a failure: once the token falls due or what is left of its attempt has settled, but not
 * before the rest is over, and not at all while a person has to authorize first. A refused client stays due: another
 * process may have another.
 */
export const dueAfter = (record: AccountRecord, failure: Failure, left: Attempt | undefined): DueTimes => {
  if (failure.terminal === 'reauthorization_required') return neverDue;
  const earliest = Math.max(left?.settlesAt ?? 0, failure.retryAt ?? 0);
  const later = (at: number | undefined): number | undefined => (at === undefined ? undefined : Math.max(at, earliest));
  return { warmAt: later(record.warmAt), keepAliveAt: later(left?.settlesAt ?? keepAliveAtOf(record)) };
};

/**
 * Since when a sweep has something to do: `Infinity` for never. A token or a failure that is dated later than `latestDatedMs`
 * was dated by a clock that has been set back since, and so were the due times that came with it: they count as 0, for the
 * refresh token may die long before them.
 */
export const dueSince = (record: AccountRecord, keepWarm: boolean, latestDatedMs: number): number => {
  const { obtainedAt = -Infinity, failure, keepAliveAt = Infinity, warmAt = Infinity } = record;
  const at = Math.min(keepAliveAt, keepWarm ? warmAt : Infinity);
  const isMisdated = Math.max(obtainedAt, failure?.at ?? -Infinity) > latestDatedMs;
  return isMisdated && at < Infinity ? Math.min(0, at) : at;
};
