import { describe, expect, it } from 'vitest';
import {
  accessOf,
  authorizedCentry,
  centryKey,
  centryLifeMs,
  citrusKey,
  makeScene,
  minuteMs,
  secondMs,
  sent,
} from '../llavero-fixture.js';
import { centryAnswer, citrusAnswer, secretsOf } from '../provider-answers.js';

describe('a fresh token', () => {
  it('is handed out without any I/O, the same value every time', async () => {
    const { llavero, http, store } = await authorizedCentry();
    const first = await llavero.token(centryKey);
    const second = await llavero.token(centryKey);
    expect(accessOf(first)).toBe(secretsOf(1).access);
    expect(second).toBe(first);
    expect(llavero.peek(centryKey)).toBe(first);
    expect(store.asked('read')).toBe(0);
    expect(http.requests).toHaveLength(1);
  });

  it('comes from the store once, after a restart', async () => {
    const { another, http, store } = await authorizedCentry();
    const restarted = another();
    expect(restarted.peek(centryKey)).toBeUndefined();
    expect(accessOf(await restarted.token(centryKey))).toBe(secretsOf(1).access);
    expect(accessOf(await restarted.token(centryKey))).toBe(secretsOf(1).access);
    expect(store.asked('read')).toBe(1);
    expect(http.requests).toHaveLength(1);
  });

  it('is one answer for all who ask for it together, before it is at hand', async () => {
    const { another } = await authorizedCentry();
    const restarted = another();
    const first = restarted.token(centryKey);
    expect(restarted.token(centryKey)).toBe(first);
    expect(accessOf(await first)).toBe(secretsOf(1).access);
  });

  it('answers to its provider alone when its account is the default one, for token and peek alike', async () => {
    const { llavero, http, store } = makeScene();
    http.answer(citrusAnswer(1));
    const token = await llavero.token('citrusad');
    expect(token.key).toBe(citrusKey);
    store.resetCounts();
    expect(await llavero.token('citrusad')).toBe(token);
    expect(await llavero.token(citrusKey)).toBe(token);
    expect(llavero.peek('citrusad')).toBe(token);
    expect(llavero.peek(citrusKey)).toBe(token);
    expect(store.asked('read')).toBe(0);
  });

  it('is compared with the store every 15 s, behind the back of the caller', async () => {
    const { llavero, clock, settle, store } = await authorizedCentry();
    await clock.advance(15 * secondMs - 1);
    await llavero.token(centryKey);
    expect(store.asked('read')).toBe(0);
    await clock.advance(1);
    expect(llavero.peek(centryKey)?.generation).toBe(1);
    const [one, other] = await Promise.all([llavero.token(centryKey), llavero.token(centryKey)]);
    expect([one.generation, other.generation]).toEqual([1, 1]);
    await settle();
    expect(store.asked('read')).toBe(1);
    expect(llavero.peek(centryKey)?.generation).toBe(1);
  });

  it('is served although that comparison fails, and compared again soon', async () => {
    const { llavero, clock, settle, store } = await authorizedCentry();
    await clock.advance(30 * secondMs);
    store.failNext('read');
    expect((await llavero.token(centryKey)).generation).toBe(1);
    await settle();
    await clock.advance(secondMs);
    expect((await llavero.token(centryKey)).generation).toBe(1);
    await settle();
    expect(store.asked('read')).toBe(2);
  });

  it('gives way to the one that another process committed, within the time of one comparison', async () => {
    const { llavero, another, clock, settle, http } = await authorizedCentry();
    http.answer(centryAnswer(2));
    await another().token(centryKey, { force: true });
    expect((await llavero.token(centryKey)).generation).toBe(1);
    await clock.advance(30 * secondMs);
    await llavero.token(centryKey);
    await settle();
    expect((await llavero.token(centryKey)).generation).toBe(2);
  });

  it('is that of a connection made anew here, whatever the store does, after another process had removed the first', async () => {
    const { llavero, another, clock, http, store } = await authorizedCentry();
    await another().remove(centryKey);
    await clock.advance(secondMs);
    http.answer(centryAnswer(2));
    await llavero.exchange(centryKey, { code: 'another-code' });
    store.failNext('read');
    expect(accessOf(await llavero.token(centryKey))).toBe(secretsOf(2).access);
  });

  it('goes out of memory when more accounts are in use than there is room for, and comes back from the store', async () => {
    const { llavero, http, store } = makeScene({ policy: { cacheEntries: 2 } });
    http.handle(() => citrusAnswer(1));
    await llavero.token('citrusad/one');
    await llavero.token('citrusad/two');
    expect(llavero.peek('citrusad/one')?.key).toBe('citrusad/one');
    await llavero.token('citrusad/three');
    expect(llavero.peek('citrusad/one')?.key).toBe('citrusad/one');
    expect(llavero.peek('citrusad/two')).toBeUndefined();
    store.resetCounts();
    expect((await llavero.token('citrusad/two')).key).toBe('citrusad/two');
    expect(store.asked('read')).toBe(1);
    expect(http.requests).toHaveLength(3);
  });
});

