import { describe, expect, it } from 'vitest';
import { centry } from '../../../src/adapters/providers/centry/centry.js';
import {
  accessOf,
  authorizedCentry,
  centryKey,
  centryLifeMs,
  codeOf,
  hourMs,
  makeScene,
  minuteMs,
  secondMs,
} from '../llavero-fixture.js';
import { canary, centryAnswer, secretsOf } from '../provider-answers.js';

const account = { provider: 'centry', account: 'acme', redirectUri: 'https://app.example.com/cb' };

const recheckMs = 30 * secondMs;

describe('a token that was not compared with the store for recheckMs', () => {
  it.each(['remove', 'revoke'] as const)('is not served once after another process has called %s', async (ends) => {
    const { llavero, another, clock } = await authorizedCentry();
    await another()[ends](centryKey);
    await clock.advance(recheckMs);
    expect(llavero.peek(centryKey)).toBeUndefined();
    expect(await codeOf(llavero.token(centryKey))).toBe('ERR_REAUTHORIZATION_REQUIRED');
    expect(llavero.peek(centryKey)).toBeUndefined();
  });

  it('waits for one reading of the store, all callers for the same', async () => {
    const { llavero, clock, store, settle } = await authorizedCentry();
    await clock.advance(hourMs);
    const reading = store.holdNextAnswer('read');
    let served = 0;
    const waiting = Array.from({ length: 3 }, async () => {
      await llavero.token(centryKey, {});
      served += 1;
    });
    await reading.arrived;
    await settle();
    expect(served).toBe(0);
    expect(llavero.peek(centryKey)).toBeUndefined();
    reading.release();
    await Promise.all(waiting);
    expect(store.asked('read')).toBe(1);
    expect(llavero.peek(centryKey)?.generation).toBe(1);
  });

  it('gives way to what another process committed, at once', async () => {
    const { llavero, another, clock, http } = await authorizedCentry();
    http.answer(centryAnswer(2));
    await another().token(centryKey, { force: true });
    await clock.advance(recheckMs);
    expect(accessOf(await llavero.token(centryKey))).toBe(secretsOf(2).access);
  });

  it('is not served once another process has invalidated it', async () => {
    const { llavero, another, clock, http } = await authorizedCentry();
    const other = another();
    await other.invalidate(centryKey, await other.token(centryKey));
    await clock.advance(recheckMs);
    http.answer(centryAnswer(2));
    expect(accessOf(await llavero.token(centryKey))).toBe(secretsOf(2).access);
  });

  it('in its soft window is compared first too, and then renewed behind the back of the caller', async () => {
    const { llavero, another, clock, http } = await authorizedCentry();
    const other = another();
    await other.token(centryKey);
    await clock.advance(centryLifeMs - 4 * minuteMs);
    await llavero.remove(centryKey);
    expect(await codeOf(other.token(centryKey))).toBe('ERR_REAUTHORIZATION_REQUIRED');
    expect(http.requests).toHaveLength(1);
  });

  it.each([
    ['in its soft window', 4 * minuteMs],
    ['due to be renewed first', 20 * secondMs],
  ])('%s is not served on by failing renewals once it was removed', async (_when, leftMs) => {
    const { llavero, another, clock } = await authorizedCentry();
    const other = another();
    await other.token(centryKey);
    await llavero.remove(centryKey);
    await clock.advance(centryLifeMs - leftMs);
    for (let call = 0; call < 3; call += 1) {
      expect(await codeOf(other.token(centryKey))).toBe('ERR_REAUTHORIZATION_REQUIRED');
      await clock.advance(secondMs);
    }
  });
});

describe('a token of an account that only register knew', () => {
  it.each([4 * minuteMs, 20 * secondMs])(
    'is not served on once it was removed, %i ms before its end',
    async (leftMs) => {
      const { llavero, another, clock, http } = makeScene({ providers: [centry()] });
      await llavero.register({ ...account, clientId: 'id', clientSecret: `${canary}-secret` });
      http.answer(centryAnswer(1));
      await llavero.exchange(centryKey, { code: 'c' });
      const other = another();
      await other.token(centryKey);
      await llavero.remove(centryKey);
      await clock.advance(centryLifeMs - leftMs);
      for (let call = 0; call < 3; call += 1) {
        expect(await codeOf(other.token(centryKey))).toBe('ERR_UNKNOWN_KEY');
        await clock.advance(secondMs);
      }
    },
  );
});

