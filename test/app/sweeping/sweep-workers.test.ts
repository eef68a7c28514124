import { describe, expect, it } from 'vitest';
import {
  authorizedCentry,
  centryKey,
  centryLifeMs,
  citrusKey,
  citrusPreset,
  codeOf,
  hourMs,
  makeScene,
  minuteMs,
  secondMs,
} from '../llavero-fixture.js';
import { centryAnswer, citrusAnswer } from '../provider-answers.js';
import { dueAfterMs, shopKey, trayShops } from '../tray-shops.js';

describe('two processes that sweep one store', () => {
  it('renew each account once, and their reports add up', async () => {
    const { llavero, another, clock, asked, refused } = await trayShops(60);
    await clock.advance(dueAfterMs);
    const sweeping = [llavero, another()].map((process) => process.sweep());
    await clock.advance(5 * minuteMs);
    const reports = await Promise.all(sweeping);
    expect(asked.toSorted((one, other) => one - other)).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
    expect(refused()).toBe(0);
    expect(reports.map(({ renewed }) => renewed).reduce((sum, count) => sum + count)).toBe(60);
    for (const { due, renewed, failed, skipped } of reports) {
      expect(failed).toBe(0);
      expect(due).toBe(renewed + failed + skipped);
    }
  });

  it('share the work', async () => {
    const { llavero, another, clock } = await trayShops(40);
    await clock.advance(dueAfterMs);
    const sweeping = [llavero, another()].map((process) => process.sweep());
    await clock.advance(5 * minuteMs);
    for (const { renewed } of await Promise.all(sweeping)) expect(renewed).toBeGreaterThanOrEqual(10);
  });

  it('spend no slot of a limited rate on what the other one has done', async () => {
    const { llavero, another, clock, askedAtMs } = await trayShops(40);
    await clock.advance(dueAfterMs);
    const sweeping = [llavero, another()].map((process) => process.sweep({ concurrency: 1 }));
    await clock.advance(5 * minuteMs);
    await Promise.all(sweeping);
    const tookMs = Math.max(...askedAtMs) - Math.min(...askedAtMs);
    expect(tookMs).toBeLessThanOrEqual(45 * 667);
  });

  it('are not given what the other one is at', async () => {
    const { llavero, another, clock, keepWaiting } = await trayShops(1);
    await clock.advance(dueAfterMs);
    const slow = keepWaiting(1);
    const first = llavero.sweep();
    await slow.arrived;
    expect(await another().sweep()).toEqual({ due: 0, renewed: 0, failed: 0, skipped: 0, durationMs: 0 });
    slow.release();
    expect(await first).toMatchObject({ due: 1, renewed: 1 });
  });

  it('do not wait for a caller of the other one who was quicker by a moment', async () => {
    const { llavero, another, clock, store, keepWaiting } = await trayShops(1);
    await clock.advance(dueAfterMs);
    const slow = keepWaiting(1);
    const beginning = store.holdNext('update');
    const first = llavero.sweep();
    await beginning.arrived;
    const second = another().token(shopKey(1));
    await clock.advance(secondMs);
    await slow.arrived;
    beginning.release();
    expect(await first).toEqual({ due: 1, renewed: 0, failed: 0, skipped: 1, durationMs: secondMs });
    slow.release();
    expect((await second).generation).toBe(2);
  });

  it('skip what a caller of the other one has renewed meanwhile, even when its access token is due again by then', async () => {
    const { llavero, another, clock, store, asked } = await trayShops(1, { storeTimeoutMs: 4 * hourMs });
    await clock.advance(dueAfterMs);
    const other = another();
    await other.ready();
    const looking = store.holdNext('read');
    const first = llavero.sweep();
    await looking.arrived;
    await other.token(shopKey(1));
    await clock.advance(3 * hourMs);
    looking.release();
    expect(await first).toMatchObject({ due: 1, renewed: 0, skipped: 1 });
    expect(asked).toEqual([1]);
  });
});

