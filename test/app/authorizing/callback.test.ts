import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../../../src/adapters/crypto/digest.js';
import { centry } from '../../../src/adapters/providers/centry/centry.js';
import type { TokenStore } from '../../../src/ports/token-store.js';
import { swapPorts } from '../../../src/app/container/swap-ports.js';
import {
  accessOf,
  authorizedCentry,
  callLoosely,
  centryKey,
  codeOf,
  failureOf,
  makeScene,
  minuteMs,
  sent,
  trayKey,
  type Scene,
} from '../llavero-fixture.js';
import { canary, centryAnswer, oauthError, secretsOf, trayAnswer } from '../provider-answers.js';

const mismatch = async (promise: Promise<unknown>): Promise<unknown> => {
  const error = await failureOf(promise);
  expect(error).toMatchObject({ code: 'ERR_STATE_MISMATCH', retryable: false });
  return error.reason;
};

describe('callback', () => {
  it('exchanges the code of Centry with the very redirect URI, and gives the first token', async () => {
    const { llavero, http, clock, eventsOf } = makeScene();
    const { state } = await llavero.authorize(centryKey, { redirectUri: 'https://app.example.com/other' });
    http.answer(centryAnswer(1));
    const token = await llavero.callback(`https://app.example.com/other?code=${canary}-code&state=${state}`);
    expect(token).toMatchObject({ key: centryKey, generation: 1, tokenType: 'bearer', scope: 'read_orders' });
    expect(token.authorizationHeader()).toBe(`Bearer ${secretsOf(1).access}`);
    expect(token.obtainedAt).toEqual(new Date(clock.nowMs()));
    expect(http.requests.at(0)).toMatchObject({ method: 'POST', url: 'https://www.centry.cl/oauth/token' });
    expect(http.requests.at(0)?.form).toEqual([
      ['grant_type', 'authorization_code'],
      ['code', `${canary}-code`],
      ['redirect_uri', 'https://app.example.com/other'],
      ['client_id', 'centry-client'],
      ['client_secret', `${canary}-centry-secret`],
    ]);
    expect(eventsOf('token_committed')).toMatchObject([{ key: centryKey, generation: 1, cause: 'authorization' }]);
    expect((await llavero.status(centryKey)).state).toBe('ready');
  });

  it('exchanges the code of Tray at the address of the shop, and keeps what Tray tells of it', async () => {
    const { llavero, http, clock } = makeScene();
    const { state } = await llavero.authorize(trayKey, { storeUrl: 'shop.example.com' });
    http.answer(trayAnswer(1, clock.nowMs()));
    const returned = new URL(`https://app.example.com/tray?state=${state}&code=${canary}-code&store=391250`);
    returned.searchParams.set('api_address', 'https://shop.example.com/web_api/');
    returned.searchParams.set('store_host', 'http://shop.example.com');
    const token = await llavero.callback(returned);
    expect(token.attributes).toEqual({ apiHost: 'https://shop.example.com/web_api', storeId: '391250' });
    expect(token.refreshTokenExpiresAt).toEqual(new Date(clock.nowMs() + 30 * 24 * 60 * minuteMs));
    expect(http.requests.at(0)).toMatchObject({ method: 'POST', url: 'https://shop.example.com/web_api/auth' });
    await clock.advance(3 * 60 * minuteMs);
    http.answer(trayAnswer(2, clock.nowMs()));
    expect((await llavero.token(trayKey)).generation).toBe(2);
    expect(http.requests.at(1)).toMatchObject({ method: 'GET', url: 'https://shop.example.com/web_api/auth' });
    expect(sent(http, 1, 'refresh_token')).toBe(secretsOf(1).refresh);
  });

  it.each<readonly [string, (state: string) => string | URL | URLSearchParams]>([
    ['a whole URL', (state) => `https://app.example.com/centry?code=c&state=${state}`],
    ['a URL object', (state) => new URL(`https://app.example.com/centry?code=c&state=${state}`)],
    ['a path', (state) => `/centry?code=c&state=${state}`],
    ['a query', (state) => `?code=c&state=${state}`],
    ['a bare query', (state) => `code=c&state=${state}`],
    ['parameters', (state) => new URLSearchParams({ code: 'c', state })],
  ])('reads %s', async (_form, write) => {
    const { llavero, http } = makeScene();
    const { state } = await llavero.authorize(centryKey);
    http.answer(centryAnswer(1));
    expect((await llavero.callback(write(state))).generation).toBe(1);
  });

  it('sends the code to the token endpoint of the provider that the browser was sent to, and nowhere else', async () => {
    const client = { clientId: 'id', clientSecret: 'secret', redirectUri: 'https://app.example.com/cb' };
    const at = (id: string) => centry({ ...client, id, baseUrl: `https://${id}.example.com` });
    const { llavero, http } = makeScene({ providers: [at('one'), at('two')] });
    const [one, two] = [await llavero.authorize('one/acme'), await llavero.authorize('two/acme')];
    http.handle(() => centryAnswer(1));
    await llavero.callback(`?code=c2&state=${two.state}`);
    await llavero.callback(`?code=c1&state=${one.state}`);
    expect(http.requests.map(({ url, form }) => [url, new Map(form).get('code')])).toEqual([
      ['https://two.example.com/oauth/token', 'c2'],
      ['https://one.example.com/oauth/token', 'c1'],
    ]);
  });

  it('works for a process that did not start the flow', async () => {
    const { llavero, another, http } = makeScene();
    const { state } = await llavero.authorize(centryKey);
    http.answer(centryAnswer(1));
    expect((await another().callback(`?code=c&state=${state}`)).generation).toBe(1);
  });

  it('is a TypeError when it is given nothing to read', async () => {
    const { llavero } = makeScene();
    for (const nothing of [undefined, 42, {}]) {
      const returned = callLoosely(llavero, 'callback', nothing);
      await expect(returned).rejects.toThrow(TypeError);
      await expect(returned).rejects.toThrow('callback(returned)');
    }
  });
});

