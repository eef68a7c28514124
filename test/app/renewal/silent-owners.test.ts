import { describe, expect, it } from 'vitest';
import type { RecoveryPolicy } from '../../../src/domain/refresh-policy.js';
import {
  accessOf,
  authorizedCentry,
  centryKey,
  centryLifeMs,
  codeOf,
  during,
  failureOf,
  minuteMs,
  secondMs,
  sent,
  type Scene,
} from '../llavero-fixture.js';
import { centryAnswer, secretsOf } from '../provider-answers.js';

/** The request left, and neither its answer nor its process was seen again. */
const died = async (recovery: RecoveryPolicy = 'probe'): Promise<Scene> => {
  const scene = await authorizedCentry({ policy: { recovery } });
  await scene.clock.advance(centryLifeMs);
  const { arrived } = scene.http.hold();
  void codeOf(scene.another().token(centryKey));
  await arrived;
  return scene;
};

describe('a process that died on its attempt', () => {
  it('is waited for until its ttl, then its request settles, then a recovery is announced and sent', async () => {
    const scene = await died();
    const { llavero, clock, http } = scene;
    const busy = await failureOf(llavero.token(centryKey, { patienceMs: 0 }));
    expect(busy).toMatchObject({ code: 'ERR_PROVIDER_UNAVAILABLE', retryable: true });
    expect((await llavero.status(centryKey)).state).toBe('renewing');
    await clock.advance(40 * secondMs);
    const settling = await failureOf(llavero.token(centryKey));
    expect(settling).toMatchObject({ code: 'ERR_OUTCOME_UNKNOWN', retryable: true, retryAfterMs: 50 * secondMs });
    expect((await llavero.status(centryKey)).state).toBe('outcome_unknown');
    await clock.advance(50 * secondMs);
    const waiting = llavero.token(centryKey);
    await clock.advance(10 * secondMs - 1);
    expect(http.requests).toHaveLength(2);
    http.answer(centryAnswer(2));
    expect((await during(scene, 1, waiting)).generation).toBe(2);
    expect(sent(http, 2, 'refresh_token')).toBe(secretsOf(1).refresh);
  });

  it('makes a caller wait for the whole notice, however long ago the request has settled', async () => {
    const scene = await died();
    const { llavero, clock, http } = scene;
    await clock.advance(60 * minuteMs);
    http.answer(centryAnswer(2));
    const waiting = llavero.token(centryKey);
    await clock.advance(10 * secondMs - 1);
    expect(http.requests).toHaveLength(2);
    expect((await during(scene, 1, waiting)).generation).toBe(2);
  });

  it('is ERR_OUTCOME_UNKNOWN for a caller without the patience for the notice, which goes on', async () => {
    const { llavero, another, clock, http } = await died();
    await clock.advance(100 * secondMs);
    const impatient = await failureOf(llavero.token(centryKey, { patienceMs: 0 }));
    expect(impatient).toMatchObject({ code: 'ERR_OUTCOME_UNKNOWN', retryable: true });
    await clock.advance(10 * secondMs);
    http.answer(centryAnswer(2));
    expect((await llavero.token(centryKey, { patienceMs: secondMs })).generation).toBe(2);
    expect((await another().token(centryKey)).generation).toBe(2);
    expect(http.requests).toHaveLength(3);
  });

  it('is ERR_PROVIDER_UNAVAILABLE for who joins another caller’s wait, and says when the recovery will have been sent', async () => {
    const { llavero, clock, http } = await died();
    await clock.advance(100 * secondMs);
    const waiting = llavero.token(centryKey);
    await clock.advance(2 * secondMs);
    const joined = await failureOf(llavero.token(centryKey, { patienceMs: 0 }));
    expect(joined).toMatchObject({ code: 'ERR_PROVIDER_UNAVAILABLE', retryAfterMs: 9 * secondMs });
    http.answer(centryAnswer(2));
    await clock.advance(8 * secondMs);
    expect((await waiting).generation).toBe(2);
  });

  it('is recovered only by a process that has known of the notice for its whole length', async () => {
    const scene = await died();
    const { llavero, another, clock, http } = scene;
    await clock.advance(100 * secondMs);
    await codeOf(llavero.token(centryKey, { patienceMs: 0 }));
    await clock.advance(10 * secondMs);
    const newcomer = another();
    http.answer(centryAnswer(2));
    const late = newcomer.token(centryKey);
    await clock.advance(10 * secondMs - 1);
    expect(http.requests).toHaveLength(2);
    expect((await during(scene, 1, late)).generation).toBe(2);
  });

  it('is announced once for all processes, and recovered by one', async () => {
    const scene = await died();
    const { another, clock, http, eventsOf } = scene;
    await clock.advance(100 * secondMs);
    http.answer(centryAnswer(2));
    const tokens = await during(
      scene,
      11 * secondMs,
      Promise.all(Array.from({ length: 5 }, () => another().token(centryKey))),
    );
    expect(new Set(tokens.map(accessOf))).toEqual(new Set([secretsOf(2).access]));
    expect(eventsOf('renewal_started').map(({ recovery }) => recovery)).toEqual([false, true]);
  });

  it('by retry is asked for as soon as its ttl is over, also by somebody who waits', async () => {
    const scene = await died('retry');
    const { llavero, clock, http } = scene;
    const waiting = llavero.token(centryKey, { patienceMs: minuteMs });
    http.answer(centryAnswer(2));
    await clock.advance(39 * secondMs);
    expect(http.requests).toHaveLength(2);
    expect((await during(scene, 12 * secondMs, waiting)).generation).toBe(2);
    expect(http.requests).toHaveLength(3);
  });

  it('by never needs a person when the settle window is over', async () => {
    const { llavero, clock, http } = await died('never');
    await clock.advance(100 * secondMs - 1);
    expect(await codeOf(llavero.token(centryKey))).toBe('ERR_OUTCOME_UNKNOWN');
    await clock.advance(1);
    expect((await failureOf(llavero.token(centryKey))).reason).toMatchObject({ cause: 'outcome_unresolved' });
    expect(http.requests).toHaveLength(2);
  });
});

describe('a living owner with an answer in hand', () => {
  it('commits it while its recovery is announced, and nothing more is sent', async () => {
    const { llavero, another, clock, http, store } = await authorizedCentry();
    await clock.advance(centryLifeMs);
    http.handle(() => {
      // The owner tries once a second: the last try to fail comes just before the notice.
      store.failNext('update', 104);
      return centryAnswer(2);
    });
    void codeOf(another().token(centryKey));
    await clock.advance(100 * secondMs);
    const waiting = llavero.token(centryKey);
    await clock.advance(15 * secondMs);
    expect((await waiting).generation).toBe(2);
    expect(http.requests).toHaveLength(2);
  });
});
