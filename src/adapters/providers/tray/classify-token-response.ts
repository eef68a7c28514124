import type { AnswerContext } from '../../../domain/answer-context.js';
import type { Outcome } from '../../../domain/outcome.js';
import type { TokenAnswer } from '../../../domain/token-response/response-status.js';
import { classifyResponse } from '../../../domain/token-response/classify-response.js';
import { readTrayTokens, type TrayReading } from './token-response.js';
import { hasTrayError, classifyTrayError, trayErrorName } from './error-response.js';

/** Judges what Tray's `/auth` answered. Never throws. */
export const classifyTrayResponse = (answer: TokenAnswer, context: AnswerContext, reading: TrayReading): Outcome =>
  classifyResponse(
    answer,
    context,
    {
      readTokens: (json) => readTrayTokens(json, answer, context, reading),
      hasError: hasTrayError,
      judgeError: () => classifyTrayError(answer, context),
      errorName: () => trayErrorName(answer),
    },
    { step: reading.step, repeatable: false },
  );
