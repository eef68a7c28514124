import { describe, expect, it } from 'vitest';
import { answers, apiScene, authorizations } from './api-scene.js';
import { callLoosely, centryKey, codeOf, failureOf } from '../llavero-fixture.js';
import { secretsOf } from '../provider-answers.js';
import { refusedPort } from '../../servers/loopback-server.js';

const thrownBy = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'it resolved',
    (error: unknown) => error,
  );

describe('fetch', () => {
  it('sends a request to the account’s API with its token, and gives what the API answers', async () => {
    await using scene = await apiScene();
    const response = await scene.llavero.fetch(centryKey, 'orders.json?limit=1');
    expect([response.status, await response.json()]).toEqual([200, { ok: true }]);
    expect(response).toBeInstanceOf(Response);
    expect(scene.api.requests.map(({ method, path }) => [method, path])).toEqual([
      ['GET', '/conexion/v1/orders.json?limit=1'],
    ]);
    expect(authorizations(scene.api)).toEqual([`Bearer ${secretsOf(1).access}`]);
  });

  it('sends what the caller gave: method, headers and body, the credential in the place of any other', async () => {
    await using scene = await apiScene();
    await scene.llavero.fetch(centryKey, '/orders', {
      method: 'PUT',
      headers: { 'X-Mine': 'kept', 'Content-Type': 'application/json', authorization: 'Bearer of the caller' },
      body: '{"a":1}',
    });
    const [request] = scene.api.requests;
    expect(request).toMatchObject({ method: 'PUT', body: '{"a":1}' });
    expect(request?.headers).toMatchObject({
      'x-mine': 'kept',
      'content-type': 'application/json',
      authorization: `Bearer ${secretsOf(1).access}`,
    });
  });

  it.each([
    ['a URL', (base: string) => new URL(`${base}/orders`)],
    ['a whole address', (base: string) => `${base}/orders`],
    ['a Request', (base: string) => new Request(`${base}/orders`, { method: 'POST', body: 'x', headers: { a: 'b' } })],
  ])('takes %s', async (_what, input) => {
    await using scene = await apiScene();
    await scene.llavero.fetch(centryKey, input(scene.base));
    expect(scene.api.requests[0]?.path).toBe('/conexion/v1/orders');
  });

  it('takes the method, the headers and the body of a Request, and lets init win over them', async () => {
    await using scene = await apiScene();
    const request = new Request(`${scene.base}/orders`, {
      method: 'POST',
      body: 'from the request',
      headers: { a: 'b' },
    });
    await scene.llavero.fetch(centryKey, request.clone());
    await scene.llavero.fetch(centryKey, request, { method: 'PATCH', body: 'from init' });
    expect(scene.api.requests.map(({ method, body, headers }) => [method, body, headers['a']])).toEqual([
      ['POST', 'from the request', 'b'],
      ['PATCH', 'from init', 'b'],
    ]);
  });

  it('streams a body up, and the answer down', async () => {
    await using scene = await apiScene();
    scene.script((request, response) => {
      response.write('first ');
      response.end(request.body);
    });
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        for (const part of ['a', 'b', 'c']) controller.enqueue(new TextEncoder().encode(part));
        controller.close();
      },
    });
    const response = await scene.llavero.fetch(centryKey, 'upload', { method: 'POST', body, duplex: 'half' });
    expect(response.body).toBeInstanceOf(ReadableStream);
    expect(await response.text()).toBe('first abc');
  });

  it('uses the fetch it was given, and never the one of the process', async () => {
    const asked: string[] = [];
    await using api = await apiScene(
      {},
      {
        fetch: (url, init) => {
          asked.push(`${init.method} ${url}`);
          return Promise.resolve(new Response('mine'));
        },
      },
    );
    expect(await (await api.llavero.fetch(centryKey, 'orders')).text()).toBe('mine');
    expect(asked).toEqual([`GET ${api.base}/orders`]);
    expect(api.api.requests).toEqual([]);
  });

  it('reads the credential once in a while, not at every call', async () => {
    await using scene = await apiScene();
    await scene.llavero.fetch(centryKey, 'orders');
    scene.store.resetCounts();
    for (let call = 0; call < 5; call += 1) await scene.llavero.fetch(centryKey, 'orders');
    expect(scene.store.asked('read')).toBe(0);
    await scene.clock.advance(30_001);
    await scene.llavero.fetch(centryKey, 'orders');
    expect(scene.store.asked('read')).toBeGreaterThan(0);
  });

  it('renews a token that is due before it sends', async () => {
    await using scene = await apiScene();
    await scene.clock.advance(7_200_000);
    scene.http.answer({ json: { access_token: 'renewed', token_type: 'bearer', expires_in: 7_200 } });
    await scene.llavero.fetch(centryKey, 'orders');
    expect(authorizations(scene.api)).toEqual(['Bearer renewed']);
  });
});

