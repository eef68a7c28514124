import { describe, expect, it } from 'vitest';
import { testSize } from '../test-size.js';
import {
  callersReturnMs,
  outageCentry,
  outageScene,
  outageTray,
  type DownForm,
  type OutageScene,
} from './outage-scene.js';

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const outageMs = 3 * hourMs;
/** Between two sweeps of a process: ten thousand accounts that rest cost each of them a second. */
const sweepEveryMs = 15 * minuteMs;

const page = '<html><body><h1>We will be back soon</h1></body></html>';
/** Errors of RFC 6749 §5.2 that would end a grant or stop a client if they came with another status, and others. */
const named = ['invalid_grant', 'invalid_client', 'unauthorized_client', 'server_error', 'invalid_request'] as const;

const unavailable: DownForm = () => ({ status: 503, json: undefined });
/** Ten thousand accounts for one of the forms take long enough. */
const [many, fewer] = testSize() === 'short' ? [1_000, 300] : [10_000, 1_000];

/** Every form that an outage comes in; in none of them is anything processed. */
const forms: readonly (readonly [what: string, accounts: number, form: DownForm])[] = [
  ['answers 503', many, unavailable],
  ['shows an HTML page', fewer, (n) => ({ status: n % 2 === 0 ? 502 : 504, json: undefined, text: page })],
  ['hangs', fewer, () => ({ _tag: 'Hang' })],
  ['resets connections', fewer, () => ({ _tag: 'Unknown', why: 'ECONNRESET' })],
  ['names errors of RFC 6749', fewer, (n) => ({ status: 500, json: { error: named[n % named.length] } })],
];

/** The pauses of DESIGN step 9: the first of 1 s, each twice the one before, up to 60 s. */
const pauseMs = (nth: number): number => Math.min(minuteMs, secondMs * 2 ** nth);

/** So many of these pauses fit into the outage, begun at its first failures. */
const mostPauses = ((): number => {
  let pauses = 0;
  for (let ms = 0; ms <= outageMs; ms += pauseMs(pauses)) pauses += 1;
  return pauses;
})();

/** Two processes begin at most so many attempts of one client before the first of them has failed. */
const mostAtOnce = 2 * 100;

/** The most of these moments that fall within so long. */
const mostWithin = (momentsMs: readonly number[], spanMs: number): number => {
  let most = 0;
  let from = 0;
  for (const [at, ms] of momentsMs.entries()) {
    while ((momentsMs[from] ?? ms) <= ms - spanMs) from += 1;
    most = Math.max(most, at - from + 1);
  }
  return most;
};

const print = (line: string): void => void process.stdout.write(`outage: ${line}\n`);
const seconds = (ms: number | undefined): string => `${((ms ?? 0) / secondMs).toFixed(1)} s`;

/** Three hours in which the endpoint is down, and what has to hold meanwhile. */
const endure = async (scene: OutageScene, form: DownForm): Promise<void> => {
  const downAtMs = scene.clock.monotonicMs();
  const before = scene.requestsMs.length;
  scene.goDown(form);
  const calls = await scene.askWhileDown(outageMs, 2);
  const sentMs = scene.requestsMs.slice(before).map((ms) => ms - downAtMs);
  const firstMs = sentMs.filter((ms) => ms === sentMs[0]);
  const probesMs = sentMs.slice(firstMs.length);
  print(
    `  while down ${sentMs.length} requests, ${firstMs.length} of them at once; ${calls.served} calls served, ${calls.turnedAway} turned away`,
  );
  const gapsMs = probesMs.map((ms, at) => ms - (probesMs[at - 1] ?? firstMs[0] ?? 0));
  expect(firstMs.length).toBeLessThanOrEqual(mostAtOnce);
  expect(gapsMs.filter((ms, nth) => ms < pauseMs(nth))).toEqual([]);
  expect(probesMs.length).toBeLessThanOrEqual(mostPauses);
  expect(calls.wronged).toBe(0);
  expect(await scene.terminal()).toBe(0);
};

/**
 * The callers of all accounts ask, each at least every fifteen seconds, and every one is served within a minute or, where there are
 * more of them than the provider is asked for in a minute, as fast as that allows: the n-th `n` slots later.
 */
const recover = async (scene: OutageScene, accounts: number, slotMs: number): Promise<readonly number[]> => {
  const before = scene.requestsMs.length;
  const { servedAtMs, calls } = await scene.recover(accounts, 2 * hourMs);
  const sentMs = scene.requestsMs.slice(before);
  print(
    `  well again ${servedAtMs.length} served by ${sentMs.length} requests and ${calls} calls, the first after ${seconds(servedAtMs[0])}, the last after ${seconds(servedAtMs.at(-1))}; at most ${mostWithin(sentMs, secondMs)} requests in a second, ${mostWithin(sentMs, minuteMs)} in a minute`,
  );
  expect(servedAtMs.length).toBe(accounts);
  expect(servedAtMs.filter((ms, nth) => ms > minuteMs + 2 * callersReturnMs + nth * slotMs)).toEqual([]);
  expect(sentMs.length).toBe(accounts);
  expect(scene.spentTwice()).toBe(0);
  expect(scene.toldTerminal()).toBe(0);
  expect(await scene.terminal()).toBe(0);
  await scene.close();
  // The first one is the try at the end of the last pause; all others follow in slots.
  return sentMs.slice(1);
};

describe('a token endpoint that is down for three hours', { timeout: 7_200_000 }, () => {
  it.each(forms)(
    'and %s is asked once a pause, and afterwards at most 50 times a second until all %i accounts are served',
    async (what, accounts, form) => {
      print(`${accounts} accounts, the endpoint ${what}`);
      const scene = await outageScene(outageCentry, accounts, sweepEveryMs);
      await endure(scene, form);
      const sentMs = await recover(scene, accounts, secondMs / 50);
      expect(mostWithin(sentMs, secondMs)).toBeLessThanOrEqual(50);
    },
  );

  it('and that Tray allows 90 renewals a minute afterwards is heeded by callers and sweeps together', async () => {
    print('200 accounts of a Tray, the endpoint answers 503');
    const scene = await outageScene(outageTray, 200, minuteMs);
    await endure(scene, unavailable);
    const sentMs = await recover(scene, 200, minuteMs / 90);
    expect(mostWithin(sentMs, minuteMs)).toBeLessThanOrEqual(90);
    expect(mostWithin(sentMs, secondMs)).toBeLessThanOrEqual(2);
  });
});
