import { describe, expect, it } from 'vitest';
import {
  accessOf,
  authorizedCentry,
  centryKey,
  centryLifeMs,
  codeOf,
  failureOf,
  makeScene,
  minuteMs,
  secondMs,
} from '../llavero-fixture.js';
import { centryAnswer, oauthError, secretsOf } from '../provider-answers.js';

const force = { force: true } as const;

describe('a forced renewal', () => {
  it('gives a newer token although the old one is fresh, and from then on everybody gets it', async () => {
    const { llavero, another, http } = await authorizedCentry();
    http.answer(centryAnswer(2));
    expect(accessOf(await llavero.token(centryKey, force))).toBe(secretsOf(2).access);
    expect(accessOf(await llavero.token(centryKey))).toBe(secretsOf(2).access);
    expect(accessOf(llavero.peek(centryKey))).toBe(secretsOf(2).access);
    expect(accessOf(await another().token(centryKey))).toBe(secretsOf(2).access);
  });

  it('is shared by those who force at the same time', async () => {
    const { llavero, http } = await authorizedCentry();
    http.answer(centryAnswer(2));
    const tokens = await Promise.all(Array.from({ length: 50 }, () => llavero.token(centryKey, force)));
    expect(new Set(tokens.map(({ generation }) => generation))).toEqual(new Set([2]));
    expect(http.requests).toHaveLength(2);
  });

  it('happens in a process that holds nothing yet, whatever the store holds', async () => {
    const { another, http } = await authorizedCentry();
    http.answer(centryAnswer(2));
    expect((await another().token(centryKey, force)).generation).toBe(2);
  });

  it('joins the background renewal of the token it rejects', async () => {
    const { llavero, clock, http } = await authorizedCentry();
    await clock.advance(centryLifeMs - 5 * minuteMs + 1);
    const held = http.hold();
    await llavero.token(centryKey);
    await held.arrived;
    const forced = llavero.token(centryKey, force);
    held.release(centryAnswer(2));
    expect((await forced).generation).toBe(2);
    expect(http.requests).toHaveLength(2);
  });

  it('does not content itself with a flight that only reads the old token from the store', async () => {
    const { another, http, store } = await authorizedCentry();
    const process = another();
    const held = store.holdNext('read');
    const reading = process.token(centryKey);
    await held.arrived;
    const forced = process.token(centryKey, force);
    http.answer(centryAnswer(2));
    held.release();
    expect((await reading).generation).toBe(1);
    expect((await forced).generation).toBe(2);
  });

  it('uses the token that another process fetched since, instead of a third one', async () => {
    const { llavero, another, http } = await authorizedCentry();
    http.answer(centryAnswer(2));
    await another().token(centryKey, force);
    expect(llavero.peek(centryKey)?.generation).toBe(1);
    expect((await llavero.token(centryKey, force)).generation).toBe(2);
    expect(http.requests).toHaveLength(2);
  });

  it('rejects when it fails, and leaves the old token to those who do not force', async () => {
    const { llavero, http } = await authorizedCentry();
    http.fail('Unsent', 'ECONNREFUSED');
    const error = await failureOf(llavero.token(centryKey, force));
    expect(error).toMatchObject({ code: 'ERR_PROVIDER_UNAVAILABLE', retryable: true, retryAfterMs: secondMs });
    expect((await llavero.token(centryKey)).generation).toBe(1);
  });

  it('does not override a cool-down', async () => {
    const { llavero, clock, http } = await authorizedCentry();
    http.fail('Unsent', 'ECONNREFUSED');
    await failureOf(llavero.token(centryKey, force));
    await clock.advance(400);
    const error = await failureOf(llavero.token(centryKey, force));
    expect(error).toMatchObject({ code: 'ERR_PROVIDER_UNAVAILABLE', retryAfterMs: 600 });
    expect(http.requests).toHaveLength(2);
    await clock.advance(600);
    http.answer(centryAnswer(2));
    expect((await llavero.token(centryKey, force)).generation).toBe(2);
  });

  it('does not override a terminal state', async () => {
    const { llavero, clock, http } = await authorizedCentry();
    http.answer(oauthError('invalid_grant'));
    expect(await codeOf(llavero.token(centryKey, force))).toBe('ERR_REAUTHORIZATION_REQUIRED');
    await clock.advance(minuteMs);
    expect(await codeOf(llavero.token(centryKey, force))).toBe('ERR_REAUTHORIZATION_REQUIRED');
    expect(http.requests).toHaveLength(2);
    expect((await llavero.token(centryKey)).generation).toBe(1);
  });
});

