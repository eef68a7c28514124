import { left, right, type Either } from 'fp-ts/lib/Either.js';
import { misuse } from '../../domain/misuse.js';
import type { UseCaseError } from '../use-case/use-case-error.js';

/** What a caller of `fetch` asked for, read once. */
export interface ApiRequest {
  /** A whole address or a path, as it was written. */
  readonly address: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body: RequestInit['body'];
  /** The body can be sent again: it is not a stream. */
  readonly isReplayable: boolean;
  readonly redirect: 'follow' | 'error' | 'manual';
  readonly signal: AbortSignal | undefined;
  /** What the standard knows besides. */
  readonly others: RequestInit;
}

type Body = NonNullable<RequestInit['body']>;

const isWhole = (body: Body): boolean =>
  typeof body === 'string' ||
  body instanceof URLSearchParams ||
  body instanceof Blob ||
  body instanceof FormData ||
  body instanceof ArrayBuffer ||
  ArrayBuffer.isView(body);

/** Reads the parameters of `fetch`. Left is what is wrong with them; no value of a header is quoted. */
export const readApiRequest = (
  input: string | URL | Request,
  init: RequestInit = {},
): Either<UseCaseError, ApiRequest> => {
  if (typeof input !== 'string' && !(input instanceof URL) && !(input instanceof Request)) {
    return left(misuse('fetch(key, input, init): input is a path, a URL or a Request'));
  }
  if (typeof init !== 'object' || init === null) {
    return left(misuse('fetch(key, input, init): init is an object like { method, headers, body }'));
  }
  const request = input instanceof Request ? input : undefined;
  const { headers: given = request?.headers, signal = request?.signal, ...rest } = init;
  const {
    method: asked = request?.method ?? 'GET',
    redirect = request?.redirect ?? 'follow',
    body: own,
    ...others
  } = rest;
  const method = asked.toUpperCase();
  const body = own ?? request?.body;
  const headers = headersOf(given);
  if (headers === undefined) {
    return left(misuse('fetch(key, input, { headers }): a header has a name or a value that HTTP does not allow'));
  }
  if (body !== undefined && body !== null && (method === 'GET' || method === 'HEAD')) {
    return left(misuse(`fetch(key, input, { body }): a ${method} has no body; write another method`));
  }
  return right({
    address: typeof input === 'string' ? input : input instanceof URL ? input.href : input.url,
    method,
    headers,
    body,
    isReplayable: body === undefined || body === null || isWhole(body),
    redirect,
    signal: signal ?? undefined,
    others,
  });
};

const headersOf = (given: RequestInit['headers']): Headers | undefined => {
  try {
    return new Headers(given);
  } catch {
    return undefined;
  }
};
