import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { text } from 'node:stream/consumers';
import { inspect } from 'node:util';
import type { Response } from 'got';
import { describe, expect, it } from 'vitest';
import type { Placement } from '../../../src/ports/provider.js';
import { loopbackServer, refusedPort } from '../../servers/loopback-server.js';
import { answers, authorizations, bearer } from '../calling/api-scene.js';
import { canary, centryAnswer, secretsOf } from '../provider-answers.js';
import { gotScene, thrownBy } from './got-scene.js';

const query: Placement = { credential: 'token', in: 'query', name: 'access_token' };
const inHeader = `Bearer ${secretsOf(1).access}`;

const shown = (value: unknown): string =>
  [
    inspect(value, { depth: 9, showHidden: true, customInspect: false }),
    inspect(value),
    String(value),
    value instanceof Error ? `${value.message} ${value.stack ?? ''}` : '',
  ].join('\n');

describe('a token in the query', () => {
  it('goes along with every verb, once, and never into a header', async () => {
    await using scene = await gotScene({ placement: () => query });
    for (const method of ['get', 'post', 'put', 'patch', 'delete'] as const) {
      await scene.got[method]('orders?limit=1&access_token=mine&access_token=other');
    }
    for (const { path, headers } of scene.api.requests) {
      expect(path).toBe(`/conexion/v1/orders?limit=1&access_token=${secretsOf(1).access}`);
      expect(headers['authorization']).toBeUndefined();
    }
    expect(scene.api.requests).toHaveLength(5);
  });

  it('is in no address that the answer tells, also when the API echoes it in a redirect', async () => {
    await using scene = await gotScene({ placement: () => query });
    scene.script(
      (request, response) => void response.writeHead(301, { location: request.path.replace('?', '/?') }).end(),
      answers(200),
    );
    const response = await scene.got('orders?limit=1');
    expect([response.url, response.requestUrl.href, ...response.redirectUrls.map(String)]).toEqual([
      `${scene.base}/orders/?limit=1`,
      `${scene.base}/orders?limit=1`,
      `${scene.base}/orders/?limit=1`,
    ]);
    expect(scene.api.requests.at(-1)?.path).toBe(`/conexion/v1/orders/?limit=1&access_token=${secretsOf(1).access}`);
  });

  it('does not leave with a redirect to another origin, even where the API puts it there', async () => {
    await using scene = await gotScene({ placement: () => query });
    scene.script((request, response) => {
      const { search } = new URL(request.path, scene.base);
      response.writeHead(302, { location: `${scene.elsewhere.url}/away${search}` }).end();
    });
    await scene.got('orders');
    expect(scene.elsewhere.requests.map(({ path }) => path)).toEqual(['/away']);
  });
});

describe('a redirect that echoes the token', () => {
  it('inside another parameter is not followed to another origin', async () => {
    await using scene = await gotScene({ placement: () => query });
    scene.script((request, response) => {
      const back = encodeURIComponent(`${scene.api.url}${request.path}`);
      response.writeHead(302, { location: `${scene.elsewhere.url}/sign-in?back=${back}` }).end();
    });
    const error = await thrownBy(scene.got('orders'));
    expect(error).toMatchObject({ name: 'HTTPError', response: { statusCode: 302 } });
    expect([scene.elsewhere.requests, shown(error).includes(canary)]).toEqual([[], false]);
  });

  it('is tidied where the caller follows redirects himself', async () => {
    await using scene = await gotScene({ placement: () => query });
    scene.script(
      (request, response) => void response.writeHead(301, { location: request.path.replace('?', '/?') }).end(),
    );
    const response = await scene.got('orders?limit=1', { followRedirect: false });
    expect(response.headers.location).toBe(`${scene.base}/orders/?limit=1`);
    expect(shown(response)).not.toContain(canary);
  });
});

