import { describe, expect, it } from 'vitest';
import type { RecoveryPolicy } from '../../../src/domain/refresh-policy.js';
import type { ScriptedReply } from '../../../src/testing/scripted-http.js';
import {
  authorizedCentry,
  centryKey,
  centryLifeMs,
  citrusKey,
  codeOf,
  failureOf,
  makeScene,
  minuteMs,
  secondMs,
  sent,
  type Scene,
} from '../llavero-fixture.js';
import { centryAnswer, citrusAnswer, oauthError, secretsOf } from '../provider-answers.js';

const timeout: ScriptedReply = { _tag: 'Unknown', why: 'ETIMEDOUT' };

const expired = async (recovery: RecoveryPolicy = 'probe-once'): Promise<Scene> => {
  const scene = await authorizedCentry({ policy: { recovery } });
  await scene.clock.advance(centryLifeMs);
  return scene;
};

/** As `expired`, with a first renewal whose outcome is unknown. */
const unresolved = async (recovery?: RecoveryPolicy): Promise<Scene> => {
  const scene = await expired(recovery);
  scene.http.fail('Unknown', 'ETIMEDOUT');
  await codeOf(scene.llavero.token(centryKey));
  return scene;
};

describe('a renewal that may have been processed', () => {
  it.each<readonly [string, ScriptedReply]>([
    ['a timeout', timeout],
    ['a reset', { _tag: 'Unknown', why: 'ECONNRESET' }],
    ['a 503', { status: 503 }],
    ['a 408', { status: 408 }],
    ['a 425', { status: 425 }],
    ['an unreadable 200', { status: 200 }],
    ['a 200 without a token', { status: 200, json: { message: 'ok' } }],
    ['server_error', oauthError('server_error')],
  ])('(%s) is ERR_OUTCOME_UNKNOWN, retryable when its settle window is over', async (_case, reply) => {
    const { llavero, another, clock, http } = await expired();
    http.handle(() => reply);
    const error = await failureOf(llavero.token(centryKey));
    expect(error).toMatchObject({ code: 'ERR_OUTCOME_UNKNOWN', retryable: true, retryAfterMs: 90 * secondMs });
    expect((await llavero.status(centryKey)).state).toBe('outcome_unknown');
    await clock.advance(40 * secondMs);
    for (const process of [llavero, another()]) {
      const later = await failureOf(process.token(centryKey));
      expect(later).toMatchObject({ code: 'ERR_OUTCOME_UNKNOWN', retryable: true, retryAfterMs: 50 * secondMs });
    }
    expect(http.requests).toHaveLength(2);
  });

  it('leaves a valid token in use', async () => {
    const { llavero, clock, http, settle } = await authorizedCentry();
    await clock.advance(centryLifeMs - 5 * minuteMs + 1);
    http.fail('Unknown', 'ETIMEDOUT');
    await llavero.token(centryKey);
    await settle();
    await clock.advance(minuteMs);
    expect((await llavero.token(centryKey)).generation).toBe(1);
    expect((await llavero.status(centryKey)).state).toBe('outcome_unknown');
    expect(http.requests).toHaveLength(2);
  });

  it('is recovered by probe-once after the settle window, once, by one process', async () => {
    const { llavero, another, clock, http, eventsOf } = await unresolved();
    await clock.advance(90 * secondMs);
    http.answer(centryAnswer(2));
    const tokens = [llavero.token(centryKey), another().token(centryKey), another().token(centryKey)];
    await clock.advance(secondMs);
    expect((await Promise.all(tokens)).map(({ generation }) => generation)).toEqual([2, 2, 2]);
    expect(sent(http, 2, 'refresh_token')).toBe(secretsOf(1).refresh);
    expect(http.requests).toHaveLength(3);
    expect(eventsOf('renewal_started').map(({ recovery }) => recovery)).toEqual([false, true]);
    expect((await llavero.status(centryKey)).state).toBe('ready');
  });

  it('is recovered by retry after its cool-down, without waiting for the settle window', async () => {
    const { llavero, clock, http } = await unresolved('retry');
    expect((await failureOf(llavero.token(centryKey))).retryAfterMs).toBe(secondMs);
    await clock.advance(secondMs);
    http.answer(centryAnswer(2));
    expect((await llavero.token(centryKey)).generation).toBe(2);
    expect(http.requests).toHaveLength(3);
  });

  it('is not recovered by never: a person is needed when the settle window is over', async () => {
    const { llavero, another, clock, http } = await unresolved('never');
    await clock.advance(90 * secondMs - 1);
    expect(await codeOf(llavero.token(centryKey))).toBe('ERR_OUTCOME_UNKNOWN');
    await clock.advance(1);
    const error = await failureOf(llavero.token(centryKey));
    expect(error.reason).toEqual({ _tag: 'ReauthorizationRequired', key: centryKey, cause: 'outcome_unresolved' });
    expect(await codeOf(another().token(centryKey))).toBe('ERR_REAUTHORIZATION_REQUIRED');
    expect((await llavero.status(centryKey)).state).toBe('reauthorization_required');
    expect(http.requests).toHaveLength(2);
  });

  it.each(['probe-once', 'retry'] as const)(
    'that %s could not resolve needs a person, after at most one recovery, across processes and restarts',
    async (recovery) => {
      const { llavero, another, clock, http } = await unresolved(recovery);
      await clock.advance(90 * secondMs);
      http.handle(() => timeout);
      const second = await failureOf(llavero.token(centryKey));
      expect(second).toMatchObject({ code: 'ERR_OUTCOME_UNKNOWN', retryAfterMs: 90 * secondMs });
      await clock.advance(90 * secondMs - 1);
      expect(await codeOf(another().token(centryKey))).toBe('ERR_OUTCOME_UNKNOWN');
      await clock.advance(1);
      expect(await codeOf(another().token(centryKey))).toBe('ERR_REAUTHORIZATION_REQUIRED');
      await clock.advance(60 * minuteMs);
      expect(await codeOf(another().token(centryKey))).toBe('ERR_REAUTHORIZATION_REQUIRED');
      expect(await codeOf(llavero.token(centryKey, { force: true }))).toBe('ERR_REAUTHORIZATION_REQUIRED');
      expect(http.requests).toHaveLength(3);
    },
  );

  it('whose probe is refused was processed after all: the refresh token is lost, and that is said', async () => {
    const { llavero, clock, http } = await unresolved();
    await clock.advance(90 * secondMs);
    http.answer(oauthError('invalid_grant'));
    const error = await failureOf(llavero.token(centryKey));
    expect(error.reason).toEqual({ _tag: 'ReauthorizationRequired', key: centryKey, cause: 'outcome_unresolved' });
    expect((await failureOf(llavero.token(centryKey))).reason).toEqual(error.reason);
  });

  it('keeps its one probe when that never left, or was turned away', async () => {
    const { llavero, clock, http } = await unresolved();
    await clock.advance(90 * secondMs);
    http.fail('Unsent', 'ECONNREFUSED').answer({ status: 429 }).answer(oauthError('invalid_client', 401));
    expect(await codeOf(llavero.token(centryKey))).toBe('ERR_PROVIDER_UNAVAILABLE');
    expect((await llavero.status(centryKey)).state).toBe('outcome_unknown');
    await clock.advance(10 * secondMs);
    expect(await codeOf(llavero.token(centryKey))).toBe('ERR_RATE_LIMITED');
    await clock.advance(10 * secondMs);
    expect(await codeOf(llavero.token(centryKey))).toBe('ERR_CLIENT_REJECTED');
    await llavero.register({ provider: 'centry', account: 'acme' });
    expect((await llavero.status(centryKey)).state).toBe('outcome_unknown');
    http.handle(() => timeout);
    expect(await codeOf(llavero.token(centryKey))).toBe('ERR_OUTCOME_UNKNOWN');
    await clock.advance(90 * secondMs);
    expect(await codeOf(llavero.token(centryKey))).toBe('ERR_REAUTHORIZATION_REQUIRED');
    expect(http.requests).toHaveLength(1 + 1 + 3 + 1);
  });

  it('is settled by a person who authorizes anew', async () => {
    const { llavero, http } = await unresolved();
    http.answer(centryAnswer(2));
    await llavero.exchange(centryKey, { code: 'c' });
    expect(await llavero.status(centryKey)).toMatchObject({ state: 'ready', generation: 2 });
  });
});

