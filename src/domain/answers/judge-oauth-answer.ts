import type { AnswerContext } from '../answer-context.js';
import type { Outcome } from '../outcome.js';
import type { TokenAnswer } from './answer-status.js';
import { judgeAnswer, type AskedFor } from './judge-answer.js';
import { hasOAuthError, judgeOAuthError } from './oauth-error.js';
import { readTokenAnswer, type TokenAnswerFormat } from './token-answer.js';

/** Judges what an RFC 6749 token endpoint answered (§5.1 and §5.2). Never throws. */
export const judgeOAuthAnswer = (
  answer: TokenAnswer,
  context: AnswerContext,
  asked: AskedFor,
  format?: TokenAnswerFormat,
): Outcome =>
  judgeAnswer(
    answer,
    context,
    {
      readTokens: (json) => readTokenAnswer(json, context, format),
      hasError: hasOAuthError,
      judgeError: () => judgeOAuthError(answer, context, asked),
    },
    asked,
  );
