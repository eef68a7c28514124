import { inspect } from 'node:util';
import { isRight, left, right } from 'fp-ts/lib/Either.js';
import type { OutgoingHttpHeaders } from 'node:http';
import { brotliCompressSync, constants, createGzip, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { loopbackServer } from '../../servers/loopback-server.js';
import { during, send, testNowMs } from './client-under-test.js';

const json = { 'content-type': 'application/json' } as const;
/** What a server of node adds by itself. */
const framed = (headers: OutgoingHttpHeaders) => ({ ...headers, connection: 'close', 'transfer-encoding': 'chunked' });
const unknown = (why: string) => left({ _tag: 'Unknown', why });
const answering = (status: number, headers: OutgoingHttpHeaders, body: string | Buffer) =>
  during(
    loopbackServer((_request, response) => {
      response.sendDate = false;
      response.writeHead(status, headers);
      response.end(body);
    }),
  );
const answerTo = async (status: number, headers: OutgoingHttpHeaders, body: string | Buffer) => {
  const server = await answering(status, headers, body);
  const answer = await send({ method: 'POST', url: server.url, form: [['a', 'b']] });
  expect(server.requests).toHaveLength(1);
  return answer;
};

describe('a status', () => {
  it.each([200, 201, 400, 401, 403, 408, 429, 500, 502, 503])('of %i comes with its answer', async (status) => {
    expect(await answerTo(status, json, '{"error":"invalid_grant"}')).toEqual(
      right({ status, headers: framed(json), json: { error: 'invalid_grant' }, sentAtMs: testNowMs }),
    );
  });

  it('of 204 comes without a body', async () => {
    expect(await answerTo(204, {}, '')).toEqual(
      right({ status: 204, headers: { connection: 'close' }, json: undefined, sentAtMs: testNowMs }),
    );
  });

  it.each([300, 301, 302, 303, 307, 308])('of %i is an answer, and nothing goes to where it points', async (status) => {
    const other = await answering(200, json, '{}');
    expect(await answerTo(status, { location: `${other.url}/token` }, '')).toEqual(
      right({ status, headers: framed({}), json: undefined, sentAtMs: testNowMs }),
    );
    expect(other.requests).toHaveLength(0);
  });
});

describe('headers', () => {
  it('are kept, but for cookies and addresses', async () => {
    const kept = {
      'content-type': 'application/json; charset=utf-8',
      date: 'Tue, 22 Sep 2026 14:13:20 GMT',
      'retry-after': '120',
      'www-authenticate': 'Bearer error="invalid_token"',
      'x-error-code': '17',
    };
    const dropped = { 'set-cookie': 'session=s3cret', location: '/?code=s3cret', 'content-location': '/?code=s3cret' };
    const answer = await answerTo(429, { ...kept, ...dropped }, '{}');
    expect(answer).toEqual(right({ status: 429, headers: framed(kept), json: {}, sentAtMs: testNowMs }));
  });
});

describe('JSON', () => {
  it.each([
    'application/json',
    'Application/JSON ; charset=UTF-8',
    'application/problem+json',
    'text/html; charset=utf-8',
    'text/plain',
    'text/javascript',
    'text/json',
    'application/x-www-form-urlencoded',
    'no type at all',
    undefined,
  ])('is read whatever its content type says: %s', async (type) => {
    const headers = type === undefined ? {} : { 'content-type': type };
    expect(await answerTo(200, headers, '{"a":1}')).toMatchObject(right({ json: { a: 1 } }));
    expect(await answerTo(400, headers, '{"error":"invalid_grant"}')).toMatchObject(
      right({ json: { error: 'invalid_grant' } }),
    );
  });

  it.each(['', 'null', 'true', '7', '"text"', '[{"access_token":"x"}]', '{"a":', '<html>', '{"a":1}{', "{'a':1}"])(
    'that is no object, like %j, is none',
    async (body) => {
      expect(await answerTo(200, json, body)).toMatchObject(right({ status: 200, json: undefined }));
    },
  );
});

describe('the text of a body', () => {
  const textOf = async (status: number, headers: OutgoingHttpHeaders, body: string | Buffer) => {
    const answer = await answerTo(status, headers, body);
    return isRight(answer) ? answer.right.text : answer.left;
  };

  it('is what was sent, decoded, whatever it is', async () => {
    expect(await textOf(503, { 'content-type': 'text/html' }, '<p>ç</p>')).toBe('<p>ç</p>');
    expect(await textOf(400, json, '{"error":"x"}')).toBe('{"error":"x"}');
    expect(await textOf(400, { 'content-encoding': 'gzip' }, gzipSync('token is dead'))).toBe('token is dead');
    expect(await textOf(400, {}, '')).toBe('');
  });

  it('is missing when it cannot be decoded', async () => {
    expect(await textOf(502, { 'content-encoding': 'gzip' }, 'not even gzip')).toBe(undefined);
  });

  it('shows in no printed answer', async () => {
    const answer = await answerTo(400, { 'content-type': 'text/html' }, '<p>s3cret</p>');
    expect(inspect(answer, { depth: null, showHidden: true })).not.toContain('s3cret');
    expect(inspect(answer, { depth: null, getters: true })).not.toContain('s3cret');
    expect(JSON.stringify(answer)).not.toContain('s3cret');
  });
});

describe('a body that was compressed without being asked for', () => {
  const body = JSON.stringify({ refresh_token: 'r'.repeat(1_000) });
  it.each([
    ['gzip', gzipSync(body)],
    ['x-gzip', gzipSync(body)],
    ['GZIP', gzipSync(body)],
    ['deflate', deflateSync(body)],
    ['br', brotliCompressSync(body)],
    ['identity', Buffer.from(body)],
  ])('with %s is read all the same: it may hold a refresh token', async (coding, compressed) => {
    expect(await answerTo(200, { ...json, 'content-encoding': coding }, compressed)).toMatchObject(
      right({ json: { refresh_token: 'r'.repeat(1_000) } }),
    );
  });

  it.each([
    ['gzip', Buffer.from(body)],
    ['gzip', gzipSync(body).subarray(0, 20)],
    ['br', Buffer.from(body)],
    ['gzip, br', brotliCompressSync(gzipSync(body))],
    ['zstd', Buffer.from(body)],
    ['constructor', Buffer.from(body)],
  ])('with %s and does not fit is unknown', async (coding, broken) => {
    expect(await answerTo(200, { ...json, 'content-encoding': coding }, broken)).toEqual(unknown('undecodable'));
  });

  it('and cannot be read costs no answer that is told by its status alone', async () => {
    const headers = { 'content-type': 'text/html', 'content-encoding': 'gzip' };
    expect(await answerTo(502, headers, gzipSync('<html>'))).toMatchObject(right({ status: 502, json: undefined }));
    expect(await answerTo(503, headers, 'not even gzip')).toMatchObject(
      right({ status: 503, json: undefined, bodyIsLost: true }),
    );
  });

  it('is inflated up to 256 KiB', async () => {
    const padded = (bytes: number) => gzipSync(`{"pad":"${'x'.repeat(bytes - 10)}"}`);
    const headers = { ...json, 'content-encoding': 'gzip' };
    expect(await answerTo(200, headers, padded(262_144))).toMatchObject(right({ json: { pad: 'x'.repeat(262_134) } }));
    expect(await answerTo(200, headers, padded(262_145))).toEqual(unknown('too_large'));
  });

  it('cannot fill the memory', async () => {
    const megabytes = 192;
    const bomb = await gzipBomb(megabytes);
    const peakBefore = process.resourceUsage().maxRSS;
    const headers = { ...json, 'content-encoding': 'gzip' };
    expect(await answerTo(200, headers, bomb)).toEqual(unknown('too_large'));
    const grownMegabytes = (process.resourceUsage().maxRSS - peakBefore) / 1024;
    expect(bomb.length).toBeLessThan(262_144);
    expect(grownMegabytes).toBeLessThan(megabytes / 2);
  });
});

const gzipBomb = async (megabytes: number): Promise<Buffer> => {
  const gzip = createGzip({ level: constants.Z_BEST_COMPRESSION });
  const block = Buffer.alloc(1024 * 1024, 'x');
  const compressed = gzip.toArray();
  for (let written = 0; written < megabytes; written += 1) {
    await new Promise<void>((resolve) => gzip.write(block, () => resolve()));
  }
  gzip.end();
  return Buffer.concat(await compressed);
};