describe('a credential by path', () => {
  const byPath = (path: string): Placement => {
    if (path.startsWith('/ads/')) return bearer;
    if (path.startsWith('/resource/')) return { credential: 'none' };
    return { credential: 'api_key', in: 'header', name: 'Authorization', scheme: 'Basic' };
  };

  it('is the token where the path wants it, none where it wants none, and follows a redirect by the new path', async () => {
    await using scene = await gotScene({ placement: byPath });
    scene.script(answers(200), answers(200), answers(307, '', { location: '/conexion/v1/resource/1' }), answers(200));
    for (const path of ['ads/generate', 'resource/first-i/1', 'ads/moved']) await scene.got(path);
    expect(authorizations(scene.api)).toEqual([inHeader, undefined, inHeader, undefined]);
  });

  it('keeps the caller’s own where it wants none', async () => {
    await using scene = await gotScene({ placement: byPath });
    await scene.got('resource/1', { headers: { authorization: 'mine' } });
    expect(authorizations(scene.api)).toEqual(['mine']);
  });

  it('that is a missing API key is a TypeError that names it, and nothing is sent', async () => {
    await using scene = await gotScene({ placement: byPath });
    const error = await thrownBy(scene.got('orders'));
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toContain('centry/acme has no apiKey, which /orders wants');
    expect(scene.api.requests).toEqual([]);
  });
});

describe('a redirect', () => {
  it('within the API’s origin is followed with the credential', async () => {
    await using scene = await gotScene();
    scene.script(answers(302, '', { location: '/conexion/v1/moved?x=1' }), answers(200, 'there'));
    const response = await scene.got('orders');
    expect([response.body, response.url]).toEqual(['there', `${scene.base}/moved?x=1`]);
    expect(authorizations(scene.api)).toEqual([inHeader, inHeader]);
  });

  it('does not change where a refused call is sent again: to where it was sent first', async () => {
    await using scene = await gotScene();
    scene.script(answers(302, '', { location: '/conexion/v1/moved' }), answers(401), answers(200, 'first again'));
    scene.http.answer(centryAnswer(2));
    expect((await scene.got('orders')).body).toBe('first again');
    expect(scene.api.requests.map(({ path }) => path)).toEqual(
      ['orders', 'moved', 'orders'].map((path) => `/conexion/v1/${path}`),
    );
  });

  it('that makes a GET of a POST is judged by nobody: the POST was done', async () => {
    await using scene = await gotScene();
    scene.script(answers(303, '', { location: '/conexion/v1/done' }), answers(401));
    const response = await scene.got.post('orders', { body: 'b', throwHttpErrors: false });
    expect([response.statusCode, scene.api.requests.length, scene.http.requests.length]).toEqual([401, 2, 1]);
  });

  it('to another origin drops the header of the API’s own credential, whatever it is called', async () => {
    await using scene = await gotScene({ placement: () => ({ credential: 'token', in: 'header', name: 'x-key' }) });
    scene.script(answers(307, '', { location: `${scene.elsewhere.url}/away` }));
    await scene.got('orders', { headers: { 'x-key': 'of the caller' } });
    expect(scene.elsewhere.requests.map(({ headers }) => headers['x-key'])).toEqual([undefined]);
  });

  it('to another origin drops every credential, and the way back brings none of it along', async () => {
    await using scene = await gotScene();
    const { base } = scene;
    const detour = await loopbackServer(answers(302, '', { location: `${base}/home` }));
    scene.script(answers(307, '', { location: `${detour.url}/away` }), answers(401, 'home again'));
    const headers = { cookie: 'a=b', 'proxy-authorization': 'x', authorization: 'mine', 'x-mine': 'kept' };
    const response = await scene.got('orders', { headers, throwHttpErrors: false });
    await detour.close();
    expect([response.statusCode, response.body]).toEqual([401, 'home again']);
    for (const { headers: got } of [...detour.requests, ...scene.api.requests.slice(1)]) {
      expect([got['authorization'], got['cookie'], got['proxy-authorization'], got['x-mine']]).toEqual([
        undefined,
        undefined,
        undefined,
        'kept',
      ]);
    }
    expect([detour.requests.length, scene.api.requests.length, scene.http.requests.length]).toEqual([1, 2, 1]);
  });

  it('to another origin stays without a credential when got retries there', async () => {
    await using scene = await gotScene();
    let asked = 0;
    const away = await loopbackServer(
      (_request, response) => void response.writeHead((asked += 1) > 1 ? 200 : 503).end(),
    );
    scene.script(answers(302, '', { location: away.url }));
    await scene.got('orders', { retry: { calculateDelay: ({ computedValue }) => Math.sign(computedValue) } });
    await away.close();
    expect(authorizations(away)).toEqual([undefined, undefined]);
  });
});

