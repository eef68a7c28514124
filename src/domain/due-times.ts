import type { AccountRecord } from './account-record.js';
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
export const keepAliveAtOf = ({ obtainedAt, refreshTokenExpiresAt }: AccountRecord): number | undefined =>
  obtainedAt === undefined
    ? undefined
    : keepAliveAtMs({ obtainedAtMs: obtainedAt, refreshTokenExpiresAtMs: refreshTokenExpiresAt });
