import type { AnswerContext } from '../answer-context.js';
import { rejected, unknown, type Outcome } from '../outcome.js';
import { tokenError } from '../token-error.js';
import type { TokenAnswer } from './response-status.js';
import { errorName, unrecognised } from './error-name.js';
import { ownField, type JsonObject } from './own-field.js';

/** Whether an answer carries an `error` that says something; providers send it with a 200 too. */
export const hasOAuthError = (json: JsonObject): boolean => {
  const error = ownField(json, 'error');
  return error !== undefined && error !== null && error !== '' && error !== false;
};

/** The provider's short name for what went wrong, where that may be printed. */
export const oauthErrorName = ({ json }: Pick<TokenAnswer, 'json'>): string | undefined => {
  const name = json === undefined ? unrecognised : errorName(ownField(json, 'error'));
  return name === unrecognised ? undefined : name;
};

/**
 * Judges an error answer (RFC 6749 §5.2) by its `error`, not by its status: `invalid_grant` comes with 400 and with 401.
 * Only `invalid_grant` ends a grant, and never where no person granted anything (client credentials). Whatever else was
 * said, the grant is kept. A 401 whose body is no JSON object is a refused client: that is how servers in front of the
 * token endpoint check it; one whose body was lost may say something else. `error_description` is not looked at: it may be localised and may quote the request.
 */
export const classifyOAuthError = (
  { status, json, bodyIsLost }: Pick<TokenAnswer, 'status' | 'json' | 'bodyIsLost'>,
  { key }: AnswerContext,
  { repeatable }: { readonly repeatable: boolean },
): Outcome => {
  if (status === 401 && json === undefined && bodyIsLost !== true) {
    return rejected(tokenError('ClientRejected', { key, error: 'http_401' }));
  }
  const error = json !== undefined && hasOAuthError(json) ? errorName(ownField(json, 'error')) : `http_${status}`;
  switch (error) {
    case 'invalid_client':
    case 'unauthorized_client':
      return rejected(tokenError('ClientRejected', { key, error }));
    case 'server_error':
      return unknown(error);
    case 'invalid_grant':
      if (!repeatable) return rejected(tokenError('ReauthorizationRequired', { key, cause: 'invalid_grant' }));
  }
  return rejected(tokenError('RequestRejected', { key, error, status }));
};
