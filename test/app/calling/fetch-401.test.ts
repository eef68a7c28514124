import { describe, expect, it } from 'vitest';
import { answers, apiScene, authorizations, type Answering } from './api-scene.js';
import { centryKey, codeOf } from '../llavero-fixture.js';
import { centryAnswer, oauthError, secretsOf } from '../provider-answers.js';

const bearerOf = (n: number): string => `Bearer ${secretsOf(n).access}`;

/** Answers 401 to every token but the `n`-th. */
const onlyTakes =
  (n: number): Answering =>
  (request, response) => {
    response.writeHead(request.headers['authorization'] === bearerOf(n) ? 200 : 401).end('ok');
  };
describe('a 401', () => {
  it('renews the token once and asks once more', async () => {
    await using scene = await apiScene();
    scene.script(onlyTakes(2));
    scene.http.answer(centryAnswer(2));
    const response = await scene.llavero.fetch(centryKey, 'orders', { method: 'POST', body: 'the body' });
    expect(response.status).toBe(200);
    expect(authorizations(scene.api)).toEqual([bearerOf(1), bearerOf(2)]);
    expect(scene.api.requests.map(({ body }) => body)).toEqual(['the body', 'the body']);
    expect(scene.http.requests).toHaveLength(2);
    expect(scene.eventsOf('invalidated').map(({ generation }) => generation)).toEqual([1]);
  });

  it('that comes again comes back as it is', async () => {
    await using scene = await apiScene();
    scene.script(answers(401, 'still no', { 'www-authenticate': 'Bearer error="invalid_token"' }));
    scene.http.answer(centryAnswer(2));
    const response = await scene.llavero.fetch(centryKey, 'orders');
    expect([response.status, await response.text()]).toEqual([401, 'still no']);
    expect(response.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
    expect(authorizations(scene.api)).toEqual([bearerOf(1), bearerOf(2)]);
    expect(scene.http.requests).toHaveLength(2);
  });

  it('to a token that another process has replaced uses the newer one, and renews nothing', async () => {
    await using scene = await apiScene();
    await scene.llavero.fetch(centryKey, 'orders');
    scene.http.answer(centryAnswer(2));
    await scene.another().token(centryKey, { force: true });
    scene.script(onlyTakes(2));
    expect((await scene.llavero.fetch(centryKey, 'orders')).status).toBe(200);
    expect(authorizations(scene.api)).toEqual([bearerOf(1), bearerOf(1), bearerOf(2)]);
    expect(scene.http.requests).toHaveLength(2);
  });

  it('to many calls at once causes one renewal', async () => {
    await using scene = await apiScene();
    scene.script(onlyTakes(2));
    scene.http.handle(() => centryAnswer(2));
    const statuses = await Promise.all(
      Array.from({ length: 20 }, async () => (await scene.llavero.fetch(centryKey, 'orders')).status),
    );
    expect(statuses).toEqual(Array(20).fill(200));
    expect(scene.http.requests).toHaveLength(2);
  });

  it.each([
    ['text', 'text'],
    ['a URLSearchParams', new URLSearchParams({ a: 'b' })],
    ['a Blob', new Blob(['blob'])],
    ['bytes', new TextEncoder().encode('bytes')],
    ['an ArrayBuffer', new TextEncoder().encode('buffer').buffer],
    ['nothing', undefined],
  ])('replays a body that is %s', async (_what, body) => {
    await using scene = await apiScene();
    scene.script(onlyTakes(2));
    scene.http.answer(centryAnswer(2));
    const init = body === undefined ? {} : { method: 'POST', body };
    expect((await scene.llavero.fetch(centryKey, 'orders', init)).status).toBe(200);
    const [first, second] = scene.api.requests;
    expect(second?.body).toBe(first?.body);
  });

  it('replays a form, boundaries and all', async () => {
    await using scene = await apiScene();
    scene.script(onlyTakes(2));
    scene.http.answer(centryAnswer(2));
    const body = new FormData();
    body.set('name', 'value');
    expect((await scene.llavero.fetch(centryKey, 'orders', { method: 'POST', body })).status).toBe(200);
    expect(scene.api.requests.map((request) => request.body.includes('name="name"'))).toEqual([true, true]);
  });

  it('to a stream comes back as it is; the token is renewed by the next call', async () => {
    await using scene = await apiScene();
    scene.script(onlyTakes(2));
    const streaming = (): RequestInit => ({ method: 'POST', body: new Blob(['x']).stream(), duplex: 'half' });
    expect((await scene.llavero.fetch(centryKey, 'upload', streaming())).status).toBe(401);
    expect(scene.http.requests).toHaveLength(1);
    scene.http.answer(centryAnswer(2));
    expect((await scene.llavero.fetch(centryKey, 'upload', streaming())).status).toBe(200);
  });

  it('to a Request with a body comes back as it is', async () => {
    await using scene = await apiScene();
    scene.script(answers(401));
    const request = new Request(`${scene.base}/orders`, { method: 'POST', body: 'x' });
    expect((await scene.llavero.fetch(centryKey, request)).status).toBe(401);
    expect([scene.api.requests.length, scene.http.requests.length]).toEqual([1, 1]);
  });

  it('is spared a stream: a token that is about to end is renewed before it', async () => {
    await using scene = await apiScene();
    await scene.clock.advance(7_200_000 - 60_000);
    scene.http.answer(centryAnswer(2));
    await scene.llavero.fetch(centryKey, 'upload', { method: 'POST', body: new Blob(['x']).stream(), duplex: 'half' });
    expect(authorizations(scene.api)).toEqual([bearerOf(2)]);
  });

  it('whose renewal fails is that failure', async () => {
    await using scene = await apiScene();
    scene.script(answers(401));
    scene.http.answer(oauthError('invalid_grant'));
    expect(await codeOf(scene.llavero.fetch(centryKey, 'orders'))).toBe('ERR_REAUTHORIZATION_REQUIRED');
    expect(scene.api.requests).toHaveLength(1);
  });

  it('on a path without a token comes back as it is', async () => {
    await using scene = await apiScene({ placement: () => ({ credential: 'none' }) });
    scene.script(answers(401));
    expect((await scene.llavero.fetch(centryKey, 'orders')).status).toBe(401);
    expect([scene.api.requests.length, scene.http.requests.length]).toEqual([1, 1]);
  });
});

describe('another status', () => {
  it.each([200, 201, 204, 400, 403, 404, 409, 418, 422, 429, 500, 503])(
    '%i comes back as it is and renews nothing',
    async (status) => {
      await using scene = await apiScene();
      scene.script(answers(status));
      expect((await scene.llavero.fetch(centryKey, 'orders')).status).toBe(status);
      expect([scene.api.requests.length, scene.http.requests.length]).toEqual([1, 1]);
    },
  );
});

describe('a 401 that the provider explains', () => {
  const judge = (body: Readonly<Record<string, unknown>> | undefined) => {
    if (body?.['error_code'] === 1001) return { _tag: 'AccountUnavailable', error: '1001 store blocked' } as const;
    return body?.['error_code'] === 7 ? ('not_about_the_token' as const) : ('token_refused' as const);
  };
  const json = { 'content-type': 'application/json' };

  it('as an account that is not available is its state from then on, and the answer comes back unread', async () => {
    await using scene = await apiScene({ judgeRefusal: judge });
    scene.script(answers(401, '{"error_code":1001}', json));
    const response = await scene.llavero.fetch(centryKey, 'orders');
    expect([response.status, await response.json()]).toEqual([401, { error_code: 1001 }]);
    const status = await scene.llavero.status(centryKey);
    expect(status).toMatchObject({ state: 'account_unavailable', lastFailure: { code: 'ERR_ACCOUNT_UNAVAILABLE' } });
    expect(scene.eventsOf('renewal_failed')).toMatchObject([{ key: centryKey, code: 'ERR_ACCOUNT_UNAVAILABLE' }]);
    expect(scene.http.requests).toHaveLength(1);
  });

  it('for a removed account’s token is not noted on its successor', async () => {
    await using scene = await apiScene({ judgeRefusal: judge });
    const arrived = new Promise<() => void>((resolve) => {
      scene.script((_request, response) => resolve(() => response.writeHead(401, json).end('{"error_code":1001}')));
    });
    const late = scene.llavero.fetch(centryKey, 'orders');
    const answer = await arrived;
    await scene.llavero.remove(centryKey);
    scene.http.answer(centryAnswer(2));
    const successor = await scene.llavero.exchange(centryKey, { code: 'another' });
    expect(successor.generation).toBe(scene.token.generation);
    answer();
    expect((await late).status).toBe(401);
    expect((await scene.llavero.status(centryKey)).state).toBe('ready');
    expect(scene.eventsOf('renewal_failed')).toEqual([]);
  });

  it('as not about the token renews nothing', async () => {
    await using scene = await apiScene({ judgeRefusal: judge });
    scene.script(answers(401, '{"error_code":7}', json));
    const response = await scene.llavero.fetch(centryKey, 'orders');
    expect([response.status, await response.json()]).toEqual([401, { error_code: 7 }]);
    expect(scene.http.requests).toHaveLength(1);
  });

  it.each(['{"error_code":1000}', '', 'no json', '[]', '{"error_code":', `{"x":"${'y'.repeat(100_000)}"}`])(
    'in any other way renews the token',
    async (body) => {
      await using scene = await apiScene({ judgeRefusal: judge });
      scene.script(answers(401, body, json), answers(200));
      scene.http.answer(centryAnswer(2));
      expect((await scene.llavero.fetch(centryKey, 'orders')).status).toBe(200);
    },
  );
});
