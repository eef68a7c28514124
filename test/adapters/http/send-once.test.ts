import { left, right, isRight } from 'fp-ts/lib/Either.js';
import type { Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loopbackServer, loopbackTcpServer, refusedPort } from '../../servers/loopback-server.js';
import { during, resolverOf, send } from './client-under-test.js';

const unsent = (why: string) => left({ _tag: 'Unsent', why });
const unknown = (why: string) => left({ _tag: 'Unknown', why });
const form = [
  ['grant_type', 'refresh_token'],
  ['refresh_token', 'only-once'],
] as const;
const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';
/** Long enough to connect to this machine under load, short enough to wait for. */
const shortMs = 400;

describe('a request that cannot have arrived is unsent', () => {
  it('when the connection is refused', async () => {
    const url = `http://127.0.0.1:${refusedPort}/`;
    expect(await send({ method: 'POST', url, form })).toEqual(unsent('connection_refused'));
    const { resolve } = resolverOf(['127.0.0.2', '127.0.0.1']);
    const named = url.replace('127.0.0.1', 'localhost');
    expect(await send({ method: 'POST', url: named, form }, { resolve })).toEqual(unsent('connection_refused'));
  });

  it('when the name is not resolved', async () => {
    const fails = () => Promise.reject(Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' }));
    const request = { method: 'POST', url: 'https://nowhere.example/', form } as const;
    expect(await send(request, { resolve: fails })).toEqual(unsent('name_not_resolved'));
    expect(await send(request, resolverOf([]))).toEqual(unsent('name_not_resolved'));
  });

  it('when the deadline ends before the name is resolved', async () => {
    const resolve = () => new Promise<readonly string[]>(() => undefined);
    const request = { method: 'POST', url: 'http://localhost/', form, timeoutMs: 20 } as const;
    expect(await send(request, { resolve })).toEqual(unsent('connect_timeout'));
  });

  it('when the process was paused past the deadline while it connected', async () => {
    const server = await during(loopbackTcpServer());
    let passedMs = 0;
    const clock = { nowMs: () => 0, monotonicMs: () => passedMs };
    const resolve = () => {
      passedMs = 20_000;
      return Promise.resolve(['127.0.0.1']);
    };
    const request = { method: 'POST', url: `http://localhost:${server.port}/`, form } as const;
    expect(await send(request, { clock, resolve })).toEqual(unsent('connect_timeout'));
    await server.connections[0]?.closed;
    expect(server.connections.map(({ received }) => received())).toEqual(['']);
  });
});

describe('a request that may have arrived is unknown, and is not sent again', () => {
  it('when the connection is reset before the answer', async () => {
    const server = await during(loopbackServer((_request, response) => response.socket?.resetAndDestroy()));
    expect(await send({ method: 'POST', url: server.url, form })).toEqual(unknown('connection_reset'));
    expect(await send({ url: server.url })).toEqual(unknown('connection_reset'));
    expect(server.requests.map(({ method }) => method)).toEqual(['POST', 'GET']);
  });

  it('when the connection is closed without an answer', async () => {
    const server = await during(loopbackServer((_request, response) => response.socket?.destroy()));
    expect(await send({ method: 'POST', url: server.url, form })).toEqual(unknown('connection_reset'));
    expect(server.requests).toHaveLength(1);
  });

  it('when the connection is closed before the request was read', async () => {
    const server = await during(loopbackTcpServer({ onConnection: (socket) => socket.end() }));
    expect(await send({ method: 'POST', url: server.url, form })).toEqual(unknown('connection_reset'));
    expect(server.connections).toHaveLength(1);
  });

  it('when no answer comes before the deadline', async () => {
    const server = await during(loopbackServer(() => undefined));
    const request = { method: 'POST', url: server.url, form, timeoutMs: shortMs } as const;
    expect(await send(request)).toEqual(unknown('timeout'));
    expect(server.requests).toHaveLength(1);
  });

  it('when the answer stops half-way until the deadline', async () => {
    const server = await during(
      loopbackServer((_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': 100 });
        response.write('{"refresh_token":"');
      }),
    );
    expect(await send({ url: server.url, timeoutMs: shortMs })).toEqual(unknown('timeout'));
    expect(server.requests).toHaveLength(1);
  });

  it('when an answer trickles on and on', async () => {
    const server = await during(
      loopbackServer((_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        const timer = setInterval(() => response.write(' '), 10);
        response.once('close', () => clearInterval(timer));
      }),
    );
    expect(await send({ url: server.url, timeoutMs: shortMs })).toEqual(unknown('timeout'));
  });

  it('when the connection is reset in the middle of the answer', async () => {
    const server = await during(
      loopbackTcpServer({
        onData: (socket) => {
          socket.write(`${head}content-length: 100\r\n\r\n{"refresh`);
          socket.resetAndDestroy();
        },
      }),
    );
    const answer = await send({ method: 'POST', url: server.url, form });
    expect(answer).toMatchObject({ _tag: 'Left', left: { _tag: 'Unknown' } });
    expect(server.connections).toHaveLength(1);
  });

  it.each([
    ['its length', `${head}content-length: 100\r\n\r\n{"refresh_token":"whole"}`],
    ['its last chunk', `${head}transfer-encoding: chunked\r\n\r\n19\r\n{"refresh_token":"whole"}\r\n`],
  ])('when the answer ends before %s', async (_what, text) => {
    const server = await during(loopbackTcpServer({ onData: (socket) => socket.end(text) }));
    expect(await send({ method: 'POST', url: server.url, form })).toEqual(unknown('cut_off'));
    expect(server.connections).toHaveLength(1);
  });

  it.each([
    ['is no HTTP', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['has two lengths', `${head}content-length: 2\r\ncontent-length: 3\r\n\r\n{}}`],
    ['has a chunk without a size', `${head}transfer-encoding: chunked\r\n\r\nxyz\r\n{}\r\n0\r\n\r\n`],
    ['has a head without end', `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(100_000)}`],
  ])('when the answer %s', async (_what, text) => {
    const server = await during(loopbackTcpServer({ onData: (socket) => socket.end(text) }));
    expect(await send({ method: 'POST', url: server.url, form })).toEqual(unknown('malformed_answer'));
    expect(server.connections).toHaveLength(1);
  });

  it('when the server wants to speak another protocol, and its socket is let go', async () => {
    const text = 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n';
    const server = await during(loopbackTcpServer({ onData: (socket) => socket.write(text) }));
    expect(await send({ method: 'POST', url: server.url, form })).toEqual(unknown('malformed_answer'));
    await server.connections[0]?.closed;
  });
});

describe('an answer', () => {
  const padded = (bytes: number) => `{"pad":"${'x'.repeat(bytes - 10)}"}`;
  const answering = (body: string) =>
    during(
      loopbackServer((_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(body);
      }),
    );

  it('is read up to 256 KiB', async () => {
    const server = await answering(padded(262_144));
    expect(await send({ url: server.url })).toMatchObject({ right: { json: { pad: 'x'.repeat(262_134) } } });
  });

  it.each([262_145, 300_000, 20_000_000])('of %i bytes is too large', async (bytes) => {
    const server = await answering(padded(bytes));
    expect(await send({ url: server.url })).toEqual(unknown('too_large'));
    expect(server.requests).toHaveLength(1);
  });

  it('without end is cut off at the limit, and the server told so', async () => {
    const server = await during(
      loopbackTcpServer({
        onData: (socket) => {
          const more = () => {
            while (!socket.destroyed && socket.write('x'.repeat(65_536)));
          };
          socket.write(`${head}\r\n`);
          socket.on('drain', more);
          more();
        },
      }),
    );
    expect(await send({ url: server.url })).toEqual(unknown('too_large'));
    await server.connections[0]?.closed;
  });

  it('may come in chunks', async () => {
    const text = `${head}transfer-encoding: chunked\r\n\r\n6\r\n{"a":"\r\n3\r\nb"}\r\n0\r\n\r\n`;
    const server = await during(loopbackTcpServer({ onData: (socket) => socket.write(text) }));
    expect(await send({ url: server.url })).toMatchObject(right({ status: 200, json: { a: 'b' } }));
    await server.connections[0]?.closed;
  });

  it('may end with its connection', async () => {
    const server = await during(loopbackTcpServer({ onData: (socket) => socket.end(`${head}\r\n{"a":"b"}`) }));
    expect(await send({ url: server.url })).toMatchObject(right({ json: { a: 'b' } }));
  });

  it('may follow interim answers', async () => {
    const text = `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n${head}content-length: 2\r\n\r\n{}`;
    const server = await during(loopbackTcpServer({ onData: (socket) => socket.write(text) }));
    expect(await send({ url: server.url })).toMatchObject(right({ status: 200, json: {} }));
  });

  it('that arrived while the process was blocked past the deadline is still read', async () => {
    const gate = new Int32Array(new SharedArrayBuffer(4));
    const server = new Worker(blockedServer, { eval: true, workerData: gate });
    onTestFinished(async () => void (await server.terminate()));
    const said = (wanted: string) =>
      new Promise<unknown>((resolve) =>
        server.on('message', ([what, value]: readonly [string, unknown]) =>
          what === wanted ? resolve(value) : undefined,
        ),
      );
    const asked = said('asked');
    const port = await said('port');
    const startedMs = performance.now();
    const sending = send({ url: `http://127.0.0.1:${String(port)}/`, timeoutMs: shortMs });
    await asked;
    Atomics.store(gate, 0, 1);
    Atomics.notify(gate, 0);
    Atomics.wait(gate, 0, 1);
    while (performance.now() < startedMs + 2 * shortMs);
    expect(await sending).toMatchObject(right({ json: { refresh_token: 'late' } }));
  });
});

describe('a refusal that is too long, or is cut off', () => {
  const kept = 'content-type: text/html\r\nretry-after: 7\r\n';
  const endings: readonly (readonly [string, (socket: Socket, begun: string) => void])[] = [
    ['too long', (socket, begun) => socket.end(`${begun}content-length: 300000\r\n\r\n${'x'.repeat(300_000)}`)],
    ['cut off', (socket, begun) => socket.end(`${begun}content-length: 100\r\n\r\n<html>`)],
    ['a chunk without a size', (socket, begun) => socket.end(`${begun}transfer-encoding: chunked\r\n\r\nxyz\r\n`)],
    ['without end', (socket, begun) => void socket.write(`${begun}content-length: 100\r\n\r\n<html>`)],
  ];
  const statuses = [302, 400, 401, 429, 500, 503] as const;

  it.each(endings.flatMap(([what, end]) => statuses.map((status) => [status, what, end] as const)))(
    'counts by its status and its Retry-After: %i, %s',
    async (status, _what, end) => {
      const server = await during(
        loopbackTcpServer({ onData: (socket) => end(socket, `HTTP/1.1 ${status} No\r\n${kept}`) }),
      );
      const answer = await send({ method: 'POST', url: server.url, form, timeoutMs: shortMs });
      expect(answer).toMatchObject(
        right({ status, headers: { 'retry-after': '7' }, json: undefined, bodyIsLost: true }),
      );
      expect(isRight(answer) ? answer.right.text : 'none').toBe(undefined);
      expect(server.connections).toHaveLength(1);
      await server.connections[0]?.closed;
    },
  );

  it('is told from one whose body is empty', async () => {
    const text = `HTTP/1.1 401 No\r\n${kept}content-length: 0\r\n\r\n`;
    const server = await during(loopbackTcpServer({ onData: (socket) => socket.end(text) }));
    const answer = await send({ method: 'POST', url: server.url, form });
    expect(isRight(answer) && [answer.right.bodyIsLost, answer.right.text]).toEqual([undefined, '']);
  });
});

/** Answers when the gate is 1, and makes it 2 when the answer is out. It runs on a thread of its own. */
const blockedServer = `
const { parentPort, workerData: gate } = require('node:worker_threads');
require('node:http')
  .createServer((request, response) => {
    parentPort.postMessage(['asked']);
    Atomics.wait(gate, 0, 0);
    response.writeHead(200, { 'content-type': 'application/json', connection: 'close' });
    response.end('{"refresh_token":"late"}', () => {
      Atomics.store(gate, 0, 2);
      Atomics.notify(gate, 0);
    });
  })
  .listen(0, '127.0.0.1', function () { parentPort.postMessage(['port', this.address().port]); });
`;

describe('every request has a connection of its own', () => {
  it('also when the server would keep it', async () => {
    const text = `${head}connection: keep-alive\r\ncontent-length: 2\r\n\r\n{}`;
    const server = await during(loopbackTcpServer({ onData: (socket) => socket.write(text) }));
    expect(isRight(await send({ url: server.url }))).toBe(true);
    expect(isRight(await send({ url: server.url }))).toBe(true);
    expect(server.connections).toHaveLength(2);
    await Promise.all(server.connections.map(({ closed }) => closed));
  });
});
