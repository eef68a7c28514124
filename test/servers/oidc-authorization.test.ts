import { describe, expect, it } from 'vitest';
import { failureOf } from '../app/llavero-fixture.js';
import { panel, redirectUri } from './oidc/oidc-clients.js';
import { key, lifetimeMs, makeOidcScene, storeKinds } from './oidc/oidc-scene.js';
import { walkOidc } from './oidc/walk-oidc.js';

describe.each(storeKinds)('authorizing at a standard server, with %s', (_name, open) => {
  it('ends in a token that the server honours', async () => {
    const { llavero, server } = await makeOidcScene({ open });
    const { url, state } = await llavero.authorize(key);
    expect(url.searchParams.get('code_challenge_method')).toBe('S256');
    const returned = await walkOidc(url);
    expect(returned.searchParams.get('state')).toBe(state);
    expect(returned.searchParams.get('iss')).toBe(server.issuer);

    const token = await llavero.callback(returned);
    expect(token).toMatchObject({ key, generation: 1, tokenType: 'Bearer', scope: 'openid offline_access' });
    expect(token.expiresAt.getTime() - token.obtainedAt.getTime()).toBe(lifetimeMs);
    expect(await server.statusFor(token.authorizationHeader())).toBe(200);
    expect(await server.holds(server.issued[0]?.refreshToken)).toBe(true);
    expect(await llavero.status(key)).toMatchObject({ state: 'ready', generation: 1 });
    expect(await llavero.token(key)).toBe(token);
    expect(server.tokenRequests.length).toBe(1);
  });

  it('keeps the verifiers of two flows of one account apart', async () => {
    const { llavero, server } = await makeOidcScene({ open });
    const [first, second] = [await llavero.authorize(key), await llavero.authorize(key)];
    expect(await llavero.callback(await walkOidc(second.url))).toMatchObject({ generation: 1 });
    expect(await llavero.callback(await walkOidc(first.url))).toMatchObject({ generation: 2 });
    expect(server.refusals).toEqual([]);
  });

  it('takes a callback once', async () => {
    const { llavero, server } = await makeOidcScene({ open });
    const { url } = await llavero.authorize(key);
    const returned = await walkOidc(url);
    const token = await llavero.callback(returned);

    expect((await failureOf(llavero.callback(returned))).reason).toEqual({
      _tag: 'StateMismatch',
      why: 'already_completed',
      key,
    });
    expect(server.tokenRequests.length).toBe(1);
    expect(await llavero.token(key)).toBe(token);
    expect(await server.statusFor(token.authorizationHeader())).toBe(200);
  });

  it('leaves what was authorized before alone when the person cancels', async () => {
    const { llavero, server, connect } = await makeOidcScene({ open });
    const token = await connect();
    const { url, state } = await llavero.authorize(key);
    const returned = await walkOidc(url, 'cancels');
    expect(Object.fromEntries(returned.searchParams)).toEqual({
      error: 'access_denied',
      error_description: 'End-User aborted interaction',
      state,
      iss: server.issuer,
    });

    expect((await failureOf(llavero.callback(returned))).code).toBe('ERR_ACCESS_DENIED');
    expect(await llavero.token(key)).toBe(token);
    expect(await llavero.status(key)).toMatchObject({ state: 'ready', generation: 1 });
    expect(server.tokenRequests.length).toBe(1);
  });
});

describe('a callback from another issuer (RFC 9207)', () => {
  it.each([
    ['that names it', (returned: URL) => returned.searchParams.set('iss', 'https://attacker.example.com')],
    ['that names nobody', (returned: URL) => returned.searchParams.delete('iss')],
    [
      'that differs by a slash only',
      (returned: URL) => returned.searchParams.set('iss', `${returned.searchParams.get('iss')}/`),
    ],
  ])('%s is refused, and its code is sent nowhere', async (_case, change) => {
    const { llavero, server } = await makeOidcScene();
    const { url } = await llavero.authorize(key);
    const returned = await walkOidc(url);
    change(returned);
    const failure = await failureOf(llavero.callback(returned));
    expect(failure.reason).toEqual({ _tag: 'StateMismatch', why: 'other_issuer' });
    expect(server.tokenRequests).toEqual([]);
    expect(await llavero.status(key)).toMatchObject({ state: 'unauthorized', generation: 0 });
  });
});

describe('a server that requires PKCE', () => {
  it('refuses a flow without a challenge, which the callback tells', async () => {
    const { llavero, server } = await makeOidcScene({ preset: { pkce: false } });
    const { url } = await llavero.authorize(key);
    const failure = await failureOf(llavero.callback(await walkOidc(url)));
    expect(failure.reason).toEqual({ _tag: 'RequestRejected', key, error: 'invalid_request' });
    expect(server.tokenRequests).toEqual([]);
  });
});

describe('a code', () => {
  it('that an operator carried is exchanged without a state', async () => {
    const { llavero, server } = await makeOidcScene({ client: panel });
    const { url } = await llavero.authorize(key);
    const code = (await walkOidc(url)).searchParams.get('code') ?? '';
    const token = await llavero.exchange(key, { code, redirectUri });
    expect(token.generation).toBe(1);
    expect(await server.statusFor(token.authorizationHeader())).toBe(200);
  });

  it('that is used twice is refused by the server, and leaves the first token in the store', async () => {
    const { llavero, server, another, clock } = await makeOidcScene({ client: panel });
    const { url } = await llavero.authorize(key);
    const code = (await walkOidc(url)).searchParams.get('code') ?? '';
    const token = await llavero.exchange(key, { code });

    expect((await failureOf(llavero.exchange(key, { code }))).reason).toEqual({
      _tag: 'ReauthorizationRequired',
      key,
      cause: 'invalid_grant',
    });
    expect(server.refusals).toEqual(['invalid_grant: authorization code already consumed']);
    expect(await llavero.status(key)).toMatchObject({ state: 'ready', generation: 1 });
    const kept = await another().token(key);
    expect([kept.generation, kept.accessToken.expose()]).toEqual([1, token.accessToken.expose()]);

    // RFC 6749 §4.1.2: the server revokes what it issued for that code; the next renewal finds out.
    clock.jump(lifetimeMs);
    expect((await failureOf(llavero.token(key))).code).toBe('ERR_REAUTHORIZATION_REQUIRED');
    expect(await llavero.status(key)).toMatchObject({ state: 'reauthorization_required', generation: 1 });
  });

  it('without offline access ends with its access token, and no request is sent for another', async () => {
    const { llavero, server, clock, connect } = await makeOidcScene({ preset: { scope: 'openid' } });
    expect(await connect()).toMatchObject({ generation: 1, scope: 'openid' });
    expect(server.issued[0]?.refreshToken).toBe(undefined);
    clock.jump(lifetimeMs);
    expect((await failureOf(llavero.token(key))).reason).toEqual({
      _tag: 'ReauthorizationRequired',
      key,
      cause: 'no_refresh_token',
    });
    expect(server.tokenRequests.length).toBe(1);
  });
});
