import { describe, expect, it } from 'vitest';
import type { ScriptedReply } from '../../src/testing/scripted-http.js';
import {
  authorizedCentry,
  centryKey,
  centryLifeMs,
  codeOf,
  during,
  hourMs,
  minuteMs,
  secondMs,
  type Scene,
} from './llavero-fixture.js';
import { centryAnswer } from './provider-answers.js';
import { dayMs, trayShops, type TrayShops } from './tray-shops.js';

describe('a wall clock that is set back', () => {
  it.each([hourMs, 24 * hourMs, 365 * 24 * hourMs])('by %i ms lengthens no token’s life', async (jumpMs) => {
    const { llavero, clock, http, settle } = await authorizedCentry();
    await clock.advance(10 * minuteMs);
    await llavero.token(centryKey);
    await settle();
    clock.setWallClock(clock.nowMs() - jumpMs);
    expect((await llavero.token(centryKey)).generation).toBe(1);
    await clock.advance(centryLifeMs - 10 * minuteMs - 30 * secondMs + 1);
    http.answer(centryAnswer(2));
    expect((await llavero.token(centryKey)).generation).toBe(2);
  });

  it('puts off no comparison with the store by more than the time of one', async () => {
    const { llavero, another, clock, http, settle } = await authorizedCentry();
    await llavero.token(centryKey);
    await clock.advance(minuteMs);
    clock.setWallClock(clock.nowMs() - hourMs);
    http.answer(centryAnswer(2));
    await another().token(centryKey, { force: true });
    await llavero.token(centryKey);
    await settle();
    await clock.advance(30 * secondMs);
    await llavero.token(centryKey);
    await settle();
    expect((await llavero.token(centryKey)).generation).toBe(2);
  });

  it('never makes peek give an expired token', async () => {
    const { llavero, clock } = await authorizedCentry({ policy: { recheckMs: 24 * hourMs } });
    expect(llavero.peek(centryKey)?.generation).toBe(1);
    await clock.advance(centryLifeMs);
    clock.setWallClock(clock.nowMs() - 2 * centryLifeMs);
    expect(llavero.peek(centryKey)).toBeUndefined();
    expect(await codeOf(llavero.token(centryKey))).toBe('ERR_PROVIDER_UNAVAILABLE');
  });

  it('makes no cool-down of a provider longer than it was', async () => {
    const { llavero, clock, http } = await authorizedCentry();
    await clock.advance(centryLifeMs);
    http.answer({ status: 429, headers: { 'Retry-After': '60' } });
    expect(await codeOf(llavero.token(centryKey))).toBe('ERR_RATE_LIMITED');
    await expect(llavero.token(centryKey)).rejects.toMatchObject({ retryAfterMs: minuteMs });
    clock.setWallClock(clock.nowMs() - 30 * secondMs);
    await expect(llavero.token(centryKey, { force: true })).rejects.toMatchObject({ retryAfterMs: minuteMs });
  });

  it.each<readonly [string, ScriptedReply]>([
    ['a 429', { status: 429, headers: { 'Retry-After': '3600' } }],
    ['a failure', { _tag: 'Unsent', why: 'ECONNREFUSED' }],
  ])('by a day drops the cool-down after %s, which the clock had dated ahead', async (_what, reply) => {
    const { llavero, clock, http } = await authorizedCentry();
    await clock.advance(centryLifeMs);
    http.handle(() => reply);
    await codeOf(llavero.token(centryKey));
    await codeOf(llavero.token(centryKey));
    expect(http.requests).toHaveLength(2);
    clock.setWallClock(clock.nowMs() - 24 * hourMs);
    http.answer(centryAnswer(2));
    expect((await llavero.token(centryKey, { force: true })).generation).toBe(2);
  });

  it('by a day makes an attempt that was dated ahead begin anew, and no recovery come early', async () => {
    const scene = await authorizedCentry();
    const { llavero, another, clock, http } = scene;
    await clock.advance(centryLifeMs);
    const { arrived } = http.hold();
    void codeOf(another().token(centryKey));
    await arrived;
    clock.setWallClock(clock.nowMs() - 24 * hourMs);
    expect(await codeOf(llavero.token(centryKey, { patienceMs: 0 }))).toBe('ERR_PROVIDER_UNAVAILABLE');
    await clock.advance(100 * secondMs - 1);
    expect(await codeOf(llavero.token(centryKey, { patienceMs: 0 }))).toBe('ERR_OUTCOME_UNKNOWN');
    expect(http.requests).toHaveLength(2);
    http.answer(centryAnswer(2));
    expect((await during(scene, 11 * secondMs, llavero.token(centryKey))).generation).toBe(2);
  });
});

