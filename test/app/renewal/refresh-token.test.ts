import { isLeft, left } from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { busyElsewhere } from '../../../src/app/renewal/wait-for-other.js';
import { tokenError } from '../../../src/domain/token-error.js';
import {
  authorizedCentry,
  centryKey,
  centryLifeMs,
  citrusKey,
  hourMs,
  makeScene,
  minuteMs,
  secondMs,
  type Scene,
} from '../llavero-fixture.js';
import { centryAnswer, citrusAnswer } from '../provider-answers.js';
import { engineOn, type Engine } from './engine.js';

const expired = async (): Promise<Scene & Engine> => {
  const scene = await authorizedCentry();
  await scene.clock.advance(centryLifeMs);
  return { ...scene, ...engineOn(scene) };
};

type Outcome = Awaited<ReturnType<Engine['start']>['outcome']>;

const errorOf = (outcome: Outcome): unknown => (isLeft(outcome) ? outcome.left : 'no error');
const generationOf = (outcome: Outcome): unknown =>
  isLeft(outcome) ? outcome.left : outcome.right.cached.token.generation;

describe('a flight', () => {
  it('renews, holds in memory what it brought, and leaves no timer behind', async () => {
    const { start, cache, clock, http } = await expired();
    http.answer(centryAnswer(2));
    const outcome = await start(centryKey).outcome;
    expect(outcome).toMatchObject({ right: { renewed: true, ours: true } });
    expect(generationOf(outcome)).toBe(2);
    expect(cache.fresh(centryKey)?.token.generation).toBe(2);
    await clock.advance(0);
    expect(clock.sleepers).toBe(0);
  });

  it('renews nothing when what the store holds is enough', async () => {
    const { start, http } = await expired();
    const outcome = await start(centryKey, { isEnough: () => true }).outcome;
    expect(outcome).toMatchObject({ right: { renewed: false, ours: false } });
    expect(http.requests).toHaveLength(1);
  });

  it('waits for another process’s attempt as long as its patience, unless it has something to serve', async () => {
    const { start, llavero, clock, http, refreshToken } = await expired();
    const held = http.hold();
    const elsewhere = llavero.token(centryKey);
    await held.arrived;
    const servable = await start(centryKey, { isServable: () => true }).outcome;
    expect(errorOf(servable)).toMatchObject({ why: busyElsewhere, retryAfterMs: 30 * secondMs });
    const waiting = start(centryKey, { patienceMs: 2 * secondMs });
    await clock.advance(2 * secondMs - 1);
    expect(refreshToken.current(centryKey)).toBe(waiting);
    await clock.advance(1);
    expect(errorOf(await waiting.outcome)).toMatchObject({ why: busyElsewhere, retryAfterMs: 28 * secondMs });
    const patient = start(centryKey);
    held.release(centryAnswer(2));
    await clock.advance(secondMs);
    expect(await patient.outcome).toMatchObject({ right: { renewed: true, ours: false } });
    expect((await elsewhere).generation).toBe(2);
  });

  it('gives up after three tokens in a row that had expired on arrival', async () => {
    const { start, clock, http } = await expired();
    http.handle(() => {
      clock.setWallClock(clock.nowMs() + hourMs);
      return centryAnswer(2, { expires_in: 1 });
    });
    const why = 'every token issued had expired on arrival';
    expect(errorOf(await start(centryKey).outcome)).toEqual(tokenError('ResponseMalformed', { key: centryKey, why }));
    expect(http.requests).toHaveLength(1 + 3);
  });

  it('registers a key whose preset has everything', async () => {
    const scene = makeScene();
    const { start } = engineOn(scene);
    scene.http.answer(citrusAnswer(1));
    expect(generationOf(await start(citrusKey).outcome)).toBe(1);
  });

  it('that nobody asked for brings no key into being', async () => {
    const scene = makeScene();
    const { start } = engineOn(scene);
    expect(errorOf(await start(citrusKey, { unasked: true }).outcome)).toMatchObject({ why: busyElsewhere });
    await scene.llavero.register({ provider: 'citrusad' });
    expect(errorOf(await start(citrusKey, { unasked: true }).outcome)).toMatchObject({ why: busyElsewhere });
    expect(scene.http.requests).toHaveLength(0);
  });
});