describe('the token is not found', () => {
  it.each([
    ['a header', bearer],
    ['the query', query],
  ])('in an answer or in an error of got, wherever one looks, when it travelled in %s', async (_where, placement) => {
    await using scene = await gotScene({ placement: () => placement });
    const found = (value: unknown): boolean => shown(value).includes(canary);
    scene.script(answers(200, '{"ok":true}'));
    expect(found(await scene.got('orders'))).toBe(false);
    const streamed: boolean[] = [];
    const stream = scene.got.stream('orders');
    stream.once('response', (response: Response) => streamed.push(found(response), found(stream)));
    await text(stream);
    expect([...streamed, found(stream)]).toEqual([false, false, false]);

    scene.script(answers(200, 'no json'));
    expect(found(await thrownBy(scene.got('orders').json()))).toBe(false);
    scene.script(answers(500));
    const retry = { limit: 0 };
    expect(found(await thrownBy(scene.got('orders', { retry })))).toBe(false);
    expect(found(await thrownBy(text(scene.got.stream('orders', { retry }))))).toBe(false);
    scene.script((_request, response) => void response.socket?.destroy());
    expect(found(await thrownBy(scene.got('orders', { retry })))).toBe(false);
    scene.script(() => undefined);
    const timeout = { response: 20 };
    expect(found(await thrownBy(scene.got('orders', { retry, timeout })))).toBe(false);
    scene.script(answers(302, '', { location: '/conexion/v1/again' }));
    expect(found(await thrownBy(scene.got('orders', { retry, maxRedirects: 2 })))).toBe(false);

    await using down = await gotScene({ placement: () => placement, base: () => `http://127.0.0.1:${refusedPort}` });
    expect(found(await thrownBy(down.got('orders', { retry })))).toBe(false);
  });

  it('in what got tells on its diagnostics channels', async () => {
    const told: string[] = [];
    const listen = (message: unknown): void => void told.push(inspect(message, { depth: 6 }));
    const channels = ['request:create', 'request:start', 'response:start', 'response:end', 'response:redirect'];
    for (const name of channels) subscribe(`got:${name}`, listen);
    try {
      for (const placement of [bearer, query]) {
        await using scene = await gotScene({ placement: () => placement });
        scene.script(answers(302, '', { location: '/conexion/v1/there' }), answers(200));
        await scene.got('orders');
      }
    } finally {
      for (const name of channels) unsubscribe(`got:${name}`, listen);
    }
    expect(told).toHaveLength(14);
    expect(told.filter((message) => message.includes(canary))).toEqual([]);
  });

  it('in the options that an error of got prints when the caller aborts or cancels', async () => {
    await using scene = await gotScene();
    const controller = new AbortController();
    scene.script(() => controller.abort());
    const aborted = await thrownBy(scene.got('orders', { signal: controller.signal }));
    scene.script(() => asking.cancel());
    const asking = scene.got('orders');
    const cancelled = await thrownBy(asking);
    for (const error of [aborted, cancelled]) {
      expect(`${inspect(error, { depth: 9 })} ${JSON.stringify(error)}`).not.toContain(canary);
    }
  });
});
