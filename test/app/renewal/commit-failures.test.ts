import { describe, expect, it } from 'vitest';
import {
  accessOf,
  authorizedCentry,
  centryKey,
  centryLifeMs,
  citrusKey,
  codeOf,
  failureOf,
  makeScene,
  minuteMs,
  secondMs,
  type Scene,
} from '../llavero-fixture.js';
import type { WatchedStore } from '../watched-store.js';
import { centryAnswer, citrusAnswer, oauthError, secretsOf } from '../provider-answers.js';

/** Answers the next request, and from then on the store fails `times` writes. */
const answerThenFail = ({ http, store }: Scene, times: number, answer = centryAnswer(2)): void => {
  http.handle(() => {
    store.failNext('update', times);
    return answer;
  });
};

/** Centry, `beforeMs` before the end of its token. */
const nearItsEnd = async (beforeMs: number): Promise<Scene> => {
  const scene = await authorizedCentry();
  await scene.clock.advance(centryLifeMs - beforeMs);
  return scene;
};

describe('a token that the store does not take', () => {
  it('is kept in memory and written again and again, and handed out only then', async () => {
    const scene = await nearItsEnd(0);
    const { llavero, another, clock, http, eventsOf, settle } = scene;
    answerThenFail(scene, 3);
    let handedOut = false;
    const renewing = llavero.token(centryKey).finally(() => {
      handedOut = true;
    });
    await settle();
    expect([handedOut, llavero.peek(centryKey)]).toEqual([false, undefined]);
    expect((await another().status(centryKey)).generation).toBe(1);
    await clock.advance(secondMs);
    expect(accessOf(await renewing)).toBe(secretsOf(2).access);
    expect((await another().status(centryKey)).generation).toBe(2);
    expect(http.requests).toHaveLength(2);
    expect(eventsOf('commit_delayed').map(({ tries, generation }) => [tries, generation])).toEqual([
      [1, 1],
      [2, 1],
      [3, 1],
    ]);
    expect(eventsOf('token_committed').map(({ generation }) => generation)).toEqual([1, 2]);
  });

  it('is written past the ttl of its attempt, and committed while its generation is current', async () => {
    const scene = await nearItsEnd(0);
    const { llavero, clock, http } = scene;
    answerThenFail(scene, 40);
    const first = codeOf(llavero.token(centryKey));
    await clock.advance(5 * minuteMs);
    expect(await first).toBe('ERR_STORE_FAILED');
    expect((await llavero.token(centryKey)).generation).toBe(2);
    expect(http.requests).toHaveLength(2);
  });

  it('leaves each caller its patience, then ERR_STORE_FAILED; and no second request is sent', async () => {
    const scene = await nearItsEnd(0);
    const { llavero, clock, http, settle } = scene;
    answerThenFail(scene, 1_000);
    const first = failureOf(llavero.token(centryKey));
    await clock.advance(10 * secondMs);
    const joined = failureOf(llavero.token(centryKey));
    const impatient = failureOf(llavero.token(centryKey, { patienceMs: 0 }));
    await settle();
    expect(await impatient).toMatchObject({ code: 'ERR_STORE_FAILED', retryable: true, key: centryKey });
    await clock.advance(5 * secondMs);
    expect(await first).toMatchObject({ code: 'ERR_STORE_FAILED', retryable: true, key: centryKey });
    let isOver = false;
    void joined.then(() => {
      isOver = true;
    });
    await clock.advance(10 * secondMs - 1);
    expect(isOver).toBe(false);
    await clock.advance(1);
    expect(await joined).toMatchObject({ code: 'ERR_STORE_FAILED' });
    expect(http.requests).toHaveLength(2);
  });

  it('leaves the old token in use while that is valid', async () => {
    const scene = await nearItsEnd(5 * minuteMs - 1);
    const { llavero, clock, http, settle } = scene;
    answerThenFail(scene, 60);
    expect((await llavero.token(centryKey)).generation).toBe(1);
    await settle();
    await clock.advance(30 * secondMs);
    expect((await llavero.token(centryKey)).generation).toBe(1);
    await clock.advance(4 * minuteMs);
    expect((await llavero.token(centryKey)).generation).toBe(2);
    expect(http.requests).toHaveLength(2);
  });

  it('gives the old token to those who waited for the new one, when their patience is over', async () => {
    const scene = await nearItsEnd(29 * secondMs);
    const { llavero, clock, eventsOf } = scene;
    answerThenFail(scene, 1_000);
    const waiting = llavero.token(centryKey);
    await clock.advance(15 * secondMs);
    expect((await waiting).generation).toBe(1);
    expect(eventsOf('stale_token_served')).toMatchObject([{ code: 'ERR_STORE_FAILED', generation: 1 }]);
  });

  it('is committed once when the store took it and only its answer was lost', async () => {
    const { llavero, http, store, clock, eventsOf } = await nearItsEnd(0);
    http.handle(() => {
      store.loseNextAnswer('update');
      return centryAnswer(2);
    });
    const renewing = llavero.token(centryKey);
    await clock.advance(secondMs);
    expect(accessOf(await renewing)).toBe(secretsOf(2).access);
    expect((await llavero.status(centryKey)).generation).toBe(2);
    expect(eventsOf('token_discarded')).toEqual([]);
    expect(eventsOf('token_committed').map(({ generation }) => generation)).toEqual([1, 2]);
  });

  it('of an exchange is committed once, too, when only the answer of the store was lost', async () => {
    const { llavero, http, store, clock, eventsOf } = makeScene();
    await llavero.register({ provider: 'centry', account: 'acme' });
    http.handle(() => {
      store.loseNextAnswer('update');
      return centryAnswer(1);
    });
    const exchanging = llavero.exchange(centryKey, { code: 'c' });
    await clock.advance(secondMs);
    expect((await exchanging).generation).toBe(1);
    expect(eventsOf('token_discarded')).toEqual([]);
    expect(eventsOf('token_committed').map(({ generation }) => generation)).toEqual([1]);
  });

  it('of an exchange is not written over the one it was renewed to while the store’s answer was lost', async () => {
    const { llavero, another, http, store, clock, eventsOf, settle } = makeScene();
    await llavero.register({ provider: 'centry', account: 'acme' });
    http.handle(() => {
      store.loseNextAnswer('update');
      return centryAnswer(1);
    });
    const exchanging = llavero.exchange(centryKey, { code: 'c' });
    await settle();
    expect(eventsOf('commit_delayed')).toHaveLength(1);
    http.answer(centryAnswer(2));
    expect((await another().token(centryKey, { force: true })).generation).toBe(2);
    await clock.advance(secondMs);
    const token = await exchanging;
    expect([token.generation, accessOf(token)]).toEqual([2, secretsOf(2).access]);
    expect(accessOf(await another().token(centryKey))).toBe(secretsOf(2).access);
    expect(eventsOf('token_discarded')).toEqual([]);
  });

  it.each([
    ['lost its answer', (store: WatchedStore) => store.loseNextAnswer('update')],
    ['failed', (store: WatchedStore) => store.failNext('update')],
  ])('of an exchange is not written over a later authorization when the store %s', async (_how, fail) => {
    const { llavero, another, http, store, clock, eventsOf, settle } = await authorizedCentry();
    http.handle(() => {
      fail(store);
      return centryAnswer(2);
    });
    const first = llavero.exchange(centryKey, { code: 'first' });
    await settle();
    expect(eventsOf('commit_delayed')).toHaveLength(1);
    await clock.advance(10);
    http.answer(centryAnswer(3));
    await another().exchange(centryKey, { code: 'second' });
    await clock.advance(secondMs);
    expect(accessOf(await first)).toBe(secretsOf(3).access);
    expect(accessOf(await another().token(centryKey))).toBe(secretsOf(3).access);
    expect(eventsOf('token_discarded')).toHaveLength(1);
  });

  it('of an exchange is kept and written again', async () => {
    const scene = makeScene();
    const { llavero, clock, http } = scene;
    await llavero.register({ provider: 'centry', account: 'acme' });
    answerThenFail(scene, 5, centryAnswer(1));
    const exchanging = llavero.exchange(centryKey, { code: 'c' });
    await clock.advance(10 * secondMs);
    expect((await exchanging).generation).toBe(1);
    expect(http.requests).toHaveLength(1);
  });

  it('is discarded when the account is removed before the store is back', async () => {
    const scene = await nearItsEnd(0);
    const { llavero, another, clock, store, eventsOf, settle } = scene;
    answerThenFail(scene, 1);
    const renewing = codeOf(llavero.token(centryKey));
    await settle();
    expect(eventsOf('commit_delayed')).toHaveLength(1);
    await another().remove(centryKey);
    await clock.advance(secondMs);
    expect(await renewing).toBe('ERR_UNKNOWN_KEY');
    expect(await store.read(centryKey)()).toMatchObject({ right: undefined });
    expect(eventsOf('token_discarded')).toHaveLength(1);
  });
});

