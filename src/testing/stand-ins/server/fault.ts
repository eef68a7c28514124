import { parseJson } from './received-request.js';
import { jsonReply, textReply, turnedAway, type Delivery, type Reply } from './reply.js';

/** Something that goes wrong with a request. `before` and `after` are meant of the moment the provider processes it. */
export type Fault =
  /** Answers this; the request is not processed unless `processed` says so. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      /** An object is sent as JSON. */
      readonly body?: string | object | undefined;
      readonly headers?: Readonly<Record<string, string>> | undefined;
      readonly processed?: boolean | undefined;
    }
  /** 429, not processed; `retryAfter` is seconds or a date, as the header takes them. */
  | { readonly kind: 'rate-limit'; readonly retryAfter?: string | number | undefined }
  /** A proxy's HTML page with status 502; the request is not processed unless `processed` says so. */
  | { readonly kind: 'bad-gateway'; readonly processed?: boolean | undefined }
  /** Cuts the connection without an answer. */
  | { readonly kind: 'drop'; readonly when: 'before' | 'after' }
  /** Processes the request, then cuts the connection in the middle of the answer's body. */
  | { readonly kind: 'truncate' }
  /** Waits for `release`; a request that hangs `before` is processed on release even if its sender has gone away. */
  | { readonly kind: 'hang'; readonly when: 'before' | 'after' }
  /** Waits this long before processing the request. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** Processes the request, then sends what `edit` makes of the JSON answer. */
  | { readonly kind: 'edit'; readonly edit: (answer: Readonly<Record<string, unknown>>) => unknown };

/** What a fault makes of one request. */
export interface Course {
  readonly wait: 'before' | 'after' | undefined;
  /** Sent in the provider's stead. */
  readonly instead?: Reply | undefined;
  readonly processes: boolean;
  readonly rewrite: (reply: Reply) => Reply;
  readonly delivery: Delivery;
}

const smooth: Course = { wait: undefined, processes: true, rewrite: (reply) => reply, delivery: 'whole' };

/** The course a request takes; without a fault, the smooth one. */
export const courseOf = (fault: Fault | undefined): Course => {
  switch (fault?.kind) {
    case undefined:
      return smooth;
    case 'answer':
      return { ...smooth, processes: fault.processed ?? false, instead: answerOf(fault) };
    case 'rate-limit': {
      const headers = fault.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) };
      return { ...smooth, processes: false, instead: turnedAway(textReply(429, 'text/plain', 'slow down', headers)) };
    }
    case 'bad-gateway':
      return { ...smooth, processes: fault.processed ?? false, instead: badGateway };
    case 'drop':
      return { ...smooth, processes: fault.when === 'after', delivery: 'nothing' };
    case 'truncate':
      return { ...smooth, delivery: 'half' };
    case 'hang':
      return { ...smooth, wait: fault.when };
    case 'delay':
      return { ...smooth, wait: 'before' };
    case 'edit':
      return { ...smooth, rewrite: edited(fault.edit) };
  }
};

const badGateway = textReply(502, 'text/html', '<html><head><title>502 Bad Gateway</title></head></html>');

const answerOf = ({ status, body = '', headers = {} }: Extract<Fault, { kind: 'answer' }>): Reply => {
  const reply = typeof body === 'string' ? { status, headers, body } : jsonReply(status, body, headers);
  const readAsRefused = status >= 300 && status < 500 && status !== 408 && status !== 425;
  return readAsRefused ? turnedAway(reply) : reply;
};

const edited =
  (edit: Extract<Fault, { kind: 'edit' }>['edit']) =>
  (reply: Reply): Reply => {
    const json = parseJson(reply.body);
    return json === undefined ? reply : { ...jsonReply(reply.status, edit({ ...json })), turnedAway: reply.turnedAway };
  };
