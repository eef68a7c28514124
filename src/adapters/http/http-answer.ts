import type { IncomingHttpHeaders } from 'node:http';
import { isLeft, left, right, type Either } from 'fp-ts/lib/Either.js';
import { isSuccess } from '../../domain/token-response/response-status.js';
import type { HttpAnswer, HttpFailure } from '../../ports/http-client.js';
import { decodeBody } from './decode-body.js';
import { parseJsonObject } from './json-object.js';
import type { RawAnswer } from './send-once.js';

/**
 * Reads a whole answer. JSON is read whatever the content type says: many token endpoints say `text/html`, and the body may
 * hold the only living refresh token. A 2xx that cannot be decoded is a failure for the same reason; of any other answer the
 * status counts.
 */
export const readAnswer = ({ status, headers, body }: RawAnswer, sentAtMs: number): Either<HttpFailure, HttpAnswer> => {
  const decoded = body === undefined ? undefined : decodeBody(body, headers['content-encoding'] ?? '');
  if (decoded !== undefined && isLeft(decoded) && isSuccess(status)) return left(decoded.left);
  const text = decoded === undefined || isLeft(decoded) ? undefined : new TextDecoder().decode(decoded.right);
  const json = text === undefined ? undefined : parseJsonObject(text);
  const lost = text === undefined ? ({ bodyIsLost: true } as const) : {};
  const answer = { status, headers: keepHeaders(headers), json, ...lost, sentAtMs };
  // Hidden from whoever prints the answer: a body that is no JSON may still hold a token.
  Object.defineProperty(answer, 'text', { get: () => text });
  return right(Object.freeze(answer));
};

/** Cookies and addresses may hold secrets and say nothing about a token. */
const leftBehind: ReadonlySet<string> = new Set(['content-location', 'location', 'set-cookie', 'set-cookie2']);

const keepHeaders = (headers: IncomingHttpHeaders): Readonly<Record<string, string>> => {
  const kept: (readonly [string, string])[] = [];
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value === 'string' && !leftBehind.has(name)) kept.push([name, value]);
  }
  return Object.freeze(Object.fromEntries(kept));
};
