import { ContainerModule } from 'inversify';
import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../../../src/adapters/crypto/digest.js';
import { ports } from '../../../src/app/container/identifiers.js';
import type { Llavero } from '../../../src/app/llavero.js';
import type { TokenStore } from '../../../src/ports/token-store.js';
import { lookAt } from '../../../src/testing/store-contract/harness.js';
import { centryKey, failureOf, hourMs, makeScene, minuteMs, secondMs } from '../llavero-fixture.js';
import { centryAnswer } from '../provider-answers.js';

const otherKey = 'centry/other';
const dayMs = 24 * hourMs;

/** Hosts whose clocks are wrong by so much, on a store whose server has the right time. */
const hosts = () => {
  const scene = makeScene();
  const { clock, store } = scene;
  const timed: TokenStore = {
    ...store,
    update: (key, change, options) => store.update(key, (current) => change(current, clock.nowMs()), options),
    updatePending: (id, change) => store.updatePending(id, (current) => change(current, clock.nowMs())),
  };
  const host = (aheadMs: number): Llavero =>
    scene.another({
      store: timed,
      overrides: [
        new ContainerModule(({ rebind }) => {
          rebind(ports.clock).toConstantValue({ ...clock, nowMs: () => clock.nowMs() + aheadMs });
        }),
      ],
    });
  return { ...scene, host };
};

const comeBack = (llavero: Llavero, state: string): Promise<unknown> => llavero.callback(`?code=c&state=${state}`);

const unknown = { _tag: 'StateMismatch', why: 'unknown' };

describe.each([
  ['behind', -hourMs],
  ['ahead', hourMs],
])('a host whose clock is an hour %s of the store’s', (_case, aheadMs) => {
  it('forgets no flow of another host when it begins one', async () => {
    const { host, http } = hosts();
    const right = host(0);
    const { state } = await right.authorize(centryKey);
    await host(aheadMs).authorize(otherKey);
    http.answer(centryAnswer(1));
    expect(await comeBack(right, state)).toMatchObject({ key: centryKey, generation: 1 });
  });

  it('takes the callback of a flow that another host began, though it has heard nothing of the store yet', async () => {
    const { host, http } = hosts();
    const { state } = await host(0).authorize(centryKey);
    http.answer(centryAnswer(1));
    expect(await comeBack(host(aheadMs), state)).toMatchObject({ key: centryKey, generation: 1 });
  });

  it('begins a flow that ends ten minutes later for every host', async () => {
    const { host, clock } = hosts();
    const right = host(0);
    // What is not registered is written first, and that tells the time.
    await right.register({ provider: 'centry', account: 'acme' });
    const { state } = await host(aheadMs).authorize(centryKey);
    await clock.advance(10 * minuteMs - 1);
    const early = await failureOf(right.callback(`?error=server_error&state=${state}`));
    expect(early.code).toBe('ERR_PROVIDER_UNAVAILABLE');
    await clock.advance(1);
    expect((await failureOf(comeBack(right, state))).reason).toEqual(unknown);
  });

  it('takes a delivery whose process died for over when it is', async () => {
    const { host, clock, http } = hosts();
    const right = host(0);
    const { state } = await right.authorize(centryKey);
    const held = http.hold();
    void comeBack(right, state).catch(() => undefined);
    await held.arrived;
    await clock.advance(40 * secondMs);
    expect((await failureOf(comeBack(host(aheadMs), state))).reason).toEqual(unknown);
  });
});

describe('a clock that is set forward while a browser is out', () => {
  it.each([hourMs, dayMs])('by %i ms ends no flow, which still ends ten minutes after it began', async (stepMs) => {
    for (const passedMs of [minuteMs, 10 * minuteMs - 1, 10 * minuteMs]) {
      const { llavero, clock, http } = makeScene();
      const { state } = await llavero.authorize(centryKey);
      clock.setWallClock(clock.nowMs() + stepMs);
      await clock.advance(passedMs);
      http.answer(centryAnswer(1));
      const outcome = await comeBack(llavero, state).catch(() => 'refused');
      expect(outcome === 'refused').toBe(passedMs === 10 * minuteMs);
    }
  });

  it('has none forgotten when another one begins', async () => {
    const { llavero, clock, http } = makeScene();
    const { state } = await llavero.authorize(centryKey);
    clock.setWallClock(clock.nowMs() + dayMs);
    await llavero.authorize(otherKey);
    http.answer(centryAnswer(1));
    expect(await comeBack(llavero, state)).toMatchObject({ key: centryKey, generation: 1 });
  });

  it('has whoever brings a callback again wait for the first', async () => {
    const { llavero, another, clock, http } = makeScene();
    const other = another();
    const { state } = await llavero.authorize(centryKey);
    const held = http.hold();
    const first = comeBack(llavero, state);
    await held.arrived;
    clock.setWallClock(clock.nowMs() + hourMs);
    const again = failureOf(comeBack(other, state));
    await clock.advance(secondMs);
    held.release(centryAnswer(1));
    await first;
    await clock.advance(secondMs);
    expect((await again).reason).toMatchObject({ why: 'already_completed' });
  });

  it('before the callback came makes its delivery last no longer', async () => {
    const { llavero, another, clock, http } = makeScene();
    const other = another();
    const { state } = await llavero.authorize(centryKey);
    clock.setWallClock(clock.nowMs() + hourMs);
    const held = http.hold();
    void comeBack(llavero, state).catch(() => undefined);
    await held.arrived;
    const waiting = failureOf(comeBack(other, state));
    await clock.advance(15 * secondMs);
    expect(await waiting).toMatchObject({ code: 'ERR_PROVIDER_UNAVAILABLE', retryAfterMs: 25 * secondMs });
    await clock.advance(25 * secondMs);
    expect((await failureOf(comeBack(other, state))).reason).toEqual(unknown);
  });
});

describe('a clock that is set back', () => {
  it('by an hour has nobody wait for a delivery whose process died', async () => {
    const { llavero, another, clock, http } = makeScene();
    const { state } = await llavero.authorize(centryKey);
    const held = http.hold();
    void comeBack(llavero, state).catch(() => undefined);
    await held.arrived;
    clock.setWallClock(clock.nowMs() - hourMs);
    expect((await failureOf(comeBack(another(), state))).reason).toEqual(unknown);
  });
});

describe('a flow that nobody came back to', () => {
  it('is forgotten an hour after its end, when another one begins', async () => {
    const { llavero, store, clock } = makeScene();
    const { state } = await llavero.authorize(centryKey);
    await clock.advance(hourMs + 10 * minuteMs - 1);
    await llavero.authorize(otherKey);
    expect(await lookAt(store, sha256Hex(state))).toMatchObject({ key: centryKey });
    await clock.advance(1);
    await llavero.authorize(otherKey);
    expect(await lookAt(store, sha256Hex(state))).toBeUndefined();
  });
});
