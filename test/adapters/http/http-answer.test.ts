import { left, right } from 'fp-ts/lib/Either.js';
import type { OutgoingHttpHeaders } from 'node:http';
import { brotliCompressSync, constants, createGzip, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { loopbackServer } from '../../servers/loopback-server.js';
import { during, send, testNowMs } from './client-under-test.js';

const json = { 'content-type': 'application/json' } as const;
const unknown = (why: string) => left({ _tag: 'Unknown', why });
const answering = (status: number, headers: OutgoingHttpHeaders, body: string | Buffer) =>
  during(
    loopbackServer((_request, response) => {
      response.sendDate = false;
      response.writeHead(status, headers);
      response.end(body);
    }),
  );
const answerTo = async (status: number, headers: OutgoingHttpHeaders, body: string | Buffer, jsonDeclared = false) => {
  const server = await answering(status, headers, body);
  const answer = await send({ method: 'POST', url: server.url, form: [['a', 'b']], jsonDeclared });
  expect(server.requests).toHaveLength(1);
  return answer;
};

describe('a status', () => {
  it.each([200, 201, 400, 401, 403, 408, 429, 500, 502, 503])('of %i comes with its answer', async (status) => {
    expect(await answerTo(status, json, '{"error":"invalid_grant"}')).toEqual(
      right({ status, headers: json, json: { error: 'invalid_grant' }, sentAtMs: testNowMs }),
    );
  });

  it('of 204 comes without a body', async () => {
    expect(await answerTo(204, {}, '')).toEqual(
      right({ status: 204, headers: {}, json: undefined, sentAtMs: testNowMs }),
    );
  });

  it.each([300, 301, 302, 303, 307, 308])('of %i is an answer, and nothing goes to where it points', async (status) => {
    const other = await answering(200, json, '{}');
    expect(await answerTo(status, { location: `${other.url}/token` }, '')).toEqual(
      right({ status, headers: {}, json: undefined, sentAtMs: testNowMs }),
    );
    expect(other.requests).toHaveLength(0);
  });
});

describe('headers', () => {
  it('are kept by name: the date, the type and when to come back', async () => {
    const kept = {
      'content-type': 'application/json; charset=utf-8',
      date: 'Tue, 22 Sep 2026 14:13:20 GMT',
      'retry-after': '120',
    };
    const dropped = { 'set-cookie': 'session=s3cret', location: '/?code=s3cret', 'x-token': 's3cret' };
    const answer = await answerTo(429, { ...kept, ...dropped }, '{}');
    expect(answer).toEqual(right({ status: 429, headers: kept, json: {}, sentAtMs: testNowMs }));
  });
});

describe('JSON', () => {
  it.each([
    'application/json',
    'Application/JSON ; charset=UTF-8',
    'application/problem+json',
    'application/vnd.tray.v1+json',
  ])('is read from %s', async (type) => {
    expect(await answerTo(200, { 'content-type': type }, '{"a":1}')).toMatchObject(right({ json: { a: 1 } }));
  });

  it.each([
    'text/html',
    'text/plain',
    'application/jsonp',
    'text/html; x=application/json',
    'application/x-www-form-urlencoded',
  ])('is read from %s only when it is declared', async (type) => {
    expect(await answerTo(200, { 'content-type': type }, '{"a":1}')).toMatchObject(right({ json: undefined }));
    expect(await answerTo(200, { 'content-type': type }, '{"a":1}', true)).toMatchObject(right({ json: { a: 1 } }));
  });

  it('is read without any content type only when it is declared', async () => {
    expect(await answerTo(200, {}, '{"a":1}')).toMatchObject(right({ json: undefined }));
    expect(await answerTo(200, {}, '{"a":1}', true)).toMatchObject(right({ json: { a: 1 } }));
  });

  it.each(['', 'null', 'true', '7', '"text"', '[{"access_token":"x"}]', '{"a":', '<html>', '{"a":1}{', "{'a':1}"])(
    'that is no object, like %j, is none',
    async (body) => {
      expect(await answerTo(200, json, body)).toMatchObject(right({ status: 200, json: undefined }));
      expect(await answerTo(200, {}, body, true)).toMatchObject(right({ status: 200, json: undefined }));
    },
  );
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

  it('costs nothing when it is no JSON', async () => {
    const headers = { 'content-type': 'text/html', 'content-encoding': 'gzip' };
    expect(await answerTo(502, headers, gzipSync('<html>'))).toMatchObject(right({ status: 502, json: undefined }));
    expect(await answerTo(502, headers, 'not even gzip')).toMatchObject(right({ status: 502, json: undefined }));
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
