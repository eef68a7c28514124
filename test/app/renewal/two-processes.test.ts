import { describe, expect, it } from 'vitest';
import {
  accessOf,
  authorizedCentry,
  centryKey,
  centryLifeMs,
  citrusKey,
  codeOf,
  makeScene,
  minuteMs,
  secondMs,
  sent,
  type Scene,
} from '../llavero-fixture.js';
import { canary, centryAnswer, citrusAnswer, oauthError, secretsOf } from '../provider-answers.js';

const expired = async (): Promise<Scene> => {
  const scene = await authorizedCentry();
  await scene.clock.advance(centryLifeMs);
  return scene;
};

describe('two processes on one store', () => {
  it('send one request a generation, and the other adopts its token', async () => {
    const { llavero, another, clock, http } = await expired();
    const held = http.hold();
    const first = llavero.token(centryKey);
    await held.arrived;
    const second = another().token(centryKey);
    await clock.advance(2 * secondMs);
    held.release(centryAnswer(2));
    await clock.advance(secondMs);
    expect([accessOf(await first), accessOf(await second)]).toEqual([secretsOf(2).access, secretsOf(2).access]);
    expect(http.requests).toHaveLength(2);
  });

  it('send one request a generation for a client-credentials key as well', async () => {
    const { llavero, another, clock, http } = makeScene();
    const held = http.hold();
    const first = llavero.token(citrusKey);
    await held.arrived;
    const others = Array.from({ length: 5 }, () => another().token(citrusKey));
    await clock.advance(secondMs);
    held.release(citrusAnswer(1));
    await clock.advance(secondMs);
    const tokens = await Promise.all([first, ...others]);
    expect(new Set(tokens.map(accessOf))).toEqual(new Set([secretsOf(1).access]));
    expect(http.requests).toHaveLength(1);
  });

  it('adopt a token that was committed between their look and their attempt', async () => {
    const { llavero, another, http, store } = await expired();
    const slow = store.holdNextAnswer('read');
    const late = llavero.token(centryKey);
    await slow.arrived;
    http.answer(centryAnswer(2));
    await another().token(centryKey);
    slow.release();
    expect((await late).generation).toBe(2);
    expect(http.requests).toHaveLength(2);
  });

  it('send with the credential that stands when the attempt is recorded, never with one read before', async () => {
    const { llavero, another, http, store } = await expired();
    const slow = store.holdNextAnswer('read');
    const renewing = llavero.token(centryKey);
    await slow.arrived;
    await another().register({ provider: 'centry', account: 'acme', clientSecret: `${canary}-changed` });
    http.answer(centryAnswer(2));
    slow.release();
    await renewing;
    expect(sent(http, 1, 'client_secret')).toBe(`${canary}-changed`);
  });

  it('poll the store less and less often while they wait', async () => {
    const { llavero, another, clock, http, store } = await expired();
    const held = http.hold();
    const first = llavero.token(centryKey);
    await held.arrived;
    const second = another().token(centryKey);
    await clock.advance(0);
    store.resetCounts();
    await clock.advance(10 * secondMs);
    // Every 5 ms for 50 ms, then after a tenth of the time waited so far, from 5 s on every 500 ms.
    expect(store.asked('read')).toBe(10 + 49 + 9);
    held.release(centryAnswer(2));
    await clock.advance(secondMs);
    expect((await second).generation).toBe((await first).generation);
  });

  it('take what the other one committed at their next look, and write nothing for it', async () => {
    const { llavero, another, clock, http, store } = await expired();
    const held = http.hold();
    const first = llavero.token(centryKey);
    await held.arrived;
    const second = another().token(centryKey);
    await clock.advance(0);
    store.resetCounts();
    held.release(centryAnswer(2));
    expect((await first).generation).toBe(2);
    await clock.advance(10);
    expect((await second).generation).toBe(2);
    expect([store.asked('update'), store.asked('updateNote')]).toEqual([1, 0]);
  });

  it('stop waiting as soon as the other one has failed', async () => {
    const { llavero, another, clock, http } = await expired();
    const held = http.hold();
    const first = codeOf(llavero.token(centryKey));
    await held.arrived;
    const second = codeOf(another().token(centryKey));
    held.release({ _tag: 'Unsent', why: 'ECONNREFUSED' });
    await clock.advance(100);
    expect([await first, await second]).toEqual(['ERR_PROVIDER_UNAVAILABLE', 'ERR_PROVIDER_UNAVAILABLE']);
    expect(http.requests).toHaveLength(2);
  });

  it('fail one caller only when the store fails while it waits', async () => {
    const { llavero, another, clock, http, store } = await expired();
    const held = http.hold();
    const first = llavero.token(centryKey);
    await held.arrived;
    const second = codeOf(another().token(centryKey));
    await clock.advance(0);
    store.failNext('read');
    await clock.advance(100);
    expect(await second).toBe('ERR_STORE_FAILED');
    held.release(centryAnswer(2));
    expect((await first).generation).toBe(2);
  });
});