describe('the state of a callback', () => {
  const started = async (): Promise<Scene & { readonly state: string }> => {
    const scene = makeScene();
    const { state } = await scene.llavero.authorize(centryKey);
    return { ...scene, state };
  };

  it('has to be there', async () => {
    const { llavero, http } = await started();
    const reason = { _tag: 'StateMismatch', why: 'missing' };
    expect(await mismatch(llavero.callback('?code=c'))).toEqual(reason);
    expect(await mismatch(llavero.callback('?code=c&state='))).toEqual(reason);
    expect(http.requests).toEqual([]);
  });

  it('has to be one that authorize gave', async () => {
    const { llavero, http, state } = await started();
    const reason = { _tag: 'StateMismatch', why: 'unknown' };
    expect(await mismatch(llavero.callback('?code=c&state=forged'))).toEqual(reason);
    expect(await mismatch(llavero.callback(`?code=c&state=${state}x`))).toEqual(reason);
    expect(http.requests).toEqual([]);
  });

  it('works once, even when two callbacks come at the same time', async () => {
    const { llavero, another, clock, http, state } = await started();
    http.answer(centryAnswer(1));
    const returned = `?code=c&state=${state}`;
    const both = Promise.allSettled([llavero.callback(returned), another().callback(returned)]);
    await clock.advance(minuteMs);
    const [first, second] = await both;
    expect([first.status, second.status].toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await mismatch(llavero.callback(returned))).toMatchObject({ why: 'already_completed' });
    expect(http.requests).toHaveLength(1);
  });

  it('works for ten minutes and no longer', async () => {
    const { llavero, clock, http, state } = await started();
    const { state: inTime } = await llavero.authorize(centryKey);
    await clock.advance(10 * minuteMs - 1);
    http.answer(centryAnswer(1));
    expect((await llavero.callback(`?code=c&state=${inTime}`)).generation).toBe(1);
    await clock.advance(1);
    expect(await mismatch(llavero.callback(`?code=c&state=${state}`))).toEqual({
      _tag: 'StateMismatch',
      why: 'unknown',
    });
    expect(http.requests).toHaveLength(1);
  });

  it('is worth nothing once the account was removed', async () => {
    const { llavero, http, state } = await started();
    await llavero.remove(centryKey);
    expect(await codeOf(llavero.callback(`?code=c&state=${state}`))).toBe('ERR_UNKNOWN_KEY');
    expect(http.requests).toEqual([]);
  });

  it('does not reach an account that was registered anew after a removal', async () => {
    const { llavero, http, state } = await started();
    await llavero.remove(centryKey);
    await llavero.register({ provider: 'centry', account: 'acme' });
    expect(await mismatch(llavero.callback(`?code=c&state=${state}`))).toEqual({
      _tag: 'StateMismatch',
      why: 'other_account',
    });
    expect(http.requests).toEqual([]);
  });

  it('does not stand in for another account’s', async () => {
    const { llavero, http, state } = await started();
    const { state: others } = await llavero.authorize('centry/other');
    http.handle(() => centryAnswer(1));
    expect((await llavero.callback(`?code=c&state=${others}`)).key).toBe('centry/other');
    expect((await llavero.callback(`?code=c&state=${state}`)).key).toBe(centryKey);
  });

  it('is refused at the redirect URI of another provider, and used up there', async () => {
    const { llavero, http, state } = await started();
    const reason = { _tag: 'StateMismatch', why: 'other_account' };
    expect(await mismatch(llavero.callback(`?code=c&state=${state}`, { provider: 'tray' }))).toEqual(reason);
    expect(await mismatch(llavero.callback(`?code=c&state=${state}`, { provider: 'centry' }))).toEqual({
      _tag: 'StateMismatch',
      why: 'unknown',
    });
    expect(http.requests).toEqual([]);
  });

  it('is taken at the redirect URI of its own provider', async () => {
    const { llavero, http, state } = await started();
    http.answer(centryAnswer(1));
    expect((await llavero.callback(`?code=c&state=${state}`, { provider: 'centry' })).key).toBe(centryKey);
  });

  it('is not taken for another one that a store hands out in its place', async () => {
    const { llavero, store, another, http } = makeScene();
    await llavero.authorize(centryKey);
    const { state: others } = await llavero.authorize('centry/other');
    const { state } = await llavero.authorize(centryKey);
    const careless: TokenStore = {
      ...store,
      updatePending: (_id, change) => store.updatePending(sha256Hex(others), change),
    };
    const returned = another({ overrides: [swapPorts({ tokenStore: careless })] }).callback(`?code=c&state=${state}`);
    expect(await mismatch(returned)).toEqual({ _tag: 'StateMismatch', why: 'unknown' });
    expect(http.requests).toEqual([]);
  });

  it('may not stand twice in the query, and neither may anything else', async () => {
    const { llavero, http, state } = await started();
    const reason = { _tag: 'StateMismatch', why: 'repeated_parameter' };
    expect(await mismatch(llavero.callback(`?code=c&state=${state}&state=${state}`))).toEqual(reason);
    expect(await mismatch(llavero.callback(`?code=c&code=d&state=${state}`))).toEqual(reason);
    expect(await mismatch(llavero.callback(`?code=c&state=&state=${state}`))).toEqual(reason);
    expect(http.requests).toEqual([]);
  });
});

