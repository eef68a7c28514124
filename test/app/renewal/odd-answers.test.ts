import { describe, expect, it } from 'vitest';
import type { ClassifyError } from '../../../src/domain/token-response/classified-refusal.js';
import { codeOf, failureOf, hourMs, minuteMs, secondMs } from '../llavero-fixture.js';
import { answerScene, key, type ServedAnswer } from './answer-scene.js';

const pair = (n: number, members: Readonly<Record<string, unknown>> = {}) => ({
  access_token: `at-${n}`,
  refresh_token: `rt-${n}`,
  expires_in: 3_600,
  ...members,
});

describe('an answer in JSON that calls itself something else', () => {
  it.each(['text/javascript', 'text/plain; charset=utf-8', 'text/html;charset=UTF-8', 'text/json', undefined])(
    'costs no refresh token, and its invalid_grant is understood: %s',
    async (type) => {
      let n = 0;
      let dead = false;
      const headers = type === undefined ? {} : { 'content-type': type };
      const { llavero, clock, connect } = await answerScene({}, () =>
        dead
          ? { status: 400, body: JSON.stringify({ error: 'invalid_grant' }), headers }
          : { body: JSON.stringify(pair((n += 1))), headers },
      );
      expect((await connect()).accessToken.expose()).toBe('at-1');
      clock.jump(2 * hourMs);
      expect((await llavero.token(key)).accessToken.expose()).toBe('at-2');
      dead = true;
      clock.jump(2 * hourMs);
      expect(await codeOf(llavero.token(key))).toBe('ERR_REAUTHORIZATION_REQUIRED');
    },
  );
});

describe('an answer that is written in another way', () => {
  it('may hold its scope as a list, at first and at a renewal', async () => {
    let n = 0;
    const { llavero, clock, connect } = await answerScene({ scope: 'read write' }, () => ({
      body: pair((n += 1), { scope: ['read', 'write'] }),
    }));
    expect((await connect()).scope).toBe('read write');
    clock.jump(2 * hourMs);
    expect((await llavero.token(key)).scope).toBe('read write');
  });

  it.each(['User Access Token', 'Application Access Token', 'bot'])(
    'may call Bearer %s where the definition says so',
    async (token_type) => {
      const bearerTypes = ['User Access Token', 'Application Access Token', 'bot'];
      const { llavero, requests, connect } = await answerScene({ answer: { bearerTypes } }, ({ path }) => ({
        body: path === '/token' ? pair(1, { token_type }) : {},
      }));
      expect((await connect()).authorizationHeader()).toBe('Bearer at-1');
      await llavero.fetch(key, '/orders');
      expect(requests.at(-1)?.headers['authorization']).toBe('Bearer at-1');
    },
  );

  it.each(['17841405793187219', '9007199254740993', '100000000000000000000'])(
    'may name an account by a long number: %s is called by every digit',
    async (id) => {
      const { llavero, requests, connect } = await answerScene(
        { answer: { attributes: { userId: 'user_id' } }, api: { base: '/api/{userId}' } },
        ({ path }) => ({
          body: path === '/token' ? `{"access_token":"at-1","expires_in":3600,"user_id":${id}}` : '{}',
          headers: { 'content-type': 'application/json' },
        }),
      );
      expect((await connect()).attributes['userId']).toBe(id);
      await llavero.fetch(key, '/media');
      expect(requests.at(-1)?.path).toBe(`/api/${id}/media`);
    },
  );

  it('is asked for in JSON, where a server has a form otherwise', async () => {
    let n = 0;
    const { llavero, clock, connect } = await answerScene({}, ({ headers }) => {
      const body = pair((n += 1));
      return /application\/json/.test(headers['accept'] ?? '')
        ? { body }
        : { body: new URLSearchParams({ ...body, expires_in: '3600' }).toString() };
    });
    await connect();
    for (const expected of ['at-2', 'at-3']) {
      clock.jump(2 * hourMs);
      expect((await llavero.token(key)).accessToken.expose()).toBe(expected);
    }
  });
});

