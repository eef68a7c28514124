import { describe, expect, it } from 'vitest';
import {
  authorizedCentry,
  authorizedTray,
  centryKey,
  centryLifeMs,
  codeOf,
  failureOf,
  hourMs,
  secondMs,
  trayKey,
  type Scene,
} from '../llavero-fixture.js';
import type { ScriptedAnswer } from '../../../src/testing/scripted-http.js';
import { centryAnswer, oauthError } from '../provider-answers.js';

const expired = async (fraction?: number): Promise<Scene> => {
  const scene = await authorizedCentry({ fraction });
  await scene.clock.advance(centryLifeMs);
  return scene;
};

describe('a request that was not sent', () => {
  it('rests 1 s, doubling to 60 s, and the error says how long', async () => {
    const { llavero, clock, http } = await expired();
    http.handle(() => ({ _tag: 'Unsent', why: 'ECONNREFUSED' }));
    const rests: (number | undefined)[] = [];
    for (let time = 0; time < 8; time += 1) {
      const error = await failureOf(llavero.token(centryKey));
      expect(error).toMatchObject({ code: 'ERR_PROVIDER_UNAVAILABLE', retryable: true });
      rests.push(error.retryAfterMs);
      await clock.advance(error.retryAfterMs ?? 0);
    }
    expect(rests).toEqual([1, 2, 4, 8, 16, 32, 60, 60].map((seconds) => seconds * secondMs));
    expect(http.requests).toHaveLength(1 + 8);
  });

  it('rests shorter with jitter, down to a half', async () => {
    const { llavero, http, clock } = await expired(0.5);
    http.handle(() => ({ _tag: 'Unsent', why: 'ECONNREFUSED' }));
    expect((await failureOf(llavero.token(centryKey))).retryAfterMs).toBe(secondMs);
    await clock.advance(secondMs);
    expect((await failureOf(llavero.token(centryKey))).retryAfterMs).toBe(1.5 * secondMs);
  });

  it('makes every process rest', async () => {
    const { llavero, another, clock, http } = await expired();
    http.fail('Unsent', 'ECONNREFUSED');
    await failureOf(llavero.token(centryKey));
    await clock.advance(300);
    const error = await failureOf(another().token(centryKey));
    expect(error).toMatchObject({ code: 'ERR_PROVIDER_UNAVAILABLE', retryAfterMs: 700 });
    expect(http.requests).toHaveLength(2);
    await clock.advance(700);
    http.answer(centryAnswer(2));
    expect((await another().token(centryKey)).generation).toBe(2);
  });

  it('rests from when it was sent, so that a slow failure is followed by no longer a silence than a fast one', async () => {
    const { llavero, clock, http } = await expired();
    http.handle(() => ({ _tag: 'Unsent', why: 'ENOTFOUND' }));
    for (let time = 0; time < 4; time += 1) {
      await clock.advance((await failureOf(llavero.token(centryKey))).retryAfterMs ?? 0);
    }
    const slow = async (afterMs: number): Promise<number | undefined> => {
      http.handle(async () => {
        await clock.sleep(afterMs);
        return { _tag: 'Unsent', why: 'ENOTFOUND' };
      });
      const failing = failureOf(llavero.token(centryKey));
      await clock.advance(afterMs);
      return (await failing).retryAfterMs;
    };
    const firstMs = await slow(5 * secondMs);
    expect(firstMs).toBe(16 * secondMs - 5 * secondMs);
    await clock.advance(firstMs ?? 0);
    expect(await slow(10 * secondMs)).toBe(32 * secondMs - 10 * secondMs);
  });

  it('is told by an event and by the status, until a commit clears it', async () => {
    const { llavero, clock, http, eventsOf } = await expired();
    http.fail('Unsent', 'ECONNREFUSED');
    await failureOf(llavero.token(centryKey));
    const at = new Date(clock.nowMs());
    const retryAt = new Date(clock.nowMs() + secondMs);
    const code = 'ERR_PROVIDER_UNAVAILABLE';
    expect(eventsOf('renewal_failed')).toEqual([
      { type: 'renewal_failed', key: centryKey, at, generation: 1, code, state: 'failing', retryAt },
    ]);
    const lastFailure = { code, at, retryAt, count: 1 };
    expect(await llavero.status(centryKey)).toMatchObject({ state: 'failing', lastFailure });
    await clock.advance(secondMs);
    http.answer(centryAnswer(2));
    await llavero.token(centryKey);
    expect(Object.hasOwn(await llavero.status(centryKey), 'lastFailure')).toBe(false);
  });

  it('starts counting anew after a success', async () => {
    const { llavero, clock, http } = await expired();
    http.fail('Unsent', 'a').answer(centryAnswer(2)).fail('Unsent', 'b');
    await failureOf(llavero.token(centryKey));
    await clock.advance(secondMs);
    await llavero.token(centryKey);
    await clock.advance(secondMs);
    expect((await failureOf(llavero.token(centryKey, { force: true }))).retryAfterMs).toBe(secondMs);
  });

  it('to an address that was refused is ERR_UNTRUSTED_ADDRESS, also while it rests', async () => {
    const { llavero, clock, http } = await authorizedTray();
    await clock.advance(3 * hourMs);
    http.fail('Unsent', 'address_refused');
    const first = await failureOf(llavero.token(trayKey));
    expect(first.reason).toEqual({
      _tag: 'UntrustedAddress',
      key: trayKey,
      host: 'shop.example.com',
      why: 'address_refused',
    });
    expect((await failureOf(llavero.token(trayKey))).reason).toEqual(first.reason);
    expect(http.requests).toHaveLength(2);
  });
});