describe('a late answer', () => {
  it('of a slow owner is committed while its generation is current, whoever holds the attempt by then', async () => {
    const { llavero, another, clock, http, eventsOf } = await expired();
    const slow = http.hold();
    const first = codeOf(llavero.token(centryKey));
    await slow.arrived;
    await clock.advance(90 * secondMs);
    const probe = http.hold();
    const second = another().token(centryKey);
    await probe.arrived;
    slow.release(centryAnswer(2));
    await clock.advance(0);
    probe.release(oauthError('invalid_grant'));
    expect(accessOf(await second)).toBe(secretsOf(2).access);
    expect(accessOf(await llavero.token(centryKey))).toBe(secretsOf(2).access);
    expect(await first).toBe('ERR_STORE_FAILED');
    expect(eventsOf('token_committed').map(({ generation }) => generation)).toEqual([1, 2]);
    expect(http.requests).toHaveLength(3);
    expect([sent(http, 1, 'refresh_token'), sent(http, 2, 'refresh_token')]).toEqual([
      secretsOf(1).refresh,
      secretsOf(1).refresh,
    ]);
  });

  it('to the later of two requests replaces the one to the earlier: it may have ended that one', async () => {
    const { llavero, another, clock, http, eventsOf } = await expired();
    const slow = http.hold();
    const first = codeOf(llavero.token(centryKey));
    await slow.arrived;
    await clock.advance(90 * secondMs);
    const probe = http.hold();
    const second = another().token(centryKey);
    await probe.arrived;
    slow.release(centryAnswer(2));
    await clock.advance(0);
    probe.release(centryAnswer(3));
    expect(accessOf(await second)).toBe(secretsOf(3).access);
    expect(await first).toBe('ERR_STORE_FAILED');
    expect(accessOf(await another().token(centryKey))).toBe(secretsOf(3).access);
    expect(eventsOf('token_committed').map(({ generation }) => generation)).toEqual([1, 2, 3]);
    expect(eventsOf('token_discarded')).toEqual([]);
  });

  it('that is superseded is discarded: the newer token is used', async () => {
    const { llavero, another, clock, http, eventsOf } = await expired();
    const slow = http.hold();
    const first = codeOf(llavero.token(centryKey));
    await slow.arrived;
    await clock.advance(90 * secondMs);
    http.answer(centryAnswer(7));
    expect(accessOf(await another().token(centryKey))).toBe(secretsOf(7).access);
    slow.release(centryAnswer(2));
    await clock.advance(0);
    expect(await first).toBe('ERR_STORE_FAILED');
    expect(accessOf(await llavero.token(centryKey))).toBe(secretsOf(7).access);
    expect(eventsOf('token_discarded')).toMatchObject([{ key: centryKey, generation: 1 }]);
  });

  it('that says no is not believed once somebody knows better', async () => {
    const { llavero, another, clock, http } = await expired();
    const slow = http.hold();
    const first = codeOf(llavero.token(centryKey));
    await slow.arrived;
    await clock.advance(90 * secondMs);
    http.answer(centryAnswer(7));
    await another().token(centryKey);
    slow.release(oauthError('invalid_grant'));
    await clock.advance(0);
    await first;
    expect((await llavero.status(centryKey)).state).toBe('ready');
    expect(accessOf(await llavero.token(centryKey))).toBe(secretsOf(7).access);
  });

  it('that says no while the probe of another is under way says nothing about the probe', async () => {
    const { llavero, another, clock, http } = await expired();
    const slow = http.hold();
    const first = codeOf(llavero.token(centryKey));
    await slow.arrived;
    await clock.advance(90 * secondMs);
    const probe = http.hold();
    const second = another().token(centryKey);
    await probe.arrived;
    slow.release(oauthError('invalid_grant'));
    await clock.advance(0);
    expect((await llavero.status(centryKey)).state).toBe('renewing');
    probe.release(centryAnswer(2));
    await clock.advance(minuteMs);
    expect((await second).generation).toBe(2);
    expect(await first).toBe('ERR_STORE_FAILED');
    expect((await llavero.token(centryKey)).generation).toBe(2);
  });
});

describe('a process that was held up', () => {
  it('between recording its attempt and sending does not send: somebody may have taken over', async () => {
    const { llavero, clock, http, store } = await expired();
    const slow = store.holdNextAnswer('update');
    const token = codeOf(llavero.token(centryKey));
    await slow.arrived;
    await clock.advance(20 * secondMs);
    slow.release();
    expect(await token).toBe('ERR_PROVIDER_UNAVAILABLE');
    expect(http.requests).toHaveLength(1);
    await clock.advance(secondMs);
    http.answer(centryAnswer(2));
    expect((await llavero.token(centryKey)).generation).toBe(2);
  });

  it('for less than that still sends', async () => {
    const { llavero, clock, http, store } = await expired();
    const slow = store.holdNextAnswer('update');
    const token = llavero.token(centryKey);
    await slow.arrived;
    await clock.advance(20 * secondMs - 1);
    http.answer(centryAnswer(2));
    slow.release();
    expect((await token).generation).toBe(2);
  });
});
