import { gzipSync } from 'node:zlib';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { loopbackServer, loopbackTcpServer, refusedPort, type RecordedRequest } from '../servers/loopback-server.js';
import { selfSignedCertificate } from '../servers/self-signed-certificate.js';
import type { Stage } from './stage.js';

/** A server that does a client no good, and answers with as many secrets as it can. */
export interface HostileServer {
  readonly name: string;
  /** Its address; it stops with the stage. */
  readonly start: (stage: Stage) => Promise<string>;
}

interface Closable {
  readonly url: string;
  readonly close: () => Promise<void>;
}

const until = async (stage: Stage, starting: Promise<Closable>): Promise<string> => {
  const server = await starting;
  stage.later(server.close);
  return server.url;
};

/** All that a request brought along, its secrets among it. */
const echo = ({ method, path, headers, body }: RecordedRequest): string =>
  `${method} ${path} ${JSON.stringify(headers)} ${body} ${decodeURIComponent(body)}`;

/** Whether a request has arrived to its last byte. */
const isWhole = (received: string): boolean => {
  const [head = '', body] = received.split('\r\n\r\n', 2);
  return body !== undefined && body.length >= Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
};

type Handler = (request: RecordedRequest, response: ServerResponse, stage: Stage) => void;

const http = (name: string, handler: Handler): HostileServer => ({
  name,
  start: (stage) =>
    until(
      stage,
      loopbackServer((request, response) => handler(request, response, stage)),
    ),
});

interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON. */
  readonly body?: string | Buffer | object;
}

const bodyOf = (body: string | Buffer | object): string | Buffer =>
  typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);

const answering = (name: string, answer: (request: RecordedRequest, stage: Stage) => Answer): HostileServer =>
  http(name, (request, response, stage) => {
    const { status = 200, headers = {}, body = '' } = answer(request, stage);
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(bodyOf(body));
  });

/** The tokens of an answer, never seen before. */
const tokens = (stage: Stage): { readonly access_token: string; readonly refresh_token: string } => ({
  access_token: stage.secret('access token'),
  refresh_token: stage.secret('refresh token'),
});

const oneLine = (text: string): string =>
  encodeURI(text)
    .replaceAll(/[\r\n]/g, ' ')
    .slice(0, 4_000);

export const nobodyListens: HostileServer = {
  name: 'nobody listens',
  start: () => Promise.resolve(`http://127.0.0.1:${refusedPort}`),
};

/** Servers that never give a whole answer. */
export const brokenServers = {
  ownCertificate: {
    name: 'a certificate that it signed itself',
    start: (stage) =>
      until(
        stage,
        loopbackServer(() => undefined, selfSignedCertificate('localhost')),
      ),
  },
  noTls: {
    name: 'plain text where TLS is spoken',
    start: async (stage) => {
      const url = await until(
        stage,
        loopbackTcpServer({ onData: (socket) => socket.end(stage.secret('access token')) }),
      );
      return url.replace('http://127.0.0.1', 'https://localhost');
    },
  },
  resetAfterRequest: http('a reset after the request', (_request, { socket }) => socket?.resetAndDestroy()),
  garbage: {
    name: 'an echo that is no HTTP',
    start: (stage) => {
      const onData = (socket: Socket, received: string): void => {
        if (isWhole(received)) socket.end(`HTTP ${received}`);
      };
      return until(stage, loopbackTcpServer({ onData }));
    },
  },
  resetAfterHead: http('a reset after the head', (request, response) => {
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': '999',
      'x-echo': oneLine(echo(request)),
    });
    response.flushHeaders();
    response.socket?.resetAndDestroy();
  }),
  cutOff: http('a body that is cut off', (_request, response, stage) => {
    const text = JSON.stringify(tokens(stage));
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': String(text.length) });
    response.write(text.slice(0, -10), () => response.destroy());
  }),
  hangs: http('no answer in time', () => undefined),
  endless: http('an answer without an end', (_request, response, stage) => {
    response.writeHead(200, { 'content-type': 'application/json' }).write(JSON.stringify(tokens(stage)).slice(0, -1));
  }),
  tooLarge: answering('a body of 400 KiB', (_request, stage) => ({
    body: stage.secret('access token').repeat(12_000),
  })),
  bomb: answering('a gzip bomb', (_request, stage) => ({
    headers: { 'content-encoding': 'gzip' },
    body: gzipSync(stage.secret('access token').repeat(50_000)),
  })),
  brokenGzip: answering('gzip that is none', (_request, stage) => ({
    headers: { 'content-encoding': 'gzip' },
    body: JSON.stringify(tokens(stage)),
  })),
} as const satisfies Readonly<Record<string, HostileServer>>;

