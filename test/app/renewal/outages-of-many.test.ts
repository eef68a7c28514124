import { describe, expect, it } from 'vitest';
import type { Llavero } from '../../../src/app/llavero.js';
import type { Rotation } from '../../../src/domain/rotation.js';
import type { ScriptedReply } from '../../../src/testing/scripted-http.js';
import {
  centryLifeMs,
  codeOf,
  hourMs,
  makeScene,
  minuteMs,
  rotatingCentry,
  secondMs,
  sent,
  type Scene,
} from '../llavero-fixture.js';
import { centryAnswer, oauthError, secretsOf } from '../provider-answers.js';
import { shopKey, trayShops } from '../tray-shops.js';

const refusedConnection: ScriptedReply = { _tag: 'Unsent', why: 'ECONNREFUSED' };

const keyOf = (account: number): string => `centry/${account}`;

/** Many accounts of one client, all expired, at a Centry that takes each refresh token once while it is up. */
interface Many extends Scene {
  readonly keys: readonly string[];
  /** When each request came since the tokens expired, in milliseconds. */
  readonly askedAtMs: readonly number[];
  readonly setDown: (reply: ScriptedReply | undefined) => void;
  readonly spentTwice: () => number;
}

const many = async (count: number, rotation?: Rotation): Promise<Many> => {
  const scene = makeScene({ providers: rotation && [rotatingCentry(rotation)] });
  const { llavero, clock, http } = scene;
  const alive = new Set<string>();
  const askedAtMs: number[] = [];
  let zeroMs = 0;
  let tokens = 0;
  let spentTwice = 0;
  let down: ScriptedReply | undefined;
  http.handle(() => {
    askedAtMs.push(clock.monotonicMs() - zeroMs);
    if (down !== undefined) return down;
    const refresh = sent(http, -1, 'refresh_token');
    if (refresh !== undefined && !alive.delete(refresh)) {
      spentTwice += 1;
      return oauthError('invalid_grant');
    }
    tokens += 1;
    alive.add(secretsOf(tokens).refresh);
    return centryAnswer(tokens);
  });
  const keys = Array.from({ length: count }, (_, account) => keyOf(account));
  for (const key of keys) await llavero.exchange(key, { code: 'c' });
  await clock.advance(centryLifeMs);
  zeroMs = clock.monotonicMs();
  askedAtMs.length = 0;
  return {
    ...scene,
    keys,
    askedAtMs,
    setDown: (reply) => {
      down = reply;
    },
    spentTwice: () => spentTwice,
  };
};

/** Everybody asks at once. Gives who got a token, without waiting for those who have to. */
const allAsk = (processes: readonly Llavero[], keys: readonly string[], served: Set<string>): void => {
  for (const [at, key] of keys.entries()) {
    processes[at % processes.length]?.token(key, { patienceMs: 5 * secondMs }).then(
      () => served.add(key),
      () => undefined,
    );
  }
};

const mostInASecond = (timesMs: readonly number[]): number =>
  Math.max(...timesMs.map((from) => timesMs.filter((at) => at >= from && at < from + secondMs).length));

