import { left, right, type Either } from 'fp-ts/lib/Either.js';
import type { HttpAnswer, HttpClient, HttpFailure, HttpRequest } from '../ports/http-client.js';
import { deferred } from './deferred.js';
import { printedAs } from './printed-as.js';

/** What came back: 200 without a body unless it says otherwise. */
export interface ScriptedAnswer {
  readonly status?: number | undefined;
  readonly json?: Readonly<Record<string, unknown>> | undefined;
  /** The body, for an answer that is no JSON; that of `json` unless given. */
  readonly text?: string | undefined;
  /** Names in any case. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

export type ScriptedReply = ScriptedAnswer | HttpFailure;
export type ScriptedHandler = (request: HttpRequest) => ScriptedReply | Promise<ScriptedReply>;
/** What becomes of one request. */
export type ScriptedStep = ScriptedReply | ScriptedHandler;

/** A request that waits for its reply. */
export interface HeldReply {
  /** Resolves with the request once it was sent. */
  readonly arrived: Promise<HttpRequest>;
  /** Lets the reply go; 200 without a body unless told otherwise. */
  readonly release: (reply?: ScriptedReply) => void;
}

/**
 * An {@link HttpClient} that answers from a script and sends nothing. Like every HTTP client it never throws: a request
 * that nobody scripted is `Unsent` with `unscripted_request`, and a handler that threw is `Unknown` with
 * `handler_failed`; `assertDone` tells about both, so end a test with it.
 */
export interface ScriptedHttp extends HttpClient {
  /** What was sent, in order. Everything in a request can be read; printing it shows the names of its parameters only. */
  readonly requests: readonly HttpRequest[];
  /** Answers the next request that has no reply yet. */
  readonly answer: (answer: ScriptedAnswer) => ScriptedHttp;
  /** Fails the next request that has no reply yet. */
  readonly fail: (tag: HttpFailure['_tag'], why: string) => ScriptedHttp;
  /** Answers every request that comes when the queue is empty. */
  readonly handle: (handler: ScriptedHandler) => ScriptedHttp;
  /** Holds the next request that has no reply yet. */
  readonly hold: () => HeldReply;
  /** Throws an `Error` that lists what was asked without a script, what was scripted and not asked, and what a handler threw. */
  readonly assertDone: () => void;
}

/** A scripted client: a queue of steps, or one handler for every request. `sentAtMs` is read from `nowMs` (`Date.now`). */
export const scriptedHttp = (
  script: readonly ScriptedStep[] | ScriptedHandler = [],
  options: { readonly nowMs?: (() => number) | undefined } = {},
): ScriptedHttp => {
  const nowMs = options.nowMs ?? Date.now;
  const requests: HttpRequest[] = [];
  const problems: string[] = [];
  const queue: ScriptedStep[] = typeof script === 'function' ? [] : [...script];
  let handler = typeof script === 'function' ? script : undefined;

  const reply = async (request: HttpRequest): Promise<ScriptedReply> => {
    const step = queue.shift() ?? handler;
    if (step === undefined) {
      problems.push(`${nameOf(request)} was not scripted`);
      return { _tag: 'Unsent', why: 'unscripted_request' };
    }
    try {
      return typeof step === 'function' ? await step(request) : step;
    } catch (error) {
      problems.push(`the handler for ${nameOf(request)} threw ${String(error)}`);
      return { _tag: 'Unknown', why: 'handler_failed' };
    }
  };

  const http: ScriptedHttp = {
    requests,
    send: (request) => async (): Promise<Either<HttpFailure, HttpAnswer>> => {
      const sentAtMs = nowMs();
      const sent = printedAs({ ...request }, () => describe(request));
      requests.push(sent);
      const given = await reply(sent);
      return '_tag' in given ? left(given) : right(answerOf(given, sentAtMs));
    },
    answer: (answer) => {
      queue.push(answer);
      return http;
    },
    fail: (_tag, why) => {
      queue.push({ _tag, why });
      return http;
    },
    handle: (next) => {
      handler = next;
      return http;
    },
    hold: () => {
      const arrival = deferred<HttpRequest>();
      const given = deferred<ScriptedReply>();
      queue.push((request) => {
        arrival.resolve(request);
        return given.promise;
      });
      return { arrived: arrival.promise, release: (held = {}) => given.resolve(held) };
    },
    assertDone: () => {
      const unused = queue.length === 0 ? [] : [`${queue.length} scripted replies were not asked for`];
      const all = [...problems, ...unused];
      if (all.length > 0) throw new Error(`scriptedHttp: ${all.join('; ')}`);
    },
  };
  return http;
};

const answerOf = (answer: ScriptedAnswer, sentAtMs: number): HttpAnswer => {
  const { status = 200, json, text = json === undefined ? '' : JSON.stringify(json) } = answer;
  const headers = Object.entries(answer.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const);
  const given = { status, headers: Object.fromEntries(headers), json, sentAtMs };
  // As hidden from whoever prints it as that of a real client.
  return Object.defineProperty(given, 'text', { get: () => text });
};

const nameOf = ({ method, url }: HttpRequest): string => `${method} ${url.split('?', 1).join('')}`;

const describe = (request: HttpRequest): string => {
  const names = [...(request.query ?? []), ...(request.form ?? []), ...Object.entries(request.headers ?? {})];
  return `${nameOf(request)} (${names.map(([name]) => name).join(', ')})`;
};
