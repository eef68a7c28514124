import type { AnswerContext } from '../answer-context.js';
import type { AnsweredTokens } from './answered-tokens.js';
import { assumedExpiry, dateAfter, isDuration, livesForEver } from './assumed-lifetime.js';

/** When an access token expires, and whether that had to be assumed. */
export interface AccessEnd {
  readonly expiresAt: Date;
  readonly isAssumed: boolean;
}

/**
 * When the access token of an answer expires: as the answer states; the very token that was held before lives as long as was
 * known then, unless the answer says longer, because nothing says that its life began anew, and a running token that is handed
 * out again loses nothing of it; else as assumed. A former end that has passed is no longer believed: the provider has just
 * handed the token out as a good one.
 */
export const accessEnd = (
  statedMs: number | undefined,
  { isSameAccessToken }: AnsweredTokens,
  context: AnswerContext,
): AccessEnd => {
  const { sentAtMs, previous } = context;
  const stated = statedMs === undefined ? undefined : dateAfter(sentAtMs, statedMs);
  const former = isSameAccessToken ? laterThan(stated?.getTime() ?? sentAtMs, previous?.expiresAt) : undefined;
  if (former === undefined && stated !== undefined) return { expiresAt: stated, isAssumed: false };
  return former === undefined
    ? { expiresAt: assumedExpiry(context), isAssumed: !livesForEver(context) }
    : { expiresAt: former, isAssumed: false };
};

/**
 * When the refresh token of an answer dies, a hint where there is one: as the answer states; else, of one that was kept or
 * repeated, as was known before, since its life did not begin anew; else as the provider documents. A former end that has
 * passed is no longer believed: the token has just been used.
 */
export const refreshEnd = (
  statedMs: number | undefined,
  { refreshToken, isNewRefreshToken }: AnsweredTokens,
  { sentAtMs, previous, documentedRefreshLifetimeMs }: AnswerContext,
): Date | undefined => {
  if (refreshToken === undefined) return undefined;
  if (statedMs !== undefined) return dateAfter(sentAtMs, statedMs);
  const known = isNewRefreshToken ? undefined : previous?.refreshTokenExpiresAt;
  const former = laterThan(sentAtMs, known);
  if (former !== undefined) return former;
  const begins = isNewRefreshToken || known !== undefined;
  return begins && isDuration(documentedRefreshLifetimeMs)
    ? dateAfter(sentAtMs, documentedRefreshLifetimeMs)
    : undefined;
};

const laterThan = (ms: number, date: Date | undefined): Date | undefined =>
  date !== undefined && date.getTime() > ms ? date : undefined;
