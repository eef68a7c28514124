import type { AnswerContext } from '../answer-context.js';
import { unknown, unsent, type Outcome } from '../outcome.js';
import { tokenError } from '../token-error.js';
import { errorName } from './error-name.js';
import { ownField, type JsonObject } from './own-field.js';

/** What an answer to a token request brought, as far as judging it needs. */
export interface TokenAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The parsed JSON object, or undefined when the body was not one. */
  readonly json: JsonObject | undefined;
  /** The decoded body, for classifiers alone; undefined when it could not be decoded. */
  readonly text?: string | undefined;
  /** The body could not be read, so that nothing may be taken for said, or for left unsaid, by it. */
  readonly bodyIsLost?: true | undefined;
}

export const isSuccess = (status: number): boolean => status >= 200 && status <= 299;

/**
 * The errors that a server finds before it touches a token (RFC 6749 §5.2 and §4.1.2.1). `server_error` is none of them: it
 * says that something broke while the request was processed, and servers send it after they have revoked the old token.
 */
const foundBeforehand: ReadonlySet<string> = new Set([
  'access_denied',
  'invalid_client',
  'invalid_grant',
  'invalid_request',
  'invalid_scope',
  'unauthorized_client',
  'unsupported_grant_type',
  'unsupported_response_type',
]);

/**
 * What an answer without a token says by its status, before any verdict is looked for. Not processed: 429, 503, 3xx,
 * `temporarily_unavailable` with any status, and a 5xx that names an error of RFC 6749, which is never believed as a verdict.
 * Whatever else is neither 2xx nor 4xx may have been processed, and so may 408 and 425. Undefined where the body decides.
 *
 * A 503 with `server_error` may stand for a refresh token that is spent already. It counts as not processed all the same:
 * if so, no newer token was issued that another try could cost.
 */
export const classifyStatus = ({ status, json }: TokenAnswer, { key }: AnswerContext): Outcome | undefined => {
  const error = json === undefined ? undefined : errorName(ownField(json, 'error'));
  const unavailable = (why: string): Outcome => unsent(tokenError('ProviderUnavailable', { key, why, status }));
  if (status === 429) return unsent(tokenError('RateLimited', { key }));
  if (error === 'temporarily_unavailable') return unavailable(error);
  if (status === 503) return unavailable('http_503');
  if (status >= 300 && status <= 399) return unsent(tokenError('ResponseMalformed', { key, why: 'redirect', status }));
  if (status >= 500 && status <= 599 && error !== undefined && foundBeforehand.has(error)) return unavailable(error);
  const isFinal = isSuccess(status) || (status >= 400 && status <= 499 && status !== 408 && status !== 425);
  return isFinal ? undefined : unknown(`http_${status}`);
};
