import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { HTTPError } from 'got';
import { describe, expect, it } from 'vitest';
import { answers, authorizations, type Answering } from '../calling/api-scene.js';
import { centryKey } from '../llavero-fixture.js';
import { centryAnswer, oauthError, secretsOf } from '../provider-answers.js';
import { gotScene, thrownBy } from './got-scene.js';

const bearerOf = (n: number): string => `Bearer ${secretsOf(n).access}`;

/** Answers 401 to every token but the `n`-th. */
const onlyTakes =
  (n: number): Answering =>
  (request, response) => {
    response.writeHead(request.headers['authorization'] === bearerOf(n) ? 200 : 401).end('ok');
  };
const lenient = { throwHttpErrors: false } as const;

describe('a 401', () => {
  it('renews the token once and asks once more', async () => {
    await using scene = await gotScene();
    scene.script(onlyTakes(2));
    scene.http.answer(centryAnswer(2));
    const response = await scene.got.post('orders', { body: 'the body' });
    expect([response.statusCode, response.body]).toEqual([200, 'ok']);
    expect(authorizations(scene.api)).toEqual([bearerOf(1), bearerOf(2)]);
    expect(scene.api.requests.map(({ body }) => body)).toEqual(['the body', 'the body']);
    expect(scene.http.requests).toHaveLength(2);
    expect(scene.eventsOf('invalidated').map(({ generation }) => generation)).toEqual([1]);
  });

  it('renews it for the shortcuts, where errors are off, and where the caller allows no retry', async () => {
    for (const asking of [
      { responseType: 'json' as const },
      lenient,
      { retry: { limit: 0 } },
      { retry: { calculateDelay: () => 0 } },
      { resolveBodyOnly: true as const },
    ]) {
      await using scene = await gotScene();
      scene.script(answers(401), answers(200, '{"ok":1}'));
      scene.http.answer(centryAnswer(2));
      await scene.got('orders', asking);
      expect(authorizations(scene.api)).toEqual([bearerOf(1), bearerOf(2)]);
    }
  });

  it('that comes again comes back as it is, and is not asked a third time', async () => {
    await using scene = await gotScene();
    scene.script(answers(401, 'still no', { 'www-authenticate': 'Bearer error="invalid_token"' }));
    scene.http.answer(centryAnswer(2));
    const error = await thrownBy(scene.got('orders'));
    expect(error).toBeInstanceOf(HTTPError);
    expect(error).toMatchObject({ response: { statusCode: 401, body: 'still no' } });
    expect(authorizations(scene.api)).toEqual([bearerOf(1), bearerOf(2)]);
    expect(scene.http.requests).toHaveLength(2);

    scene.http.answer(centryAnswer(3));
    const response = await scene.got('orders', { ...lenient, retry: { limit: 0 } });
    expect([response.statusCode, response.headers['www-authenticate']]).toEqual([401, 'Bearer error="invalid_token"']);
  });

  it('after a replay that got retried renews nothing more', async () => {
    await using scene = await gotScene();
    scene.script(answers(401), answers(503), answers(401));
    scene.http.answer(centryAnswer(2));
    const options = {
      retry: { calculateDelay: ({ computedValue }: { readonly computedValue: number }) => Math.sign(computedValue) },
    };
    expect(await thrownBy(scene.got('orders', options))).toMatchObject({ response: { statusCode: 401 } });
    expect(authorizations(scene.api)).toEqual([bearerOf(1), bearerOf(2), bearerOf(2)]);
    expect(scene.http.requests).toHaveLength(2);
  });

  it('to a token that another process has replaced uses the newer one, and renews nothing', async () => {
    await using scene = await gotScene();
    await scene.got('orders');
    scene.http.answer(centryAnswer(2));
    await scene.another().token(centryKey, { force: true });
    scene.script(onlyTakes(2));
    expect((await scene.got('orders')).statusCode).toBe(200);
    expect(authorizations(scene.api)).toEqual([bearerOf(1), bearerOf(1), bearerOf(2)]);
    expect(scene.http.requests).toHaveLength(2);
  });

  it('to many calls at once causes one renewal', async () => {
    await using scene = await gotScene();
    scene.script(onlyTakes(2));
    scene.http.handle(() => centryAnswer(2));
    const statuses = await Promise.all(Array.from({ length: 20 }, async () => (await scene.got('orders')).statusCode));
    expect(statuses).toEqual(Array(20).fill(200));
    expect(scene.http.requests).toHaveLength(2);
  });

  it('in the middle of pages renews once and goes on, and again on a page that comes half a minute later', async () => {
    await using scene = await gotScene();
    const halfAMinuteLater =
      (answer: Answering): Answering =>
      async (request, response) => {
        await scene.clock.advance(30_000);
        answer(request, response);
      };
    const json = { 'content-type': 'application/json' };
    const next = (page: number) => ({ ...json, link: `<?page=${page}>; rel="next"` });
    scene.script(
      answers(200, '[1]', next(2)),
      answers(401),
      halfAMinuteLater(answers(200, '[2]', next(3))),
      answers(401),
      answers(200, '[3]', json),
    );
    scene.http.answer(centryAnswer(2));
    scene.http.answer(centryAnswer(3));
    expect(await scene.got.paginate.all('orders', { responseType: 'json' })).toEqual([1, 2, 3]);
    expect(authorizations(scene.api)).toEqual([1, 1, 2, 2, 3].map(bearerOf));
  });

  it.each([
    ['text', { body: 'text' }, 'text'],
    ['bytes', { body: Buffer.from('bytes') }, 'bytes'],
    ['JSON', { json: { a: 1 } }, '{"a":1}'],
    ['a form', { form: { a: 'b' } }, 'a=b'],
  ])('replays a body that is %s', async (_what, options, body) => {
    await using scene = await gotScene();
    scene.script(onlyTakes(2));
    scene.http.answer(centryAnswer(2));
    expect((await scene.got.post('orders', options)).statusCode).toBe(200);
    expect(scene.api.requests.map((request) => request.body)).toEqual([body, body]);
  });

  it.each([
    ['a stream', () => Readable.from(['x'])],
    ['a generator', () => [new Uint8Array([120])].values()],
    ['a FormData', () => new FormData()],
  ])('to a body that is %s comes back as it is; the token is renewed by the next call', async (_what, body) => {
    await using scene = await gotScene();
    scene.script(onlyTakes(2));
    expect(await thrownBy(scene.got.post('upload', { body: body() }))).toMatchObject({ response: { statusCode: 401 } });
    expect([scene.api.requests.length, scene.http.requests.length]).toEqual([1, 1]);
    scene.http.answer(centryAnswer(2));
    expect((await scene.got.post('upload', { body: body() })).statusCode).toBe(200);
  });

  it.each([
    ['is an error', {}],
    ['is an answer', lenient],
  ])('to a stream where it %s comes back as it is; the token is renewed by the next call', async (_what, options) => {
    await using scene = await gotScene();
    scene.script(onlyTakes(2));
    await thrownBy(text(scene.got.stream('export', options)));
    await scene.settle();
    expect([scene.api.requests.length, scene.http.requests.length]).toEqual([1, 1]);
    scene.http.answer(centryAnswer(2));
    expect(await text(scene.got.stream('export', options))).toBe('ok');
  });

  it('whose renewal fails is that failure', async () => {
    await using scene = await gotScene();
    scene.script(answers(401));
    scene.http.answer(oauthError('invalid_grant'));
    expect(await thrownBy(scene.got('orders'))).toMatchObject({
      name: 'LlaveroError',
      code: 'ERR_REAUTHORIZATION_REQUIRED',
    });
    expect(scene.api.requests).toHaveLength(1);
  });

  it('on a path without a token comes back as it is', async () => {
    await using scene = await gotScene({ placement: () => ({ credential: 'none' }) });
    scene.script(answers(401));
    expect((await scene.got('orders', lenient)).statusCode).toBe(401);
    expect([scene.api.requests.length, scene.http.requests.length]).toEqual([1, 1]);
  });

  it('leaves the caller’s own afterResponse hooks in place', async () => {
    await using scene = await gotScene();
    scene.script(onlyTakes(2));
    scene.http.answer(centryAnswer(2));
    const seen: number[] = [];
    const watching = scene.got.extend({
      hooks: {
        afterResponse: [
          (response) => {
            seen.push(response.statusCode);
            return response;
          },
        ],
      },
    });
    await watching('orders');
    expect(seen).toEqual([200]);
  });
});