describe('a token in steady use', () => {
  it('never waits for the store, and is compared in time all the same', async () => {
    const { llavero, another, clock, store } = await authorizedCentry();
    for (let second = 0; second < 120; second += 1) {
      const generation = llavero.peek(centryKey)?.generation;
      expect(generation).toBe(1);
      expect((await llavero.token(centryKey)).generation).toBe(1);
      await clock.advance(secondMs);
    }
    expect(store.asked('read')).toBe(7);
    await another().remove(centryKey);
    let outlivedMs = 0;
    for (; llavero.peek(centryKey) !== undefined; outlivedMs += secondMs) {
      await llavero.token(centryKey);
      await clock.advance(secondMs);
    }
    expect(outlivedMs).toBeLessThanOrEqual(recheckMs);
  });

  it('is compared from half of recheckMs on, behind the back of the caller', async () => {
    const { llavero, clock, store, settle } = await authorizedCentry();
    await clock.advance(recheckMs / 2 - 1);
    await llavero.token(centryKey);
    await settle();
    expect(store.asked('read')).toBe(0);
    await clock.advance(1);
    const reading = store.holdNextAnswer('read');
    expect((await llavero.token(centryKey)).generation).toBe(1);
    expect((await llavero.token(centryKey)).generation).toBe(1);
    await reading.arrived;
    reading.release();
    await settle();
    expect(store.asked('read')).toBe(1);
  });

  it('is what the store held when it was asked, not when it answered', async () => {
    const { llavero, another, clock, store, settle } = await authorizedCentry();
    await clock.advance(recheckMs / 2);
    const reading = store.holdNextAnswer('read');
    await llavero.token(centryKey);
    await reading.arrived;
    await another().remove(centryKey);
    await clock.advance(recheckMs / 2 - 1);
    reading.release();
    await settle();
    await clock.advance(recheckMs / 2 + 1);
    expect(await codeOf(llavero.token(centryKey))).toBe('ERR_REAUTHORIZATION_REQUIRED');
  });
});

describe('the patience of a caller', () => {
  it('is not outlasted by a comparison: he is served what is valid, and nobody else is before the store answers', async () => {
    const { llavero, another, clock, store, settle } = await authorizedCentry();
    await another().remove(centryKey);
    await clock.advance(hourMs);
    const reading = store.holdNextAnswer('read');
    const impatient = llavero.token(centryKey, { patienceMs: 500 });
    await reading.arrived;
    await clock.advance(500);
    expect((await impatient).generation).toBe(1);
    expect(llavero.peek(centryKey)).toBeUndefined();
    const patient = codeOf(llavero.token(centryKey));
    reading.release();
    await settle();
    expect(await patient).toBe('ERR_REAUTHORIZATION_REQUIRED');
  });

  it('is not outlasted by a token to be renewed first either', async () => {
    const { llavero, clock, store, http, settle } = await authorizedCentry();
    await clock.advance(centryLifeMs - 20 * secondMs);
    const reading = store.holdNextAnswer('read');
    const impatient = llavero.token(centryKey, { patienceMs: 0 });
    await reading.arrived;
    expect((await impatient).generation).toBe(1);
    expect(llavero.peek(centryKey)).toBeUndefined();
    http.answer(centryAnswer(2));
    reading.release();
    await settle();
    expect((await llavero.token(centryKey)).generation).toBe(2);
  });
});

describe('a token that is compared before each use (recheckMs: 0)', () => {
  it('is served once the store was asked, and although its renewals fail', async () => {
    const { llavero, another, clock, store, http } = await authorizedCentry({ policy: { recheckMs: 0 } });
    await llavero.token(centryKey);
    await llavero.token(centryKey);
    expect(store.asked('read')).toBe(2);
    await clock.advance(centryLifeMs - 20 * secondMs);
    http.handle(() => ({ _tag: 'Unsent', why: 'ECONNREFUSED' }));
    expect((await llavero.token(centryKey)).generation).toBe(1);
    await another().remove(centryKey);
    await clock.advance(2 * secondMs);
    expect(await codeOf(llavero.token(centryKey))).toBe('ERR_REAUTHORIZATION_REQUIRED');
  });

  it('is served on while the store fails', async () => {
    const { llavero, store } = await authorizedCentry({ policy: { recheckMs: 0 } });
    store.failNext('read', 2);
    expect((await llavero.token(centryKey)).generation).toBe(1);
    expect((await llavero.token(centryKey)).generation).toBe(1);
  });
});

describe('a store that fails', () => {
  it('keeps no valid token from anybody, and is asked again each second', async () => {
    const { llavero, clock, store, eventsOf } = await authorizedCentry();
    await clock.advance(hourMs);
    store.failNext('read', 10);
    for (let call = 0; call < 30; call += 1) {
      expect((await llavero.token(centryKey)).generation).toBe(1);
      await clock.advance(secondMs / 3);
    }
    expect(store.asked('read')).toBeLessThanOrEqual(10);
    expect(eventsOf('stale_token_served').every(({ code }) => code === 'ERR_STORE_FAILED')).toBe(true);
    expect(eventsOf('stale_token_served').length).toBe(store.asked('read'));
  });

  it('keeps nobody waiting for longer than two seconds when it does not answer at all', async () => {
    const { llavero, clock, store, settle } = await authorizedCentry();
    await clock.advance(hourMs);
    const reading = store.holdNext('read');
    const waiting = llavero.token(centryKey);
    await reading.arrived;
    await clock.advance(2 * secondMs);
    expect((await waiting).generation).toBe(1);
    await clock.advance(2 * secondMs);
    expect((await llavero.token(centryKey)).generation).toBe(1);
    expect(store.asked('read')).toBe(1);
    reading.release();
    await settle();
  });

  it('ends no token of its own accord: once it answers again, what it holds counts', async () => {
    const { llavero, another, clock, store } = await authorizedCentry();
    await another().remove(centryKey);
    await clock.advance(hourMs);
    store.failNext('read');
    expect((await llavero.token(centryKey)).generation).toBe(1);
    await clock.advance(secondMs);
    expect(await codeOf(llavero.token(centryKey))).toBe('ERR_REAUTHORIZATION_REQUIRED');
  });
});
