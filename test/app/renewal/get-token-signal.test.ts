import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import {
  authorizedCentry,
  centryKey,
  centryLifeMs,
  codeOf,
  failureOf,
  makeScene,
  secondMs,
} from '../llavero-fixture.js';
import { centryAnswer } from '../provider-answers.js';

describe('the signal of a caller', () => {
  it('that is aborted already rejects with ERR_ABORTED, even where a fresh token is at hand', async () => {
    const { llavero, http } = await authorizedCentry();
    const error = await failureOf(llavero.token(centryKey, { signal: AbortSignal.abort() }));
    expect(error).toMatchObject({ code: 'ERR_ABORTED', retryable: true, key: centryKey });
    expect(error.reason).toEqual({ _tag: 'Aborted', key: centryKey });
    expect(http.requests).toHaveLength(1);
  });

  it('that is aborted already starts nothing', async () => {
    const { llavero, http, store } = makeScene();
    expect(await codeOf(llavero.token('citrusad', { signal: AbortSignal.abort() }))).toBe('ERR_ABORTED');
    expect(store.asked('open')).toBe(0);
    expect(http.requests).toEqual([]);
  });

  it('ends its own wait, while the renewal goes on for the others', async () => {
    const { llavero, clock, http } = await authorizedCentry();
    await clock.advance(centryLifeMs);
    const held = http.hold();
    const controller = new AbortController();
    const impatient = llavero.token(centryKey, { signal: controller.signal });
    const patient = llavero.token(centryKey);
    await held.arrived;
    controller.abort();
    expect(await codeOf(impatient)).toBe('ERR_ABORTED');
    held.release(centryAnswer(2));
    expect((await patient).generation).toBe(2);
    expect(http.requests).toHaveLength(2);
  });

  it('does not stop a renewal that nobody else waits for: its answer is committed', async () => {
    const { llavero, clock, http, settle } = await authorizedCentry();
    await clock.advance(centryLifeMs);
    const held = http.hold();
    const controller = new AbortController();
    const impatient = llavero.token(centryKey, { signal: controller.signal });
    await held.arrived;
    controller.abort();
    expect(await codeOf(impatient)).toBe('ERR_ABORTED');
    held.release(centryAnswer(2));
    await settle();
    expect(llavero.peek(centryKey)?.generation).toBe(2);
  });

  it('makes no unhandled rejection of a renewal that fails after it was aborted', async () => {
    const { llavero, clock, http, settle, eventsOf } = await authorizedCentry();
    await clock.advance(centryLifeMs);
    const held = http.hold();
    const controller = new AbortController();
    const impatient = llavero.token(centryKey, { signal: controller.signal });
    await held.arrived;
    controller.abort();
    await codeOf(impatient);
    held.release({ _tag: 'Unsent', why: 'ECONNREFUSED' });
    await settle();
    expect(eventsOf('renewal_failed')).toHaveLength(1);
  });

  it('is left without a listener, whichever way the wait ended', async () => {
    const { llavero, clock, http } = await authorizedCentry();
    const { signal } = new AbortController();
    await llavero.token(centryKey, { signal });
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    await clock.advance(centryLifeMs);
    http.fail('Unsent', 'ECONNREFUSED');
    await codeOf(llavero.token(centryKey, { signal }));
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    expect(clock.sleepers).toBe(0);
  });
});

describe('the patience of a caller', () => {
  it('is how long it waits for the attempt of another process', async () => {
    const { llavero, another, clock, http } = await authorizedCentry();
    await clock.advance(centryLifeMs);
    const held = http.hold();
    const elsewhere = another().token(centryKey, { patienceMs: 60 * secondMs });
    await held.arrived;
    const failure = failureOf(llavero.token(centryKey));
    await clock.advance(15 * secondMs);
    const error = await failure;
    expect(error).toMatchObject({ code: 'ERR_PROVIDER_UNAVAILABLE', retryable: true });
    expect(error.reason._tag).toBe('RenewalUnderWay');
    expect(error.retryAfterMs).toBeGreaterThan(0);
    held.release(centryAnswer(2));
    expect((await elsewhere).generation).toBe(2);
    expect(http.requests).toHaveLength(2);
  });

  it('is how long it waits for the renewal of its own process, which goes on and is committed', async () => {
    const { llavero, another, clock, http, settle } = await authorizedCentry();
    await clock.advance(centryLifeMs);
    const held = http.hold();
    const starting = failureOf(llavero.token(centryKey));
    await held.arrived;
    await clock.advance(5 * secondMs);
    const joining = failureOf(llavero.token(centryKey, { patienceMs: 3 * secondMs }));
    await clock.advance(3 * secondMs);
    for (const error of [await joining, await failureOf(llavero.token(centryKey, { patienceMs: 0 }))]) {
      expect(error).toMatchObject({ code: 'ERR_PROVIDER_UNAVAILABLE', retryable: true, retryAfterMs: secondMs });
      expect(error.reason._tag).toBe('RenewalUnderWay');
    }
    await clock.advance(7 * secondMs);
    expect((await starting).reason._tag).toBe('RenewalUnderWay');
    held.release(centryAnswer(2));
    await settle();
    expect(llavero.peek(centryKey)?.generation).toBe(2);
    expect((await another().token(centryKey)).generation).toBe(2);
    expect(http.requests).toHaveLength(2);
    expect(clock.sleepers).toBe(0);
  });

  it('is at most half of what is left of a token that it holds, which it is given then', async () => {
    const { llavero, clock, http, eventsOf } = await authorizedCentry();
    await clock.advance(centryLifeMs - 20 * secondMs);
    const held = http.hold();
    let given: number | undefined;
    const waiting = llavero.token(centryKey).then(({ generation }) => {
      given = generation;
    });
    await held.arrived;
    await clock.advance(10 * secondMs - 1);
    expect(given).toBeUndefined();
    await clock.advance(1);
    await waiting;
    expect(given).toBe(1);
    expect(eventsOf('stale_token_served')).toMatchObject([{ code: 'ERR_PROVIDER_UNAVAILABLE', generation: 1 }]);
    held.release(centryAnswer(2));
    await clock.advance(0);
    expect(llavero.peek(centryKey)?.generation).toBe(2);
  });

  it('can be given per call, and be none at all', async () => {
    const { llavero, another, clock, http } = await authorizedCentry();
    await clock.advance(centryLifeMs);
    const held = http.hold();
    const elsewhere = another().token(centryKey);
    await held.arrived;
    expect(await codeOf(llavero.token(centryKey, { patienceMs: 0 }))).toBe('ERR_PROVIDER_UNAVAILABLE');
    held.release(centryAnswer(2));
    await elsewhere;
  });

  it('is not cut short by a less patient caller of the same process', async () => {
    const { llavero, another, clock, http, settle } = await authorizedCentry();
    await clock.advance(centryLifeMs);
    const held = http.hold();
    const elsewhere = another().token(centryKey);
    await held.arrived;
    const impatient = codeOf(llavero.token(centryKey, { patienceMs: secondMs }));
    await settle();
    const patient = llavero.token(centryKey);
    await clock.advance(5 * secondMs);
    expect(await impatient).toBe('ERR_PROVIDER_UNAVAILABLE');
    held.release(centryAnswer(2));
    await elsewhere;
    await clock.advance(secondMs);
    expect((await patient).generation).toBe(2);
    expect(http.requests).toHaveLength(2);
  });
});
