import { describe, expect, it } from 'vitest';
import { lookAt } from '../../../src/testing/store-contract/harness.js';
import { sha256Hex } from '../../../src/adapters/crypto/digest.js';
import type { Llavero } from '../../../src/app/llavero.js';
import { centryKey, failureOf, makeScene, minuteMs, secondMs, type Scene } from '../llavero-fixture.js';
import { centryAnswer } from '../provider-answers.js';

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

describe('a callback whose process died with the code in its hands', () => {
  /** The first process stops for ever at the moment its request leaves. */
  const abandoned = async (): Promise<Started> => {
    const scene = await started();
    const held = scene.http.hold();
    void scene.comeBack().catch(() => undefined);
    await held.arrived;
    return scene;
  };

  it('is closed for good: the code may be spent, and no time that passes makes that known', async () => {
    const { another, clock, http, comeBack } = await abandoned();
    const waiting = failureOf(comeBack(another()));
    await clock.advance(15 * secondMs);
    expect((await waiting).code).toBe('ERR_PROVIDER_UNAVAILABLE');
    await clock.advance(25 * secondMs);
    for (const aheadMs of [0, minuteMs, 5 * minuteMs]) {
      await clock.advance(aheadMs);
      expect(await reasonOf(comeBack(another()))).toEqual(unknown);
    }
    expect(http.requests).toHaveLength(1);
  });

  it('is connected when it had committed the token, although nobody noted that with the state', async () => {
    const { another, store, clock, http, comeBack, state } = await started();
    const held = http.hold();
    const first = comeBack().catch(() => undefined);
    await held.arrived;
    const noted = store.holdNext('updatePending');
    held.release(centryAnswer(1));
    await noted.arrived;
    expect(await lookAt(store, sha256Hex(state))).toMatchObject({ delivery: { completed: false } });
    expect(await reasonOf(comeBack(another()))).toEqual(connected);
    await clock.advance(minuteMs);
    expect(await reasonOf(comeBack(another()))).toEqual(connected);
    noted.release();
    await first;
    expect(http.requests).toHaveLength(1);
  });

  it('does not pass for connected because somebody else connected the account', async () => {
    const { llavero, another, clock, http, comeBack } = await abandoned();
    http.answer(centryAnswer(7));
    await llavero.exchange(centryKey, { code: 'd' });
    await clock.advance(minuteMs);
    expect(await reasonOf(comeBack(another()))).toEqual(unknown);
  });
});
