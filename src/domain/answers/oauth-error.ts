import type { AnswerContext } from '../answer-context.js';
import { rejected, unknown, type Outcome } from '../outcome.js';
import { tokenError } from '../token-error.js';
import type { TokenAnswer } from './answer-status.js';
import { errorName } from './error-name.js';
import { ownField, type JsonObject } from './own-field.js';

/** Whether an answer carries an `error` that says something; providers send it with a 200 too. */
export const hasOAuthError = (json: JsonObject): boolean => {
  const error = ownField(json, 'error');
  return error !== undefined && error !== null && error !== '' && error !== false;
};

/**
 * Judges an error answer (RFC 6749 §5.2) by its `error`, not by its status: `invalid_grant` comes with 400 and with 401.
 * Only `invalid_grant` ends a grant, and never where no person granted anything (client credentials). Whatever else was
 * said, the grant is kept. `error_description` is not looked at: it may be localised and may quote the request.
 */
export const judgeOAuthError = (
  { status, json }: TokenAnswer,
  { key }: AnswerContext,
  { repeatable }: { readonly repeatable: boolean },
): Outcome => {
  const error = json !== undefined && hasOAuthError(json) ? errorName(ownField(json, 'error')) : `http_${status}`;
  switch (error) {
    case 'invalid_client':
    case 'unauthorized_client':
      return rejected(tokenError('ClientRejected', { key, error }));
    case 'server_error':
    case 'temporarily_unavailable':
      return unknown(error);
    case 'invalid_grant':
      if (!repeatable) return rejected(tokenError('ReauthorizationRequired', { key, cause: 'invalid_grant' }));
  }
  return rejected(tokenError('RequestRejected', { key, error, status }));
};
