import { left, right, type Either } from 'fp-ts/lib/Either.js';
import { tokenError, type TokenError } from '../token-error.js';
import { errorName } from './error-name.js';
import { hasOAuthError } from './oauth-error.js';
import { ownField } from './own-field.js';

/** The status and body of an answer to a revocation request. */
export interface RevocationAnswer {
  readonly status: number;
  readonly json: Readonly<Record<string, unknown>> | undefined;
  /** The body could not be read. */
  readonly bodyIsLost?: true | undefined;
}

/**
 * RFC 7009 §2.2: 200 also for a token the server does not know; its body is ignored. A server that cannot revoke this type
 * of token (`unsupported_token_type`) has nothing more to tell; one that is unavailable, or whose refusal could not be read,
 * still holds the token.
 */
export const parseRevocationAnswer = (
  key: string,
  { status, json, bodyIsLost }: RevocationAnswer,
): Either<TokenError, void> => {
  const unavailable = left(tokenError('ProviderUnavailable', { key, why: 'the revocation was not confirmed', status }));
  if (status >= 200 && status < 300) return right(undefined);
  if (bodyIsLost === true) return unavailable;
  const error = json !== undefined && hasOAuthError(json) ? errorName(ownField(json, 'error')) : '';
  if (error === 'unsupported_token_type' || error === 'invalid_token') return right(undefined);
  if (status === 401 || error === 'invalid_client' || error === 'unauthorized_client') {
    return left(tokenError('ClientRejected', { key, error: error || 'HTTP 401' }));
  }
  if (status >= 400 && status < 500 && status !== 408 && status !== 425 && status !== 429) {
    return left(tokenError('RequestRejected', { key, error: error || 'the revocation was refused', status }));
  }
  return unavailable;
};
