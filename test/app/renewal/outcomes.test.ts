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

  it('is told by an event and by the status, until a commit clears it', async () => {
    const { llavero, clock, http, eventsOf } = await expired();
    http.fail('Unsent', 'ECONNREFUSED');
    await failureOf(llavero.token(centryKey));
    const at = new Date(clock.nowMs());
    const retryAt = new Date(clock.nowMs() + secondMs);
    const code = 'ERR_PROVIDER_UNAVAILABLE';
    expect(eventsOf('renewal_failed')).toEqual([
      { type: 'renewal_failed', key: centryKey, at, generation: 1, code, retryAt },
    ]);
    expect(await llavero.status(centryKey)).toMatchObject({ state: 'ready', lastFailure: { code, at, retryAt } });
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
    expect((await llavero.status(centryKey)).state).toBe('ready');
    expect(await codeOf(llavero.token(centryKey))).toBe('ERR_REQUEST_REJECTED');
    expect(http.requests).toHaveLength(2);
    await clock.advance(secondMs);
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