describe('a request that the provider turned away unprocessed', () => {
  it.each<readonly [string, ScriptedAnswer, string]>([
    ['a 503', { status: 503 }, 'http_503'],
    ['a 503 that is a page', { status: 503, text: '<html>back soon</html>' }, 'http_503'],
    ['a 400 with temporarily_unavailable', oauthError('temporarily_unavailable'), 'temporarily_unavailable'],
    ['a 500 that names invalid_grant', oauthError('invalid_grant', 500), 'invalid_grant'],
  ])('(%s) is ERR_PROVIDER_UNAVAILABLE, and the refresh token goes again after a rest', async (_case, answer, why) => {
    const { llavero, clock, http } = await expired();
    http.answer(answer);
    const error = await failureOf(llavero.token(centryKey));
    expect(error).toMatchObject({ code: 'ERR_PROVIDER_UNAVAILABLE', retryable: true, retryAfterMs: secondMs });
    expect(error.reason).toMatchObject({ why });
    expect((await llavero.status(centryKey)).state).toBe('failing');
    await clock.advance(secondMs);
    http.answer(centryAnswer(2));
    expect((await llavero.token(centryKey)).generation).toBe(2);
  });

  it('rests for as long as the provider asks', async () => {
    const { llavero, clock, http } = await expired();
    http.answer({ status: 503, headers: { 'Retry-After': '120' } });
    expect((await failureOf(llavero.token(centryKey))).retryAfterMs).toBe(120 * secondMs);
    await clock.advance(119 * secondMs);
    await failureOf(llavero.token(centryKey));
    expect(http.requests).toHaveLength(2);
  });
});

describe('a request that is rejected for another reason', () => {
  it.each([
    [oauthError('invalid_request'), 'invalid_request'],
    [oauthError('invalid_scope'), 'invalid_scope'],
    [oauthError('unsupported_grant_type'), 'unsupported_grant_type'],
    [{ status: 403 }, 'http_403'],
    [{ status: 404, json: { message: 'no' } }, 'http_404'],
  ])('%j keeps the grant and rests', async (answer, name) => {
    const { llavero, clock, http } = await expired();
    http.answer(answer);
    const error = await failureOf(llavero.token(centryKey));
    expect(error).toMatchObject({ code: 'ERR_REQUEST_REJECTED', retryable: false });
    expect(error.reason).toMatchObject({ error: name });
    expect((await llavero.status(centryKey)).state).toBe('failing');
    expect(await codeOf(llavero.token(centryKey))).toBe('ERR_REQUEST_REJECTED');
    expect(http.requests).toHaveLength(2);
    await clock.advance(secondMs);
    http.answer(centryAnswer(2));
    expect((await llavero.token(centryKey)).generation).toBe(2);
  });

  it.each<readonly [string, (nowMs: number) => string]>([
    ['in seconds', () => '120'],
    ['by a date', (nowMs) => new Date(nowMs + 120 * secondMs).toUTCString()],
  ])('(400 invalid_request) rests for as long as the provider asks, %s', async (_how, retryAfter) => {
    const { llavero, clock, http } = await expired();
    http.answer({ ...oauthError('invalid_request'), headers: { 'Retry-After': retryAfter(clock.nowMs()) } });
    expect(await codeOf(llavero.token(centryKey))).toBe('ERR_REQUEST_REJECTED');
    await clock.advance(120 * secondMs - 1);
    expect(await codeOf(llavero.token(centryKey))).toBe('ERR_REQUEST_REJECTED');
    expect(http.requests).toHaveLength(2);
    await clock.advance(1);
    http.answer(centryAnswer(2));
    expect((await llavero.token(centryKey)).generation).toBe(2);
  });

  it('a redirect is ERR_RESPONSE_MALFORMED, not followed, and the refresh token may go again', async () => {
    const { llavero, clock, http } = await expired();
    http.answer({ status: 302, headers: { Location: 'https://evil.example/' } });
    expect(await codeOf(llavero.token(centryKey))).toBe('ERR_RESPONSE_MALFORMED');
    expect(http.requests).toHaveLength(2);
    await clock.advance(secondMs);
    http.answer(centryAnswer(2));
    expect((await llavero.token(centryKey)).generation).toBe(2);
  });
});
