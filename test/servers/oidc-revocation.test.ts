import { describe, expect, it } from 'vitest';
import { codeOf, failureOf } from '../app/llavero-fixture.js';
import { machine } from './oidc/oidc-clients.js';
import { key, makeOidcScene, storeKinds } from './oidc/oidc-scene.js';

describe.each(storeKinds)('revoking at a standard server (RFC 7009), with %s', (_name, open) => {
  it('ends the grant and its access token there, and forgets them here', async () => {
    const { llavero, another, server, connect } = await makeOidcScene({ open });
    const token = await connect();
    await llavero.revoke(key);

    expect(server.requests.map(({ line }) => line).filter((line) => line.includes('revocation'))).toEqual([
      'POST /token/revocation',
    ]);
    expect(await server.holds(server.issued[0]?.refreshToken)).toBe(false);
    expect(await server.holds(token.accessToken.expose())).toBe(false);
    expect(await server.statusFor(token.authorizationHeader())).toBe(401);
    for (const own of [llavero, another()]) {
      expect(await own.status(key)).toMatchObject({ state: 'unauthorized', generation: 1 });
      expect(await codeOf(own.token(key))).toBe('ERR_REAUTHORIZATION_REQUIRED');
    }
    expect(server.tokenRequests.length).toBe(1);
  });

  it('leaves the account ready to be authorized again', async () => {
    const { llavero, server, connect } = await makeOidcScene({ open });
    await connect();
    await llavero.revoke(key);
    const token = await connect();
    expect(token.generation).toBe(2);
    expect(await server.statusFor(token.authorizationHeader())).toBe(200);
  });

  it('of a client credentials token makes the next call ask for another', async () => {
    const { llavero, server } = await makeOidcScene({ open, client: machine });
    const token = await llavero.token(key);
    await llavero.revoke(key);
    expect(await server.holds(token.accessToken.expose())).toBe(false);
    const next = await llavero.token(key);
    expect(next.generation).toBe(2);
    expect(await server.holds(next.accessToken.expose())).toBe(true);
  });

  it('keeps the token on both sides when the server refuses the client', async () => {
    const { llavero, server, connect } = await makeOidcScene({ open });
    const token = await connect();
    await llavero.register({ provider: 'standard', account: 'acme', clientSecret: 'wrong' });
    expect((await failureOf(llavero.revoke(key))).reason).toEqual({
      _tag: 'ClientRejected',
      key,
      error: 'invalid_client',
    });
    expect(await server.statusFor(token.authorizationHeader())).toBe(200);
    expect((await llavero.token(key)).accessToken.expose()).toBe(token.accessToken.expose());
  });

  it('says nothing to the server when told to be local', async () => {
    const { llavero, server, connect } = await makeOidcScene({ open });
    const token = await connect();
    await llavero.revoke(key, { localOnly: true });
    expect(await server.statusFor(token.authorizationHeader())).toBe(200);
    expect(await llavero.status(key)).toMatchObject({ state: 'unauthorized', generation: 1 });
  });
});