describe('a callback that brings no code', () => {
  it.each([
    ['access_denied', 'ERR_ACCESS_DENIED', false],
    ['server_error', 'ERR_PROVIDER_UNAVAILABLE', true],
    ['temporarily_unavailable', 'ERR_PROVIDER_UNAVAILABLE', true],
    ['invalid_scope', 'ERR_REQUEST_REJECTED', false],
    ['something_new', 'ERR_REQUEST_REJECTED', false],
  ])('but error=%s is %s, and the old token goes on working', async (error, code, retryable) => {
    const { llavero, http } = await authorizedCentry();
    const { state } = await llavero.authorize(centryKey);
    const failure = await failureOf(llavero.callback(`?error=${error}&state=${state}`));
    expect(failure).toMatchObject({ code, retryable, key: centryKey });
    expect((await llavero.token(centryKey)).generation).toBe(1);
    expect((await llavero.status(centryKey)).state).toBe('ready');
    expect(http.requests).toHaveLength(1);
  });

  it('and no error is ERR_REQUEST_REJECTED', async () => {
    const { llavero } = makeScene();
    const { state } = await llavero.authorize(centryKey);
    expect(await codeOf(llavero.callback(`?state=${state}`))).toBe('ERR_REQUEST_REJECTED');
  });
});

describe('a callback of Tray from another host', () => {
  it.each([
    'https://evil.example.org/web_api',
    'https://shop.example.com:8443/web_api',
    'https://www.shop.example.com/web_api',
    'http://shop.example.com/web_api',
    'https://user@shop.example.com/web_api',
    'https://127.0.0.1/web_api',
    'nonsense',
  ])('%s is ERR_UNTRUSTED_ADDRESS, and nothing is sent', async (apiAddress) => {
    const { llavero, http } = makeScene();
    const { state } = await llavero.authorize(trayKey, { storeUrl: 'https://shop.example.com' });
    const returned = new URLSearchParams({ state, code: 'c', api_address: apiAddress });
    expect(await codeOf(llavero.callback(returned))).toBe('ERR_UNTRUSTED_ADDRESS');
    expect(http.requests).toEqual([]);
  });
});

describe('an exchange of the code that fails', () => {
  it.each([
    [oauthError('invalid_grant'), 'ERR_REAUTHORIZATION_REQUIRED'],
    [oauthError('invalid_client', 401), 'ERR_CLIENT_REJECTED'],
    [oauthError('invalid_request'), 'ERR_REQUEST_REJECTED'],
    [{ status: 429, headers: { 'Retry-After': '7' } }, 'ERR_RATE_LIMITED'],
    [{ status: 503 }, 'ERR_PROVIDER_UNAVAILABLE'],
    [{ status: 200 }, 'ERR_RESPONSE_MALFORMED'],
    [{ _tag: 'Unknown', why: 'ETIMEDOUT' } as const, 'ERR_PROVIDER_UNAVAILABLE'],
    [{ _tag: 'Unsent', why: 'ECONNREFUSED' } as const, 'ERR_PROVIDER_UNAVAILABLE'],
  ])('with %j is %s, is not repeated, and leaves what was there before', async (reply, code) => {
    const { llavero, http } = await authorizedCentry();
    const { state } = await llavero.authorize(centryKey);
    http.handle(() => reply);
    expect(await codeOf(llavero.callback(`?code=c&state=${state}`))).toBe(code);
    expect(http.requests).toHaveLength(2);
    expect(accessOf(await llavero.token(centryKey))).toBe(secretsOf(1).access);
    expect((await llavero.status(centryKey)).state).toBe('ready');
  });
});
