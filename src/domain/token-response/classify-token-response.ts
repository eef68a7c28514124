import type { AnswerContext } from '../answer-context.js';
import type { Outcome } from '../outcome.js';
import { tokenError } from '../token-error.js';
import type { TokenAnswer } from './response-status.js';
import { classified, outcomeOfRefusal, type ClassifyError } from './classified-refusal.js';
import { parseHttpDateMs } from './http-date.js';
import { classifyResponse, type AskedFor } from './classify-response.js';
import { hasOAuthError, classifyOAuthError, oauthErrorName } from './oauth-error.js';
import { readTokenAnswer, type TokenAnswerFormat } from './token-response.js';

/** How the answers of one token endpoint differ from RFC 6749. */
export interface OAuthDialect {
  readonly answer?: TokenAnswerFormat;
  /** What a refusal means where the provider does not use the words of RFC 6749 §5.2. */
  readonly classifyError?: ClassifyError;
  /** Headers besides `Retry-After` that say how long to wait, such as `X-Retry-After`. */
  readonly retryAfterHeaders?: readonly string[];
}

/** Judges what an RFC 6749 token endpoint answered (§5.1 and §5.2). Never throws. */
export const classifyTokenResponse = (
  answer: TokenAnswer,
  context: AnswerContext,
  asked: AskedFor,
  { answer: format, classifyError, retryAfterHeaders }: OAuthDialect = {},
): Outcome =>
  withHint(
    classifyResponse(
      answer,
      context,
      {
        readTokens: (json) =>
          readTokenAnswer(json, context, format, parseHttpDateMs(answer.headers['date'] ?? '', context.sentAtMs)),
        classify: () => {
          const refusal = classified(answer, asked, classifyError);
          return refusal === undefined ? undefined : outcomeOfRefusal(refusal, answer, context, asked);
        },
        hasError: hasOAuthError,
        judgeError: () => classifyOAuthError(answer, context, asked),
        errorName: () => oauthErrorName(answer),
        retryAfterHeaders,
      },
      asked,
    ),
    asked,
  );

/** Some servers refuse a dead refresh token with `invalid_request`, or with no word at all. */
const withHint = (outcome: Outcome, { step, repeatable }: AskedFor): Outcome => {
  if (outcome._tag !== 'Rejected' || outcome.reason._tag !== 'RequestRejected') return outcome;
  if (step !== 'renew' || repeatable) return outcome;
  return { ...outcome, reason: tokenError('RequestRejected', { ...outcome.reason, hint: 'dead_refresh_token' }) };
};