describe('fetch fails', () => {
  it('with ERR_UNTRUSTED_ADDRESS for another origin, and sends nothing', async () => {
    await using scene = await apiScene();
    for (const input of [scene.elsewhere.url, new URL(scene.elsewhere.url), new Request(scene.elsewhere.url)]) {
      expect(await codeOf(scene.llavero.fetch(centryKey, input))).toBe('ERR_UNTRUSTED_ADDRESS');
    }
    expect(await codeOf(scene.llavero.fetch(centryKey, '../../oauth/token'))).toBe('ERR_UNTRUSTED_ADDRESS');
    expect([scene.api.requests, scene.elsewhere.requests]).toEqual([[], []]);
  });

  it('with the error of the token where there is none, and sends nothing', async () => {
    await using scene = await apiScene();
    await scene.llavero.revoke(centryKey, { localOnly: true });
    const error = await failureOf(scene.llavero.fetch(centryKey, 'orders'));
    expect(error).toMatchObject({ code: 'ERR_REAUTHORIZATION_REQUIRED', key: centryKey });
    expect(await codeOf(scene.llavero.fetch('centry/nobody', 'orders').then(() => undefined))).toBe(
      'ERR_REAUTHORIZATION_REQUIRED',
    );
    expect(await codeOf(scene.llavero.fetch('other/x', 'orders'))).toBe('ERR_UNKNOWN_KEY');
    expect(scene.api.requests).toEqual([]);
  });

  it('with a TypeError of its own when no answer comes, which holds a code and nothing else', async () => {
    await using scene = await apiScene({ base: () => `http://127.0.0.1:${refusedPort}` });
    const error = await thrownBy(scene.llavero.fetch(centryKey, 'orders?access_token=mine'));
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toMatch(/^TypeError: fetch failed: \w+$/);
    expect(error instanceof Error ? Object.keys(error) : []).toEqual(['code']);
  });

  it('with a TypeError when the connection is cut', async () => {
    await using scene = await apiScene();
    scene.script((_request, response) => void response.socket?.destroy());
    expect(await thrownBy(scene.llavero.fetch(centryKey, 'orders'))).toBeInstanceOf(TypeError);
  });

  it.each([
    [undefined, 'input is a path'],
    [42, 'input is a path'],
  ])('with a TypeError for %s', async (input, says) => {
    await using scene = await apiScene();
    const error = await thrownBy(callLoosely(scene.llavero, 'fetch', centryKey, input));
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toContain(says);
  });

  it('with a TypeError for headers that HTTP does not allow, without quoting them', async () => {
    await using scene = await apiScene();
    const error = await thrownBy(scene.llavero.fetch(centryKey, 'orders', { headers: { 'x-key': 'secret\r\nvalue' } }));
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).not.toContain('secret');
  });

  it('with the caller’s own reason when its signal aborts: before, while a token is renewed, and on the way', async () => {
    await using scene = await apiScene();
    const reason = new Error('my own reason');
    const aborted = AbortSignal.abort(reason);
    expect(await thrownBy(scene.llavero.fetch(centryKey, 'orders', { signal: aborted }))).toBe(reason);
    expect(scene.api.requests).toEqual([]);

    const sending = new AbortController();
    scene.script(() => sending.abort(reason));
    expect(await thrownBy(scene.llavero.fetch(centryKey, 'orders', { signal: sending.signal }))).toBe(reason);

    await scene.clock.advance(7_200_000);
    const held = scene.http.hold();
    const waiting = new AbortController();
    const asking = thrownBy(scene.llavero.fetch(centryKey, 'orders', { signal: waiting.signal }));
    await held.arrived;
    waiting.abort(reason);
    expect(await asking).toBe(reason);
    held.release({ json: { access_token: 'renewed', token_type: 'bearer', expires_in: 7_200 } });
    await scene.settle();
    expect((await scene.llavero.token(centryKey)).generation).toBe(2);
  });

  it('with what the signal of a Request says', async () => {
    await using scene = await apiScene();
    const controller = new AbortController();
    const request = new Request(`${scene.base}/orders`, { signal: controller.signal });
    controller.abort();
    expect(await thrownBy(scene.llavero.fetch(centryKey, request))).toMatchObject({ name: 'AbortError' });
  });

  it('as ERR_STORE_FAILED once it is closed', async () => {
    await using scene = await apiScene();
    await scene.llavero.close();
    expect(await codeOf(scene.llavero.fetch(centryKey, 'orders'))).toBe('ERR_STORE_FAILED');
  });
});

