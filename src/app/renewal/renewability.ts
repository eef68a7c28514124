import { left, right, type Either } from 'fp-ts/lib/Either.js';
import { tokenError, type ReauthorizationCause, type TokenError } from '../../domain/token-error.js';
import type { Account } from '../accounts/account.js';

/** Whether the grant has a second way for this token once its refresh token is dead. */
export const hasFallback = ({ grant, token, credential }: Account): boolean =>
  token !== undefined && grant.fallback?.(credential, token) !== undefined;

/**
 * Whether there is anything to renew with; when there is not, nothing has to be sent or written to know it. A refresh token
 * past its known end is tried all the same: the end is a hint, and the provider's answer decides.
 */
export const canRenew = (account: Account): Either<TokenError, void> => {
  const { grant, token, record } = account;
  const required = (cause: ReauthorizationCause): Either<TokenError, void> =>
    left(tokenError('ReauthorizationRequired', { key: record.key, cause }));
  if (grant.repeatable || hasFallback(account)) return right(undefined);
  if (token === undefined) return required(account.foreignToken === undefined ? 'never_authorized' : 'other_tenant');
  return token.refreshToken === undefined ? required('no_refresh_token') : right(undefined);
};