describe('a process that died on its attempt', () => {
  /** The request left, and neither its answer nor its process was seen again. */
  const died = async (recovery?: RecoveryPolicy): Promise<Scene> => {
    const scene = await expired(recovery);
    const { arrived } = scene.http.hold();
    scene
      .another()
      .token(centryKey)
      .catch(() => undefined);
    await arrived;
    return scene;
  };

  it('is waited for until its ttl, then its request settles, then it is probed', async () => {
    const { llavero, clock, http } = await died();
    const busy = await failureOf(llavero.token(centryKey, { patienceMs: 0 }));
    expect(busy).toMatchObject({ code: 'ERR_PROVIDER_UNAVAILABLE', retryAfterMs: 30 * secondMs });
    expect((await llavero.status(centryKey)).state).toBe('renewing');
    await clock.advance(30 * secondMs);
    const settling = await failureOf(llavero.token(centryKey));
    expect(settling).toMatchObject({ code: 'ERR_OUTCOME_UNKNOWN', retryable: true, retryAfterMs: minuteMs });
    expect((await llavero.status(centryKey)).state).toBe('outcome_unknown');
    await clock.advance(minuteMs);
    http.answer(centryAnswer(2));
    expect((await llavero.token(centryKey)).generation).toBe(2);
  });

  it('is taken over by retry as soon as its ttl is over, also by somebody who waits', async () => {
    const { llavero, clock, http } = await died('retry');
    const waiting = llavero.token(centryKey, { patienceMs: minuteMs });
    http.answer(centryAnswer(2));
    await clock.advance(29 * secondMs);
    expect(http.requests).toHaveLength(2);
    await clock.advance(2 * secondMs);
    expect((await waiting).generation).toBe(2);
    expect(http.requests).toHaveLength(3);
  });
});

