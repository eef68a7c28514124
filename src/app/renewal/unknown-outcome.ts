import type { Outcome } from '../../domain/outcome.js';
import { tokenError, withRetryAfter, type TokenError } from '../../domain/token-error.js';

/** Answers that came and could not be read, as opposed to none at all. */
const unreadable: ReadonlySet<string> = new Set(['malformed_answer', 'too_large', 'undecodable', 'unreadable_answer']);

/** What an unknown outcome is called where no refresh token was at stake: a first token, or one that is simply asked for anew. */
export const notObtained = (
  key: string,
  { why, retryAfterMs }: Extract<Outcome, { _tag: 'Unknown' }>,
  advice = '',
): TokenError =>
  unreadable.has(why)
    ? tokenError('ResponseMalformed', { key, why: `${why}${advice}` })
    : withRetryAfter(tokenError('ProviderUnavailable', { key, why: `${why}${advice}` }), retryAfterMs);
