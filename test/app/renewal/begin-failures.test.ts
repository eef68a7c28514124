import { describe, expect, it } from 'vitest';
import {
  authorizedCentry,
  centryKey,
  centryLifeMs,
  codeOf,
  minuteMs,
  secondMs,
  type Scene,
} from '../llavero-fixture.js';
import { centryAnswer } from '../provider-answers.js';

/** Centry, `beforeMs` before the end of its token. */
const nearItsEnd = async (beforeMs: number): Promise<Scene> => {
  const scene = await authorizedCentry();
  await scene.clock.advance(centryLifeMs - beforeMs);
  return scene;
};

describe('a store that cannot be written before anything was sent', () => {
  it('once or twice is tried again at once, and nobody notices', async () => {
    const { llavero, http, store, eventsOf } = await nearItsEnd(0);
    store.failNext('update', 2);
    http.answer(centryAnswer(2));
    expect((await llavero.token(centryKey)).generation).toBe(2);
    expect(eventsOf('renewal_failed')).toEqual([]);
  });

  it('for longer costs no request: ERR_STORE_FAILED, and the next call tries again', async () => {
    const { llavero, http, store } = await nearItsEnd(0);
    store.failNext('update', 3);
    expect(await codeOf(llavero.token(centryKey))).toBe('ERR_STORE_FAILED');
    expect(http.requests).toHaveLength(1);
    http.answer(centryAnswer(2));
    expect((await llavero.token(centryKey)).generation).toBe(2);
  });

  it('that recorded the attempt and lost its answer is asked again, and the request goes under that very attempt', async () => {
    const { llavero, http, store, eventsOf } = await nearItsEnd(0);
    store.loseNextAnswer('update');
    const held = http.hold();
    const renewing = llavero.token(centryKey);
    await held.arrived;
    const [started] = eventsOf('renewal_started');
    expect(await store.read(centryKey)()).toMatchObject({
      right: { attempt: { id: started?.attempt, way: 'first', repeat: 0 } },
    });
    held.release(centryAnswer(2));
    expect((await renewing).generation).toBe(2);
    expect(store.asked('update')).toBe(3);
  });

  it('and never said that it had recorded the attempt is told to take it back: nothing is left to recover', async () => {
    const { llavero, http, store, settle } = await nearItsEnd(0);
    for (let time = 0; time < 3; time += 1) store.loseNextAnswer('update');
    expect(await codeOf(llavero.token(centryKey))).toBe('ERR_STORE_FAILED');
    expect(http.requests).toHaveLength(1);
    await settle();
    expect(await store.read(centryKey)()).toMatchObject({ right: { attempt: undefined } });
    http.answer(centryAnswer(2));
    expect((await llavero.token(centryKey)).generation).toBe(2);
  });

  it('is told to take the attempt back for as long as it fails', async () => {
    const { llavero, http, store, clock } = await nearItsEnd(0);
    for (let time = 0; time < 3; time += 1) store.loseNextAnswer('update');
    store.failNext('update', 20);
    expect(await codeOf(llavero.token(centryKey))).toBe('ERR_STORE_FAILED');
    expect(await store.read(centryKey)()).toMatchObject({ right: { attempt: { unknown: false } } });
    await clock.advance(20 * secondMs);
    expect(await store.read(centryKey)()).toMatchObject({ right: { attempt: undefined } });
    expect(http.requests).toHaveLength(1);
  });

  it('is told so no longer than until the attempt has settled, when it is recovered like any other', async () => {
    const { llavero, http, store, clock } = await nearItsEnd(0);
    for (let time = 0; time < 3; time += 1) store.loseNextAnswer('update');
    store.failNext('update', 1_000);
    expect(await codeOf(llavero.token(centryKey))).toBe('ERR_STORE_FAILED');
    await clock.advance(102 * secondMs);
    expect(clock.sleepers).toBe(0);
    store.resetCounts();
    await clock.advance(minuteMs);
    expect(store.asked('update')).toBe(0);
    expect(http.requests).toHaveLength(1);
  });

  it('holds a process that closes up for 2 s more, since no answer is lost with it', async () => {
    const { llavero, store, clock, settle } = await nearItsEnd(0);
    for (let time = 0; time < 3; time += 1) store.loseNextAnswer('update');
    store.failNext('update', 1_000);
    expect(await codeOf(llavero.token(centryKey))).toBe('ERR_STORE_FAILED');
    const startedMs = clock.monotonicMs();
    let tookMs: number | undefined;
    void llavero.close().then(() => (tookMs = clock.monotonicMs() - startedMs));
    for (let part = 0; part < 100; part += 1) {
      await clock.advance(0.1 * secondMs);
      await settle();
    }
    expect(tookMs).toBeGreaterThanOrEqual(2 * secondMs);
    expect(tookMs).toBeLessThanOrEqual(3.2 * secondMs);
    expect(clock.sleepers).toBe(0);
  });

  it('leaves an earlier request unresolved when the recovery of it is taken back', async () => {
    const { llavero, http, store, clock, settle } = await nearItsEnd(0);
    http.fail('Unknown', 'ECONNRESET');
    await codeOf(llavero.token(centryKey));
    await clock.advance(minuteMs);
    for (let time = 0; time < 3; time += 1) store.loseNextAnswer('update');
    expect(await codeOf(llavero.token(centryKey))).toBe('ERR_STORE_FAILED');
    await settle();
    expect((await llavero.status(centryKey)).state).toBe('outcome_unknown');
    http.answer(centryAnswer(2));
    expect((await llavero.token(centryKey)).generation).toBe(2);
    expect(http.requests).toHaveLength(3);
  });

  it('serves a valid token all the same', async () => {
    const { llavero, http, store, eventsOf } = await nearItsEnd(20 * secondMs);
    store.failNext('read');
    expect((await llavero.token(centryKey)).generation).toBe(1);
    expect(eventsOf('stale_token_served')).toMatchObject([{ code: 'ERR_STORE_FAILED' }]);
    expect(http.requests).toHaveLength(1);
  });
});
