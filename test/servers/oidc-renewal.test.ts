import { describe, expect, it } from 'vitest';
import { codeOf, failureOf } from '../app/llavero-fixture.js';
import { web } from './oidc/oidc-clients.js';
import { key, lifetimeMs, makeOidcScene, storeKinds } from './oidc/oidc-scene.js';
import type { OidcServer } from './oidc/oidc-server.js';

const callers = 200;

/** Somebody else uses a refresh token, with the client's own credentials; gives the server's status. */
const useRefreshToken = async ({ issuer }: OidcServer, refreshToken: string | undefined): Promise<number> => {
  const { status, body } = await fetch(`${issuer}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: refreshToken ?? '',
      client_id: web.clientId,
      client_secret: web.clientSecret,
    }),
  });
  await body?.cancel();
  return status;
};

describe.each(storeKinds)('renewing at a server that rotates refresh tokens, with %s', (_name, open) => {
  it('moves the generation on, and the spent refresh token is dead at the server', async () => {
    const { llavero, server, clock, connect } = await makeOidcScene({ open });
    const first = await connect();
    clock.jump(lifetimeMs);

    const second = await llavero.token(key);
    expect(second.generation).toBe(2);
    expect(second.accessToken.expose()).toBe(server.issued[1]?.accessToken);
    expect(second.accessToken.expose()).not.toBe(first.accessToken.expose());
    expect(await server.statusFor(second.authorizationHeader())).toBe(200);
    expect(await server.holds(server.issued[0]?.refreshToken)).toBe(false);
    expect(await server.holds(server.issued[1]?.refreshToken)).toBe(true);

    clock.jump(lifetimeMs);
    expect((await llavero.token(key)).generation).toBe(3);
    expect(server.refusals).toEqual([]);
  });

  it('sends one request for 200 callers at once', async () => {
    const { llavero, server, clock, connect } = await makeOidcScene({ open });
    await connect();
    clock.jump(lifetimeMs);

    const tokens = await Promise.all(Array.from({ length: callers }, () => llavero.token(key)));
    expect(new Set(tokens.map((token) => token.generation))).toEqual(new Set([2]));
    expect(new Set(tokens.map((token) => token.accessToken.expose()))).toEqual(
      new Set([server.issued[1]?.accessToken]),
    );
    expect(server.tokenRequests.length).toBe(2);
  });

  it('sends one request for 200 callers of two llaveros on the same data', async () => {
    const { llavero, another, server, clock, connect } = await makeOidcScene({ open });
    await connect();
    const other = another();
    expect((await other.token(key)).generation).toBe(1);
    clock.jump(lifetimeMs);

    const tokens = await Promise.all(
      Array.from({ length: callers }, (_, at) => (at % 2 === 0 ? llavero : other).token(key)),
    );
    expect(new Set(tokens.map((token) => token.accessToken.expose()))).toEqual(
      new Set([server.issued[1]?.accessToken]),
    );
    expect(server.tokenRequests.length).toBe(2);
    expect(server.refusals).toEqual([]);
  });

  it('goes on where a closed llavero left off', async () => {
    const { llavero, another, server, clock, connect } = await makeOidcScene({ open });
    const token = await connect();
    await llavero.close();

    const next = another();
    expect((await next.token(key)).accessToken.expose()).toBe(token.accessToken.expose());
    expect(server.tokenRequests.length).toBe(1);
    clock.jump(lifetimeMs);
    expect((await next.token(key)).generation).toBe(2);
    expect(server.tokenRequests.length).toBe(2);
  });

  it('stops for good when the server has revoked the family of a reused refresh token', async () => {
    const { llavero, another, server, clock, connect } = await makeOidcScene({ open });
    await connect();
    clock.jump(lifetimeMs);
    await llavero.token(key);
    expect(await useRefreshToken(server, server.issued[0]?.refreshToken)).toBe(400);
    expect(await server.holds(server.issued[1]?.refreshToken)).toBe(false);
    clock.jump(lifetimeMs);

    const failure = await failureOf(llavero.token(key));
    expect(failure.reason).toEqual({ _tag: 'ReauthorizationRequired', key, cause: 'invalid_grant' });
    expect(server.refusals).toEqual([
      'invalid_grant: refresh token already used',
      'invalid_grant: refresh token not found',
    ]);
    const sent = server.tokenRequests.length;

    expect(await codeOf(llavero.token(key))).toBe('ERR_REAUTHORIZATION_REQUIRED');
    expect(await codeOf(llavero.token(key, { force: true }))).toBe('ERR_REAUTHORIZATION_REQUIRED');
    const restarted = another();
    expect(await codeOf(restarted.token(key))).toBe('ERR_REAUTHORIZATION_REQUIRED');
    expect(await restarted.status(key)).toMatchObject({ state: 'reauthorization_required', generation: 2 });
    expect(server.tokenRequests.length).toBe(sent);

    const token = await connect(restarted);
    expect(token.generation).toBe(3);
    expect(await server.statusFor(token.authorizationHeader())).toBe(200);
    expect(await restarted.status(key)).toMatchObject({ state: 'ready', generation: 3 });
  });
});

describe('renewing at a server that does not rotate', () => {
  it('spends the same refresh token again', async () => {
    const { llavero, server, clock, connect } = await makeOidcScene({ server: { rotation: false } });
    await connect();
    for (const generation of [2, 3]) {
      clock.jump(lifetimeMs);
      expect((await llavero.token(key)).generation).toBe(generation);
    }
    expect(new Set(server.issued.map(({ refreshToken }) => refreshToken)).size).toBe(1);
    expect(server.refusals).toEqual([]);
  });
});
