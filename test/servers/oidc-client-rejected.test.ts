import { describe, expect, it } from 'vitest';
import { codeOf, failureOf } from '../app/llavero-fixture.js';
import { machine, web } from './oidc/oidc-clients.js';
import { key, lifetimeMs, makeOidcScene, storeKinds } from './oidc/oidc-scene.js';
import { walkOidc } from './oidc/walk-oidc.js';

const account = { provider: 'standard', account: 'acme' } as const;
const rejected = { _tag: 'ClientRejected', key, error: 'invalid_client' };

describe.each(storeKinds)('a wrong client secret at a standard server, with %s', (_name, open) => {
  it.each(['basic', 'post'] as const)(
    'by %s stops a renewal, and the right one finds the grant kept',
    async (method) => {
      const client = { ...web, clientAuthentication: method };
      const { llavero, another, server, clock, connect } = await makeOidcScene({ open, client });
      await connect();
      await llavero.register({ ...account, clientSecret: 'wrong' });
      clock.jump(lifetimeMs);

      expect((await failureOf(llavero.token(key))).reason).toEqual(rejected);
      expect(server.refusals).toEqual(['invalid_client: invalid secret provided']);
      for (const own of [llavero, another()]) {
        expect(await codeOf(own.token(key))).toBe('ERR_CLIENT_REJECTED');
        expect(await own.status(key)).toMatchObject({ state: 'client_rejected', generation: 1 });
      }
      expect(server.tokenRequests.length).toBe(2);
      expect(await server.holds(server.issued[0]?.refreshToken)).toBe(true);

      const lifted = await llavero.register({ ...account, clientSecret: web.clientSecret });
      expect(lifted).toMatchObject({ state: 'ready', generation: 1 });
      expect(await llavero.token(key)).toMatchObject({ generation: 2 });
      expect(await llavero.status(key)).toMatchObject({ state: 'ready', generation: 2 });
      expect(server.tokenRequests.length).toBe(3);
    },
  );

  it('stops client credentials until the right one is registered', async () => {
    const { llavero, server } = await makeOidcScene({ open, client: machine, preset: { clientSecret: 'wrong' } });
    expect((await failureOf(llavero.token(key))).reason).toEqual(rejected);
    expect(await codeOf(llavero.token(key))).toBe('ERR_CLIENT_REJECTED');
    expect(server.tokenRequests.length).toBe(1);
    await llavero.register({ ...account, clientSecret: machine.clientSecret });
    expect((await llavero.token(key)).generation).toBe(1);
    expect(server.tokenRequests.length).toBe(2);
  });

  it('is no obstacle to a llavero whose preset has the right one', async () => {
    const wrong = { clientSecret: 'wrong' };
    const { llavero, another, server } = await makeOidcScene({ open, client: machine, preset: wrong });
    await llavero.register(account);
    expect(await codeOf(llavero.token(key))).toBe('ERR_CLIENT_REJECTED');
    const restarted = another({ clientSecret: machine.clientSecret });
    expect(await restarted.status(key)).toMatchObject({ state: 'ready', generation: 0 });
    expect((await restarted.token(key)).generation).toBe(1);
    expect(server.tokenRequests.length).toBe(2);
  });

  it('refuses a code without touching the token of before', async () => {
    const { llavero, server, connect } = await makeOidcScene({ open });
    const token = await connect();
    await llavero.register({ ...account, clientSecret: 'wrong' });
    const { url } = await llavero.authorize(key);
    expect((await failureOf(llavero.callback(await walkOidc(url)))).reason).toEqual(rejected);
    expect((await llavero.token(key)).accessToken.expose()).toBe(token.accessToken.expose());
    expect(await server.statusFor(token.authorizationHeader())).toBe(200);
  });
});