describe('a redirect', () => {
  it('within the API’s origin is followed with the credential', async () => {
    await using scene = await apiScene();
    scene.script(answers(302, '', { location: '/conexion/v1/moved?x=1' }), answers(200, 'there'));
    const response = await scene.llavero.fetch(centryKey, 'orders');
    expect([await response.text(), response.redirected, response.url]).toEqual([
      'there',
      true,
      `${scene.base}/moved?x=1`,
    ]);
    expect(authorizations(scene.api)).toEqual(Array(2).fill(`Bearer ${secretsOf(1).access}`));
  });

  it('to another origin drops every credential, also the caller’s, and the way back brings none of it along', async () => {
    await using scene = await apiScene();
    scene.script(answers(307, '', { location: `${scene.elsewhere.url}/away` }), answers(200, 'home again'));
    const headers = { cookie: 'a=b', 'proxy-authorization': 'x', 'x-mine': 'kept' };
    const response = await scene.llavero.fetch(centryKey, 'orders', { headers });
    expect([response.status, await response.text(), response.url]).toEqual([
      200,
      'elsewhere',
      `${scene.elsewhere.url}/away`,
    ]);
    const [away] = scene.elsewhere.requests;
    expect([away?.headers['authorization'], away?.headers['cookie'], away?.headers['proxy-authorization']]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(away?.headers['x-mine']).toBe('kept');
  });

  it('to another origin that answers 401 renews nothing', async () => {
    await using scene = await apiScene();
    const refusing = await import('../../servers/loopback-server.js').then(({ loopbackServer }) =>
      loopbackServer(answers(401)),
    );
    scene.script(answers(302, '', { location: refusing.url }));
    expect((await scene.llavero.fetch(centryKey, 'orders')).status).toBe(401);
    await refusing.close();
    expect(scene.http.requests).toHaveLength(1);
  });

  it('turns a POST into a GET where the standard says so, and sends the body again where it does not', async () => {
    await using scene = await apiScene();
    const post = { method: 'POST', body: 'b', headers: { 'content-type': 'text/plain' } };
    scene.script(answers(303, '', { location: '/conexion/v1/done' }), answers(200));
    await scene.llavero.fetch(centryKey, 'orders', post);
    scene.script(answers(308, '', { location: '/conexion/v1/moved' }), answers(200));
    await scene.llavero.fetch(centryKey, 'orders', post);
    expect(scene.api.requests.map(({ method, body, headers }) => [method, body, headers['content-type']])).toEqual([
      ['POST', 'b', 'text/plain'],
      ['GET', '', undefined],
      ['POST', 'b', 'text/plain'],
      ['POST', 'b', 'text/plain'],
    ]);
  });

  it('is an error or the caller’s own affair where init says so', async () => {
    await using scene = await apiScene();
    scene.script(answers(302, '', { location: '/conexion/v1/moved' }));
    expect(await thrownBy(scene.llavero.fetch(centryKey, 'orders', { redirect: 'error' }))).toMatchObject({
      message: 'fetch failed: redirect',
    });
    expect((await scene.llavero.fetch(centryKey, 'orders', { redirect: 'manual' })).status).toBe(302);
  });

  it('that never ends is given up after twenty', async () => {
    await using scene = await apiScene();
    scene.script(answers(302, '', { location: '/conexion/v1/again' }));
    expect(await thrownBy(scene.llavero.fetch(centryKey, 'orders'))).toMatchObject({
      message: 'fetch failed: too_many_redirects',
    });
    expect(scene.api.requests).toHaveLength(21);
  });
});
