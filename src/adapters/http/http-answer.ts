import type { IncomingHttpHeaders } from 'node:http';
import { map, right, type Either } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { HttpAnswer, HttpFailure } from '../../ports/http-client.js';
import { decodeBody } from './decode-body.js';
import { parseJsonObject } from './json-object.js';
import type { RawAnswer } from './send-once.js';

/** All that is ever read from an answer's head; cookies and the like stay behind. */
const keptHeaders = ['content-type', 'date', 'retry-after'] as const;

const jsonType = /^(application\/json|[^/;\s]+\/[^/;\s]+\+json)\s*(;|$)/i;

/** What was said about an answer before it came. */
export interface AnswerTerms {
  readonly sentAtMs: number;
  readonly jsonDeclared: boolean;
}

/**
 * Reads a whole answer. A body that is not declared to be JSON, by its content type or by the provider's documents, is not
 * looked at, so a compressed error page costs nothing; one that is and cannot be decoded is a failure.
 */
export const readAnswer = (
  { status, headers, body }: RawAnswer,
  { sentAtMs, jsonDeclared }: AnswerTerms,
): Either<HttpFailure, HttpAnswer> =>
  pipe(
    jsonDeclared || jsonType.test(headers['content-type'] ?? '')
      ? pipe(decodeBody(body, headers['content-encoding'] ?? ''), map(parseJsonObject))
      : right(undefined),
    map((json) => Object.freeze({ status, headers: keepHeaders(headers), json, sentAtMs })),
  );

const keepHeaders = (headers: IncomingHttpHeaders): Readonly<Record<string, string>> => {
  const kept: Record<string, string> = {};
  for (const name of keptHeaders) {
    const value = headers[name];
    if (value !== undefined) kept[name] = value;
  }
  return Object.freeze(kept);
};
