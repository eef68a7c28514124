import { Agent as HttpAgent, type ClientRequest, type IncomingHttpHeaders } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Socket } from 'node:net';
import { isLeft, left, right, type Either } from 'fp-ts/lib/Either.js';
import got, { type PlainResponse, type StreamOptions } from 'got';
import { isSuccess } from '../../domain/token-response/response-status.js';
import type { HttpFailure } from '../../ports/http-client.js';
import { answerLimitBytes } from './answer-limit.js';
import { checkedLookup, type ResolveHost } from './checked-lookup.js';
import { unknown } from './http-failure.js';
import type { OutgoingRequest } from './outgoing-request.js';
import { deadlineFailure, isHeldBack, transportFailure, type TransportPhase } from './transport-failure.js';

/** An answer as it came off the wire. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Whole, and within the limit; undefined where it was not, which happens to no 2xx: such a one is a failure. */
  readonly body: Buffer | undefined;
}

/** What sending needs besides the request. */
export interface Transport {
  readonly resolve: ResolveHost;
  /** Certificates (PEM) to trust instead of the system's authorities. */
  readonly trust: readonly string[] | undefined;
  /** True once the deadline has passed by the monotonic clock, also when no timer could run (a paused process). */
  readonly isOverdue: () => boolean;
}

const longestTimerMs = 2 ** 31 - 1;

/**
 * Sends a request over a connection of its own and reads at most 256 KiB of answer. It settles exactly once, whatever happens
 * on the socket, and leaves no socket behind. It rejects only before anything was sent. A refusal that is too long, or cut
 * off, still is one: its head was read, and no token can be lost with its body.
 */
export const sendOnce = (request: OutgoingRequest, transport: Transport): Promise<Either<HttpFailure, RawAnswer>> =>
  new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let phase: TransportPhase = 'connecting';
    let head: Pick<RawAnswer, 'status' | 'headers'> | undefined;
    let socket: Socket | undefined;
    const stream = got.stream(request.url, gotOptions(request, transport));

    const settle = (outcome: Either<HttpFailure, RawAnswer>): void => {
      clearTimeout(timer);
      resolve(
        isLeft(outcome) && head !== undefined && !isSuccess(head.status)
          ? right({ ...head, body: undefined })
          : outcome,
      );
      stream.destroy();
      socket?.destroy();
    };
    const timeOut = (): void => settle(left(deadlineFailure(phase)));
    // An answer that arrived while the event loop was blocked is still in the socket: read it before giving up on it.
    const onDeadline = (): void => void (isHeldBack(phase) ? timeOut() : setImmediate(timeOut));
    const timer = setTimeout(onDeadline, Math.min(request.timeoutMs, longestTimerMs));

    const onSocket = (opened: Socket): void => {
      socket = opened;
      // These run before node's own listeners, which let the request go.
      const stand = (): void => {
        if (transport.isOverdue()) timeOut();
        else phase = 'standing';
      };
      if (!opened.connecting) phase = 'standing';
      else if (request.url.protocol === 'http:') opened.prependOnceListener('connect', stand);
      else {
        opened.prependOnceListener('connect', () => (phase = 'securing'));
        opened.prependOnceListener('secureConnect', stand);
      }
    };
    stream.once('request', (sent: ClientRequest) => sent.prependOnceListener('socket', onSocket));
    stream.once('response', ({ statusCode: status, headers }: PlainResponse) => {
      phase = 'answered';
      head = { status, headers };
    });
    stream.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > answerLimitBytes) settle(left(unknown('too_large')));
      else chunks.push(chunk);
    });
    stream.once('end', () =>
      settle(head === undefined ? left(unknown('connection_lost')) : right({ ...head, body: Buffer.concat(chunks) })),
    );
    stream.once('upgrade', () => settle(left(unknown('malformed_answer'))));
    stream.on('error', (error) => settle(left(transportFailure(phase, error))));
  });

/**
 * A fresh agent for every request. On a kept-alive socket that the provider has just closed, a request ends in a reset of
 * which nobody can say whether it was read; and a cached TLS session skips the check of the certificate's host name.
 * The agent is also what keeps proxy variables of the environment out.
 */
const gotOptions = (request: OutgoingRequest, { resolve, trust }: Transport): StreamOptions => {
  const lookup = checkedLookup(resolve, request.admits);
  return {
    method: request.method,
    headers: { ...request.headers },
    ...(request.body === undefined ? {} : { body: request.body }),
    agent:
      request.url.protocol === 'http:'
        ? { http: new HttpAgent({ keepAlive: false, lookup }) }
        : { https: new HttpsAgent({ keepAlive: false, lookup }) },
    https: { rejectUnauthorized: true, ...(trust === undefined ? {} : { certificateAuthority: [...trust] }) },
    retry: { limit: 0 },
    followRedirect: false,
    throwHttpErrors: false,
    decompress: false,
    http2: false,
  };
};