describe('an expires_in of 0', () => {
  it('is no end where tokens never expire', async () => {
    const { llavero, clock, connect, requests } = await answerScene({ accessTokenLifetimeMs: 'unlimited' }, () => ({
      body: { access_token: 'at-1', expires_in: 0, scope: null },
    }));
    await connect();
    clock.jump(900 * 24 * hourMs);
    expect((await llavero.token(key)).accessToken.expose()).toBe('at-1');
    expect(requests).toHaveLength(1);
  });

  it('of the running token is asked about again after a second, and is no error', async () => {
    let renewals = 0;
    const { llavero, clock, connect, requests } = await answerScene(
      { accessTokenLifetimeMs: 2 * hourMs },
      (_request, field) => {
        if (field('grant_type') === 'authorization_code') return { body: pair(1) };
        renewals += 1;
        return { body: renewals === 1 ? pair(1, { expires_in: 0 }) : pair(2) };
      },
    );
    await connect();
    clock.jump(hourMs - 400);
    expect((await llavero.token(key)).accessToken.expose()).toBe('at-1');
    clock.jump(secondMs);
    expect((await llavero.token(key)).accessToken.expose()).toBe('at-2');
    expect(requests).toHaveLength(3);
  });
});

describe('a renewed token of which nothing is left', () => {
  it('is shared by all who wait, however much validity they ask for', async () => {
    const { llavero, clock, connect, requests } = await answerScene({}, (_request, field) => {
      if (field('grant_type') === 'authorization_code') return { body: pair(1) };
      // A lifetime counts from when the request was sent.
      clock.jump(secondMs / 2);
      return { body: pair(2, { expires_in: 0 }) };
    });
    await connect();
    clock.jump(2 * hourMs);
    const tokens = await Promise.all(Array.from({ length: 20 }, () => llavero.token(key, { minValidMs: minuteMs })));
    expect(new Set(tokens.map(({ accessToken }) => accessToken.expose()))).toEqual(new Set(['at-2']));
    expect(requests).toHaveLength(2);
  });
});

describe('a server that gives the same access token again', () => {
  it.each([
    ['with what is left of it', (leftMs: number) => ({ expires_in: Math.ceil(leftMs / 1_000) })],
    ['without a lifetime', () => ({ expires_in: undefined })],
  ])('%s is not asked over and over', async (_how, lifetime) => {
    let issuedAt = 0;
    let n = 0;
    let renewals = 0;
    let now = (): number => Date.now();
    const lifeMs = 10 * minuteMs;
    const { llavero, clock, connect } = await answerScene({ accessTokenLifetimeMs: lifeMs }, (_request, field) => {
      if (field('grant_type') === 'refresh_token') renewals += 1;
      if (now() >= issuedAt + lifeMs) [issuedAt, n] = [now(), n + 1];
      return { body: pair(n, { refresh_token: 'rt-1', ...lifetime(issuedAt + lifeMs - now()) }) };
    });
    now = clock.nowMs;
    await connect();
    for (let minutes = 0; minutes < 60; minutes += 0.25) {
      clock.jump(minuteMs / 4);
      await llavero.token(key);
    }
    expect(n).toBeGreaterThanOrEqual(6);
    expect(renewals).toBeLessThanOrEqual(60);
  });
});

