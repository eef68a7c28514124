import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { isLeft } from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import type { GotHttpClientOptions } from '../../../src/adapters/http/got-http-client.js';
import type { HttpRequest } from '../../../src/ports/http-client.js';
import { canarySearch } from '../../canary/canary-search.js';
import { loopbackServer, loopbackTcpServer, refusedPort } from '../../servers/loopback-server.js';
import { selfSignedCertificate } from '../../servers/self-signed-certificate.js';
import { during, send } from './client-under-test.js';

const secret = (): string => randomBytes(24).toString('base64url');
const secrets = {
  clientSecret: secret(),
  refreshToken: secret(),
  code: secret(),
  queryToken: secret(),
  basic: secret(),
  extra: secret(),
  /** Comes back in the answer. */
  issued: secret(),
};

const secretRequest = (url: string): HttpRequest => ({
  method: 'POST',
  url,
  query: [['refresh_token', secrets.queryToken]],
  form: [
    ['client_secret', secrets.clientSecret],
    ['token', secrets.refreshToken],
    ['code', secrets.code],
  ],
  headers: { authorization: `Basic ${secrets.basic}`, 'x-api-key': secrets.extra },
  timeoutMs: 400,
});

const search = canarySearch();
for (const [name, text] of Object.entries(secrets)) search.add(name, text);

const leaks = (value: unknown): readonly string[] => {
  const shown = [
    inspect(value, { depth: Infinity, showHidden: true, maxStringLength: Infinity, maxArrayLength: Infinity }),
    inspect(value, { depth: Infinity, customInspect: false, getters: true }),
    JSON.stringify(value) ?? '',
    String(value),
  ].join('\n');
  return [...new Set(search.find(shown).map(({ piece }) => piece))];
};

type Attempt = readonly [request: HttpRequest, options?: Partial<GotHttpClientOptions>];

const answered = async (answer: (response: ServerResponse) => void): Promise<Attempt> => [
  secretRequest((await during(loopbackServer((_request, response) => answer(response)))).url),
];
const raw = async (onData: (socket: Socket, received: string) => void): Promise<Attempt> => [
  secretRequest((await during(loopbackTcpServer({ onData }))).url),
];
const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';
const local = secretRequest('http://127.0.0.1:1/');

const failures: ReadonlyArray<readonly [why: string, attempt: () => Promise<Attempt>]> = [
  ['connection_refused', async () => [secretRequest(`http://127.0.0.1:${refusedPort}/`)]],
  [
    'name_not_resolved',
    async () => [
      secretRequest(`https://${secrets.extra}.example/`),
      { resolve: (host) => Promise.reject(Object.assign(new Error(`${host} ${secrets.code}`), secrets)) },
    ],
  ],
  ['address_refused', async () => [{ ...secretRequest('https://10.0.0.1/'), hostFromOutside: true }]],
  ['not_https', async () => [secretRequest(`http://${secrets.extra}.example/`)]],
  ['invalid_url', async () => [secretRequest(`https://id:${secrets.clientSecret}@provider.example/`)]],
  ['invalid_url', async () => [secretRequest(secrets.code)]],
  ['invalid_header', async () => [{ ...local, headers: { authorization: `Bearer ${secrets.basic}\r\n` } }]],
  ['invalid_request', async () => [{ ...local, method: 'GET' }]],
  ['repeated_parameter', async () => [{ ...local, query: [['code', secrets.code]] }]],
  ['library_missing', async () => [local, { load: () => Promise.reject(new Error(secrets.code)) }]],
  [
    'certificate_self_signed',
    async () => {
      const server = await during(loopbackServer(() => undefined, selfSignedCertificate('localhost')));
      return [secretRequest(server.url)];
    },
  ],
  [
    'tls_failed',
    async () => {
      const server = await during(loopbackTcpServer({ onData: (socket) => socket.end(secrets.issued) }));
      return [secretRequest(`https://localhost:${server.port}/`)];
    },
  ],
  [
    'connect_timeout',
    async () => [
      { ...secretRequest('http://localhost/'), timeoutMs: 20 },
      { resolve: () => new Promise<readonly string[]>(() => undefined) },
    ],
  ],
  ['connection_reset', () => answered((response) => response.socket?.destroy())],
  ['timeout', () => answered(() => undefined)],
  ['malformed_answer', () => raw((socket, received) => socket.end(`${secrets.issued} ${received}`))],
  [
    'cut_off',
    () => raw((socket) => socket.end(`${head}content-length: 999\r\n\r\n{"access_token":"${secrets.issued}`)),
  ],
  ['too_large', () => raw((socket) => socket.end(`${head}\r\n${secrets.issued.repeat(10_000)}`))],
  ['undecodable', () => raw((socket) => socket.end(`${head}content-encoding: gzip\r\n\r\n${secrets.issued}`))],
];

describe('nothing of a request full of secrets escapes', () => {
  it.each(failures)('when it fails with %s, a frozen tag and code', async (why, attempt) => {
    const failed = await send(...(await attempt()));
    const failure = isLeft(failed) ? failed.left : undefined;
    expect([failure?.why, failure === undefined ? [] : Reflect.ownKeys(failure)]).toEqual([why, ['_tag', 'why']]);
    expect(Object.isFrozen(failure)).toBe(true);
    expect(why).toMatch(/^[A-Z0-9_a-z]{1,40}$/);
    expect(leaks(failed)).toEqual([]);
  });

  it.each([
    ['broken JSON', head, `{"access_token":"${secrets.issued}",}`],
    ['JSON that is a string', head, `"${secrets.issued}"`],
    ['HTML', 'HTTP/1.1 500 x\r\ncontent-type: text/html\r\n', `<p>${secrets.issued} ${secrets.refreshToken}</p>`],
    ['cookies', `${head}set-cookie: ${secrets.issued}\r\nlocation: /?code=${secrets.code}\r\n`, '{}'],
  ])('when it is answered with %s', async (_what, start, body) => {
    const answer = await send(...(await raw((socket) => socket.end(`${start}\r\n${body}`))));
    expect(answer._tag).toBe('Right');
    expect(leaks(answer)).toEqual([]);
  });

  it('and the search would find it', () => {
    expect(leaks({ why: `<${secrets.refreshToken.slice(3, 11)}>` })).toEqual([secrets.refreshToken.slice(3, 11)]);
    expect(leaks(new Error(Buffer.from(secrets.code).toString('hex').slice(0, 16)))).toHaveLength(1);
  });
});
