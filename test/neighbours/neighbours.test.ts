import { describe, expect, it } from 'vitest';
import type { LoggedRequest } from '../../src/testing/stand-ins/server/request-log.js';
import { walkAuthorization } from '../../src/testing/stand-ins/walk-authorization.js';
import { codeOf, failureOf } from '../app/llavero-fixture.js';
import { client, redirectUri } from './neighbour-server.js';
import { makeScene } from './neighbour-scene.js';
import { byCode, fixtures, type Fixture } from './neighbours.js';

const basic = `Basic ${Buffer.from('client%3A1:s%253A%2Be%2Fcret%26%3D').toString('base64')}`;

/** A whole token request: what it asks for, with the proof of the client, in the neighbour's own words and form. */
const requestOf = ({ neighbour }: Fixture, asked: Readonly<Record<string, string>>): unknown => {
  const inBody = neighbour.clientAuthentication === 'post';
  const proof = inBody ? { client_id: client.clientId, client_secret: client.clientSecret } : {};
  const sent: Readonly<Record<string, string>> = { ...asked, ...proof };
  const named = Object.entries(sent).map(([name, value]) => [neighbour.parameterNames?.[name] ?? name, value] as const);
  const body: Readonly<Record<string, string>> = Object.fromEntries(named);
  return {
    line: `POST ${neighbour.tokenPath}`,
    query: [],
    type: neighbour.bodies,
    authorization: inBody ? undefined : basic,
    body: neighbour.bodies === 'application/json' ? JSON.stringify(body) : new URLSearchParams(body).toString(),
  };
};

const seen = ({ method, path, query, headers, body }: LoggedRequest): unknown => ({
  line: `${method} ${path}`,
  query,
  type: headers['content-type'],
  authorization: headers['authorization'],
  body,
});

describe.each(byCode)('$id', (fixture) => {
  const { neighbour, asksFor = {}, attributes = {} } = fixture;

  it('is asked for an authorization and for a first token with exactly what it takes', async () => {
    const { llavero, key, server, tokenRequests } = await makeScene(fixture);
    const { url, state } = await llavero.authorize(key);
    expect([url.origin + url.pathname, Object.fromEntries(url.searchParams)]).toEqual([
      `${server.url}${neighbour.authorizationPath ?? ''}`,
      { response_type: 'code', client_id: client.clientId, redirect_uri: redirectUri, ...asksFor, state },
    ]);

    const returned = await walkAuthorization(url);
    const first = await llavero.callback(returned);
    const code = returned.searchParams.get('code') ?? '';
    const exchange = requestOf(fixture, { grant_type: 'authorization_code', code, redirect_uri: redirectUri });
    expect(tokenRequests().map(seen)).toEqual([exchange]);
    expect(first).toMatchObject({ key, generation: 1, attributes });
  });
});

describe.each(byCode.filter(({ neighbour }) => neighbour.refreshable !== false))('$id', (fixture) => {
  const { neighbour, lifetimeMs = 0, refreshLifetimeMs, attributes = {} } = fixture;

  it('is asked for a new token when the last one ends, with exactly what it takes', async () => {
    const { llavero, key, server, clock, connect, tokenRequests } = await makeScene(fixture);
    const first = await connect();
    const lifeMs = first.expiresAt.getTime() - first.obtainedAt.getTime();
    // A lifetime counts from when the request was sent; a moment of expiry was made later, and a Date header is whole seconds.
    expect(Math.abs(lifeMs - lifetimeMs)).toBeLessThan(fixture.namesMoment === true ? 1_000 : 1);
    const refreshEnds = first.refreshTokenExpiresAt?.getTime();
    expect(refreshEnds && refreshEnds - first.obtainedAt.getTime()).toBe(refreshLifetimeMs);

    clock.jump(lifeMs);
    const second = await llavero.token(key);
    expect(second).toMatchObject({ generation: 2, attributes });
    const [spent = ''] = server.refreshTokenUses.keys();
    const refresh = requestOf(fixture, { grant_type: 'refresh_token', refresh_token: spent });
    expect(tokenRequests().slice(1).map(seen)).toEqual([refresh]);
    expect(server.lives(second.accessToken.expose())).toBe(true);

    clock.jump(lifeMs);
    expect(await llavero.token(key)).toMatchObject({ generation: 3 });
    expect([...server.refreshTokenUses.values()]).toEqual(neighbour.rotation === 'none' ? [2] : [1, 1]);
  });

  it('says that a person is needed when its refresh token is dead', async () => {
    const { llavero, key, server, clock, connect } = await makeScene(fixture);
    await connect();
    server.revokeEverything();
    clock.jump(lifetimeMs);
    expect((await failureOf(llavero.token(key))).reason).toEqual({
      _tag: 'ReauthorizationRequired',
      key,
      cause: 'invalid_grant',
    });
  });
});

describe.each(fixtures)('$id', (fixture) => {
  const { apiHeader, neighbour } = fixture;

  it('takes its token where it wants it, and a new one when it refuses that', async () => {
    const { llavero, key, server, connect } = await makeScene(fixture);
    const token = await connect();
    const response = await llavero.fetch(key, '/things?page=2');
    expect([response.status, await response.json()]).toEqual([200, { path: `${neighbour.apiPath}/things` }]);
    const call = server.requests.at(-1);
    const [name, value] = apiHeader;
    expect(call?.headers[name]).toBe(value.replace('TOKEN', token.accessToken.expose()));
    expect(call?.query).toEqual([['page', '2']]);
    if (neighbour.refreshable === false) return;

    server.expireAccessTokens();
    expect((await llavero.fetch(key, '/things')).status).toBe(200);
    expect((await llavero.token(key)).generation).toBe(2);
  });

  it('says that the client is refused when its secret is wrong', async () => {
    const { key, connect, llavero, tokenRequests } = await makeScene(fixture, { clientSecret: 'wrong' });
    expect(await codeOf(connect())).toBe('ERR_CLIENT_REJECTED');
    expect(tokenRequests().length).toBe(1);
    // Nobody registered what needs no person: a refused client has left no account behind.
    const left = [];
    for await (const status of llavero.list()) left.push(status.key);
    expect(left).toEqual(byCode.includes(fixture) ? [key] : []);
  });
});

describe.each(fixtures.filter((fixture) => !byCode.includes(fixture)))('$id', (fixture) => {
  it('is asked by the client with exactly what it takes, and asked again when the token ends', async () => {
    const { llavero, key, clock, tokenRequests } = await makeScene(fixture);
    const first = await llavero.token(key);
    const asked = requestOf(fixture, { grant_type: 'client_credentials' });
    expect(tokenRequests().map(seen)).toEqual([asked]);
    expect(first.expiresAt.getTime() - first.obtainedAt.getTime()).toBe(fixture.lifetimeMs);
    clock.jump(fixture.lifetimeMs ?? 0);
    expect((await llavero.token(key)).generation).toBe(2);
    expect(tokenRequests().map(seen)).toEqual([asked, asked]);
  });
});
