import { setTimeout } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { defaultRefreshPolicy } from '../../src/domain/refresh-policy.js';
import { hoursAgoMs, makeAccountFile } from './account-file.js';
import { brokenForms, startOutageProvider, type OutageProvider } from './outage-provider.js';
import { endWell, startWorker, type Served, type WorkerProcess } from './worker-process.js';

/** All times of the protocol pass so many times as fast: 200 s of outage take 10. */
const scale = 20;
const scaled = (ms: number): number => ms / scale;

const { requestTimeoutMs, attemptTtlMs, settleMs, recoveryNoticeMs, patienceMs, cooldownMinMs, cooldownMaxMs } =
  defaultRefreshPolicy;
const policy = {
  requestTimeoutMs: scaled(requestTimeoutMs),
  attemptTtlMs: scaled(attemptTtlMs),
  settleMs: scaled(settleMs),
  recoveryNoticeMs: scaled(recoveryNoticeMs),
  patienceMs: scaled(patienceMs),
  cooldownMinMs: scaled(cooldownMinMs),
  cooldownMaxMs: scaled(cooldownMaxMs),
};
const outageMs = scaled(200_000);
/** Renewals follow each other at half of it: at 50 a second, so many times as fast. */
const requestRate = { requests: 100 * scale, perMs: 1_000 };

const processes = 8;
const callers = 4;
const keys = Array.from({ length: 500 }, (_, index) => `centry/shop-${index + 1}`);

/** The renewals that the provider has failed, by form. */
const formsSeen = ({ renewals }: OutageProvider): ReadonlySet<string> =>
  new Set(renewals.map(({ form }) => form).filter((form) => form !== 'answered'));

/**
 * Down in every form: at first the endpoint answers with nonsense, then nobody listens, then it answers with nonsense again. On
 * a machine so busy that hardly anybody has asked by then, it stays down until each form has been met.
 */
const outage = async (provider: OutageProvider): Promise<void> => {
  provider.goDown();
  await setTimeout(0.4 * outageMs);
  await provider.refuse();
  await setTimeout(0.2 * outageMs);
  await provider.listen();
  await setTimeout(0.4 * outageMs);
  await vi.waitUntil(() => formsSeen(provider).size === brokenForms.length, { timeout: 600_000 });
  provider.comeBack();
};

/** Asks in every process for every account until each has a token; each process begins with others. */
const askUntilServed = async (workers: readonly WorkerProcess[]): Promise<readonly Served[]> => {
  const asked = workers.map((worker, index) => {
    const first = Math.floor((index * keys.length) / workers.length);
    const inTurn = [...keys.slice(first), ...keys.slice(0, first)];
    return worker.call('untilServed', [inTurn, callers, scaled(20_000)]);
  });
  return (await Promise.all(asked)).map(({ value, error }) => {
    if (value === undefined) throw new Error(`a worker failed: ${error.code}`);
    return value;
  });
};

/** The same accounts are due, so much later, and nothing is wrong: what they were given, and how long this machine took. */
const unhindered = async (
  workers: readonly WorkerProcess[],
  laterMs: number,
): Promise<readonly [served: readonly Served[], ms: number]> => {
  await Promise.all(workers.map((worker) => worker.call('move', [laterMs])));
  const sinceMs = performance.now();
  const served = await askUntilServed(workers);
  return [served, performance.now() - sinceMs];
};

/** Every process got a token of this generation for every account, and the same one. */
const expectAllServed = (served: readonly Served[], generation: number): void => {
  const isToken = new RegExp(`^${generation} [0-9a-f]{16}$`);
  const answers = served[0]?.answers ?? {};
  expect(Object.entries(answers).filter(([, answer]) => !isToken.test(answer))).toEqual([]);
  expect(Object.keys(answers).toSorted()).toEqual(keys.toSorted());
  for (const one of served) expect(one.answers).toEqual(answers);
};

const errorsOf = (served: readonly Served[]): Readonly<Record<string, number>> => {
  const all: Record<string, number> = {};
  for (const [code, count] of served.flatMap(({ errors }) => Object.entries(errors))) {
    all[code] = (all[code] ?? 0) + count;
  }
  return all;
};

/** Processes start slowly on a busy machine. */
vi.setConfig({ testTimeout: 600_000 });

describe('a token endpoint that is down for 200 s, by numbers of a twentieth', () => {
  it(`costs none of 500 due accounts its connection, and is not stormed by ${processes} processes`, async () => {
    await using provider = await startOutageProvider();
    await using file = await makeAccountFile();
    const providers = [{ kind: 'centry', options: { ...provider.settings, policy }, requestRate }] as const;
    const unhurried = [{ kind: 'centry', options: { ...provider.settings } }] as const;
    await file.prepare(unhurried, hoursAgoMs, async (llavero) => {
      await Promise.all(keys.map((key) => llavero.exchange(key, { code: provider.codeOf(key) })));
    });
    const workers = await Promise.all(
      Array.from({ length: processes }, () => startWorker({ path: file.path, providers })),
    );
    await Promise.all(workers.map((worker) => worker.call('ready', [])));

    const [servedBefore, beforeMs] = await unhindered(workers, 0);

    await Promise.all(workers.map((worker) => worker.call('move', [hoursAgoMs])));
    const answeredBefore = provider.renewals.length;
    const downAtMs = performance.now();
    const down = outage(provider);
    const asked = askUntilServed(workers);
    await down;
    const wellAtMs = performance.now();
    const whileDown = provider.renewals.slice(answeredBefore);
    const served = await asked;
    const firstServedMs = (provider.renewals.at(answeredBefore + whileDown.length)?.atMs ?? Infinity) - wellAtMs;
    const lastServedMs = (provider.renewals.at(-1)?.atMs ?? Infinity) - wellAtMs;
    const afterwards = provider.renewals.length - answeredBefore - whileDown.length;

    const [servedAgain, againMs] = await unhindered(workers, 2 * hoursAgoMs);
    const withoutOutageMs = Math.max(beforeMs, againMs);

    const secondHalf = whileDown.filter(({ atMs }) => atMs >= (downAtMs + wellAtMs) / 2).length;
    process.stdout.write(
      `outage: ${whileDown.length} requests while down, ${secondHalf} of them in its second half; ` +
        `${afterwards} once it was well, the first after ${Math.round(firstServedMs)} ms and the last after ${Math.round(lastServedMs)} ms ` +
        `(${Math.round(beforeMs)} ms before and ${Math.round(againMs)} ms after, without an outage); callers heard ${JSON.stringify(errorsOf(served))}\n`,
    );
    expectAllServed(servedBefore, 2);
    expectAllServed(served, 3);
    expectAllServed(servedAgain, 4);
    expect(provider.twiceAtOnce).toEqual([]);
    expect(new Set(whileDown.map(({ form }) => form))).toEqual(new Set(brokenForms));
    // Whoever was under way when the pause began, and then one request a pause.
    expect(whileDown.length).toBeLessThanOrEqual(4 * processes * callers);
    expect(secondHalf).toBeLessThanOrEqual(10);
    // G6, by numbers of a twentieth: the longest pause, and then what the machine itself takes for so many accounts, which no scale
    // makes faster. Each renewal takes a slot besides, one write more, and the machine may be busier than before and after.
    expect(firstServedMs).toBeLessThan(scaled(60_000) + withoutOutageMs);
    expect(lastServedMs).toBeLessThan(scaled(60_000) + 3 * withoutOutageMs);
    await Promise.all(workers.map(endWell));
  });
});
