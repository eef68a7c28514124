import { right } from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { formatClientHealth } from '../../../src/domain/client-health.js';
import type { RefreshPolicyOptions } from '../../../src/domain/refresh-policy.js';
import type { TokenStore } from '../../../src/ports/token-store.js';
import type { ScriptedReply } from '../../../src/testing/scripted-http.js';
import {
  accessOf,
  authorizedTray,
  codeOf,
  during,
  failureOf,
  hourMs,
  secondMs,
  sent,
  trayKey,
  trayPreset,
  type Scene,
} from '../llavero-fixture.js';
import { canary, secretsOf, trayAnswer, trayError } from '../provider-answers.js';

const reuse = { reuseCode: true } as const;

/** Tray with `reuseCode`, its access token expired. */
const expired = async (policy?: RefreshPolicyOptions): Promise<Scene> => {
  const scene = await authorizedTray({ policy }, reuse);
  await scene.clock.advance(3 * hourMs);
  return scene;
};

describe('the code of the installation, kept with reuseCode', () => {
  it('is tried once the refresh token is dead, and the caller notices nothing', async () => {
    const { llavero, clock, http } = await expired();
    http.answer(trayError(1000)).answer(trayAnswer(2, clock.nowMs()));
    const token = await llavero.token(trayKey);
    expect([token.generation, accessOf(token)]).toEqual([2, secretsOf(2).access]);
    expect(http.requests.at(1)?.method).toBe('GET');
    expect(http.requests.at(2)).toMatchObject({ method: 'POST', url: 'https://shop.example.com/web_api/auth' });
    expect(sent(http, 2, 'code')).toBe(`${canary}-installation`);
    expect((await llavero.status(trayKey)).state).toBe('ready');
  });

  it('works again for the next refresh token that dies', async () => {
    const { llavero, clock, http } = await expired();
    http.answer(trayError(1000)).answer(trayAnswer(2, clock.nowMs()));
    await llavero.token(trayKey);
    await clock.advance(3 * hourMs);
    http.answer(trayError(1000)).answer(trayAnswer(3, clock.nowMs()));
    expect((await llavero.token(trayKey)).generation).toBe(3);
    expect(sent(http, 4, 'code')).toBe(`${canary}-installation`);
  });

  it('is tried for a refresh token that has expired by itself', async () => {
    const { llavero, clock, http } = await authorizedTray({}, reuse);
    await clock.advance(31 * 24 * hourMs);
    http.handle(({ method }) => (method === 'GET' ? trayError(1000) : trayAnswer(2, clock.nowMs())));
    expect((await llavero.token(trayKey)).generation).toBe(2);
  });

  it('is tried where there never was a refresh token', async () => {
    const { llavero, clock, http } = await authorizedTray({}, reuse);
    http.answer(trayAnswer(2, clock.nowMs(), { refresh_token: undefined }));
    await llavero.exchange(trayKey, { code: `${canary}-second` });
    await clock.advance(3 * hourMs);
    http.answer(trayAnswer(3, clock.nowMs()));
    expect((await llavero.token(trayKey)).generation).toBe(3);
    expect(sent(http, 2, 'code')).toBe(`${canary}-second`);
  });

  it.each<readonly [string, ScriptedReply]>([
    ['refused', trayError(1000)],
    ['answered with 400', { status: 400 }],
    ['unanswered', { _tag: 'Unknown', why: 'ETIMEDOUT' }],
    ['answered with 502', { status: 502 }],
    ['answered with nonsense', { status: 201, json: { message: 'hello' } }],
  ])('is never tried twice when it was %s, also after a restart', async (_case, reply) => {
    const { llavero, another, clock, http } = await expired();
    http.answer(trayError(1000)).handle(() => reply);
    await codeOf(llavero.token(trayKey));
    expect(http.requests).toHaveLength(3);
    const restarted = another({ providers: [trayPreset(reuse)] });
    for (const waitMs of [0, 60 * secondMs, 24 * hourMs]) {
      await clock.advance(waitMs);
      expect(await codeOf(llavero.token(trayKey))).toBe('ERR_REAUTHORIZATION_REQUIRED');
      expect(await codeOf(restarted.token(trayKey, { force: true }))).toBe('ERR_REAUTHORIZATION_REQUIRED');
    }
    expect((await llavero.status(trayKey)).state).toBe('reauthorization_required');
    expect(http.requests).toHaveLength(3);
  });

  it('counts as a failure of the provider where it is unanswered, and ends nobody’s pause', async () => {
    const { another, store, http } = await expired();
    const names = new Set<string>();
    const watched: TokenStore = {
      ...store,
      updateNote: (name, change, options) => {
        names.add(name);
        return store.updateNote(name, change, options);
      },
    };
    http.answer(trayError(1000)).fail('Unknown', 'ETIMEDOUT');
    await codeOf(another({ providers: [trayPreset(reuse)], store: watched }).token(trayKey));
    const health = await Promise.all([...names].map((name) => store.readNote(name)()));
    expect(health).toEqual([right(formatClientHealth({ epoch: 0, failures: 1, lastKey: trayKey }))]);
  });

  it('is not tried twice when its process died on it', async () => {
    const scene = await expired();
    const { another, llavero, clock, http } = scene;
    http.answer(trayError(1000));
    const { arrived } = http.hold();
    const dying = another({ providers: [trayPreset(reuse)] });
    dying.token(trayKey).catch(() => undefined);
    await arrived;
    await clock.advance(100 * secondMs);
    expect(await codeOf(during(scene, 15 * secondMs, llavero.token(trayKey)))).toBe('ERR_REAUTHORIZATION_REQUIRED');
    expect(http.requests).toHaveLength(3);
  });

  it('is tried again after a rest when it never left', async () => {
    const { llavero, clock, http, eventsOf } = await expired();
    http.answer(trayError(1000)).fail('Unsent', 'ECONNREFUSED');
    const error = await failureOf(llavero.token(trayKey));
    expect(error).toMatchObject({ code: 'ERR_PROVIDER_UNAVAILABLE', reason: { why: 'ECONNREFUSED' } });
    expect(eventsOf('renewal_failed')).toMatchObject([{ key: trayKey, code: 'ERR_PROVIDER_UNAVAILABLE' }]);
    expect(await failureOf(llavero.token(trayKey))).toMatchObject({ code: 'ERR_PROVIDER_UNAVAILABLE' });
    expect(http.requests).toHaveLength(3);
    await clock.advance(error.retryAfterMs ?? 0);
    http.answer(trayAnswer(2, clock.nowMs()));
    expect((await llavero.token(trayKey)).generation).toBe(2);
    expect(sent(http, 3, 'code')).toBe(`${canary}-installation`);
  });

  it('is not tried while an outcome is unresolved, but once a recovery is refused', async () => {
    const { llavero, clock, http } = await expired();
    http.fail('Unknown', 'ETIMEDOUT').fail('Unknown', 'ETIMEDOUT');
    await codeOf(llavero.token(trayKey));
    await clock.advance(60 * secondMs);
    await codeOf(llavero.token(trayKey));
    await clock.advance(60 * secondMs);
    http.answer(trayError(1000)).answer(trayAnswer(2, clock.nowMs()));
    expect((await llavero.token(trayKey)).generation).toBe(2);
    expect(http.requests.map(({ method }) => method)).toEqual(['POST', 'GET', 'GET', 'GET', 'POST']);
  });

  it('takes the place of giving up an unresolved outcome, where the policy is never', async () => {
    const { llavero, clock, http } = await expired({ recovery: 'never' });
    http.fail('Unknown', 'ETIMEDOUT');
    await codeOf(llavero.token(trayKey));
    await clock.advance(60 * secondMs);
    http.answer(trayAnswer(2, clock.nowMs()));
    expect((await llavero.token(trayKey)).generation).toBe(2);
    expect(http.requests.map(({ method }) => method)).toEqual(['POST', 'GET', 'POST']);
  });

  it('is judged as an exchange: an existing pair that ended a moment ago is due at once', async () => {
    const scene = await expired();
    const { llavero, clock, http } = scene;
    const nowMs = clock.nowMs();
    const existing = trayAnswer(2, nowMs - 3 * hourMs - 120 * secondMs, { message: 'Token already exists.' });
    http.answer(trayError(1000)).answer({ ...existing, headers: { Date: new Date(nowMs).toUTCString() } });
    expect((await llavero.token(trayKey)).expiresAt).toEqual(new Date(nowMs + 1));
    await clock.advance(1);
    http.answer(trayAnswer(3, clock.nowMs()));
    expect((await during(scene, secondMs, llavero.token(trayKey))).generation).toBe(3);
    expect(sent(http, 3, 'refresh_token')).toBe(secretsOf(2).refresh);
  });
});

describe('without reuseCode', () => {
  it('no code is kept, and none is tried', async () => {
    const { llavero, clock, http } = await authorizedTray();
    await clock.advance(3 * hourMs);
    http.answer(trayError(1000));
    expect(await codeOf(llavero.token(trayKey))).toBe('ERR_REAUTHORIZATION_REQUIRED');
    expect(http.requests).toHaveLength(2);
  });
});
