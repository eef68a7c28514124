import { describe, expect, it } from 'vitest';
import type { Rotation } from '../../../src/domain/rotation.js';
import type { ScriptedReply } from '../../../src/testing/scripted-http.js';
import {
  authorizedCentry,
  centryKey,
  centryLifeMs,
  citrusKey,
  codeOf,
  during,
  failureOf,
  makeScene,
  rotatingCentry,
  secondMs,
  sent,
  type Scene,
} from '../llavero-fixture.js';
import { centryAnswer, citrusAnswer, secretsOf } from '../provider-answers.js';

const timeout: ScriptedReply = { _tag: 'Unknown', why: 'ETIMEDOUT' };

const expired = async (rotation: Rotation): Promise<Scene> => {
  const scene = await authorizedCentry({ providers: [rotatingCentry(rotation)] });
  await scene.clock.advance(centryLifeMs);
  return scene;
};

describe('a request that can be repeated without harm', () => {
  it.each<readonly [string, ScriptedReply, string]>([
    ['a timeout', timeout, 'ERR_PROVIDER_UNAVAILABLE'],
    ['a 500', { status: 500 }, 'ERR_PROVIDER_UNAVAILABLE'],
    ['an unreadable 200', { status: 200 }, 'ERR_RESPONSE_MALFORMED'],
  ])('knows no unknown outcome: after %s it rests and asks again', async (_case, reply, code) => {
    const { llavero, clock, http } = makeScene();
    await llavero.register({ provider: 'citrusad' });
    http.handle(() => reply);
    const error = await failureOf(llavero.token(citrusKey));
    expect(error.code).toBe(code);
    expect((await llavero.status(citrusKey)).state).toBe('failing');
    await clock.advance(secondMs);
    http.handle(() => citrusAnswer(1));
    expect((await llavero.token(citrusKey)).generation).toBe(1);
  });

  it('is taken over when its owner has died, as soon as its ttl is over', async () => {
    const { llavero, another, clock, http } = makeScene();
    await llavero.register({ provider: 'citrusad' });
    const { arrived } = http.hold();
    void codeOf(another().token(citrusKey));
    await arrived;
    await clock.advance(40 * secondMs);
    expect((await llavero.status(citrusKey)).state).toBe('ready');
    http.answer(citrusAnswer(1));
    expect((await llavero.token(citrusKey)).generation).toBe(1);
  });
});

describe('a provider that never replaces a refresh token', () => {
  it('knows no unknown outcome: the same one goes again after the cool-down', async () => {
    const { llavero, clock, http, eventsOf } = await expired('none');
    http.handle(() => timeout);
    const error = await failureOf(llavero.token(centryKey));
    expect(error).toMatchObject({ code: 'ERR_PROVIDER_UNAVAILABLE', retryable: true, retryAfterMs: secondMs });
    expect((await llavero.status(centryKey)).state).toBe('failing');
    await clock.advance(secondMs);
    http.handle(() => centryAnswer(2, { refresh_token: undefined }));
    expect((await llavero.token(centryKey)).generation).toBe(2);
    expect(sent(http, 2, 'refresh_token')).toBe(secretsOf(1).refresh);
    expect(eventsOf('renewal_started').map(({ recovery }) => recovery)).toEqual([false, false]);
  });

  it('has the attempt of a process that died taken over as soon as its ttl is over', async () => {
    const { llavero, another, clock, http } = await expired('none');
    const { arrived } = http.hold();
    void codeOf(another().token(centryKey));
    await arrived;
    await clock.advance(40 * secondMs);
    http.answer(centryAnswer(2, { refresh_token: undefined }));
    expect((await llavero.token(centryKey)).generation).toBe(2);
  });
});

describe('a provider that answers a spent refresh token again for 30 s', () => {
  const graceMs = 30 * secondMs;

  it('is asked again at once after a first unknown outcome', async () => {
    const { llavero, clock, http } = await expired({ graceMs });
    http.answer({ status: 502 });
    expect((await failureOf(llavero.token(centryKey))).retryAfterMs).toBe(secondMs);
    await clock.advance(secondMs);
    http.answer(centryAnswer(2));
    expect((await llavero.token(centryKey)).generation).toBe(2);
  });

  it('is asked again within them after the death of the process that asked', async () => {
    const scene = await expired({ graceMs });
    const { llavero, another, clock, http, eventsOf } = scene;
    const { arrived } = http.hold();
    void codeOf(another().token(centryKey));
    await arrived;
    const diedAtMs = clock.nowMs();
    http.answer(centryAnswer(2));
    expect((await during(scene, graceMs, llavero.token(centryKey, { patienceMs: graceMs }))).generation).toBe(2);
    const [, recovery] = eventsOf('renewal_started');
    expect(recovery?.recovery).toBe(true);
    // An attempt of 12 s, then a notice of 6 s.
    expect((recovery?.at.getTime() ?? Infinity) - diedAtMs).toBeLessThan(19 * secondMs);
  });

  it.each([graceMs, 60 * secondMs])(
    'is asked again within them by sweeps alone, after the death of the process that asked: %i ms',
    async (ms) => {
      const { llavero, another, clock, http, settle, eventsOf } = await expired({ graceMs: ms });
      const { arrived } = http.hold();
      void codeOf(another().token(centryKey));
      await arrived;
      const diedAtMs = clock.nowMs();
      http.handle(() => centryAnswer(2));
      for (let second = 0; second < ms / secondMs; second += 1) {
        void llavero.sweep();
        await settle();
        await clock.advance(secondMs);
      }
      expect((await llavero.status(centryKey)).generation).toBe(2);
      const [, recovery] = eventsOf('renewal_started');
      expect((recovery?.at.getTime() ?? Infinity) - diedAtMs).toBeLessThan(0.7 * ms);
    },
  );

  it.each([0, 3, 5, 7])(
    'is asked again a second after a first unknown outcome, however many failures came before: %i',
    async (failures) => {
      const { llavero, clock, http } = await expired({ graceMs });
      http.handle(() => ({ status: 503 }));
      for (let failure = 0; failure < failures; failure += 1) {
        await codeOf(llavero.token(centryKey));
        await clock.advance(60 * secondMs);
      }
      http.handle(() => timeout);
      expect((await failureOf(llavero.token(centryKey))).code).toBe('ERR_OUTCOME_UNKNOWN');
      expect(http.requests).toHaveLength(failures + 2);
      await clock.advance(secondMs);
      http.handle(() => centryAnswer(2));
      expect((await llavero.token(centryKey)).generation).toBe(2);
    },
  );

  it('waits for as long as it asks to, all the same', async () => {
    const { llavero, clock, http } = await expired({ graceMs });
    http.answer({ status: 502, headers: { 'Retry-After': '20' } });
    expect((await failureOf(llavero.token(centryKey))).retryAfterMs).toBe(20 * secondMs);
    await clock.advance(20 * secondMs - 1);
    expect(await codeOf(llavero.token(centryKey))).toBe('ERR_OUTCOME_UNKNOWN');
    expect(http.requests).toHaveLength(2);
  });

  it('gets no request that may take longer than a third of them', async () => {
    const { llavero, http } = await expired({ graceMs });
    http.answer(centryAnswer(2));
    await llavero.token(centryKey);
    expect(http.requests.at(1)?.timeoutMs).toBe(9 * secondMs);
  });
});
