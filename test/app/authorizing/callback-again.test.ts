import { describe, expect, it } from 'vitest';
import type { Llavero } from '../../../src/app/llavero.js';
import {
  accessOf,
  authorizedCentry,
  centryKey,
  failureOf,
  makeScene,
  minuteMs,
  secondMs,
  type Scene,
} from '../llavero-fixture.js';
import { centryAnswer, oauthError, secretsOf } from '../provider-answers.js';

interface Started extends Scene {
  readonly state: string;
  /** The same callback, once more; by default in the process that started the flow. */
  readonly comeBack: (llavero?: Llavero) => Promise<unknown>;
}

const started = async (scene: Scene = makeScene()): Promise<Started> => {
  const { state } = await scene.llavero.authorize(centryKey);
  return { ...scene, state, comeBack: (llavero = scene.llavero) => llavero.callback(`?code=c&state=${state}`) };
};

const reasonOf = async (promise: Promise<unknown>): Promise<unknown> => (await failureOf(promise)).reason;

const connected = { _tag: 'StateMismatch', why: 'already_completed', key: centryKey };
const unknown = { _tag: 'StateMismatch', why: 'unknown' };

describe('a callback that succeeded and is delivered again', () => {
  it('is told apart from a forged one, in every process, with the key and without a request', async () => {
    const { llavero, another, http, comeBack } = await started();
    http.answer(centryAnswer(1));
    await comeBack();
    const again = await failureOf(comeBack());
    expect(again).toMatchObject({ code: 'ERR_STATE_MISMATCH', retryable: false, key: centryKey, reason: connected });
    expect(again.message).toBe(
      `This callback was delivered before: ${centryKey} is connected, and nothing was sent again.`,
    );
    expect(await reasonOf(comeBack(another()))).toEqual(connected);
    const forged = await failureOf(llavero.callback('?code=c&state=forged'));
    expect(forged.reason).toEqual(unknown);
    expect(Object.hasOwn(forged, 'key')).toBe(false);
    expect(http.requests).toHaveLength(1);
    expect(accessOf(await llavero.token(centryKey))).toBe(secretsOf(1).access);
  });

  it('is told so whatever else it brings', async () => {
    const { llavero, http, state, comeBack } = await started();
    http.answer(centryAnswer(1));
    await comeBack();
    for (const query of ['code=another', 'error=access_denied', 'x=y']) {
      expect(await reasonOf(llavero.callback(`?${query}&state=${state}`))).toEqual(connected);
    }
    expect(http.requests).toHaveLength(1);
  });

  it('tells the key to nobody at the redirect URI of another provider', async () => {
    const { llavero, http, state, comeBack } = await started();
    http.answer(centryAnswer(1));
    await comeBack();
    const elsewhere = await failureOf(llavero.callback(`?code=c&state=${state}`, { provider: 'tray' }));
    expect(elsewhere.reason).toEqual({ _tag: 'StateMismatch', why: 'other_account' });
    expect(await reasonOf(comeBack())).toEqual(connected);
  });

  it('is told so for as long as the flow would have been open', async () => {
    const { clock, http, comeBack } = await started();
    http.answer(centryAnswer(1));
    await comeBack();
    await clock.advance(10 * minuteMs - 1);
    expect(await reasonOf(comeBack())).toEqual(connected);
    await clock.advance(1);
    expect(await reasonOf(comeBack())).toEqual(unknown);
  });

  it('is not told that it is connected when it was disconnected since', async () => {
    const { llavero, http, comeBack } = await started();
    http.answer(centryAnswer(1));
    await comeBack();
    await llavero.revoke(centryKey, { localOnly: true });
    expect(await reasonOf(comeBack())).toEqual({ _tag: 'StateMismatch', why: 'other_account' });
    await llavero.remove(centryKey);
    expect((await failureOf(comeBack())).code).toBe('ERR_UNKNOWN_KEY');
  });

  it('is told so although the success could not be written down with the state', async () => {
    const { another, store, http, comeBack } = await started();
    const held = http.hold();
    const first = comeBack();
    await held.arrived;
    store.failNext('updatePending');
    held.release(centryAnswer(1));
    await first;
    expect(await reasonOf(comeBack())).toEqual(connected);
    expect(await reasonOf(comeBack(another()))).toEqual(connected);
  });

  it('brings a new flow nothing: its own callback works', async () => {
    const { llavero, http, comeBack } = await started();
    http.answer(centryAnswer(1));
    await comeBack();
    const next = await llavero.authorize(centryKey);
    http.answer(centryAnswer(2));
    expect((await llavero.callback(`?code=d&state=${next.state}`)).generation).toBe(2);
    expect(await reasonOf(comeBack())).toEqual(connected);
  });
});

