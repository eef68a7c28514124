import type { AnswerContext } from '../../../domain/answer-context.js';
import { rejected, type Outcome } from '../../../domain/outcome.js';
import { tokenError } from '../../../domain/token-error.js';
import { isSuccess, type TokenAnswer } from '../../../domain/token-response/response-status.js';
import { hasOAuthError, oauthErrorName } from '../../../domain/token-response/oauth-error.js';
import { ownField, type JsonObject } from '../../../domain/token-response/own-field.js';

const unavailable: Readonly<Record<string, string>> = Object.freeze({
  '1001': '1001 store blocked',
  '1002': '1002 store inactive',
  '1003': '1003 store cancelled',
});

/** Token invalid or expired; unknown reason. Tray answers both for a dead refresh token, a bad code and wrong keys alike. */
const refused: ReadonlySet<string> = new Set(['1000', '1099']);

/** The name of an error that is about the store and not about the token: 1001 to 1003; undefined for any other answer. */
export const trayUnavailability = (json: JsonObject): string | undefined => {
  const code = errorCode(json);
  return code === undefined || !Object.hasOwn(unavailable, code) ? undefined : unavailable[code];
};

/** Whether an answer reports an error. Its `code` says nothing: it echoes the status, sometimes as text. */
export const hasTrayError = (json: JsonObject): boolean => errorCode(json) !== undefined || hasOAuthError(json);

/** Tray's number for what went wrong, or the name that something in front of it used, where that may be printed. */
export const trayErrorName = (answer: Pick<TokenAnswer, 'json'>): string | undefined => {
  const code = answer.json === undefined ? undefined : errorCode(answer.json);
  return code === undefined ? oauthErrorName(answer) : `error_code ${code}`;
};

/**
 * Judges a 4xx of Tray, or a 2xx that reports an error, by `error_code` (Tray's documents, "Códigos de status e erros"), as a
 * number or as digits. Without one that is documented, a 401 in JSON means that the refresh token or code is refused. Any
 * other answer, a 401 that shows a page too, rejects the request and keeps the grant.
 */
export const classifyTrayError = (
  { status, json }: Pick<TokenAnswer, 'status' | 'json'>,
  { key }: AnswerContext,
): Outcome => {
  const code = json === undefined ? undefined : errorCode(json);
  const why = json === undefined ? undefined : trayUnavailability(json);
  if (why !== undefined) return rejected(tokenError('AccountUnavailable', { key, error: why }));
  if ((status === 401 && json !== undefined) || (code !== undefined && refused.has(code))) {
    return rejected(tokenError('ReauthorizationRequired', { key, cause: 'invalid_grant' }));
  }
  const byStatus = isSuccess(status) ? 'unrecognised_error' : `http_${status}`;
  const error = code === undefined ? byStatus : `error_code ${code}`;
  return rejected(tokenError('RequestRejected', { key, error, status }));
};

const errorCode = (json: JsonObject): string | undefined => {
  const value = ownField(json, 'error_code');
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && /^[1-9]\d{0,4}$/.test(text.trim()) ? text.trim() : undefined;
};
