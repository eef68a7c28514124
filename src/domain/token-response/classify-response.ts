import type { AnswerContext } from '../answer-context.js';
import { rejected, unknown, withProviderSaid, type Outcome, type ProviderSaid } from '../outcome.js';
import { tokenError } from '../token-error.js';
import { isSuccess, classifyStatus, type TokenAnswer } from './response-status.js';
import type { JsonObject } from './own-field.js';
import { readRetryAfterMs } from './retry-after.js';

/** How one kind of provider writes its answers. */
export interface AnswerDialect {
  /** Reads the tokens of a 2xx; undefined when it has none. */
  readonly readTokens: (json: JsonObject) => Outcome | undefined;
  /** The provider's own verdict on an answer that brought no token, whatever its status; it wins over what is judged here. */
  readonly classify?: () => Outcome | undefined;
  /** Whether a 2xx without tokens reports an error. */
  readonly hasError: (json: JsonObject) => boolean;
  /** Judges a 4xx, or a 2xx that reports an error. */
  readonly judgeError: () => Outcome;
  /** The provider's short name for the error, where that may be printed. */
  readonly errorName: () => string | undefined;
  /** Headers besides `Retry-After` that say how long to wait, looked at first. */
  readonly retryAfterHeaders?: readonly string[] | undefined;
}

/** Which request was answered. */
export interface AskedFor {
  readonly step: 'obtain' | 'renew';
  /** Asking again does no harm. */
  readonly repeatable: boolean;
}

/**
 * What became of a token request, by its answer: of a 2xx the tokens before anything else; then the provider's own classifier;
 * then what the status says by itself; then the error that the body names. A 2xx without a token that can be used leaves a
 * renewal unknown, because the old refresh token may be spent; anything else that can be asked again, or never held a token,
 * is a malformed answer. How long the provider asks to wait goes along with every outcome.
 */
export const classifyResponse = (
  answer: TokenAnswer,
  context: AnswerContext,
  dialect: AnswerDialect,
  asked: AskedFor,
): Outcome => {
  const outcome = judged(answer, context, dialect, asked);
  return outcome._tag === 'Issued' ? outcome : withProviderSaid(outcome, saidBy(answer, context, dialect));
};

const judged = (answer: TokenAnswer, context: AnswerContext, dialect: AnswerDialect, asked: AskedFor): Outcome => {
  const { status, json } = answer;
  const outcome = isSuccess(status) && json !== undefined ? dialect.readTokens(json) : undefined;
  if (outcome?._tag === 'Issued') {
    const { token, warnings } = outcome;
    const holdsSomething = token.accessToken !== undefined || token.refreshToken !== undefined;
    if (holdsSomething) return outcome;
    return dialect.classify?.() ?? withoutToken(warnings[0] ?? 'no_token', answer, context, asked);
  }
  const meant = dialect.classify?.() ?? classifyStatus(answer, context);
  if (meant !== undefined) return meant;
  if (!isSuccess(status)) return dialect.judgeError();
  if (json === undefined) return withoutToken('not_json', answer, context, asked);
  return dialect.hasError(json) ? dialect.judgeError() : withoutToken('no_token', answer, context, asked);
};

const saidBy = (
  { status, headers }: TokenAnswer,
  { sentAtMs, retryAfterMaxMs }: AnswerContext,
  { errorName, retryAfterHeaders = [] }: AnswerDialect,
): ProviderSaid => {
  const retryAfterMs = readRetryAfterMs(headers, retryAfterHeaders, sentAtMs, retryAfterMaxMs);
  const error = errorName();
  return {
    status,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(error === undefined ? {} : { error }),
  };
};

const withoutToken = (
  why: string,
  { status }: TokenAnswer,
  { key }: AnswerContext,
  { step, repeatable }: AskedFor,
): Outcome =>
  step === 'renew' && !repeatable ? unknown(why) : rejected(tokenError('ResponseMalformed', { key, why, status }));