describe('an answer without a token that only the definition can read', () => {
  const deadAs = async (answer: ServedAnswer, classifyError: ClassifyError) => {
    const { llavero, clock, connect } = await answerScene({ classifyError }, (_request, field) =>
      field('grant_type') === 'refresh_token' ? answer : { body: pair(1) },
    );
    await connect();
    clock.jump(2 * hourMs);
    return failureOf(llavero.token(key));
  };

  it.each<readonly [string, ServedAnswer, ClassifyError]>([
    [
      'an empty 400',
      { status: 400 },
      ({ status, text }) => (status === 400 && text === '' ? 'invalid_grant' : undefined),
    ],
    [
      'a 500 with server_error',
      { status: 500, body: { error: 'server_error', error_description: 'token not found' } },
      ({ body }) => (body?.['error_description'] === 'token not found' ? 'invalid_grant' : undefined),
    ],
    [
      'a page',
      { status: 503, body: '<html>this connection was removed</html>', headers: { 'content-type': 'text/html' } },
      ({ text }) => (/was removed/.test(text ?? '') ? 'invalid_grant' : undefined),
    ],
    [
      'a header',
      { status: 403, headers: { 'x-error-code': '17' } },
      ({ headers }) => (headers['x-error-code'] === '17' ? 'invalid_grant' : undefined),
    ],
  ])('ends the grant as it says: %s', async (_what, answer, classify) => {
    expect((await deadAs(answer, classify)).reason).toMatchObject({
      _tag: 'ReauthorizationRequired',
      cause: 'invalid_grant',
    });
  });

  it('keeps the grant where it says nothing, and the error tells what to look at', async () => {
    const failure = await deadAs({ status: 400 }, () => undefined);
    expect(failure).toMatchObject({
      code: 'ERR_REQUEST_REJECTED',
      reason: { error: 'http_400', hint: 'dead_refresh_token' },
    });
    expect(failure.message).toContain('say it with classifyError');
  });
});

describe('a 401 that is no JSON', () => {
  it('is a refused client, and the error names the other ways where the encoding may be to blame', async () => {
    const { llavero, connect } = await answerScene({ clientAuthentication: 'basic' }, () => ({
      status: 401,
      body: 'Unauthorized',
      headers: { 'content-type': 'text/plain' },
    }));
    expect(await failureOf(connect())).toMatchObject({ code: 'ERR_CLIENT_REJECTED', reason: { error: 'http_401' } });
    await llavero.register({ provider: 'shop', account: 'odd', clientId: 'id', clientSecret: 'a+b/c=' });
    const failure = await failureOf(connect('shop/odd'));
    expect(failure.message).toContain("'basic-unencoded' or 'post'");
    expect(failure.message).not.toContain('a+b/c=');
  });

  it('tells the same from the store', async () => {
    let refuse = false;
    const { llavero, clock, connect, requests } = await answerScene({ clientAuthentication: 'basic' }, () =>
      refuse ? { status: 401, body: 'Unauthorized' } : { body: pair(1) },
    );
    await llavero.register({ provider: 'shop', account: 'acme', clientId: 'id', clientSecret: 'a+b' });
    await connect();
    refuse = true;
    clock.jump(2 * hourMs);
    const first = await failureOf(llavero.token(key));
    const later = await failureOf(llavero.token(key));
    expect([first.message, requests.length]).toEqual([later.message, 2]);
    expect(later.reason).toMatchObject({ hint: 'basic_encoding' });
  });
});

describe('a header of its own that says how long to wait', () => {
  const limited = { status: 429, body: { message: 'Too many requests' }, headers: { 'x-retry-after': '42' } };

  it('is heeded', async () => {
    const { connect } = await answerScene({ retryAfterHeaders: ['X-Retry-After'] }, () => limited);
    expect(await failureOf(connect())).toMatchObject({ code: 'ERR_RATE_LIMITED', retryAfterMs: 42 * secondMs });
  });

  it.each<readonly [string, ServedAnswer]>([
    ['a 429', limited],
    ['a 400', { ...limited, status: 400, body: { error: 'invalid_request' } }],
    ['a 503', { ...limited, status: 503 }],
    ['a 500', { ...limited, status: 500 }],
  ])('is waited for before the next renewal, after %s', async (_what, refusal) => {
    let n = 0;
    const { llavero, clock, connect, requests } = await answerScene(
      { rotation: 'none', retryAfterHeaders: ['X-Retry-After'] },
      () => {
        n += 1;
        return n === 2 ? refusal : { body: pair(n) };
      },
    );
    await connect();
    clock.jump(2 * hourMs);
    await codeOf(llavero.token(key));
    clock.jump(41 * secondMs);
    await codeOf(llavero.token(key));
    expect(requests).toHaveLength(2);
    clock.jump(secondMs);
    expect((await llavero.token(key)).accessToken.expose()).toBe('at-3');
  });
});
