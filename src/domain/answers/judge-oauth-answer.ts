import type { AnswerContext } from '../answer-context.js';
import type { Outcome } from '../outcome.js';
import type { TokenAnswer } from './answer-status.js';
import { classified, outcomeOfRefusal, type ClassifyError } from './classified-refusal.js';
import { parseHttpDateMs } from './http-date.js';
import { judgeAnswer, type AskedFor } from './judge-answer.js';
import { hasOAuthError, judgeOAuthError } from './oauth-error.js';
import { readTokenAnswer, type TokenAnswerFormat } from './token-answer.js';

/** Judges what an RFC 6749 token endpoint answered (§5.1 and §5.2). Never throws. */
export const judgeOAuthAnswer = (
  answer: TokenAnswer,
  context: AnswerContext,
  asked: AskedFor,
  format?: TokenAnswerFormat,
  classifyError?: ClassifyError,
): Outcome => {
  const refusal = (): ReturnType<ClassifyError> => classified(answer, classifyError);
  return judgeAnswer(
    answer,
    context,
    {
      readTokens: (json) =>
        readTokenAnswer(json, context, format, parseHttpDateMs(answer.headers['date'] ?? '', context.sentAtMs)),
      hasError: (json) => refusal() !== undefined || hasOAuthError(json),
      judgeError: () => {
        const meant = refusal();
        return meant === undefined
          ? judgeOAuthError(answer, context, asked)
          : outcomeOfRefusal(meant, answer, context, asked);
      },
    },
    asked,
  );
};