describe('a provider that is down for many accounts of one client', () => {
  it.each<readonly [string, ScriptedReply]>([
    ['refuses connections', refusedConnection],
    ['answers 500', { status: 500 }],
  ])('and %s is asked by one at a time, less and less often, whichever process they are of', async (_how, reply) => {
    const { llavero, another, keys, clock, askedAtMs, setDown } = await many(12);
    const processes = [llavero, another()];
    setDown(reply);
    for (const key of keys.slice(0, 3)) await codeOf(llavero.token(key));
    for (let second = 0; second < 10 * 60; second += 1) {
      allAsk(processes, keys, new Set());
      await clock.advance(secondMs);
    }
    const whileDown = askedAtMs.slice(3);
    const gapsMs = whileDown.map((at, index) => at - (whileDown[index - 1] ?? 0));
    expect(gapsMs.slice(0, 6)).toEqual([1, 2, 4, 8, 16, 32].map((seconds) => seconds * secondMs));
    expect(gapsMs.slice(6).every((gapMs) => gapMs >= minuteMs)).toBe(true);
    expect(whileDown.length).toBeGreaterThan(12);
  });

  it('pauses nobody as long as it is one account only that fails', async () => {
    const { llavero, keys, clock, setDown } = await many(2);
    setDown(refusedConnection);
    for (let time = 0; time < 6; time += 1) {
      await codeOf(llavero.token(keyOf(0)));
      await clock.advance(time === 5 ? 0 : minuteMs);
    }
    setDown(undefined);
    expect((await llavero.token(keys.at(1) ?? '')).generation).toBe(2);
  });

  it('is not down for the others when it answers some with a refusal', async () => {
    const { llavero, keys, setDown } = await many(8);
    setDown(oauthError('invalid_request'));
    for (const key of keys.slice(0, 6)) expect(await codeOf(llavero.token(key))).toBe('ERR_REQUEST_REJECTED');
    setDown(undefined);
    expect((await llavero.token(keyOf(7))).generation).toBe(2);
  });

  it('has the pause ended by one success, and everybody follows within a minute, at most 50 in a second', async () => {
    const { llavero, another, keys, clock, askedAtMs, setDown, spentTwice } = await many(150);
    const processes = [llavero, another(), another()];
    const served = new Set<string>();
    setDown(refusedConnection);
    for (let second = 0; second < 10 * 60; second += 10) {
      allAsk(processes, keys.slice(0, 20), new Set());
      await clock.advance(10 * secondMs);
    }
    setDown(undefined);
    const wellAtMs = askedAtMs.at(-1) ?? 0;
    for (let second = 0; second < 60; second += 1) {
      allAsk(
        processes,
        keys.filter((key) => !served.has(key)),
        served,
      );
      await clock.advance(secondMs);
    }
    expect(served.size).toBe(150);
    expect(mostInASecond(askedAtMs.filter((at) => at > wellAtMs))).toBeLessThanOrEqual(51);
    expect(spentTwice()).toBe(0);
  });

  it('and has asked to wait is followed in the same way: nobody before the time it named, then at most 50 in a second', async () => {
    const { llavero, another, keys, clock, askedAtMs, setDown, spentTwice } = await many(150);
    const processes = [llavero, another(), another()];
    const served = new Set<string>();
    setDown({ status: 429, headers: { 'Retry-After': '600' } });
    expect(await codeOf(llavero.token(keyOf(0)))).toBe('ERR_RATE_LIMITED');
    setDown(undefined);
    allAsk(processes, keys, served);
    await clock.advance(10 * minuteMs - 1);
    expect(askedAtMs).toHaveLength(1);
    await clock.advance(1);
    for (let second = 0; second < 10; second += 1) {
      allAsk(
        processes,
        keys.filter((key) => !served.has(key)),
        served,
      );
      await clock.advance(secondMs);
    }
    expect(served.size).toBe(150);
    expect(mostInASecond(askedAtMs)).toBeLessThanOrEqual(51);
    expect(spentTwice()).toBe(0);
  });

  it('is asked by another account when the one that asked for all has died', async () => {
    const { llavero, another, clock, http, keys, setDown } = await many(6);
    setDown(refusedConnection);
    for (const key of keys.slice(0, 3)) await codeOf(llavero.token(key));
    await clock.advance(secondMs);
    const { arrived } = http.hold();
    void codeOf(another().token(keyOf(3)));
    await arrived;
    setDown(undefined);
    await clock.advance(25 * secondMs - 1);
    expect(await codeOf(llavero.token(keyOf(4)))).toBe('ERR_PROVIDER_UNAVAILABLE');
    await clock.advance(1);
    expect((await llavero.token(keyOf(4))).generation).toBe(2);
    expect((await llavero.token(keyOf(5))).generation).toBe(2);
  });

  it('and takes a spent token for 30 s is asked again by everybody whose request was lost, within them', async () => {
    const { llavero, clock, keys, setDown, eventsOf } = await many(8, { graceMs: 30 * secondMs });
    setDown({ _tag: 'Unknown', why: 'ECONNRESET' });
    const fromMs = clock.nowMs();
    for (let second = 0; second < 30; second += 1) {
      if (second === 20) setDown(undefined);
      allAsk([llavero], keys, new Set());
      await clock.advance(secondMs);
    }
    const recoveries = eventsOf('renewal_started').filter(({ recovery, at }) => recovery && at.getTime() > fromMs);
    expect(new Set(recoveries.map(({ key }) => key)).size).toBe(8);
  });

  it('does not keep a valid token from its callers', async () => {
    const { llavero, clock, http, keys, setDown } = await many(4);
    http.answer(centryAnswer(1_000));
    await llavero.exchange(keyOf(9), { code: 'c' });
    await clock.advance(centryLifeMs - 20 * secondMs);
    setDown(refusedConnection);
    for (const key of keys.slice(0, 3)) await codeOf(llavero.token(key));
    expect((await llavero.token(keyOf(9))).generation).toBe(1);
  });

  it('gets no more renewals after its return than Tray allows: 90 a minute', async () => {
    const { llavero, another, clock, askedAtMs, say } = await trayShops(120);
    const keys = Array.from({ length: 120 }, (_, index) => shopKey(index + 1));
    await clock.advance(3 * hourMs);
    for (const shop of [1, 2, 3]) {
      say(shop, refusedConnection);
      await codeOf(llavero.token(shopKey(shop)));
    }
    await clock.advance(secondMs);
    const fromMs = clock.nowMs();
    const served = new Set<string>();
    for (let second = 0; second < 2 * 60; second += 1) {
      allAsk(
        [llavero, another({ providers: undefined })],
        keys.filter((key) => !served.has(key)),
        served,
      );
      await clock.advance(secondMs);
    }
    expect(served.size).toBe(120);
    const timesMs = askedAtMs.filter((at) => at >= fromMs);
    const mostInAMinute = Math.max(
      ...timesMs.map((from) => timesMs.filter((at) => at >= from && at < from + minuteMs).length),
    );
    expect(mostInAMinute).toBeLessThanOrEqual(91);
  });
});
