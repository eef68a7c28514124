import type { AnswerContext } from '../answer-context.js';
import type { Outcome } from '../outcome.js';
import type { TokenAnswer } from './answer-status.js';
import { judgeAnswer } from './judge-answer.js';
import { readTrayAnswer, type TrayReading } from './tray-answer.js';
import { hasTrayError, judgeTrayError, trayErrorName } from './tray-error.js';

/** Judges what Tray's `/auth` answered. Never throws. */
export const judgeTrayAnswer = (answer: TokenAnswer, context: AnswerContext, reading: TrayReading): Outcome =>
  judgeAnswer(
    answer,
    context,
    {
      readTokens: (json) => readTrayAnswer(json, answer, context, reading),
      hasError: hasTrayError,
      judgeError: () => judgeTrayError(answer, context),
      errorName: () => trayErrorName(answer),
    },
    { step: reading.step, repeatable: false },
  );