describe('a refusal that the store does not take', () => {
  it('is written again until it does, and believed only then', async () => {
    const scene = await nearItsEnd(0);
    const { llavero, clock, http } = scene;
    answerThenFail(scene, 3, oauthError('invalid_grant'));
    const renewing = codeOf(llavero.token(centryKey));
    await clock.advance(secondMs);
    expect(await renewing).toBe('ERR_REAUTHORIZATION_REQUIRED');
    expect(await codeOf(llavero.token(centryKey))).toBe('ERR_REAUTHORIZATION_REQUIRED');
    expect(http.requests).toHaveLength(2);
  });
});

describe('a store that never answers', () => {
  it('lets its callers go by their patience', async () => {
    const { llavero, clock, store } = makeScene();
    await llavero.ready();
    store.holdNextAnswer('read');
    const waiting = failureOf(llavero.token(citrusKey));
    await clock.advance(15 * secondMs);
    expect(await waiting).toMatchObject({ retryable: true, key: citrusKey });
  });

  it('goes on with its work when it is back', async () => {
    const { llavero, clock, http, store } = makeScene();
    await llavero.ready();
    const stuck = store.holdNextAnswer('read');
    const waiting = codeOf(llavero.token(citrusKey));
    await clock.advance(minuteMs);
    await waiting;
    http.answer(citrusAnswer(1));
    stuck.release();
    await clock.advance(0);
    expect((await llavero.token(citrusKey)).generation).toBe(1);
    expect(http.requests).toHaveLength(1);
  });
});
