import { describe, expect, it } from 'vitest';
import {
  accessOf,
  authorizedCentry,
  centryKey,
  centryLifeMs,
  citrusKey,
  codeOf,
  during,
  failureOf,
  makeScene,
  minuteMs,
  secondMs,
  sent,
  type ProcessOptions,
  type Scene,
} from '../llavero-fixture.js';
import { canary, centryAnswer, citrusAnswer, secretsOf } from '../provider-answers.js';

const expired = async (options: ProcessOptions = {}): Promise<Scene> => {
  const scene = await authorizedCentry(options);
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
    await llavero.register({ provider: 'citrusad' });
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

describe('a process that was held up', () => {
  const patient = { patienceMs: minuteMs } as const;

  it('between recording its attempt and sending does not send: somebody may have taken over', async () => {
    const { llavero, clock, http, store } = await expired({ storeTimeoutMs: minuteMs });
    const slow = store.holdNextAnswer('update');
    const token = failureOf(llavero.token(centryKey, patient));
    await slow.arrived;
    await clock.advance(15 * secondMs);
    slow.release();
    const why = 'this process was held up between recording its attempt and sending';
    expect(await token).toMatchObject({ code: 'ERR_PROVIDER_UNAVAILABLE', reason: { why } });
    expect(http.requests).toHaveLength(1);
    await clock.advance(secondMs);
    http.answer(centryAnswer(2));
    expect((await llavero.token(centryKey)).generation).toBe(2);
  });

  it('for less than that still sends', async () => {
    const { llavero, clock, http, store } = await expired({ storeTimeoutMs: minuteMs });
    const slow = store.holdNextAnswer('update');
    const token = llavero.token(centryKey, patient);
    await slow.arrived;
    await clock.advance(15 * secondMs - 1);
    http.answer(centryAnswer(2));
    slow.release();
    expect((await token).generation).toBe(2);
  });
});

describe('renewals of one key', () => {
  it('are a second apart: another process that wants a newer one waits', async () => {
    const scene = await expired();
    const { llavero, another, clock, http } = scene;
    http.answer(centryAnswer(2)).answer(centryAnswer(3));
    await llavero.token(centryKey);
    const other = another();
    await other.token(centryKey);
    const forced = other.token(centryKey, { force: true });
    await clock.advance(secondMs - 1);
    expect(http.requests).toHaveLength(2);
    expect((await during(scene, 1, forced)).generation).toBe(3);
  });

  it('are a second apart, which a caller without patience is told', async () => {
    const { llavero, clock, http } = await expired();
    http.answer(centryAnswer(2));
    await llavero.token(centryKey);
    await clock.advance(300);
    const error = await failureOf(llavero.token(centryKey, { force: true, patienceMs: 0 }));
    expect(error).toMatchObject({ code: 'ERR_PROVIDER_UNAVAILABLE', retryable: true });
    expect(error.reason._tag).toBe('RenewalUnderWay');
    expect(http.requests).toHaveLength(2);
  });

  it('wait for no authorization: only renewals are counted', async () => {
    const { llavero, http } = await expired();
    http.answer(centryAnswer(2)).answer(centryAnswer(3));
    await llavero.exchange(centryKey, { code: 'c' });
    expect((await llavero.token(centryKey, { force: true })).generation).toBe(3);
  });
});
