import { left, right, isRight } from 'fp-ts/lib/Either.js';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { outgoingRequest } from '../../../src/adapters/http/outgoing-request.js';
import type { HttpRequest } from '../../../src/ports/http-client.js';
import { loopbackServer } from '../../servers/loopback-server.js';
import { during, send } from './client-under-test.js';

const ok = () => during(loopbackServer((_request, response) => response.end('{}')));
const odd = [
  ['plain', 'abc-._*~'],
  ['signs', 'a&b=c+d%e f/?#'],
  ['ação', 'São Paulo ñ 🗝'],
  ['lines', 'a\r\nb'],
] as const;
const refusal = (request: Partial<HttpRequest>, allowHttpOnLoopback = false) =>
  outgoingRequest(
    { method: 'GET', url: 'https://provider.example/', timeoutMs: 1, ...request },
    { allowHttpOnLoopback },
  );
const unsent = (why: string) => left({ _tag: 'Unsent', why });

describe('a form', () => {
  it('arrives encoded as application/x-www-form-urlencoded (RFC 6749 Appendix B)', async () => {
    const server = await ok();
    await send({ method: 'POST', url: `${server.url}/token`, form: odd });
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]?.body).toBe(
      'plain=abc-._*%7E&signs=a%26b%3Dc%2Bd%25e+f%2F%3F%23&a%C3%A7%C3%A3o=S%C3%A3o+Paulo+%C3%B1+%F0%9F%97%9D&lines=a%0D%0Ab',
    );
    expect([...new URLSearchParams(server.requests[0]?.body)]).toEqual(odd);
    expect(server.requests[0]?.headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(server.requests[0]?.headers['content-length']).toBe(`${server.requests[0]?.body.length}`);
  });

  it('arrives as one flat JSON object where the provider wants that', async () => {
    const server = await ok();
    await send({ method: 'POST', url: server.url, form: odd, encoding: 'json' });
    const [request] = server.requests;
    expect(JSON.parse(request?.body ?? '')).toEqual(Object.fromEntries(odd));
    expect(request?.headers['content-type']).toBe('application/json');
    expect(request?.headers['content-length']).toBe(`${Buffer.byteLength(request?.body ?? '')}`);
  });

  it('keeps its content type when the request names another', async () => {
    const server = await ok();
    await send({ method: 'POST', url: server.url, form: [['a', 'b']], headers: { 'Content-Type': 'text/plain' } });
    expect(server.requests[0]?.headers['content-type']).toBe('application/x-www-form-urlencoded');
  });

  it('may be missing from a POST, which then has an empty body', async () => {
    const server = await ok();
    await send({ method: 'POST', url: server.url });
    expect(server.requests.map(({ method, body }) => [method, body])).toEqual([['POST', '']]);
    expect(server.requests[0]?.headers['content-length']).toBe('0');
  });

  it('does not go with a GET', () => {
    expect(refusal({ form: [] })).toEqual(unsent('invalid_request'));
  });
});

describe('query parameters', () => {
  it('are added to those the address has (RFC 6749 §3.2)', async () => {
    const server = await ok();
    await send({ url: `${server.url}/web_api/auth?tenant=7`, query: odd });
    const [path, query] = server.requests[0]?.path.split('?') ?? [];
    expect(path).toBe('/web_api/auth');
    expect([...new URLSearchParams(query)]).toEqual([['tenant', '7'], ...odd]);
  });

  it('stand at most once, wherever they stand (RFC 6749 §3.2)', () => {
    const repeated = unsent('repeated_parameter');
    const twice = [
      ['a', '1'],
      ['b', ''],
      ['a', '1'],
    ] as const;
    expect(refusal({ query: twice })).toEqual(repeated);
    expect(refusal({ method: 'POST', form: twice })).toEqual(repeated);
    expect(refusal({ url: 'https://provider.example/?a=1', query: [['a', '2']] })).toEqual(repeated);
    expect(refusal({ url: 'https://provider.example/?a=1&a=2' })).toEqual(repeated);
    expect(refusal({ method: 'POST', query: [['a', '1']], form: [['a', '1']] })).toEqual(repeated);
  });
});

describe('headers', () => {
  it('ask for plain JSON and name the library and its version', async () => {
    const server = await ok();
    await send({ url: server.url });
    const packed: unknown = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(packed).toMatchObject({ version: server.requests[0]?.headers['user-agent']?.replace('llavero/', '') });
    expect(server.requests[0]?.headers).toEqual({
      accept: 'application/json',
      'accept-encoding': 'identity',
      connection: 'close',
      host: `127.0.0.1:${server.port}`,
      'user-agent': 'llavero/0.1.0',
    });
  });

  it('of the request go along, and win but for the coding', async () => {
    const server = await ok();
    const headers = { Authorization: 'Basic YTpi', ACCEPT: 'application/vnd.x+json', 'Accept-Encoding': 'gzip' };
    await send({ url: server.url, headers });
    expect(server.requests[0]?.headers).toMatchObject({
      authorization: 'Basic YTpi',
      accept: 'application/vnd.x+json',
      'accept-encoding': 'identity',
    });
  });

  it.each([
    ['a line break in a value', { authorization: 'Bearer a\r\nx-admin: 1' }],
    ['a lone line feed', { authorization: 'Bearer a\n' }],
    ['a character beyond Latin-1', { authorization: '“Bearer' }],
    ['a line break in a name', { 'x\r\ny': 'a' }],
    ['an empty name', { '': 'a' }],
    ['one name twice', { Authorization: 'a', authorization: 'b' }],
    ['another host', { Host: 'elsewhere.example' }],
    ['framing', { 'Transfer-Encoding': 'chunked' }],
  ])('with %s keep the request at home', async (_what, headers) => {
    const server = await ok();
    expect(await send({ url: server.url, headers })).toEqual(unsent('invalid_header'));
    expect(server.requests).toHaveLength(0);
  });
});

describe('an address', () => {
  it.each([
    '',
    'provider.example/token',
    'https://',
    'https://id:secret@provider.example/',
    'https://provider.example/#a',
  ])('like %j is invalid', (url) => expect(refusal({ url })).toEqual(unsent('invalid_url')));

  it.each([
    'http://provider.example/',
    'http://127.0.0.1/',
    'ftp://provider.example/',
    'file:///etc/passwd',
    'unix:/run/x',
  ])('like %j is not https', (url) => expect(refusal({ url })).toEqual(unsent('not_https')));

  it('is http on this machine only, where the rules allow it', () => {
    const allowed = (url: string) => isRight(refusal({ url }, true));
    expect(['http://127.0.0.1:1/', 'http://[::1]/', 'http://localhost/', 'http://2130706433/'].map(allowed)).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(
      ['http://10.0.0.1/', 'http://localhost.example/', 'http://127.0.0.2/', 'http://0.0.0.0/'].map(allowed),
    ).toEqual([false, false, false, false]);
  });
});

it('says when the request left', async () => {
  const server = await ok();
  const answer = await send({ url: server.url });
  expect(answer).toEqual(right(expect.objectContaining({ sentAtMs: 1_790_000_000_000 })));
});
