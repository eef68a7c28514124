import { describe, expect, it } from 'vitest';
import type { Grant } from '../../../src/ports/grant.js';
import type { HttpRequest } from '../../../src/ports/http-client.js';
import type { ProviderPreset } from '../../../src/ports/provider.js';
import { authorizationCode } from '../../../src/adapters/grants/authorization-code.js';
import {
  accessOf,
  authorizedCentry,
  centryKey,
  centryLifeMs,
  centryPreset,
  citrusKey,
  codeOf,
  failureOf,
  makeScene,
  sent,
  type Scene,
} from '../llavero-fixture.js';
import { centryAnswer, citrusAnswer, oauthError, secretsOf } from '../provider-answers.js';

const revocable: Grant = authorizationCode({
  authorizationUrl: 'https://auth.example.com/authorize',
  tokenUrl: 'https://auth.example.com/token',
  revocationUrl: 'https://auth.example.com/revoke',
  clientAuthentication: 'post',
  pkce: true,
});

/** Centry's preset, at a server that knows RFC 7009. */
const revocablePreset = (): ProviderPreset => {
  const preset = centryPreset();
  return { ...preset, configure: (rules) => ({ ...preset.configure(rules), grant: () => revocable }) };
};

const authorizedRevocable = async (): Promise<Scene> => {
  const scene = makeScene({ providers: [revocablePreset()] });
  scene.http.answer(centryAnswer(1));
  await scene.llavero.exchange(centryKey, { code: 'code' });
  return scene;
};

