import { describe, expect, it } from 'vitest';
import { centry } from '../../../src/adapters/providers/centry/centry.js';
import type { Llavero } from '../../../src/app/llavero.js';
import {
  accessOf,
  authorizedCentry,
  centryKey,
  centryLifeMs,
  codeOf,
  failureOf,
  hourMs,
  secondMs,
  sent,
  type Scene,
} from '../llavero-fixture.js';
import { canary, centryAnswer, oauthError, secretsOf } from '../provider-answers.js';

const deployment = ({ another }: Scene, clientId: string, secret = 'a-secret'): Llavero =>
  another({ providers: [centry({ clientId, clientSecret: `${canary}-${secret}` })] });

/**
 * Centry as four real servers are: it answers `invalid_grant` to another application's right credentials, without spending
 * the token. Production (`centry-client`) has authorized; its token has expired.
 */
const mixedUp = async () => {
  const scene = await authorizedCentry();
  const { clock, http } = scene;
  let alive = 1;
  let isDead = false;
  http.handle(() => {
    const isOurs = sent(http, -1, 'client_id') === 'centry-client';
    const isAlive = !isDead && sent(http, -1, 'refresh_token') === secretsOf(alive).refresh;
    return isOurs && isAlive ? centryAnswer((alive += 1)) : oauthError('invalid_grant');
  });
  await clock.advance(centryLifeMs);
  return {
    ...scene,
    staging: deployment(scene, 'staging-client'),
    kill: () => {
      isDead = true;
    },
  };
};

describe('invalid_grant to another application than the one that obtained the token', () => {
  it('is a refused client, and the grant is kept', async () => {
    const { staging, llavero, store } = await mixedUp();
    const before = await store.read(centryKey)();
    const error = await failureOf(staging.token(centryKey));
    expect(error).toMatchObject({ code: 'ERR_CLIENT_REJECTED', retryable: false, key: centryKey });
    expect((await staging.status(centryKey)).state).toBe('client_rejected');
    const kept = (read: typeof before) => (read._tag === 'Right' ? read.right?.token : 'nothing');
    expect(kept(await store.read(centryKey)())).toBe(kept(before));
    expect((await llavero.status(centryKey)).state).not.toBe('client_rejected');
  });

  it('keeps the right deployment from nothing, and its new token serves both', async () => {
    const { staging, llavero, http } = await mixedUp();
    await codeOf(staging.token(centryKey));
    expect(accessOf(await llavero.token(centryKey))).toBe(secretsOf(2).access);
    expect((await llavero.status(centryKey)).state).toBe('ready');
    expect(accessOf(await staging.token(centryKey))).toBe(secretsOf(2).access);
    expect(http.requests).toHaveLength(3);
  });

  it('is asked for once: after that nothing is sent for that client', async () => {
    const { staging, clock, http } = await mixedUp();
    for (let time = 0; time < 20; time += 1) {
      expect(await codeOf(staging.token(centryKey))).toBe('ERR_CLIENT_REJECTED');
      await clock.advance(secondMs);
    }
    expect(http.requests).toHaveLength(2);
  });

  it('is not what a new secret of the same application hears: that verdict counts', async () => {
    const { kill, ...scene } = await mixedUp();
    kill();
    const rotated = deployment(scene, 'centry-client', 'a-newer-secret');
    const error = await failureOf(rotated.token(centryKey));
    expect(error.reason).toEqual({ _tag: 'ReauthorizationRequired', key: centryKey, cause: 'invalid_grant' });
  });

  it('ends with the misconfiguration', async () => {
    const { staging, ...scene } = await mixedUp();
    await codeOf(staging.token(centryKey));
    const putRight = deployment(scene, 'centry-client');
    expect((await putRight.token(centryKey)).generation).toBe(2);
  });
});

describe('a verdict', () => {
  it('is believed of the client that heard it; another one may ask once', async () => {
    const { llavero, kill, clock, ...scene } = await mixedUp();
    kill();
    expect(await codeOf(llavero.token(centryKey))).toBe('ERR_REAUTHORIZATION_REQUIRED');
    const rotated = deployment({ ...scene, llavero, clock }, 'centry-client', 'a-newer-secret');
    expect((await rotated.status(centryKey)).state).not.toBe('reauthorization_required');
    for (let time = 0; time < 10; time += 1) {
      expect(await codeOf(rotated.token(centryKey))).toBe('ERR_REAUTHORIZATION_REQUIRED');
      expect(await codeOf(llavero.token(centryKey))).toBe('ERR_REAUTHORIZATION_REQUIRED');
      await clock.advance(hourMs);
    }
    expect(scene.http.requests).toHaveLength(3);
  });

  it('stays what it is when another application asks afterwards, and no two of them ask in turn for ever', async () => {
    const { llavero, staging, kill, clock, http } = await mixedUp();
    kill();
    for (let time = 0; time < 10; time += 1) {
      await codeOf(staging.token(centryKey));
      expect(await codeOf(llavero.token(centryKey))).toBe('ERR_REAUTHORIZATION_REQUIRED');
      await codeOf(staging.token(centryKey));
      await clock.advance(secondMs);
    }
    expect((await llavero.status(centryKey)).state).toBe('reauthorization_required');
    expect(http.requests.length).toBeLessThanOrEqual(1 + 3);
  });

  it('is the one that the right deployment goes on telling, whatever another application hears later', async () => {
    const { llavero, staging, kill, http } = await mixedUp();
    kill();
    const { reason } = await failureOf(llavero.token(centryKey));
    expect(await codeOf(staging.token(centryKey))).toBe('ERR_CLIENT_REJECTED');
    expect((await failureOf(llavero.token(centryKey))).reason).toEqual(reason);
    expect(await codeOf(staging.token(centryKey))).toBe('ERR_REAUTHORIZATION_REQUIRED');
    expect(http.requests).toHaveLength(3);
  });

  it('that was a mistake of a deployment is undone by the right one', async () => {
    const { http, clock, llavero, ...scene } = await mixedUp();
    // A deployment whose secret belongs to no application here: some servers say invalid_grant to that as well.
    http.answer(oauthError('invalid_grant'));
    const wrong = deployment({ ...scene, http, clock, llavero }, 'centry-client', 'of-last-year');
    expect(await codeOf(wrong.token(centryKey))).toBe('ERR_REAUTHORIZATION_REQUIRED');
    expect((await llavero.token(centryKey)).generation).toBe(2);
    expect((await wrong.token(centryKey)).generation).toBe(2);
  });
});
