import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { HTTPError, RequestError } from 'got';
import { llaveroGot } from '../../../src/app/llavero-got.js';
import { describe, expect, it } from 'vitest';
import { answers, authorizations } from '../calling/api-scene.js';
import { centryKey, secondMs } from '../llavero-fixture.js';
import { secretsOf } from '../provider-answers.js';
import { refusedPort } from '../../servers/loopback-server.js';
import { gotScene, thrownBy } from './got-scene.js';

const bearer = `Bearer ${secretsOf(1).access}`;
const json = { 'content-type': 'application/json' };

describe('llaveroGot', () => {
  it('sends a request to the account’s API with its token, and gives what the API answers', async () => {
    await using scene = await gotScene();
    expect(await scene.got('orders.json', { searchParams: { limit: 1 } }).json()).toEqual({ ok: true });
    expect(scene.api.requests.map(({ method, path }) => [method, path])).toEqual([
      ['GET', '/conexion/v1/orders.json?limit=1'],
    ]);
    expect(authorizations(scene.api)).toEqual([bearer]);
  });

  it('sends what the caller gave, the credential in the place of any other', async () => {
    await using scene = await gotScene();
    await scene.got.put('orders', { json: { a: 1 }, headers: { 'X-Mine': 'kept', Authorization: 'of the caller' } });
    await scene.got('orders', { username: 'me', password: 'mine' });
    expect(authorizations(scene.api)).toEqual([bearer, bearer]);
    const [request] = scene.api.requests;
    expect(request).toMatchObject({ method: 'PUT', body: '{"a":1}' });
    expect(request?.headers).toMatchObject({ 'x-mine': 'kept', ...json, authorization: bearer });
  });

  it.each([
    ['a relative address', () => 'orders', '/conexion/v1/orders'],
    ['one that begins with the base', () => 'conexion/v1/orders', '/conexion/v1/orders'],
    ['one that leads upwards', () => '../../oauth/token', '/conexion/v1/oauth/token'],
    ['nothing but a query', () => '?a=b', '/conexion/v1?a=b'],
    ['nothing', () => '', '/conexion/v1'],
    ['a whole address', (base: string) => `${base}/orders`, '/conexion/v1/orders'],
    ['a URL', (base: string) => new URL(`${base}/orders`), '/conexion/v1/orders'],
    ['a URL of the origin beside the base', (base: string) => new URL('/other', base), '/other'],
  ])('resolves %s', async (_what, address, path) => {
    await using scene = await gotScene();
    const response = await scene.got(address(scene.base));
    expect(scene.api.requests.map((request) => request.path)).toEqual([path]);
    expect([response.url, response.requestUrl.href]).toEqual(Array(2).fill(`${scene.api.url}${path}`));
  });

  it('can be extended, and other instances can be extended by it', async () => {
    await using scene = await gotScene();
    const seen: string[] = [];
    const extended = scene.got.extend({
      headers: { 'x-mine': 'kept' },
      hooks: { beforeRequest: [({ url }) => void seen.push(String(url))] },
    });
    await extended('orders');
    await extended.extend(scene.got)('orders');
    expect(scene.api.requests.map(({ headers }) => [headers['authorization'], headers['x-mine']])).toEqual([
      [bearer, 'kept'],
      [bearer, 'kept'],
    ]);
    expect(seen).toEqual([`${scene.base}/orders`, `${scene.base}/orders`]);
  });

  it('uses the request function it is given, with the credential', async () => {
    await using scene = await gotScene();
    const { request } = await import('node:http');
    const asked: string[] = [];
    const own = scene.got.extend({
      request: (url, options) => {
        asked.push(url.href);
        return request(url, options);
      },
    });
    await own('orders');
    expect([asked, authorizations(scene.api)]).toEqual([[`${scene.base}/orders`], [bearer]]);
  });

  it('paginates, by link headers and by the caller’s own rule', async () => {
    await using scene = await gotScene();
    scene.script(
      answers(200, '[1,2]', { ...json, link: '</conexion/v1/orders?page=2>; rel="next"' }),
      answers(200, '[3]', json),
    );
    expect(await scene.got.paginate.all('orders?page=1', { responseType: 'json' })).toEqual([1, 2, 3]);

    scene.script(answers(200, '[4]', json), answers(200, '[5]', json), answers(200, '[]', json));
    let page = 1;
    const items: number[] = [];
    const paginated = scene.got.paginate<number>('orders', {
      responseType: 'json',
      searchParams: { page },
      pagination: {
        paginate: ({ currentItems }) => currentItems.length > 0 && { searchParams: { page: (page += 1) } },
      },
    });
    for await (const item of paginated) items.push(item);
    expect(items).toEqual([4, 5]);
    expect(scene.api.requests.map(({ path }) => path)).toEqual([
      '/conexion/v1/orders?page=1',
      '/conexion/v1/orders?page=2',
      '/conexion/v1/orders?page=1',
      '/conexion/v1/orders?page=2',
      '/conexion/v1/orders?page=3',
    ]);
    expect(authorizations(scene.api)).toEqual(Array(5).fill(bearer));
  });

  it('leaves retries to got, each with the token of its moment', async () => {
    await using scene = await gotScene();
    scene.script(answers(503), answers(502), answers(200, 'at last'));
    const retrying = scene.got.extend({
      retry: { limit: 2, calculateDelay: ({ computedValue }) => Math.sign(computedValue) },
    });
    const response = await retrying('orders');
    expect([response.body, response.retryCount]).toEqual(['at last', 2]);
    expect(authorizations(scene.api)).toEqual(Array(3).fill(bearer));
    expect(scene.http.requests).toHaveLength(1);
  });

  it('streams the answer down', async () => {
    await using scene = await gotScene();
    scene.script((_request, response) => {
      response.write('first ');
      response.end('second');
    });
    expect(await text(scene.got.stream('export'))).toBe('first second');
    expect(authorizations(scene.api)).toEqual([bearer]);
  });

  it('streams a body up', async () => {
    await using scene = await gotScene();
    scene.script((request, response) => void response.end(request.body));
    const upload = scene.got.stream.post('upload');
    const answer = text(upload);
    await pipeline(Readable.from(['a', 'b', 'c']), upload, { end: true }).catch(() => undefined);
    expect(await answer).toBe('abc');
    expect(authorizations(scene.api)).toEqual([bearer]);
  });

  it('renews a token that is due before it sends, and one that is about to end before a stream', async () => {
    await using scene = await gotScene();
    await scene.clock.advance(7_200 * secondMs - 60 * secondMs);
    scene.http.answer({ json: { access_token: 'renewed', token_type: 'bearer', expires_in: 7_200 } });
    await scene.got.post('upload', { body: Readable.from(['x']) });
    expect(authorizations(scene.api)).toEqual(['Bearer renewed']);
  });
});

