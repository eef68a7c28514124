import type { AnswerContext } from '../answer-context.js';
import { rejected, unknown, type Outcome } from '../outcome.js';
import { tokenError } from '../token-error.js';
import { isSuccess, judgeStatus, type TokenAnswer } from './answer-status.js';
import type { JsonObject } from './own-field.js';

/** How one kind of provider writes its answers. */
export interface AnswerDialect {
  /** Reads the tokens of a 2xx; undefined when it has none. */
  readonly readTokens: (json: JsonObject) => Outcome | undefined;
  /** Whether a 2xx without tokens reports an error. */
  readonly hasError: (json: JsonObject) => boolean;
  /** Judges a 4xx, or a 2xx that reports an error. */
  readonly judgeError: () => Outcome;
}

/** Which request was answered. */
export interface AskedFor {
  readonly step: 'obtain' | 'renew';
  /** Asking again does no harm. */
  readonly repeatable: boolean;
}

/**
 * What became of a token request, by its answer: first what the status says by itself; of a 2xx the tokens, then the error it
 * may report instead. A 2xx without a token that can be used leaves a renewal unknown, because the old refresh token may be
 * spent; anything else that can be asked again, or never held a token, is a malformed answer.
 */
export const judgeAnswer = (
  answer: TokenAnswer,
  context: AnswerContext,
  dialect: AnswerDialect,
  asked: AskedFor,
): Outcome => {
  const byStatus = judgeStatus(answer, context);
  if (byStatus !== undefined) return byStatus;
  if (!isSuccess(answer.status)) return dialect.judgeError();
  if (answer.json === undefined) return withoutToken('not_json', answer, context, asked);
  const outcome = dialect.readTokens(answer.json);
  if (outcome?._tag === 'Issued') {
    const { token, warnings } = outcome;
    const holdsSomething = token.accessToken !== undefined || token.refreshToken !== undefined;
    return holdsSomething ? outcome : withoutToken(warnings[0] ?? 'no_token', answer, context, asked);
  }
  return dialect.hasError(answer.json) ? dialect.judgeError() : withoutToken('no_token', answer, context, asked);
};

const withoutToken = (
  why: string,
  { status }: TokenAnswer,
  { key }: AnswerContext,
  { step, repeatable }: AskedFor,
): Outcome =>
  step === 'renew' && !repeatable ? unknown(why) : rejected(tokenError('ResponseMalformed', { key, why, status }));