/** Servers whose 2xx holds no token that anybody could take. */
export const senselessAnswers: readonly HostileServer[] = [
  answering('broken JSON', (_request, stage) => ({ body: `${JSON.stringify(tokens(stage)).slice(0, -1)},}` })),
  answering('a bare token', (_request, stage) => ({ body: stage.secret('access token') })),
  answering('JSON that is a string', (_request, stage) => ({ body: JSON.stringify(stage.secret('access token')) })),
  answering('JSON that is a list', (_request, stage) => ({ body: [tokens(stage)] })),
  answering('a page', (request, stage) => ({
    headers: { 'content-type': 'text/html' },
    body: `<p>${stage.secret('access token')} ${echo(request)}</p>`,
  })),
  answering('a form', (_request, stage) => ({
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(tokens(stage)).toString(),
  })),
  answering('broken JSON in gzip', (_request, stage) => ({
    headers: { 'content-encoding': 'gzip' },
    body: gzipSync(`{"access_token":"${stage.secret('access token')}",}`),
  })),
  answering('a token that is a list', (_request, stage) => ({
    body: { access_token: [stage.secret('access token')] },
  })),
  answering('a token that is an object', (_request, stage) => ({
    body: { access_token: { value: stage.secret('access token') } },
  })),
  answering('tokens in __proto__ only', (_request, stage) => ({
    body: `{"__proto__":${JSON.stringify(tokens(stage))},"constructor":${JSON.stringify(tokens(stage))}}`,
  })),
];

/** Servers whose 2xx holds a token that no header can carry. */
export const unusableTokens: readonly HostileServer[] = [
  answering('a token with a line break in it', (_request, stage) => ({
    body: { access_token: `${stage.secret('access token')}\r\n${stage.secret('access token')}` },
  })),
  answering('a token that is not ASCII', (_request, stage) => ({
    body: { access_token: `${stage.secret('access token')}é${stage.secret('access token')}` },
  })),
];

/** Redirects, which are never followed. */
export const redirects: readonly HostileServer[] = [301, 302, 303, 307, 308].map((status) =>
  answering(`a redirect (${status}) with secrets in its Location`, (request, stage) => ({
    status,
    headers: {
      location: `http://127.0.0.1:${refusedPort}/?code=${stage.secret('code')}&echo=${encodeURIComponent(echo(request))}`,
      'set-cookie': `session=${stage.secret('access token')}`,
    },
    body: echo(request),
  })),
);

const refusal = (status: number, error: string, more: Answer = {}): HostileServer =>
  answering(`${status} ${error} and an echo`, (request, stage) => ({
    status,
    headers: {
      'www-authenticate': `Bearer error="${error}", error_description="${oneLine(echo(request))}"`,
      ...more.headers,
    },
    body: {
      error: error === 'echo' ? echo(request) : error,
      error_description: `${echo(request)} ${stage.secret('access token')}`,
      error_uri: `https://provider.example/?${request.body}`,
      message: echo(request),
      causes: [echo(request)],
    },
  }));

/** Servers that refuse, in words that repeat the request; by their names, so that each can be told how it has to end. */
export const refusals = {
  echo400: refusal(400, 'echo'),
  echo200: refusal(200, 'echo'),
  invalidGrant: refusal(400, 'invalid_grant'),
  invalidClient: refusal(401, 'invalid_client'),
  invalidScope: refusal(400, 'invalid_scope'),
  forbidden: refusal(403, 'echo'),
  notFound: refusal(404, 'echo'),
  timedOut: refusal(408, 'echo'),
  conflict: refusal(409, 'echo'),
  tooMany: answering('429 whose Retry-After is a secret', (request, stage) => ({
    status: 429,
    headers: { 'retry-after': stage.secret('access token') },
    body: echo(request),
  })),
  serverError: refusal(500, 'echo'),
  badGateway: answering('502 with a page that repeats the request', (request) => ({
    status: 502,
    headers: { 'content-type': 'text/html' },
    body: `<pre>${echo(request)}</pre>`,
  })),
  unavailable: refusal(503, 'temporarily_unavailable', { headers: { 'retry-after': '1' } }),
} as const;

/** Servers whose answer is odd but holds a token that can be used. */
export const oddAnswers: readonly HostileServer[] = [
  ...[0, -1, 1e308, 'soon', '1e400', {}, [], null, 'secret'].map((expiresIn) =>
    answering(`expires_in ${JSON.stringify(expiresIn)}`, (_request, stage) => ({
      body: { ...tokens(stage), expires_in: expiresIn === 'secret' ? stage.secret('access token') : expiresIn },
    })),
  ),
  answering('secrets in fields that nobody knows', (request, stage) => ({
    headers: { 'set-cookie': stage.secret('access token') },
    body: { ...tokens(stage), expires_in: 3_600, id_token: stage.secret('access token'), echo: echo(request) },
  })),
  answering('a refresh token that is an object', (_request, stage) => ({
    body: { ...tokens(stage), refresh_token: { value: stage.secret('refresh token') } },
  })),
  answering('a __proto__ with tokens beside the tokens', (_request, stage) => ({
    body: `{"__proto__":${JSON.stringify(tokens(stage))},${JSON.stringify(tokens(stage)).slice(1)}`,
  })),
  answering('an api_host full of secrets', (_request, stage) => ({
    body: {
      ...tokens(stage),
      api_host: `https://user:${stage.secret('access token')}@${stage.secret('access token')}.example/${stage.secret('code')}`,
    },
  })),
];