describe('a flight whose store hangs', () => {
  const timeout = left(tokenError('StoreFailed', { operation: 'answer for', why: 'timeout', key: centryKey }));

  it.each([
    ['before its attempt is recorded', 'holdNext', 'update'],
    ['after it was', 'holdNextAnswer', 'update'],
    ['while it reads', 'holdNext', 'read'],
  ] as const)('%s sends its callers away after patience and ttl, and newcomers at once', async (_when, hold, what) => {
    const { start, clock, store, refreshToken } = await expired();
    store[hold](what);
    const flight = start(centryKey);
    await clock.advance(45 * secondMs - 1);
    let waiting = true;
    void flight.outcome.then(() => {
      waiting = false;
    });
    await clock.advance(0);
    expect(waiting).toBe(true);
    await clock.advance(1);
    expect(await flight.outcome).toEqual(timeout);
    expect(refreshToken.current(centryKey)).toBe(flight);
    expect(clock.sleepers).toBe(0);
  });

  it('at the commit goes on, and lands when the store is back', async () => {
    const { start, clock, http, store, cache, refreshToken, llavero } = await expired();
    const sent = http.hold();
    const flight = start(centryKey);
    await sent.arrived;
    const commit = store.holdNext('update');
    sent.release(centryAnswer(2));
    await commit.arrived;
    await clock.advance(hourMs);
    expect(await flight.outcome).toEqual(timeout);
    expect(cache.fresh(centryKey)).toBeUndefined();
    commit.release();
    await clock.advance(0);
    expect(refreshToken.current(centryKey)).toBeUndefined();
    expect(cache.find(centryKey)?.token.generation).toBe(2);
    expect((await llavero.status(centryKey)).generation).toBe(2);
    expect(http.requests).toHaveLength(2);
  });
});

describe('a flight whose store keeps failing at the commit', () => {
  it('sends its callers away when their patience is over, and lands when the store is back', async () => {
    const { start, clock, http, store, cache, refreshToken } = await expired();
    http.handle(() => {
      store.failNext('update', 12);
      return centryAnswer(2);
    });
    const flight = start(centryKey, { patienceMs: 2 * secondMs });
    await clock.advance(1_999);
    expect(await Promise.race([flight.outcome, Promise.resolve('still waiting')])).toBe('still waiting');
    await clock.advance(2 * secondMs);
    expect(errorOf(await flight.outcome)).toMatchObject({ _tag: 'StoreFailed', operation: 'update', why: 'SCRIPTED' });
    expect(refreshToken.current(centryKey)).toBe(flight);
    await clock.advance(minuteMs);
    expect(refreshToken.current(centryKey)).toBeUndefined();
    expect(cache.find(centryKey)?.token.generation).toBe(2);
    expect(clock.sleepers).toBe(0);
  });

  it('that fails less long than their patience costs them nothing', async () => {
    const { start, clock, http, store } = await expired();
    http.handle(() => {
      store.failNext('update', 5);
      return centryAnswer(2);
    });
    const flight = start(centryKey);
    await clock.advance(2 * secondMs);
    expect(generationOf(await flight.outcome)).toBe(2);
  });
});

describe('landed', () => {
  it('waits for a flight that has sent its callers away', async () => {
    const { start, clock, store, flights } = await expired();
    const stuck = store.holdNext('read');
    start(centryKey);
    await clock.advance(minuteMs);
    let landed = false;
    const landing = flights.landed().then(() => {
      landed = true;
    });
    await clock.advance(minuteMs);
    expect(landed).toBe(false);
    store.failNext('update');
    stuck.release();
    await landing;
  });
});
