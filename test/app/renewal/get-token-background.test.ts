import { describe, expect, it } from 'vitest';
import {
  authorizedCentry,
  centryKey,
  centryLifeMs,
  citrusKey,
  hourMs,
  makeScene,
  minuteMs,
  secondMs,
} from '../llavero-fixture.js';
import { centryAnswer, citrusAnswer, oauthError } from '../provider-answers.js';

describe('a token in the soft window', () => {
  it('is served at once while a new one is fetched behind the back of the caller', async () => {
    const { llavero, clock, http, settle } = await authorizedCentry();
    await clock.advance(centryLifeMs - 5 * minuteMs + 1);
    const held = http.hold();
    expect((await llavero.token(centryKey)).generation).toBe(1);
    await held.arrived;
    expect((await llavero.token(centryKey)).generation).toBe(1);
    held.release(centryAnswer(2));
    await settle();
    expect((await llavero.token(centryKey)).generation).toBe(2);
    expect(http.requests).toHaveLength(2);
  });

  it('is not renewed a moment earlier', async () => {
    const { llavero, clock, http, settle } = await authorizedCentry();
    await clock.advance(centryLifeMs - 5 * minuteMs);
    await llavero.token(centryKey);
    await settle();
    expect(http.requests).toHaveLength(1);
  });

  it('is renewed later by a process with more jitter, up to a fifth of the window', async () => {
    const { llavero, clock, http, settle } = await authorizedCentry({ fraction: 0.999 });
    await clock.advance(centryLifeMs - 5 * minuteMs + 59 * secondMs);
    await llavero.token(centryKey);
    await settle();
    expect(http.requests).toHaveLength(1);
    await clock.advance(secondMs);
    http.answer(centryAnswer(2));
    await llavero.token(centryKey);
    await settle();
    expect(http.requests).toHaveLength(2);
  });

  it('has a window of a quarter of its life when that is less than five minutes', async () => {
    const { llavero, clock, http, settle } = makeScene();
    http.answer(citrusAnswer(1, { expires_in: 60 }));
    await llavero.token(citrusKey);
    await clock.advance(45 * secondMs);
    await llavero.token(citrusKey);
    await settle();
    expect(http.requests).toHaveLength(1);
    await clock.advance(1);
    http.answer(citrusAnswer(2));
    expect((await llavero.token(citrusKey)).generation).toBe(1);
    await settle();
    expect((await llavero.token(citrusKey)).generation).toBe(2);
  });

  it('is served on while its renewals fail, which costs at most one request a cool-down', async () => {
    const { llavero, clock, http, settle, eventsOf } = await authorizedCentry();
    await clock.advance(centryLifeMs - 5 * minuteMs + 1);
    http.handle(() => ({ _tag: 'Unsent', why: 'ECONNREFUSED' }));
    for (let second = 0; second < 120; second += 1) {
      expect((await llavero.token(centryKey)).generation).toBe(1);
      await clock.advance(secondMs);
    }
    await settle();
    // 0, 1, 3, 7, 15, 31, 63 s: the cool-down doubles to 60 s.
    expect(http.requests).toHaveLength(1 + 7);
    expect(eventsOf('renewal_failed').map(({ code }) => code)).toEqual(
      Array.from({ length: 7 }, () => 'ERR_PROVIDER_UNAVAILABLE'),
    );
  });

  it('is served on after invalid_grant, and the state tells', async () => {
    const { llavero, clock, http, settle } = await authorizedCentry();
    await clock.advance(centryLifeMs - 5 * minuteMs + 1);
    http.answer(oauthError('invalid_grant'));
    await llavero.token(centryKey);
    await settle();
    await clock.advance(minuteMs);
    expect((await llavero.token(centryKey)).generation).toBe(1);
    await settle();
    expect(http.requests).toHaveLength(2);
    expect((await llavero.status(centryKey)).state).toBe('reauthorization_required');
    await clock.advance(4 * minuteMs);
    await expect(llavero.token(centryKey)).rejects.toMatchObject({ code: 'ERR_REAUTHORIZATION_REQUIRED' });
    expect(http.requests).toHaveLength(2);
  });

  it('keeps nothing running that a closing process would wait for once it is renewed', async () => {
    const { llavero, clock, http, settle } = await authorizedCentry();
    await clock.advance(centryLifeMs - 5 * minuteMs + 1);
    http.answer(centryAnswer(2));
    await llavero.token(centryKey);
    await settle();
    expect(clock.sleepers).toBe(0);
  });

  it('does not make a hot loop of a token that lives less than a second', async () => {
    const { llavero, clock, http } = makeScene();
    http.handle(() => citrusAnswer(1, { expires_in: 0.5 }));
    await llavero.token(citrusKey);
    await Promise.all(Array.from({ length: 50 }, () => llavero.token(citrusKey)));
    expect(http.requests).toHaveLength(1);
    await clock.advance(hourMs);
    await llavero.token(citrusKey);
    expect(http.requests).toHaveLength(2);
  });
});