describe('a request that can be repeated without harm', () => {
  it.each<readonly [string, ScriptedReply, string]>([
    ['a timeout', timeout, 'ERR_PROVIDER_UNAVAILABLE'],
    ['a 503', { status: 503 }, 'ERR_PROVIDER_UNAVAILABLE'],
    ['an unreadable 200', { status: 200 }, 'ERR_RESPONSE_MALFORMED'],
  ])('knows no unknown outcome: after %s it rests and asks again', async (_case, reply, code) => {
    const { llavero, clock, http } = makeScene();
    http.handle(() => reply);
    const error = await failureOf(llavero.token(citrusKey));
    expect(error.code).toBe(code);
    expect((await llavero.status(citrusKey)).state).toBe('ready');
    await clock.advance(secondMs);
    http.handle(() => citrusAnswer(1));
    expect((await llavero.token(citrusKey)).generation).toBe(1);
  });

  it('is taken over when its owner has died, as soon as its ttl is over', async () => {
    const { llavero, another, clock, http } = makeScene();
    const { arrived } = http.hold();
    another()
      .token(citrusKey)
      .catch(() => undefined);
    await arrived;
    await clock.advance(30 * secondMs);
    expect((await llavero.status(citrusKey)).state).toBe('ready');
    http.answer(citrusAnswer(1));
    expect((await llavero.token(citrusKey)).generation).toBe(1);
  });
});
