import { describe, expect, it } from 'vitest';
import { failureOf } from '../app/llavero-fixture.js';
import { machine, oddMachine, rawMachine } from './oidc/oidc-clients.js';
import { key, lifetimeMs, makeOidcScene, storeKinds } from './oidc/oidc-scene.js';

const basicOf = (id: string, secret: string): string =>
  `Basic ${Buffer.from(`${id}:${secret}`, 'utf8').toString('base64')}`;

describe.each(storeKinds)('client credentials at a standard server, with %s', (_name, open) => {
  it('give a token without a person, and another one when that has expired', async () => {
    const { llavero, server, clock } = await makeOidcScene({ open, client: machine });
    const first = await llavero.token(key);
    expect(first).toMatchObject({ generation: 1, tokenType: 'Bearer', scope: undefined });
    expect(await server.holds(first.accessToken.expose())).toBe(true);
    expect(await llavero.token(key)).toBe(first);

    clock.jump(lifetimeMs);
    const second = await llavero.token(key);
    expect(second.generation).toBe(2);
    expect(second.accessToken.expose()).toBe(server.issued[1]?.accessToken);
    expect(server.tokenRequests.length).toBe(2);
    expect(await llavero.status(key)).toMatchObject({ state: 'ready', generation: 2 });
  });

  it('are sent once for 200 first callers at once', async () => {
    const { llavero, server } = await makeOidcScene({ open, client: machine });
    const tokens = await Promise.all(Array.from({ length: 200 }, () => llavero.token(key)));
    expect(new Set(tokens).size).toBe(1);
    expect(server.tokenRequests.length).toBe(1);
  });
});

describe('client authentication at a standard server (RFC 6749 §2.3.1)', () => {
  it.each([machine, oddMachine])('by HTTP Basic is form-encoded, for $clientId', async (client) => {
    const { llavero, server } = await makeOidcScene({ client: { ...client, clientAuthentication: 'basic' } });
    const token = await llavero.token(key);
    expect(await server.holds(token.accessToken.expose())).toBe(true);
    const [id = '', secret = ''] = [client.clientId, client.clientSecret].map((text) =>
      new URLSearchParams({ text }).toString().slice('text='.length),
    );
    expect(server.tokenRequests.map(({ authorization }) => authorization)).toEqual([basicOf(id, secret)]);
  });

  it.each([machine, oddMachine])('in the body leaves the header out, for $clientId', async (client) => {
    const { llavero, server } = await makeOidcScene({ client: { ...client, clientAuthentication: 'post' } });
    const token = await llavero.token(key);
    expect(await server.holds(token.accessToken.expose())).toBe(true);
    expect(server.tokenRequests.map(({ authorization }) => authorization)).toEqual([undefined]);
  });

  it('by HTTP Basic without form-encoding is for other servers: this one does not read it', async () => {
    const { llavero, server } = await makeOidcScene({
      client: { ...rawMachine, clientAuthentication: 'basic-unencoded' },
    });
    const failure = await failureOf(llavero.token(key));
    expect(failure.reason).toEqual({ _tag: 'RequestRejected', key, error: 'invalid_request', status: 400 });
    expect(server.issued).toEqual([]);
  });
});

describe('the lifetime that a standard server names', () => {
  it('is the one that counts', async () => {
    const { llavero } = await makeOidcScene({ client: machine, server: { accessTokenSeconds: 7 } });
    const { expiresAt, obtainedAt } = await llavero.token(key);
    expect(expiresAt.getTime() - obtainedAt.getTime()).toBe(7_000);
  });
});

describe('the scope of client credentials', () => {
  it('is asked for and told', async () => {
    const { llavero } = await makeOidcScene({ client: machine, preset: { scope: 'read' } });
    expect((await llavero.token(key)).scope).toBe('read');
  });

  it('that the client may not have is refused by name', async () => {
    const { llavero, server } = await makeOidcScene({ client: machine, preset: { scope: 'openid' } });
    const failure = await failureOf(llavero.token(key));
    expect(failure.reason).toEqual({ _tag: 'RequestRejected', key, error: 'invalid_scope', status: 400 });
    expect(server.refusals).toEqual(['invalid_scope: requested scope is not allowed']);
  });
});
