import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer as createTcpServer } from 'node:net';

/** One request as it arrived, complete with its body. */
export interface RecordedRequest {
  readonly method: string;
  /** Path and query, as on the request line. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface LoopbackServer {
  /** `http://127.0.0.1:PORT`, or `https://localhost:PORT` with a certificate; without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** In the order they were complete; every request that arrives is one entry. */
  readonly requests: readonly RecordedRequest[];
  /** Cuts what is open and frees the port. */
  readonly close: () => Promise<void>;
}

export interface ServerCertificate {
  readonly key: string;
  readonly cert: string;
}

/**
 * An HTTP server on a free port of 127.0.0.1. `handler` answers each request, or leaves it hanging, or destroys
 * `response.socket`. With a certificate it speaks HTTPS. The test that started it closes it.
 */
export const loopbackServer = async (
  handler: (request: RecordedRequest, response: ServerResponse) => void,
  certificate?: ServerCertificate,
): Promise<LoopbackServer> => {
  const requests: RecordedRequest[] = [];
  const listener = (incoming: IncomingMessage, response: ServerResponse): void => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.once('end', () => {
      const request = recorded(incoming, Buffer.concat(chunks));
      requests.push(request);
      handler(request, response);
    });
  };
  const server = certificate === undefined ? createServer(listener) : createTlsServer({ ...certificate }, listener);
  const port = await listen(server);
  return {
    url: certificate === undefined ? `http://127.0.0.1:${port}` : `https://localhost:${port}`,
    port,
    requests,
    close: () => {
      const closed = closing(server);
      server.closeAllConnections();
      return closed;
    },
  };
};

/** One connection to a {@link loopbackTcpServer}. */
export interface RecordedConnection {
  /** Everything received so far, one character a byte. */
  readonly received: () => string;
  /** Resolves when the client, or `close`, has ended it. */
  readonly closed: Promise<void>;
}

export interface LoopbackTcpServer {
  /** `http://127.0.0.1:PORT`; nothing here speaks HTTP unless `onData` does. */
  readonly url: string;
  readonly port: number;
  readonly connections: readonly RecordedConnection[];
  readonly close: () => Promise<void>;
}

/**
 * A bare TCP server on a free port of 127.0.0.1, for answers no HTTP server would send. `onData` is called with each piece
 * that arrives, `onConnection` when a connection opens. A client's reset is not an error here.
 */
export const loopbackTcpServer = async (
  behaviour: {
    readonly onConnection?: (socket: Socket) => void;
    readonly onData?: (socket: Socket, received: string) => void;
  } = {},
): Promise<LoopbackTcpServer> => {
  const connections: RecordedConnection[] = [];
  const open = new Set<Socket>();
  const server = createTcpServer((socket) => {
    let received = '';
    open.add(socket);
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    connections.push({ received: () => received, closed });
    socket.on('error', () => socket.destroy());
    socket.once('close', () => open.delete(socket));
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1');
      behaviour.onData?.(socket, received);
    });
    behaviour.onConnection?.(socket);
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    connections,
    close: () => {
      const closed = closing(server);
      for (const socket of open) socket.destroy();
      return closed;
    },
  };
};

/** A port of 127.0.0.1 where nobody listens: tcpmux is privileged and long dead, and no free port is ever given this number. */
export const refusedPort = 1;

const recorded = (incoming: IncomingMessage, body: Buffer): RecordedRequest => ({
  method: incoming.method ?? '',
  path: incoming.url ?? '',
  headers: Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  ),
  body: body.toString('utf8'),
});

const listen = (server: Server): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(portOf(server.address())));
  });

const portOf = (address: AddressInfo | string | null): number => {
  if (address === null || typeof address === 'string') throw new TypeError('listen on a TCP port, not on a path');
  return address.port;
};

const closing = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()));