describe('llaveroGot fails', () => {
  it('with ERR_UNTRUSTED_ADDRESS for another origin, and sends nothing', async () => {
    await using scene = await gotScene();
    const { url } = scene.elsewhere;
    const led = scene.got.extend({
      hooks: {
        beforeRequest: [
          (options) => {
            options.url = new URL(url);
          },
        ],
      },
    });
    const user = new URL(scene.base);
    user.username = 'me';
    for (const asking of [
      scene.got(url),
      scene.got(new URL(url)),
      scene.got('orders', { prefixUrl: url }),
      led('orders'),
      scene.got(user),
      text(scene.got.stream(url)),
    ]) {
      expect(await thrownBy(asking)).toMatchObject({ name: 'LlaveroError', code: 'ERR_UNTRUSTED_ADDRESS' });
    }
    expect([scene.api.requests, scene.elsewhere.requests]).toEqual([[], []]);
  });

  it('with the error of the token where there is none, also a stream, and sends nothing', async () => {
    await using scene = await gotScene();
    await scene.llavero.revoke(centryKey, { localOnly: true });
    for (const asking of [scene.got('orders').json(), text(scene.got.stream('orders'))]) {
      expect(await thrownBy(asking)).toMatchObject({
        name: 'LlaveroError',
        code: 'ERR_REAUTHORIZATION_REQUIRED',
        key: centryKey,
      });
    }
    expect(await thrownBy(llaveroGot(scene.llavero, 'other/x')('orders'))).toMatchObject({ code: 'ERR_UNKNOWN_KEY' });
    await scene.llavero.close();
    expect(await thrownBy(scene.got('orders'))).toMatchObject({ code: 'ERR_STORE_FAILED' });
    expect(scene.api.requests).toEqual([]);
  });

  it('as got does when the API says no, and when no answer comes', async () => {
    await using scene = await gotScene();
    scene.script(answers(404, '{"no":1}', json));
    const error = await thrownBy(scene.got('orders'));
    expect(error).toBeInstanceOf(HTTPError);
    expect(error).toMatchObject({ code: 'ERR_NON_2XX_3XX_RESPONSE', response: { statusCode: 404, body: '{"no":1}' } });

    await using down = await gotScene({ base: () => `http://127.0.0.1:${refusedPort}` });
    const refused = await thrownBy(down.got('orders', { retry: { limit: 0 } }));
    expect(refused).toBeInstanceOf(RequestError);
    expect(refused).toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('as got does when the caller’s signal aborts: before, while a token is renewed, and on the way', async () => {
    await using scene = await gotScene();
    expect(await thrownBy(scene.got('orders', { signal: AbortSignal.abort() }))).toMatchObject({ name: 'AbortError' });

    const sending = new AbortController();
    scene.script(() => sending.abort());
    expect(await thrownBy(scene.got('orders', { signal: sending.signal }))).toMatchObject({ name: 'AbortError' });
    expect(scene.api.requests).toHaveLength(1);

    await scene.clock.advance(7_200 * secondMs);
    const held = scene.http.hold();
    const waiting = new AbortController();
    const asking = thrownBy(scene.got('orders', { signal: waiting.signal }));
    await held.arrived;
    waiting.abort();
    expect(await asking).toMatchObject({ name: 'AbortError' });
    held.release({ json: { access_token: 'renewed', token_type: 'bearer', expires_in: 7_200 } });
    await scene.settle();
    expect((await scene.llavero.token(centryKey)).generation).toBe(2);
    expect(scene.api.requests).toHaveLength(1);
  });

  it.each([
    ['a cache', { cache: new Map() }, 'llaveroGot does not cache'],
    ['HTTP/2', { http2: true }, 'llaveroGot speaks HTTP/1.1'],
    ['unverified certificates', { https: { rejectUnauthorized: false } }, 'llaveroGot verifies certificates'],
    [
      'a look at certificates of its own',
      { https: { checkServerIdentity: () => undefined } },
      'llaveroGot verifies certificates',
    ],
    ['Expect', { headers: { expect: '100-continue' } }, 'llaveroGot does not send Expect'],
  ])('with what to write instead when it is asked for %s, and sends no credential', async (_what, options, says) => {
    await using scene = await gotScene();
    expect(String(await thrownBy(scene.got.post('orders', { ...options, body: 'x' })))).toContain(says);
    expect(authorizations(scene.api).filter((header) => header !== undefined)).toEqual([]);
  });

  it('with a TypeError on what is no llavero, and as got does on what is no address', async () => {
    await using scene = await gotScene();
    const fake = { ...scene.llavero, [Symbol.for('llavero/ApiCalls')]: undefined };
    expect(() => llaveroGot(fake, centryKey)).toThrow(
      new TypeError('llaveroGot(llavero, key): pass the llavero that createLlavero returned'),
    );
    expect(await thrownBy(scene.got('/orders'))).toMatchObject({ message: '`url` must not start with a slash' });
    const asAnyone: unknown = Reflect.apply(scene.got, undefined, [42]);
    expect(await thrownBy(Promise.resolve(asAnyone))).toBeInstanceOf(RequestError);
  });
});
