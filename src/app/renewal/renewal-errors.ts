import type { AccountRecord, Failure } from '../../domain/account-record.js';
import { errorOfFailure } from '../../domain/token-error-facts.js';
import { tokenError, type TokenError } from '../../domain/token-error.js';

/** What callers get during a cool-down. An account whose second way has not been walked yet still has a chance that needs no person. */
export const coolingDownError = (key: string, failure: Failure, waitMs: number): TokenError =>
  failure.terminal === undefined
    ? errorOfFailure(key, failure, waitMs)
    : tokenError('ProviderUnavailable', {
        key,
        why: 'the saved installation code can be tried again later',
        retryAfterMs: waitMs,
      });

/** An earlier request has had no answer, and until then nobody asks again. */
export const unresolvedError = (key: string, waitMs: number): TokenError =>
  tokenError('OutcomeUnknown', { key, why: 'an earlier request is unresolved', retryAfterMs: waitMs });

/** When asking again makes sense, in Unix milliseconds on the store's clock. */
export const askAgainAt = ({ attempt, failure }: AccountRecord): number | undefined =>
  attempt?.unknown === true ? Math.max(attempt.settlesAt, failure?.retryAt ?? 0) : failure?.retryAt;