describe('an expired token', () => {
  it('is renewed once for a thousand callers, who all get the same one', async () => {
    const { llavero, clock, http } = await authorizedCentry();
    await clock.advance(centryLifeMs);
    http.answer(centryAnswer(2));
    const tokens = await Promise.all(Array.from({ length: 1_000 }, () => llavero.token(centryKey)));
    expect(new Set(tokens).size).toBe(1);
    expect(accessOf(tokens[0])).toBe(secretsOf(2).access);
    expect(http.requests).toHaveLength(2);
    expect(sent(http, 1, 'refresh_token')).toBe(secretsOf(1).refresh);
  });

  it('is obtained once for a thousand callers of a client-credentials key', async () => {
    const { llavero, http } = makeScene();
    http.answer(citrusAnswer(1));
    const tokens = await Promise.all(Array.from({ length: 1_000 }, () => llavero.token(citrusKey)));
    expect(new Set(tokens).size).toBe(1);
    expect(http.requests).toHaveLength(1);
  });

  it('is never returned by peek', async () => {
    const { llavero, clock } = await authorizedCentry({ policy: { recheckMs: 24 * 60 * minuteMs } });
    await clock.advance(centryLifeMs - 5 * minuteMs - 1);
    expect(llavero.peek(centryKey)?.generation).toBe(1);
    await clock.advance(5 * minuteMs + 1);
    expect(llavero.peek(centryKey)).toBeUndefined();
  });

  it('costs one request only, also for the callers who come right after it', async () => {
    const { llavero, clock, http } = await authorizedCentry();
    await clock.advance(centryLifeMs);
    http.answer(centryAnswer(2));
    await llavero.token(centryKey);
    await clock.advance(1);
    await Promise.all(Array.from({ length: 10 }, () => llavero.token(centryKey, {})));
    expect(http.requests).toHaveLength(2);
  });
});

describe('a token with less than the renew-first margin left', () => {
  it('is renewed before anybody gets one', async () => {
    const { llavero, clock, http } = await authorizedCentry();
    await clock.advance(centryLifeMs - 30 * secondMs + 1);
    http.answer(centryAnswer(2));
    expect((await llavero.token(centryKey)).generation).toBe(2);
  });

  it('is served when the renewal fails, once a second without another look, and an event says so', async () => {
    const { llavero, clock, http, eventsOf } = await authorizedCentry();
    await clock.advance(centryLifeMs - 30 * secondMs + 1);
    http.fail('Unsent', 'ECONNREFUSED');
    const tokens = await Promise.all(Array.from({ length: 100 }, () => llavero.token(centryKey)));
    expect(new Set(tokens.map(({ generation }) => generation))).toEqual(new Set([1]));
    expect(eventsOf('stale_token_served')).toEqual([
      {
        type: 'stale_token_served',
        key: centryKey,
        at: new Date(clock.nowMs()),
        generation: 1,
        code: 'ERR_PROVIDER_UNAVAILABLE',
        expiresAt: new Date(clock.nowMs() + 30 * secondMs - 1),
      },
    ]);
    await Promise.all(Array.from({ length: 100 }, () => llavero.token(centryKey)));
    expect(eventsOf('stale_token_served')).toHaveLength(1);
    expect(http.requests).toHaveLength(2);
  });

  it('is not served once it has expired, however the renewal failed', async () => {
    const { llavero, clock, http } = await authorizedCentry();
    await clock.advance(centryLifeMs);
    http.fail('Unsent', 'ECONNREFUSED');
    await expect(llavero.token(centryKey)).rejects.toMatchObject({ code: 'ERR_PROVIDER_UNAVAILABLE' });
  });

  it('is served to a caller while another process is renewing it', async () => {
    const { llavero, another, clock, http, settle } = await authorizedCentry();
    await clock.advance(centryLifeMs - 30 * secondMs + 1);
    const held = http.hold();
    const elsewhere = another().token(centryKey);
    await held.arrived;
    expect((await llavero.token(centryKey)).generation).toBe(1);
    held.release(centryAnswer(2));
    expect((await elsewhere).generation).toBe(2);
    await settle();
    expect(http.requests).toHaveLength(2);
  });
});