describe('minValidMs', () => {
  it('raises the margin at which a token is renewed', async () => {
    const { llavero, clock, http } = await authorizedCentry();
    await clock.advance(10 * minuteMs);
    const need = { minValidMs: centryLifeMs - 10 * minuteMs };
    expect((await llavero.token(centryKey, need)).generation).toBe(1);
    http.answer(centryAnswer(2));
    expect((await llavero.token(centryKey, { minValidMs: need.minValidMs + 1 })).generation).toBe(2);
  });

  it('never lowers it', async () => {
    const { llavero, clock, http } = await authorizedCentry();
    await clock.advance(centryLifeMs - 30 * secondMs + 1);
    http.answer(centryAnswer(2));
    expect((await llavero.token(centryKey, { minValidMs: 1 })).generation).toBe(2);
  });

  it('that cannot be met rejects with what went wrong, although a token is still valid', async () => {
    const { llavero, clock, http } = await authorizedCentry();
    await clock.advance(centryLifeMs - 10 * minuteMs);
    http.fail('Unsent', 'ECONNREFUSED');
    expect(await codeOf(llavero.token(centryKey, { minValidMs: 11 * minuteMs }))).toBe('ERR_PROVIDER_UNAVAILABLE');
    expect((await llavero.token(centryKey)).generation).toBe(1);
  });

  it('beyond what the provider issues gives the newest there is, without a loop', async () => {
    const { llavero, http } = await authorizedCentry();
    const need = { minValidMs: 10 * centryLifeMs };
    http.answer(centryAnswer(2));
    for (let time = 0; time < 5; time += 1) expect((await llavero.token(centryKey, need)).generation).toBe(2);
    expect(http.requests).toHaveLength(2);
  });

  it('beyond what the provider issues rejects when the renewal fails, however new the token is', async () => {
    const { llavero, http } = await authorizedCentry();
    http.fail('Unsent', 'connection_refused');
    await expect(llavero.token(centryKey, { minValidMs: 10 * centryLifeMs })).rejects.toMatchObject({
      code: 'ERR_PROVIDER_UNAVAILABLE',
    });
    expect((await llavero.token(centryKey)).generation).toBe(1);
  });

  it('beyond what the provider issues renews a token that is no longer new, once', async () => {
    const { llavero, clock, http } = await authorizedCentry();
    await clock.advance(30 * secondMs);
    http.answer(centryAnswer(2));
    const need = { minValidMs: 10 * centryLifeMs };
    const tokens = await Promise.all([llavero.token(centryKey, need), llavero.token(centryKey, need)]);
    expect(tokens.map(({ generation }) => generation)).toEqual([2, 2]);
    expect((await llavero.token(centryKey, need)).generation).toBe(2);
  });

  it('is not met by a token that another process got so long ago that it is nearly over', async () => {
    const { llavero, another, clock, http } = await authorizedCentry();
    await clock.advance(centryLifeMs);
    const held = http.hold();
    const other = another().token(centryKey);
    await held.arrived;
    const asking = llavero.token(centryKey, { minValidMs: 10 * centryLifeMs, patienceMs: 30 * secondMs });
    await clock.advance(9 * secondMs);
    http.answer(centryAnswer(3));
    held.release(centryAnswer(2, { expires_in: 60 }));
    await clock.advance(2 * secondMs);
    expect((await other).generation).toBe(2);
    expect((await asking).generation).toBe(3);
  });

  it('is not met by a flight that somebody with a smaller need started', async () => {
    const { llavero, another, clock, http, store } = await authorizedCentry();
    await clock.advance(centryLifeMs - 10 * minuteMs);
    const process = another();
    const held = store.holdNext('read');
    const content = process.token(centryKey);
    await held.arrived;
    const demanding = process.token(centryKey, { minValidMs: 11 * minuteMs });
    http.answer(centryAnswer(2));
    held.release();
    expect((await content).generation).toBe(1);
    expect((await demanding).generation).toBe(2);
    expect(llavero.peek(centryKey)).toBeUndefined();
  });

  it.each([Number.NaN, -1])('of %s is a TypeError', async (minValidMs) => {
    const { llavero } = makeScene();
    await expect(llavero.token(centryKey, { minValidMs })).rejects.toThrow(
      new TypeError('token(key, { minValidMs }): minValidMs takes milliseconds, 0 or more'),
    );
    await expect(llavero.token(centryKey, { patienceMs: minValidMs })).rejects.toThrow(
      new TypeError('token(key, { patienceMs }): patienceMs takes milliseconds, 0 or more'),
    );
  });
});