describe('a callback that is delivered again while its code is under way', () => {
  it('waits for the first in the same process, without a timer', async () => {
    const { http, comeBack, settle } = await started();
    const held = http.hold();
    const first = comeBack();
    await held.arrived;
    const others = [comeBack(), comeBack()].map(reasonOf);
    await settle();
    held.release(centryAnswer(1));
    await first;
    expect(await Promise.all(others)).toEqual([connected, connected]);
    expect(http.requests).toHaveLength(1);
  });

  it('waits for the first in another process', async () => {
    const { another, clock, http, comeBack } = await started();
    const held = http.hold();
    const first = comeBack();
    await held.arrived;
    let answered = false;
    const other = reasonOf(comeBack(another())).finally(() => (answered = true));
    await clock.advance(5 * secondMs);
    expect(answered).toBe(false);
    held.release(centryAnswer(1));
    await first;
    await clock.advance(secondMs);
    expect(await other).toEqual(connected);
    expect(http.requests).toHaveLength(1);
  });

  it('sends the code itself when the provider did not process the first, in whatever process', async () => {
    for (const isElsewhere of [false, true]) {
      const { another, clock, http, comeBack } = await started();
      const held = http.hold();
      const first = comeBack();
      await held.arrived;
      const other = comeBack(isElsewhere ? another() : undefined);
      await clock.advance(secondMs);
      http.answer(centryAnswer(1));
      held.release({ _tag: 'Unsent', why: 'connection_refused' });
      expect((await failureOf(first)).retryable).toBe(true);
      await clock.advance(secondMs);
      expect(await other).toMatchObject({ key: centryKey, generation: 1 });
      expect(http.requests).toHaveLength(2);
    }
  });

  it('sends nothing when the first came to nothing', async () => {
    for (const isElsewhere of [false, true]) {
      const { another, clock, http, comeBack } = await started();
      const held = http.hold();
      const first = comeBack();
      await held.arrived;
      const other = reasonOf(comeBack(isElsewhere ? another() : undefined));
      await clock.advance(secondMs);
      held.release(oauthError('invalid_grant'));
      expect((await failureOf(first)).code).toBe('ERR_REAUTHORIZATION_REQUIRED');
      await clock.advance(secondMs);
      expect(await other).toEqual(unknown);
      expect(http.requests).toHaveLength(1);
    }
  });

  it('is let go when its patience ends, and learns later that it is connected', async () => {
    const { another, clock, http, comeBack } = await started(makeScene({ policy: { patienceMs: 3 * secondMs } }));
    const held = http.hold();
    const first = failureOf(comeBack());
    await held.arrived;
    const other = failureOf(comeBack(another({ policy: { patienceMs: 2 * secondMs } })));
    await clock.advance(2 * secondMs);
    expect(await other).toMatchObject({ code: 'ERR_PROVIDER_UNAVAILABLE', retryable: true, retryAfterMs: 38_000 });
    await clock.advance(secondMs);
    expect(await first).toMatchObject({ code: 'ERR_PROVIDER_UNAVAILABLE', retryable: true });
    held.release(centryAnswer(1));
    await clock.advance(0);
    expect(await reasonOf(comeBack())).toEqual(connected);
    expect(http.requests).toHaveLength(1);
  });

  it('never sends the code a second time, of fifty in two processes at once', async () => {
    const { llavero, another, clock, http, comeBack } = await started();
    const other = another();
    http.handle(() => centryAnswer(1));
    const outcomeOf = (promise: Promise<unknown>): Promise<unknown> =>
      promise.then(
        () => 'a token',
        () => reasonOf(promise),
      );
    const all = Promise.all(Array.from({ length: 50 }, (_, at) => outcomeOf(comeBack(at % 2 === 0 ? llavero : other))));
    await clock.advance(10 * secondMs);
    const outcomes = await all;
    expect(outcomes.filter((outcome) => outcome !== 'a token')).toEqual(Array.from({ length: 49 }, () => connected));
    expect(http.requests).toHaveLength(1);
  });
});

describe('an account that was connected before', () => {
  it('stays as it was while a callback of a new flow waits for another', async () => {
    const { llavero, http, comeBack } = await started(await authorizedCentry());
    const held = http.hold();
    const first = comeBack();
    await held.arrived;
    expect(accessOf(await llavero.token(centryKey))).toBe(secretsOf(1).access);
    held.release(centryAnswer(2));
    await first;
    expect(await reasonOf(comeBack())).toEqual(connected);
    expect(accessOf(await llavero.token(centryKey))).toBe(secretsOf(2).access);
  });
});