describe('revoke', () => {
  it('forgets the token of a code key, which is unauthorized from then on', async () => {
    const { llavero, http, eventsOf, clock } = await authorizedCentry();
    await llavero.revoke(centryKey);
    expect(llavero.peek(centryKey)).toBeUndefined();
    expect(await llavero.status(centryKey)).toEqual({
      key: centryKey,
      provider: 'centry',
      account: 'acme',
      generation: 1,
      state: 'unauthorized',
    });
    const reason = { _tag: 'ReauthorizationRequired', key: centryKey, cause: 'never_authorized' };
    await expect(llavero.token(centryKey)).rejects.toMatchObject({ code: 'ERR_REAUTHORIZATION_REQUIRED', reason });
    expect(http.requests).toHaveLength(1);
    expect(eventsOf('revoked')).toEqual([
      { type: 'revoked', key: centryKey, at: new Date(clock.nowMs()), generation: 1 },
    ]);
  });

  it('lets a client-credentials key obtain anew when asked, and the generation counts on', async () => {
    const { llavero, http } = makeScene();
    http.answer(citrusAnswer(1)).answer(citrusAnswer(2));
    await llavero.token(citrusKey);
    await llavero.revoke('citrusad');
    expect((await llavero.status(citrusKey)).state).toBe('ready');
    const token = await llavero.token(citrusKey);
    expect([token.generation, accessOf(token)]).toEqual([2, secretsOf(2).access]);
  });

  it('tells the provider first, where it has an endpoint', async () => {
    const { llavero, http } = await authorizedRevocable();
    http.answer({ status: 200 });
    await llavero.revoke(centryKey);
    expect(http.requests.at(1)).toMatchObject({ method: 'POST', url: 'https://auth.example.com/revoke' });
    expect(sent(http, 1, 'token')).toBe(secretsOf(1).refresh);
    expect(sent(http, 1, 'token_type_hint')).toBe('refresh_token');
    expect((await llavero.status(centryKey)).state).toBe('unauthorized');
  });

  it.each([
    [{ status: 503 }, 'ERR_PROVIDER_UNAVAILABLE'],
    [{ status: 429 }, 'ERR_PROVIDER_UNAVAILABLE'],
    [{ _tag: 'Unknown', why: 'ETIMEDOUT' } as const, 'ERR_PROVIDER_UNAVAILABLE'],
    [{ _tag: 'Unsent', why: 'ECONNREFUSED' } as const, 'ERR_PROVIDER_UNAVAILABLE'],
    [oauthError('invalid_client', 401), 'ERR_CLIENT_REJECTED'],
    [oauthError('invalid_request'), 'ERR_REQUEST_REJECTED'],
  ])('rejects and keeps the token when the provider does not confirm (%j), to be tried again', async (reply, code) => {
    const { llavero, http, eventsOf } = await authorizedRevocable();
    http.handle(() => reply);
    expect(await codeOf(llavero.revoke(centryKey))).toBe(code);
    expect((await llavero.token(centryKey)).generation).toBe(1);
    expect(eventsOf('revoked')).toEqual([]);
    http.handle(() => ({ status: 200 }));
    await llavero.revoke(centryKey);
    expect((await llavero.status(centryKey)).state).toBe('unauthorized');
  });

  it('does not ask the provider with localOnly', async () => {
    const { llavero, http } = await authorizedRevocable();
    await llavero.revoke(centryKey, { localOnly: true });
    expect(http.requests).toHaveLength(1);
    expect((await llavero.status(centryKey)).state).toBe('unauthorized');
  });

  it('asks nobody when there is no token', async () => {
    const { llavero, http } = makeScene({ providers: [revocablePreset()] });
    await llavero.register({ provider: 'centry', account: 'acme' });
    await llavero.revoke(centryKey);
    expect(http.requests).toEqual([]);
  });

  it('beats a renewal under way: what it brings is discarded, and its caller is told to authorize', async () => {
    const { llavero, clock, http, eventsOf } = await authorizedCentry();
    await clock.advance(centryLifeMs);
    const held = http.hold();
    const renewing = codeOf(llavero.token(centryKey));
    await held.arrived;
    await llavero.revoke(centryKey);
    held.release(centryAnswer(2));
    expect(await renewing).toBe('ERR_REAUTHORIZATION_REQUIRED');
    expect((await llavero.status(centryKey)).state).toBe('unauthorized');
    expect(llavero.peek(centryKey)).toBeUndefined();
    expect(eventsOf('token_discarded')).toMatchObject([{ key: centryKey, generation: 1 }]);
  });

  it('beats a renewal under way of a client-credentials key, whose caller gets a token from afterwards', async () => {
    const { llavero, http } = makeScene();
    await llavero.register({ provider: 'citrusad' });
    const held = http.hold();
    const obtaining = llavero.token(citrusKey);
    await held.arrived;
    await llavero.revoke(citrusKey);
    http.answer(citrusAnswer(2));
    held.release(citrusAnswer(1));
    expect(accessOf(await obtaining)).toBe(secretsOf(2).access);
  });

  it('beats a failing renewal under way, too', async () => {
    const { llavero, clock, http } = await authorizedCentry();
    await clock.advance(centryLifeMs);
    const held = http.hold();
    const renewing = codeOf(llavero.token(centryKey));
    await held.arrived;
    await llavero.revoke(centryKey);
    held.release(oauthError('invalid_grant'));
    expect(await renewing).toBe('ERR_REAUTHORIZATION_REQUIRED');
    const status = await llavero.status(centryKey);
    expect(status.state).toBe('unauthorized');
    expect(status.lastFailure).toBeUndefined();
  });

  it('ends an authorization that a person is out on', async () => {
    const { llavero } = await authorizedCentry();
    const { state } = await llavero.authorize(centryKey);
    await llavero.revoke(centryKey);
    expect(await codeOf(llavero.callback(`?code=c&state=${state}`))).toBe('ERR_STATE_MISMATCH');
  });
});

/** The tokens that the provider was told to forget, in order. */
const revoked = ({ http }: Scene): readonly (string | undefined)[] =>
  http.requests.flatMap(({ url }, at) => (url.endsWith('/revoke') ? [sent(http, at, 'token')] : []));

const isRevocation = ({ url }: HttpRequest): boolean => url.endsWith('/revoke');