describe('a wall clock that is set forward', () => {
  it.each(['retry', 'probe'] as const)(
    'makes no attempt of another process older, and none is sent twice (recovery: %s)',
    async (recovery) => {
      const scene = await authorizedCentry({ policy: { recovery } });
      const { llavero, another, clock, http } = scene;
      await clock.advance(centryLifeMs);
      const held = http.hold();
      const first = llavero.token(centryKey, { patienceMs: minuteMs });
      await held.arrived;
      const other = another();
      await clock.advance(5 * secondMs);
      clock.setWallClock(clock.nowMs() + hourMs);
      const second = other.token(centryKey, { patienceMs: minuteMs });
      await clock.advance(20 * secondMs);
      expect(http.requests).toHaveLength(2);
      held.release(centryAnswer(2));
      const both = await during(scene, 2 * secondMs, Promise.all([first, second]));
      expect(both.map(({ generation }) => generation)).toEqual([2, 2]);
    },
  );

  it.each([2 * minuteMs, hourMs])(
    'by %i ms makes no attempt older for a process that was started after that',
    async (jumpMs) => {
      const scene = await authorizedCentry({ bootId: 'boot-1' });
      const { llavero, another, clock, http } = scene;
      await clock.advance(centryLifeMs);
      const held = http.hold();
      const first = llavero.token(centryKey, { patienceMs: minuteMs });
      await held.arrived;
      clock.setWallClock(clock.nowMs() + jumpMs);
      const second = another().token(centryKey, { patienceMs: minuteMs });
      await clock.advance(24 * secondMs);
      expect(http.requests).toHaveLength(2);
      held.release(centryAnswer(2));
      const both = await during(scene, 2 * secondMs, Promise.all([first, second]));
      expect(both.map(({ generation }) => generation)).toEqual([2, 2]);
    },
  );

  it('puts off no recovery of an attempt whose owner died, for a process that was started after that', async () => {
    const scene = await authorizedCentry({ bootId: 'boot-1' });
    const { another, clock, http } = scene;
    await clock.advance(centryLifeMs);
    const held = http.hold();
    void codeOf(another().token(centryKey, { patienceMs: 0 }));
    await held.arrived;
    clock.setWallClock(clock.nowMs() + hourMs);
    await clock.advance(100 * secondMs - 1);
    expect(await codeOf(another().token(centryKey, { patienceMs: 0 }))).toBe('ERR_OUTCOME_UNKNOWN');
    expect(http.requests).toHaveLength(2);
    http.answer(centryAnswer(2));
    expect((await during(scene, 11 * secondMs, another().token(centryKey))).generation).toBe(2);
  });

  it('past the end of a token makes it expire', async () => {
    const { llavero, clock, http } = await authorizedCentry();
    clock.setWallClock(clock.nowMs() + centryLifeMs);
    expect(llavero.peek(centryKey)).toBeUndefined();
    http.answer(centryAnswer(2));
    expect((await llavero.token(centryKey)).generation).toBe(2);
  });

  it('and back again leaves a fresh token', async () => {
    const { llavero, clock, http } = await authorizedCentry();
    clock.setWallClock(clock.nowMs() + centryLifeMs);
    expect(llavero.peek(centryKey)).toBeUndefined();
    clock.setWallClock(clock.nowMs() - centryLifeMs);
    expect((await llavero.token(centryKey)).generation).toBe(1);
    expect(http.requests).toHaveLength(1);
  });
});

/** Sweeps once an hour for so long. */
const sweepFor = async ({ llavero, clock }: TrayShops, ms: number): Promise<void> => {
  for (let passedMs = 0; passedMs < ms; passedMs += hourMs) {
    await clock.advance(hourMs);
    await llavero.sweep();
  }
};

describe('a refresh token whose account was written while the clock was two months ahead', () => {
  it.each<readonly [string, ScriptedReply | undefined]>([
    ['renewed', undefined],
    ['failing', { status: 503 }],
  ])('is kept alive in time: %s', async (_what, reply) => {
    const shops = await trayShops(1);
    const { clock, llavero, say, asked, refused } = shops;
    say(1, reply);
    const atMs = clock.nowMs();
    clock.setWallClock(atMs + 60 * dayMs);
    await llavero.sweep();
    expect(asked).toHaveLength(1);
    clock.setWallClock(atMs);
    await sweepFor(shops, 2 * hourMs);
    expect(asked).toHaveLength(2);
    await sweepFor(shops, 22 * dayMs);
    expect(asked).toHaveLength(2);
    await sweepFor(shops, 8 * dayMs);
    expect(asked).toHaveLength(3);
    expect(refused()).toBe(0);
  });
});

/** A renewal whose answer is lost while the clock is an hour ahead; it is set right then. */
const lostWhileAhead = async (): Promise<Scene> => {
  const scene = await authorizedCentry();
  const { llavero, clock, http } = scene;
  await clock.advance(centryLifeMs);
  const atMs = clock.nowMs();
  http.handle(() => {
    clock.setWallClock(atMs + hourMs);
    return { _tag: 'Unknown', why: 'ECONNRESET' };
  });
  expect(await codeOf(llavero.token(centryKey))).toBe('ERR_OUTCOME_UNKNOWN');
  clock.setWallClock(atMs);
  http.handle(() => centryAnswer(2));
  return scene;
};

describe('an outcome left unknown while the clock was an hour ahead', () => {
  it('is recovered a settle window after the clock is right', async () => {
    const { another, clock, http } = await lostWhileAhead();
    const other = another();
    await expect(other.token(centryKey)).rejects.toMatchObject({
      code: 'ERR_OUTCOME_UNKNOWN',
      retryAfterMs: 100 * secondMs,
    });
    await clock.advance(100 * secondMs - 1);
    expect(await codeOf(other.token(centryKey))).toBe('ERR_OUTCOME_UNKNOWN');
    expect(http.requests).toHaveLength(2);
    await clock.advance(1);
    expect((await other.token(centryKey)).generation).toBe(2);
  });

  it('is found by sweeps, which recover it then', async () => {
    const { llavero, clock, http } = await lostWhileAhead();
    await llavero.sweep();
    await clock.advance(100 * secondMs - 1);
    await llavero.sweep();
    expect(http.requests).toHaveLength(2);
    await clock.advance(1);
    expect(await llavero.sweep()).toMatchObject({ renewed: 1 });
    expect(http.requests).toHaveLength(3);
  });
});
