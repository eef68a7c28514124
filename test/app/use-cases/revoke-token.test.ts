import { describe, expect, it } from 'vitest';
import type { Grant } from '../../../src/ports/grant.js';
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
