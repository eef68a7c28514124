import type { AccountRecord, Failure } from '../../domain/account-record.js';
import { errorOfFailure } from '../../domain/token-error-facts.js';
import { tokenError, type TokenError } from '../../domain/token-error.js';
import type { Account } from '../accounts/account.js';

/** What callers get while an account rests. One whose second way has not been walked yet still has a chance that needs no person. */
export const restingError = (key: string, failure: Failure, waitMs: number): TokenError =>
  failure.terminal === undefined
    ? errorOfFailure(key, failure, waitMs)
    : tokenError('ProviderUnavailable', { key, why: 'the second way could not be tried yet', retryAfterMs: waitMs });

/** Whoever asked before has had no answer, and until then nobody may ask again. */
export const unresolvedError = (key: string, waitMs: number): TokenError =>
  tokenError('OutcomeUnknown', { key, why: 'an earlier request is unresolved', retryAfterMs: waitMs });

/** When asking again makes sense: after the settle window of an unknown outcome, else after the rest. */
export const askAgainAt = ({ policy }: Account, { attempt, failure }: AccountRecord): number | undefined => {
  const settles = attempt?.unknown === true && (policy.recovery !== 'retry' || attempt.recovery);
  return settles ? Math.max(attempt.settlesAt, failure?.retryAt ?? 0) : failure?.retryAt;
};