describe('another status', () => {
  it.each([200, 201, 204, 400, 403, 404, 409, 418, 422, 429, 500, 503])(
    '%i comes back as it is and renews nothing',
    async (status) => {
      await using scene = await gotScene();
      scene.script(answers(status));
      expect((await scene.got('orders', { ...lenient, retry: { limit: 0 } })).statusCode).toBe(status);
      expect([scene.api.requests.length, scene.http.requests.length]).toEqual([1, 1]);
    },
  );
});

describe('a 401 that the provider explains', () => {
  const judge = (body: Readonly<Record<string, unknown>> | undefined) => {
    if (body?.['error_code'] === 1001) return { _tag: 'AccountUnavailable', error: '1001 store blocked' } as const;
    return body?.['error_code'] === 7 ? ('not_about_the_token' as const) : ('token_refused' as const);
  };

  it.each([
    [1001, 'account_unavailable'],
    [7, 'ready'],
  ])('as %i comes back as it is, and the account is %s', async (error_code, state) => {
    await using scene = await gotScene({ judgeRefusal: judge });
    scene.script(answers(401, JSON.stringify({ error_code })));
    const error = await thrownBy(scene.got('orders', { responseType: 'json' }));
    expect(error).toMatchObject({ response: { statusCode: 401, body: { error_code } } });
    expect((await scene.llavero.status(centryKey)).state).toBe(state);
    expect(scene.http.requests).toHaveLength(1);
  });

  it('of a stream is read too', async () => {
    await using scene = await gotScene({ judgeRefusal: judge });
    scene.script(answers(401, '{"error_code":1001}'));
    expect(await thrownBy(text(scene.got.stream('export')))).toBeInstanceOf(HTTPError);
    expect((await scene.llavero.status(centryKey)).state).toBe('account_unavailable');
  });

  it.each(['{"error_code":1000}', '', 'no json', '[]'])('as %j renews the token', async (body) => {
    await using scene = await gotScene({ judgeRefusal: judge });
    scene.script(answers(401, body), answers(200));
    scene.http.answer(centryAnswer(2));
    expect((await scene.got('orders')).statusCode).toBe(200);
  });
});