describe('revoke against a renewal', () => {
  it('tells the provider again of the token that a renewal brought while it was told of the one before', async () => {
    const scene = await authorizedRevocable();
    const { llavero, http } = scene;
    const telling = http.hold();
    const revoking = llavero.revoke(centryKey);
    await telling.arrived;
    http.answer(centryAnswer(2)).answer({ status: 200 });
    await llavero.token(centryKey, { force: true });
    telling.release({ status: 200 });
    await revoking;
    expect(revoked(scene)).toEqual([secretsOf(1).refresh, secretsOf(2).refresh]);
    expect((await llavero.status(centryKey)).state).toBe('unauthorized');
    expect(llavero.peek(centryKey)).toBeUndefined();
    expect(scene.eventsOf('revoked')).toMatchObject([{ generation: 2 }]);
  });

  it('does so for the renewal of another process, and for an authorization', async () => {
    const scene = await authorizedRevocable();
    const { llavero, http, another } = scene;
    const first = http.hold();
    const revoking = llavero.revoke(centryKey);
    await first.arrived;
    http.answer(centryAnswer(2));
    await another().token(centryKey, { force: true });
    const second = http.hold();
    first.release({ status: 200 });
    await second.arrived;
    http.answer(centryAnswer(3)).answer({ status: 200 });
    await another().exchange(centryKey, { code: 'another code' });
    second.release({ status: 200 });
    await revoking;
    expect(revoked(scene)).toEqual([1, 2, 3].map((n) => secretsOf(n).refresh));
    expect((await llavero.status(centryKey)).state).toBe('unauthorized');
  });

  it('keeps the newer token when the provider does not confirm that one', async () => {
    const scene = await authorizedRevocable();
    const { llavero, http } = scene;
    const telling = http.hold();
    const revoking = codeOf(llavero.revoke(centryKey));
    await telling.arrived;
    http.answer(centryAnswer(2)).answer({ status: 503 });
    await llavero.token(centryKey, { force: true });
    telling.release({ status: 200 });
    expect(await revoking).toBe('ERR_PROVIDER_UNAVAILABLE');
    expect((await llavero.token(centryKey)).generation).toBe(2);
  });

  it('gives up, retryable, on renewals that are always quicker', async () => {
    const scene = await authorizedRevocable();
    const { llavero, http, clock } = scene;
    let tokens = 1;
    http.handle(async (request) => {
      if (!isRevocation(request)) return centryAnswer((tokens += 1));
      await clock.advance(2_000);
      await llavero.token(centryKey, { force: true });
      return { status: 200 };
    });
    const failure = await failureOf(llavero.revoke(centryKey));
    expect([failure.code, failure.retryable]).toEqual(['ERR_PROVIDER_UNAVAILABLE', true]);
  });

  it('forgets whatever is there with localOnly, and where the provider cannot be told', async () => {
    const scene = await authorizedRevocable();
    await scene.llavero.revoke(centryKey, { localOnly: true });
    expect((await scene.llavero.status(centryKey)).state).toBe('unauthorized');
    expect(revoked(scene)).toEqual([]);
  });

  it.each(['revoke', 'remove'] as const)('by %s: an answer that comes afterwards is told of, too', async (ends) => {
    const scene = await authorizedRevocable();
    const { llavero, clock, http, settle } = scene;
    await clock.advance(centryLifeMs);
    const renewal = http.hold();
    const renewing = llavero.token(centryKey).catch(() => undefined);
    await renewal.arrived;
    http.handle(() => ({ status: 200 }));
    await llavero[ends](centryKey);
    renewal.release(centryAnswer(2));
    await renewing;
    await settle();
    expect(revoked(scene).at(-1)).toBe(secretsOf(2).refresh);
    expect(scene.eventsOf('token_discarded')).toHaveLength(1);
  });

  it('tells of a code that was exchanged for an account removed meanwhile', async () => {
    const scene = makeScene({ providers: [revocablePreset()] });
    const { llavero, http, settle } = scene;
    const exchange = http.hold();
    const exchanging = llavero.exchange(centryKey, { code: 'code' }).catch(() => undefined);
    await exchange.arrived;
    http.handle(() => ({ status: 200 }));
    await llavero.remove(centryKey);
    exchange.release(centryAnswer(1));
    await exchanging;
    await settle();
    expect(revoked(scene)).toEqual([secretsOf(1).refresh]);
  });

  it('tells of such an answer three times at most, says by an event that its refresh token lives on, and close waits for that', async () => {
    const scene = await authorizedRevocable();
    const { llavero, clock, http } = scene;
    await clock.advance(centryLifeMs);
    const renewal = http.hold();
    const renewing = llavero.token(centryKey).catch(() => undefined);
    await renewal.arrived;
    await llavero.remove(centryKey);
    http.handle(() => ({ _tag: 'Unsent', why: 'ECONNREFUSED' }));
    renewal.release(centryAnswer(2));
    await renewing;
    let isClosed = false;
    const closing = llavero.close().then(() => {
      isClosed = true;
    });
    await clock.advance(2_999);
    expect([revoked(scene).length, isClosed]).toEqual([2, false]);
    await clock.advance(1);
    await closing;
    expect(revoked(scene)).toEqual(Array(3).fill(secretsOf(2).refresh));
    expect(scene.eventsOf('revocation_failed')).toMatchObject([{ key: centryKey, code: 'ERR_PROVIDER_UNAVAILABLE' }]);
  });

  it('tells nothing of it once a person has authorized the account anew: some providers would end that as well', async () => {
    const scene = await authorizedRevocable();
    const { llavero, another, clock, http, settle } = scene;
    await clock.advance(centryLifeMs);
    const renewal = http.hold();
    const renewing = llavero.token(centryKey).catch(() => undefined);
    await renewal.arrived;
    http.answer({ status: 200 }).answer(centryAnswer(3));
    const other = another();
    await other.revoke(centryKey);
    await other.exchange(centryKey, { code: 'another code' });
    renewal.release(centryAnswer(2));
    await renewing;
    await settle();
    expect(revoked(scene)).toEqual([secretsOf(1).refresh]);
    expect(accessOf(await other.token(centryKey))).toBe(secretsOf(3).access);
  });

  it('tells nothing of the answer that lost to a better one of the same account', async () => {
    const scene = await authorizedRevocable();
    const { llavero, another, clock, http, settle } = scene;
    await clock.advance(centryLifeMs);
    const renewal = http.hold();
    const renewing = llavero.token(centryKey);
    await renewal.arrived;
    http.answer(centryAnswer(3));
    await another().exchange(centryKey, { code: 'another code' });
    renewal.release(centryAnswer(2));
    expect(accessOf(await renewing)).toBe(secretsOf(3).access);
    await settle();
    expect(revoked(scene)).toEqual([]);
  });
});

describe('invalidate against a renewal', () => {
  it('leaves the token alone that a renewal brought meanwhile', async () => {
    const { llavero, http, store } = await authorizedCentry();
    const rejected = await llavero.token(centryKey);
    const reading = store.holdNextAnswer('read');
    const invalidating = llavero.invalidate(centryKey, rejected);
    await reading.arrived;
    http.answer(centryAnswer(2));
    await llavero.token(centryKey, { force: true });
    reading.release();
    await invalidating;
    expect(accessOf(await llavero.token(centryKey))).toBe(secretsOf(2).access);
    expect(http.requests).toHaveLength(2);
  });

  it('leaves the token alone of an authorization after a removal, whatever its generation', async () => {
    const { llavero, http, another } = await authorizedCentry();
    const rejected = await llavero.token(centryKey);
    const other = another();
    await other.remove(centryKey);
    http.answer(centryAnswer(2));
    await other.exchange(centryKey, { code: 'another code' });
    await llavero.invalidate(centryKey, rejected);
    const token = await llavero.token(centryKey);
    expect([token.generation, accessOf(token)]).toEqual([1, secretsOf(2).access]);
    expect(http.requests).toHaveLength(2);
  });
});
