import { describe, expect, it } from 'vitest';
import type { RecoveryPolicy } from '../../../src/domain/refresh-policy.js';
import type { ScriptedReply } from '../../../src/testing/scripted-http.js';
import {
  authorizedCentry,
  centryKey,
  centryLifeMs,
  codeOf,
  failureOf,
  minuteMs,
  secondMs,
  sent,
  type Scene,
} from '../llavero-fixture.js';
import { centryAnswer, oauthError, secretsOf } from '../provider-answers.js';

const timeout: ScriptedReply = { _tag: 'Unknown', why: 'ETIMEDOUT' };

const expired = async (recovery: RecoveryPolicy = 'probe'): Promise<Scene> => {
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
    ['a 500', { status: 500 }],
    ['a 502', { status: 502 }],
    ['a 408', { status: 408 }],
    ['a 425', { status: 425 }],
    ['an unreadable 200', { status: 200 }],
    ['a 200 without a token', { status: 200, json: { message: 'ok' } }],
  ])('(%s) is ERR_OUTCOME_UNKNOWN, retryable when its settle window is over', async (_case, reply) => {
    const { llavero, another, clock, http } = await expired();
    http.handle(() => reply);
    const error = await failureOf(llavero.token(centryKey));
    expect(error).toMatchObject({ code: 'ERR_OUTCOME_UNKNOWN', retryable: true, retryAfterMs: minuteMs });
    expect((await llavero.status(centryKey)).state).toBe('outcome_unknown');
    await clock.advance(40 * secondMs);
    for (const process of [llavero, another()]) {
      const later = await failureOf(process.token(centryKey));
      expect(later).toMatchObject({ code: 'ERR_OUTCOME_UNKNOWN', retryable: true, retryAfterMs: 20 * secondMs });
    }
    expect(http.requests).toHaveLength(2);
  });

  it('settles from when it was sent, not from when its answer was given up', async () => {
    const { llavero, clock, http } = await expired();
    const held = http.hold();
    const renewing = failureOf(llavero.token(centryKey, { patienceMs: minuteMs }));
    await held.arrived;
    await clock.advance(25 * secondMs);
    held.release(timeout);
    expect((await renewing).retryAfterMs).toBe(35 * secondMs);
    await clock.advance(35 * secondMs - 1);
    expect((await failureOf(llavero.token(centryKey))).retryAfterMs).toBe(1);
    await clock.advance(1);
    http.answer(centryAnswer(2));
    expect((await llavero.token(centryKey)).generation).toBe(2);
  });

  it('leaves a valid token in use', async () => {
    const { llavero, clock, http, settle } = await authorizedCentry();
    await clock.advance(centryLifeMs - 5 * minuteMs + 1);
    http.fail('Unknown', 'ETIMEDOUT');
    await llavero.token(centryKey);
    await settle();
    await clock.advance(minuteMs - 1);
    expect((await llavero.token(centryKey)).generation).toBe(1);
    expect((await llavero.status(centryKey)).state).toBe('outcome_unknown');
    expect(http.requests).toHaveLength(2);
  });

  it('is recovered by probe after the settle window, by one process', async () => {
    const { llavero, another, clock, http, eventsOf } = await unresolved();
    await clock.advance(minuteMs);
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
    await clock.advance(minuteMs - 1);
    expect(await codeOf(llavero.token(centryKey))).toBe('ERR_OUTCOME_UNKNOWN');
    await clock.advance(1);
    const error = await failureOf(llavero.token(centryKey));
    expect(error.reason).toEqual({ _tag: 'ReauthorizationRequired', key: centryKey, cause: 'outcome_unresolved' });
    expect(await codeOf(another().token(centryKey))).toBe('ERR_REAUTHORIZATION_REQUIRED');
    expect((await llavero.status(centryKey)).state).toBe('reauthorization_required');
    expect(http.requests).toHaveLength(2);
  });

  it.each<readonly [RecoveryPolicy, readonly number[]]>([
    ['probe', [60, 120, 180, 240]],
    ['retry', [1, 61, 121, 181, 241]],
  ])(
    'is recovered by %s again and again, once a settle window, across processes and restarts',
    async (recovery, seconds) => {
      const { llavero, another, clock, http } = await unresolved(recovery);
      const unknownAtMs = clock.monotonicMs();
      const recoveredAtMs: number[] = [];
      http.handle(() => {
        recoveredAtMs.push(clock.monotonicMs() - unknownAtMs);
        return timeout;
      });
      for (let second = 0; second < 5 * 60; second += 1) {
        const process = second % 2 === 0 ? llavero : another();
        expect(await codeOf(process.token(centryKey, { force: second % 3 === 0 }))).toBe('ERR_OUTCOME_UNKNOWN');
        await clock.advance(secondMs);
      }
      expect(recoveredAtMs).toEqual(seconds.map((at) => at * secondMs));
      http.handle(() => centryAnswer(2));
      await clock.advance(minuteMs);
      expect((await llavero.token(centryKey)).generation).toBe(2);
    },
  );

  it('keeps each recovery on record: it is counted', async () => {
    const { llavero, clock, http } = await unresolved();
    http.handle(() => timeout);
    for (let recovery = 1; recovery <= 3; recovery += 1) {
      await clock.advance(minuteMs);
      await codeOf(llavero.token(centryKey));
      const { state, lastFailure } = await llavero.status(centryKey);
      expect([state, lastFailure?.code, lastFailure?.count]).toEqual([
        'outcome_unknown',
        'ERR_OUTCOME_UNKNOWN',
        1 + recovery,
      ]);
    }
  });

  it('whose recovery is refused was processed after all: the refresh token is lost, and that is said', async () => {
    const { llavero, clock, http } = await unresolved();
    await clock.advance(minuteMs);
    http.answer(oauthError('invalid_grant'));
    const error = await failureOf(llavero.token(centryKey));
    expect(error.reason).toEqual({ _tag: 'ReauthorizationRequired', key: centryKey, cause: 'outcome_unresolved' });
    expect((await failureOf(llavero.token(centryKey))).reason).toEqual(error.reason);
  });

  it('stays unresolved when its recovery never left, or was turned away without a verdict', async () => {
    const { llavero, clock, http } = await unresolved();
    await clock.advance(minuteMs);
    http.fail('Unsent', 'ECONNREFUSED').answer({ status: 429 }).answer(oauthError('invalid_client', 401));
    expect(await codeOf(llavero.token(centryKey))).toBe('ERR_PROVIDER_UNAVAILABLE');
    expect((await llavero.status(centryKey)).state).toBe('outcome_unknown');
    await clock.advance(10 * secondMs);
    expect(await codeOf(llavero.token(centryKey))).toBe('ERR_RATE_LIMITED');
    await clock.advance(10 * secondMs);
    expect(await codeOf(llavero.token(centryKey))).toBe('ERR_CLIENT_REJECTED');
    await llavero.register({ provider: 'centry', account: 'acme', clientSecret: 'put-right' });
    expect((await llavero.status(centryKey)).state).toBe('outcome_unknown');
    http.handle(() => timeout);
    expect(await codeOf(llavero.token(centryKey))).toBe('ERR_OUTCOME_UNKNOWN');
    await clock.advance(minuteMs);
    http.handle(() => oauthError('invalid_grant'));
    expect((await failureOf(llavero.token(centryKey))).reason).toMatchObject({ cause: 'outcome_unresolved' });
    expect(http.requests).toHaveLength(1 + 1 + 3 + 2);
  });

  it('is recovered no sooner than its provider asked with Retry-After', async () => {
    const { llavero, clock, http } = await expired();
    http.answer({ status: 500, headers: { 'Retry-After': '300' } });
    expect((await failureOf(llavero.token(centryKey))).retryAfterMs).toBe(5 * minuteMs);
    await clock.advance(5 * minuteMs - 1);
    expect((await failureOf(llavero.token(centryKey))).retryAfterMs).toBe(1);
    await clock.advance(1);
    http.answer(centryAnswer(2));
    expect((await llavero.token(centryKey)).generation).toBe(2);
  });

  it('is settled by a person who authorizes anew', async () => {
    const { llavero, http } = await unresolved();
    http.answer(centryAnswer(2));
    await llavero.exchange(centryKey, { code: 'c' });
    expect(await llavero.status(centryKey)).toMatchObject({ state: 'ready', generation: 2 });
  });
});
