import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Response } from 'express';
import { LlaveroError } from 'llavero';
import { answerTo } from '../http-answer.js';

/** Answers for llavero, wherever in the application it failed. */
@Catch(LlaveroError)
export class LlaveroErrorFilter implements ExceptionFilter<LlaveroError> {
  catch(error: LlaveroError, host: ArgumentsHost): void {
    const answer = answerTo(error) ?? { status: 500, headers: {}, body: {} };
    host.switchToHttp().getResponse<Response>().status(answer.status).set(answer.headers).json(answer.body);
  }
}