describe('a sweep and the callers of its own process', () => {
  it('share one request when the caller was first', async () => {
    const { llavero, clock, http } = await authorizedCentry();
    await clock.advance(centryLifeMs);
    const held = http.hold();
    const token = llavero.token(centryKey);
    await held.arrived;
    expect(await llavero.sweep({ keepWarm: true })).toMatchObject({ due: 0 });
    held.release(centryAnswer(2));
    expect((await token).generation).toBe(2);
    expect(http.requests).toHaveLength(2);
  });

  it('share one request when the sweep was first', async () => {
    const { llavero, clock, http } = await authorizedCentry();
    await clock.advance(centryLifeMs);
    const held = http.hold();
    const sweeping = llavero.sweep({ keepWarm: true });
    await held.arrived;
    const tokens = [llavero.token(centryKey), llavero.token(centryKey, { force: true })];
    held.release(centryAnswer(2));
    expect(await sweeping).toMatchObject({ due: 1, renewed: 1 });
    expect((await Promise.all(tokens)).map(({ generation }) => generation)).toEqual([2, 2]);
    expect(http.requests).toHaveLength(2);
  });

  it('share one request when the caller came while the sweep waited for its slot', async () => {
    const { llavero, clock, asked, keepWaiting } = await trayShops(2);
    await clock.advance(dueAfterMs);
    const slow = keepWaiting(2);
    const sweeping = llavero.sweep();
    await clock.advance(1);
    const token = llavero.token(shopKey(2));
    await slow.arrived;
    await clock.advance(secondMs);
    slow.release();
    expect(await sweeping).toMatchObject({ due: 2, renewed: 1, skipped: 1 });
    expect((await token).generation).toBe(2);
    expect(new Set(asked)).toEqual(new Set([1, 2]));
    expect(asked).toHaveLength(2);
  });

  it('share one flight when the caller came while the sweep waited for its place in flight', async () => {
    const { llavero, clock, http, store, settle } = await authorizedCentry();
    http.answer(citrusAnswer(1));
    await llavero.token(citrusKey);
    await clock.advance(centryLifeMs);
    const [first, second] = [http.hold(), http.hold()];
    const sweeping = llavero.sweep({ keepWarm: true, concurrency: 1 });
    await first.arrived;
    await settle();
    store.resetCounts();
    const token = llavero.token(citrusKey);
    await second.arrived;
    first.release(centryAnswer(2));
    expect(await sweeping).toMatchObject({ due: 2, renewed: 1, skipped: 1 });
    second.release(citrusAnswer(2));
    expect((await token).generation).toBe(2);
    // One attempt and two commits: no other flight tried to begin.
    expect(store.asked('update')).toBe(3);
  });

  it('wait as long as any caller for a store that takes the token late', async () => {
    const { llavero, clock, http, store } = await authorizedCentry();
    await clock.advance(centryLifeMs);
    http.handle(() => {
      store.failNext('update', 3);
      return centryAnswer(2);
    });
    const sweeping = llavero.sweep({ keepWarm: true });
    await clock.advance(0);
    const token = llavero.token(centryKey);
    await clock.advance(secondMs);
    expect((await token).generation).toBe(2);
    expect(await sweeping).toMatchObject({ renewed: 1 });
  });

  it('gets a token although the sweep was not given the key, which is in the hands of another process', async () => {
    const { llavero, another, clock, http } = await authorizedCentry();
    await clock.advance(centryLifeMs);
    const held = http.hold();
    const elsewhere = another().token(centryKey);
    await held.arrived;
    const sweeping = llavero.sweep({ keepWarm: true });
    const token = llavero.token(centryKey);
    expect(await sweeping).toMatchObject({ due: 0 });
    held.release(centryAnswer(2));
    await clock.advance(secondMs);
    expect((await token).generation).toBe((await elsewhere).generation);
  });
});

describe('a sweep brings nothing back', () => {
  const dueCitrus = async () => {
    const scene = makeScene({ providers: [citrusPreset()] });
    scene.http.answer(citrusAnswer(1));
    await scene.llavero.token(citrusKey);
    await scene.clock.advance(hourMs);
    return scene;
  };

  it('that was removed between looking and renewing', async () => {
    const { llavero, another, http, store } = await dueCitrus();
    const other = another();
    await other.ready();
    const looking = store.holdNextAnswer('claimDue');
    const sweeping = llavero.sweep({ keepWarm: true });
    await looking.arrived;
    await other.remove(citrusKey);
    looking.release();
    expect(await sweeping).toMatchObject({ renewed: 0, failed: 0 });
    expect(http.requests).toHaveLength(1);
    expect(await codeOf(llavero.status(citrusKey))).toBe('ERR_UNKNOWN_KEY');
  });

  it.each(['revoke', 'remove'] as const)('that was taken away by %s before the attempt began', async (method) => {
    const { llavero, another, http, store } = await dueCitrus();
    const other = another();
    await other.ready();
    const looked = store.holdNextAnswer('claimDue');
    const sweeping = llavero.sweep({ keepWarm: true });
    await looked.arrived;
    const reread = store.holdNextAnswer('read');
    looked.release();
    await reread.arrived;
    await other[method](citrusKey);
    reread.release();
    expect(await sweeping).toMatchObject({ renewed: 0 });
    expect(http.requests).toHaveLength(1);
  });

  it.each(['revoke', 'remove'] as const)(
    'that was taken away by %s while its request was under way',
    async (method) => {
      const { llavero, another, http } = await dueCitrus();
      const held = http.hold();
      const sweeping = llavero.sweep({ keepWarm: true });
      await held.arrived;
      await another()[method](citrusKey);
      held.release(citrusAnswer(2));
      expect(await sweeping).toMatchObject({ renewed: 0 });
      expect(http.requests).toHaveLength(2);
      for await (const { accessTokenExpiresAt } of llavero.list()) expect(accessTokenExpiresAt).toBeUndefined();
    },
  );

  it('but lets the callers who joined it obtain a token anew', async () => {
    const { llavero, another, http } = await dueCitrus();
    const held = http.hold();
    const sweeping = llavero.sweep({ keepWarm: true });
    await held.arrived;
    const joined = llavero.token(citrusKey);
    await another().revoke(citrusKey);
    http.answer(citrusAnswer(3));
    held.release(citrusAnswer(2));
    expect((await joined).accessToken.expose()).toBe('canary-access-3');
    expect(await sweeping).toMatchObject({ due: 1, skipped: 1 });
  });
});
