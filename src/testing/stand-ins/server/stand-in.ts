import { createServer } from 'node:http';
import type { Dialect } from './dialect.js';
import { courseOf } from './fault.js';
import { faultQueue, type FaultQueue } from './fault-queue.js';
import { readRequest, type ReceivedRequest } from './received-request.js';
import { deliver, type Delivery, type Reply } from './reply.js';
import { requestLog, type LoggedRequest } from './request-log.js';
import type { TokenBook } from './token-book.js';

/** A provider's stand-in: a real HTTP server on 127.0.0.1 that keeps everything in memory. */
export interface StandIn extends AsyncDisposable {
  /** `http://127.0.0.1:port`, without a slash at the end. */
  readonly url: string;
  /** Every request so far, in the order of arrival. */
  readonly requests: readonly LoggedRequest[];
  /**
   * How many requests carried each refresh token, not counting those whose answer says that the token was not looked at
   * (a redirect, 429, a refused client). A client that never sends a refresh token twice leaves no value above 1.
   */
  readonly refreshTokenUses: ReadonlyMap<string, number>;
  /** Makes the next token request, or API call, go wrong. */
  readonly inject: FaultQueue['inject'];
  /** Whether an access or refresh token would be accepted now; asking is no use of it. */
  readonly lives: TokenBook['lives'];
  /** Kills every token issued so far, as if each merchant had removed the app. */
  readonly revokeEverything: () => void;
  readonly expireAccessTokens: () => void;
  readonly expireRefreshTokens: () => void;
  /** How many tokens were issued, and how many of them live. */
  readonly snapshot: TokenBook['snapshot'];
  /** Stops the server and cuts its connections, hanging ones too. */
  readonly close: () => Promise<void>;
}

interface StandInParts {
  readonly dialect: Dialect;
  readonly book: TokenBook;
  readonly nowMs: () => number;
  readonly port: number;
}

/** Listens on 127.0.0.1; port 0 takes a free one. Rejects when the port is taken. */
export const startStandIn = async ({ dialect, book, nowMs, port }: StandInParts): Promise<StandIn> => {
  const log = requestLog();
  const faults = faultQueue();

  const handle = async (request: ReceivedRequest): Promise<{ readonly reply: Reply; readonly delivery: Delivery }> => {
    const endpoint = dialect.endpoint(request);
    const met = faults.meet(endpoint.kind);
    const course = courseOf(met?.fault);
    const place = endpoint.refreshToken === undefined ? undefined : book.place(endpoint.refreshToken);
    const note = log.arrived({ request, endpoint, place, fault: met?.fault.kind, atMs: nowMs() });
    if (course.wait === 'before') await met?.over();
    const processed = course.processes ? dialect.answer(request) : undefined;
    const reply = course.instead ?? processed;
    if (reply !== undefined) note({ ...reply, status: processed?.status ?? reply.status }, processed !== undefined);
    if (course.wait === 'after') await met?.over();
    return { reply: course.rewrite(reply ?? nothing), delivery: course.delivery };
  };

  const server = createServer((message, response) => {
    readRequest(message, url())
      .then(handle)
      .then(({ reply, delivery }) => deliver(response, reply, delivery, nowMs()))
      .catch(() => response.destroy());
  });
  server.keepAliveTimeout = 60_000;
  const url = (): string => {
    const address = server.address();
    return typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : '';
  };
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });

  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return {
    url: url(),
    requests: log.requests,
    refreshTokenUses: log.refreshTokenUses,
    inject: faults.inject,
    lives: book.lives,
    revokeEverything: book.revokeEverything,
    expireAccessTokens: book.expireAccessTokens,
    expireRefreshTokens: book.expireRefreshTokens,
    snapshot: book.snapshot,
    close,
    [Symbol.asyncDispose]: close,
  };
};

const nothing: Reply = { status: 0, headers: {}, body: '' };
