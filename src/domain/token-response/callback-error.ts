import type { CallbackParameters } from '../callback-parameters.js';
import { tokenError, type TokenError } from '../token-error.js';
import { errorName } from './error-name.js';

/** What an `error` in a callback means (RFC 6749 §4.1.2.1); undefined when the callback carries none. */
export const callbackError = (key: string, parameters: CallbackParameters): TokenError | undefined => {
  const value = parameters.get('error');
  if (value === undefined) return undefined;
  const error = errorName(value);
  switch (error) {
    case 'access_denied':
      return tokenError('AccessDenied', { key });
    case 'server_error':
    case 'temporarily_unavailable':
      return tokenError('ProviderUnavailable', { key, why: error });
    default:
      return tokenError('RequestRejected', { key, error });
  }
};
