import { describe, expect, it } from 'vitest';
import { failureOf } from '../app/llavero-fixture.js';
import { makeScene } from './neighbour-scene.js';
import { fixtures } from './neighbours.js';

const nuvemshop = fixtures.find(({ id }) => id === 'nuvemshop') ?? fixtures[0];
const yearMs = 365 * 24 * 3_600_000;

describe('a token that never expires', () => {
  it('is the same after thirty years, without a request, a failure or a sweep that would look at it', async () => {
    const { llavero, key, clock, connect, tokenRequests } = await makeScene(nuvemshop);
    const token = await connect();
    expect(token.expiresAt).toEqual(new Date('9999-12-31T23:59:59.999Z'));
    expect(token.refreshTokenExpiresAt).toBe(undefined);
    for (const years of [1, 1, 28]) {
      clock.jump(years * yearMs);
      expect((await llavero.token(key)).accessToken.expose()).toBe(token.accessToken.expose());
      expect(await llavero.sweep({ keepWarm: true })).toMatchObject({ due: 0, renewed: 0, failed: 0, skipped: 0 });
      expect(await llavero.status(key)).toMatchObject({ state: 'ready', generation: 1 });
    }
    expect(tokenRequests().length).toBe(1);
  });

  it('needs a person once the API refuses it, and nothing is sent to renew it', async () => {
    const { llavero, key, server, connect, tokenRequests } = await makeScene(nuvemshop);
    await connect();
    server.revokeEverything();
    const failure = await failureOf(llavero.fetch(key, '/products'));
    expect(failure.reason).toEqual({ _tag: 'ReauthorizationRequired', key, cause: 'no_refresh_token' });
    expect(await llavero.status(key)).toMatchObject({ state: 'reauthorization_required' });
    expect(tokenRequests().length).toBe(1);

    expect((await connect()).generation).toBe(2);
    expect((await llavero.fetch(key, '/products')).status).toBe(200);
  });
});
