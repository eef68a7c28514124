import { describe, expect, it } from 'vitest';
import {
  authorizedCentry,
  centryKey,
  centryLifeMs,
  citrusKey,
  codeOf,
  makeScene,
  minuteMs,
  secondMs,
} from './llavero-fixture.js';
import { centryAnswer, citrusAnswer } from './provider-answers.js';

const isOver = async (promise: Promise<unknown>, settle: () => Promise<void>): Promise<boolean> => {
  let over = false;
  void promise.then(() => {
    over = true;
  });
  await settle();
  return over;
};

describe('close', () => {
  it('waits for a renewal that is under way, and commits what it brings', async () => {
    const { llavero, another, clock, http, settle } = await authorizedCentry();
    await clock.advance(centryLifeMs);
    const held = http.hold();
    const renewing = llavero.token(centryKey);
    await held.arrived;
    const closing = llavero.close();
    expect(await isOver(closing, settle)).toBe(false);
    held.release(centryAnswer(2));
    expect((await renewing).generation).toBe(2);
    await closing;
    expect((await another().status(centryKey)).generation).toBe(2);
    expect(clock.sleepers).toBe(0);
  });

  it('waits for a renewal behind the back of its callers', async () => {
    const { llavero, another, clock, http, settle } = await authorizedCentry();
    await clock.advance(centryLifeMs - 4 * minuteMs);
    const held = http.hold();
    await llavero.token(centryKey);
    await held.arrived;
    const closing = llavero.close();
    expect(await isOver(closing, settle)).toBe(false);
    held.release(centryAnswer(2));
    await closing;
    expect((await another().status(centryKey)).generation).toBe(2);
  });

  it('waits for a store that does not take a token, for 30 s', async () => {
    const { llavero, another, clock, http, store, settle } = await authorizedCentry();
    await clock.advance(centryLifeMs);
    http.handle(() => {
      store.failNext('update', 6);
      return centryAnswer(2);
    });
    const renewing = llavero.token(centryKey).catch(() => undefined);
    await settle();
    const closing = llavero.close();
    expect(await isOver(closing, settle)).toBe(false);
    await clock.advance(30 * secondMs - 1);
    await closing;
    await renewing;
    expect((await another().status(centryKey)).generation).toBe(2);
  });

  it('waits for such a store also when the callers were sent away already', async () => {
    const { llavero, another, clock, http, store, settle } = await authorizedCentry();
    await clock.advance(centryLifeMs);
    http.handle(() => {
      store.failNext('update', 40);
      return centryAnswer(2);
    });
    const renewing = codeOf(llavero.token(centryKey));
    await clock.advance(20 * secondMs);
    expect(await renewing).toBe('ERR_STORE_FAILED');
    const closing = llavero.close();
    expect(await isOver(closing, settle)).toBe(false);
    await clock.advance(29 * secondMs);
    await closing;
    expect((await another().status(centryKey)).generation).toBe(2);
  });

  it('gives up after 30 s, and the last try ends with it', async () => {
    const { llavero, clock, http, store, settle } = await authorizedCentry();
    await clock.advance(centryLifeMs);
    http.handle(() => {
      store.failNext('update', 1_000);
      return centryAnswer(2);
    });
    const renewing = codeOf(llavero.token(centryKey));
    await settle();
    const closing = llavero.close();
    await clock.advance(30 * secondMs);
    await closing;
    expect(await renewing).toBe('ERR_STORE_FAILED');
    await clock.advance(10 * secondMs);
    store.resetCounts();
    await clock.advance(10 * minuteMs);
    expect(store.asked('update')).toBe(0);
    expect(clock.sleepers).toBe(0);
  });

  it('waits no longer than 2 s for a store that does not take a token which can be had again', async () => {
    const { llavero, clock, http, store, settle } = makeScene();
    http.handle(() => {
      store.failNext('update', 1_000);
      return citrusAnswer(1);
    });
    const obtaining = codeOf(llavero.token(citrusKey));
    await settle();
    const closing = llavero.close();
    await clock.advance(2 * secondMs - 1);
    expect(await isOver(closing, settle)).toBe(false);
    await clock.advance(1 + secondMs);
    expect(await isOver(closing, settle)).toBe(true);
    expect(await obtaining).toBe('ERR_STORE_FAILED');
    expect(clock.sleepers).toBe(0);
  });

  it('waits for a call that has only begun', async () => {
    const { llavero, another, http, store, settle } = makeScene();
    await llavero.ready();
    const slow = store.holdNext('read');
    http.answer(citrusAnswer(1));
    const first = llavero.token(citrusKey);
    await slow.arrived;
    const closing = llavero.close();
    expect(await isOver(closing, settle)).toBe(false);
    slow.release();
    expect((await first).generation).toBe(1);
    await closing;
    expect((await another().status(citrusKey)).generation).toBe(1);
  });

  it('waits for a flight that a call under way starts only now, even when that call is sent away', async () => {
    const { llavero, another, clock, http, store, settle } = await authorizedCentry();
    await clock.advance(centryLifeMs);
    const process = another();
    const opening = store.holdNext('open');
    http.handle(() => {
      store.failNext('update', 10);
      return centryAnswer(2);
    });
    const renewing = codeOf(process.token(centryKey, { patienceMs: 0 }));
    await opening.arrived;
    const closing = process.close();
    opening.release();
    await settle();
    expect(await renewing).toBe('ERR_STORE_FAILED');
    expect(await isOver(closing, settle)).toBe(false);
    await clock.advance(29 * secondMs);
    await closing;
    expect((await llavero.status(centryKey)).generation).toBe(2);
  });

  it('takes no new work', async () => {
    const { llavero, http } = await authorizedCentry();
    await llavero.close();
    expect(llavero.peek(centryKey)).toBeUndefined();
    for (const call of [
      llavero.token(centryKey),
      llavero.status(centryKey),
      llavero.ready(),
      llavero.list()[Symbol.asyncIterator]().next(),
    ]) {
      expect(await codeOf(call)).toBe('ERR_STORE_FAILED');
    }
    expect(http.requests).toHaveLength(1);
  });

  it('can be called again, and by await using', async () => {
    const { llavero } = makeScene();
    await Promise.all([llavero.close(), llavero.close()]);
    await expect(llavero[Symbol.asyncDispose]()).resolves.toBeUndefined();
  });

  it('works for a llavero that was never used', async () => {
    const { llavero, store } = makeScene();
    await llavero.close();
    expect(store.asked('open')).toBe(0);
  });
});
