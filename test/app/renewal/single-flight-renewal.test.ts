import { isLeft, left } from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { tokenError } from '../../../src/domain/token-error.js';
import {
  authorizedCentry,
  centryKey,
  centryLifeMs,
  citrusKey,
  during,
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
    const { start, llavero, clock, http, renewer } = await expired();
    const held = http.hold();
    const elsewhere = llavero.token(centryKey);
    await held.arrived;
    const servable = await start(centryKey, { isServable: () => true }).outcome;
    expect(errorOf(servable)).toMatchObject({ _tag: 'RenewalUnderWay', retryAfterMs: 40 * secondMs });
    const waiting = start(centryKey, { patienceMs: 2 * secondMs });
    await clock.advance(2 * secondMs - 1);
    expect(renewer.current(centryKey)).toBe(waiting);
    await clock.advance(1);
    expect(errorOf(await waiting.outcome)).toMatchObject({ _tag: 'RenewalUnderWay', retryAfterMs: 38 * secondMs });
    const patient = start(centryKey);
    held.release(centryAnswer(2));
    await clock.advance(secondMs);
    expect(await patient.outcome).toMatchObject({ right: { renewed: true, ours: false } });
    expect((await elsewhere).generation).toBe(2);
  });

  it('gives up after three tokens in a row that had expired on arrival', async () => {
    const scene = await expired();
    const { start, clock, http } = scene;
    http.handle(() => {
      clock.setWallClock(clock.nowMs() + hourMs);
      return centryAnswer(2, { expires_in: 60 });
    });
    const why = 'every token issued had expired on arrival';
    const outcome = await during(scene, 2 * secondMs, start(centryKey).outcome);
    expect(errorOf(outcome)).toEqual(tokenError('ResponseMalformed', { key: centryKey, why }));
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
    expect(errorOf(await start(citrusKey, { unasked: true }).outcome)).toMatchObject({ _tag: 'RenewalUnderWay' });
    await scene.llavero.register({ provider: 'citrusad' });
    expect(errorOf(await start(citrusKey, { unasked: true }).outcome)).toMatchObject({ _tag: 'RenewalUnderWay' });
    expect(scene.http.requests).toHaveLength(0);
  });
});

describe('a flight whose store hangs', () => {
  it.each([
    ['before its attempt is recorded', 'holdNext', 'update'],
    ['after it was', 'holdNextAnswer', 'update'],
    ['while it reads', 'holdNext', 'read'],
  ] as const)(
    '%s ends when the store has had its time, sends nothing, and leaves the key free',
    async (_when, hold, operation) => {
      const { start, clock, http, store, renewer } = await expired();
      store[hold](operation);
      const flight = start(centryKey);
      await clock.advance(10 * secondMs - 1);
      expect(renewer.current(centryKey)).toBe(flight);
      await clock.advance(1);
      expect(await flight.outcome).toEqual(
        left(tokenError('StoreFailed', { operation, why: 'timeout', key: centryKey })),
      );
      expect(renewer.current(centryKey)).toBeUndefined();
      expect(clock.sleepers).toBe(0);
      expect(http.requests).toHaveLength(1);
    },
  );

  it('at the commit asks it again, and the first write changes nothing more when it comes through in the end', async () => {
    const { start, clock, http, store, cache, renewer, llavero } = await expired();
    const sent = http.hold();
    const flight = start(centryKey);
    await sent.arrived;
    const commit = store.holdNext('update');
    sent.release(centryAnswer(2));
    await commit.arrived;
    await clock.advance(10 * secondMs - 1);
    expect(cache.fresh(centryKey)).toBeUndefined();
    await clock.advance(secondMs);
    expect(generationOf(await flight.outcome)).toBe(2);
    expect(renewer.current(centryKey)).toBeUndefined();
    commit.release();
    await clock.advance(0);
    expect((await llavero.status(centryKey)).generation).toBe(2);
    expect(http.requests).toHaveLength(2);
  });
});

describe('a flight whose store keeps failing at the commit', () => {
  it('says so while it tries again, and ends when the store is back', async () => {
    const { start, clock, http, store, cache, renewer } = await expired();
    http.handle(() => {
      store.failNext('update', 12);
      return centryAnswer(2);
    });
    const flight = start(centryKey);
    await clock.advance(2 * secondMs);
    expect(flight.trouble()).toMatchObject({ _tag: 'StoreFailed', operation: 'update', why: 'SCRIPTED' });
    expect(renewer.current(centryKey)).toBe(flight);
    await clock.advance(minuteMs);
    expect(renewer.current(centryKey)).toBeUndefined();
    expect(cache.find(centryKey)?.token.generation).toBe(2);
    expect(clock.sleepers).toBe(0);
  });

  it('tries again at least each second, so that a living owner commits within the notice of a recovery', async () => {
    const { start, clock, http, store } = await expired();
    http.handle(() => {
      store.failNext('update', 40);
      return centryAnswer(2);
    });
    start(centryKey);
    await clock.advance(5 * secondMs);
    const before = store.asked('update');
    await clock.advance(10 * secondMs);
    expect(store.asked('update') - before).toBeGreaterThanOrEqual(10);
  });
});

describe('drained', () => {
  it('waits for a flight that nobody waits for any more', async () => {
    const { start, clock, http, store, flights } = await expired();
    http.handle(() => {
      store.failNext('update', 30);
      return centryAnswer(2);
    });
    start(centryKey);
    await clock.advance(10 * secondMs);
    let landed = false;
    const landing = flights.drained().then(() => {
      landed = true;
    });
    await clock.advance(0);
    expect(landed).toBe(false);
    await clock.advance(5 * minuteMs);
    await landing;
  });
});
