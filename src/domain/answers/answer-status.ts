import type { AnswerContext } from '../answer-context.js';
import { unknown, unsent, type Outcome } from '../outcome.js';
import { tokenError } from '../token-error.js';
import { parseRetryAfterMs } from './retry-after.js';

/** What an answer to a token request brought, as far as judging it needs. */
export interface TokenAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The parsed JSON object, or undefined when the body was not one. */
  readonly json: Readonly<Record<string, unknown>> | undefined;
}

export const isSuccess = (status: number): boolean => status >= 200 && status <= 299;

/**
 * What the status says by itself, whatever the body: 429 and 3xx were turned away unread; 408, 425, 5xx and what is no HTTP
 * status of a final answer may have been processed. Undefined for a 2xx and for the other 4xx, whose bodies decide.
 */
export const judgeStatus = ({ status, headers }: TokenAnswer, context: AnswerContext): Outcome | undefined => {
  const { key, sentAtMs, retryAfterMaxMs } = context;
  const retryAfterMs = parseRetryAfterMs(headers['retry-after'], sentAtMs, retryAfterMaxMs);
  if (status === 429) {
    return unsent(tokenError('RateLimited', { key, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }));
  }
  if (status >= 300 && status <= 399) return unsent(tokenError('ResponseMalformed', { key, why: 'redirect', status }));
  const isFinal = isSuccess(status) || (status >= 400 && status <= 499 && status !== 408 && status !== 425);
  return isFinal ? undefined : unknown(`http_${status}`, retryAfterMs);
};
