import { EventEmitter } from 'node:events';
import got, {
  HTTPError,
  RetryError,
  type AfterResponseHook,
  type BeforeErrorHook,
  type BeforeRedirectHook,
  type BeforeRequestHook,
  type Got,
  type HandlerFunction,
  type NormalizedOptions,
  type PlainResponse,
} from 'got';
import { isSameOrigin } from '../../domain/api-address.js';
import type { ApiCall, ApiCalls, ApiReply } from '../../ports/api-calls.js';
import { callersRequest, credentialedRequest } from './credentialed-request.js';
import { beginCall, stateOf, type GotCallState } from './got-call-state.js';
import { signalForMany } from '../process/signal-for-many.js';

/** Stands for the API's base until a request knows it. No such host exists (RFC 6761 §6.4). */
const placeholder = new URL('https://api.llavero.invalid/');

/** What the caller wrote; got has resolved it on the placeholder, dots and all. */
const written = (url: URL): string =>
  url.origin === placeholder.origin ? `${url.pathname === '/' ? '' : url.pathname}${url.search}${url.hash}` : url.href;

const isWhole = (body: unknown): boolean => body === undefined || typeof body === 'string' || ArrayBuffer.isView(body);

const replyOf = (
  { statusCode, headers }: PlainResponse,
  { carries, isChanged }: GotCallState,
  body: unknown,
): ApiReply => ({
  isAboutToken: carries === 'token' && !isChanged,
  status: statusCode,
  retryAfter: headers['retry-after'],
  text: async () => (isReadable(body) ? body.toString() : ''),
});

const refuseOptions = ({ cache, http2, https }: NormalizedOptions): void => {
  if (https.rejectUnauthorized === false || https.checkServerIdentity !== undefined) {
    throw new TypeError(
      'llaveroGot verifies certificates; leave out https.rejectUnauthorized and https.checkServerIdentity',
    );
  }
  if (cache !== undefined) {
    throw new TypeError(
      'llaveroGot does not cache: what one account may see would be served to another; leave out cache',
    );
  }
  if (http2) throw new TypeError('llaveroGot speaks HTTP/1.1: leave out http2');
};

/** No provider explains a 401 with more than 64 KiB. */
const isReadable = (body: unknown): body is string | Buffer =>
  (typeof body === 'string' || Buffer.isBuffer(body)) && body.length <= 65_536;

const isGiven = (options: unknown): boolean => options !== undefined;

/** A got instance, as `got.extend` makes them. */
export type GotInstance = Got;

/** A got instance that calls one account's API by the rules of `calls`. */
export const gotFor = (calls: ApiCalls, key: string): GotInstance => {
  /** What the rules rejected with: it reaches the caller as it is, and not inside an error of got's. */
  const rejections = new WeakSet();
  const remember = (error: unknown): void => {
    if (typeof error === 'object' && error !== null) rejections.add(error);
  };
  const noted = async <A>(work: () => Promise<A>): Promise<A> => {
    try {
      return await work();
    } catch (error) {
      remember(error);
      throw error;
    }
  };
  const placing = (call: ApiCall, state: GotCallState): ApiCall => ({
    ...call,
    authorize: (url, headers) => {
      try {
        const placed = call.authorize(url, headers);
        state.carries = placed.carries;
        return placed;
      } catch (error) {
        remember(error);
        throw error;
      }
    },
  });

  const prepared = async (options: NormalizedOptions, url: URL, state: GotCallState): Promise<ApiCall> => {
    refuseOptions(options);
    const { signal, isStream, body } = options;
    const call = await calls.prepare(key, {
      address: written(url),
      isReplayable: !isStream && isWhole(body),
      isReplay: state.wasReplayed,
      signal,
    });
    url.href = call.url.href;
    return call;
  };

  const beforeRequest: BeforeRequestHook = async (options) => {
    const state = stateOf(options);
    const own = callersRequest(options.request);
    const { url, signal } = options;
    if (state.isAway || !(url instanceof URL)) {
      options.request = own;
      return;
    }
    const { next } = state;
    state.next = undefined;
    const isHop = state.hop === options;
    // A call that is sent again begins anew, wherever the first one was led.
    if (next !== undefined) url.href = next.url.href;
    state.call =
      next ?? (isHop && state.call !== undefined ? state.call : await noted(() => prepared(options, url, state)));
    signal?.throwIfAborted();
    options.request = credentialedRequest(placing(state.call, state), own);
  };

  const afterResponse: AfterResponseHook = async (response, retryWithMergedOptions) => {
    const state = stateOf(response.request.options);
    const { call } = state;
    if (call === undefined || state.isAway) return response;
    const next = await noted(() => call.onResponse(replyOf(response, state, response.rawBody)));
    if (next === undefined) return response;
    state.next = next;
    state.wasReplayed = true;
    const { calculateDelay } = response.request.options.retry;
    return retryWithMergedOptions({
      preserveHooks: true,
      // A caller who allows got no retries means those of got's own.
      retry: {
        calculateDelay: (asked) =>
          asked.error instanceof RetryError ? asked.computedValue : (calculateDelay?.(asked) ?? asked.computedValue),
      },
    });
  };

  const beforeRedirect: BeforeRedirectHook = (options, { url: from, redirectUrls, request }) => {
    const state = stateOf(options);
    const { call } = state;
    const { url } = options;
    if (call === undefined || !(url instanceof URL)) return;
    state.hop = options;
    if (options.method !== request.options.method) state.isChanged = true;
    url.href = call.redact(url).href;
    const last = redirectUrls.at(-1);
    if (last !== undefined) last.href = url.href;
    if (!isSameOrigin(url, call.url)) state.isAway = true;
    if (isSameOrigin(url, new URL(from))) return;
    const names = Object.keys(options.headers);
    const kept = call.crossOriginHeaders(new Headers(names.map((name) => [name, ''])));
    for (const name of names) if (!kept.has(name)) delete options.headers[name];
  };

  /** A stream is not asked again: its token is renewed by the next call. */
  const refused = async (response: PlainResponse, body: unknown): Promise<void> => {
    const state = stateOf(response.request.options);
    const { call, isAway } = state;
    if (call === undefined || isAway) return;
    await call.onResponse(replyOf(response, state, body)).catch(() => undefined);
  };

  const beforeError: BeforeErrorHook = async (error) => {
    if (error instanceof HTTPError && error.options.isStream) await refused(error.response, error.response.body);
    const { cause } = error;
    return cause instanceof Error && rejections.has(cause) ? cause : error;
  };

  const begin: HandlerFunction = (options, next) => {
    // Got hands on undefined when it could not read the options at all, to fail by itself.
    if (!isGiven(options)) return next(options);
    beginCall(options);
    const result = next(options);
    // With throwHttpErrors a refused stream is an error; without, it is an answer.
    if (options.isStream && result instanceof EventEmitter) {
      result.once('response', (response: PlainResponse) => void refused(response, ''));
    }
    return result;
  };

  return got.extend({
    prefixUrl: placeholder,
    handlers: [begin],
    hooks: {
      // Got listens to the signal before any other hook is called.
      init: [({ signal }) => signalForMany(signal)],
      beforeRequest: [beforeRequest],
      afterResponse: [afterResponse],
      beforeRedirect: [beforeRedirect],
      beforeError: [beforeError],
    },
  });
};
