import { describe, expect, it, vi } from 'vitest';
import { testSize } from '../test-size.js';
import { hoursAgoMs } from './account-file.js';
import { connectAccounts, type ConnectedAccounts } from './connected-accounts.js';
import { slowDiskEnvironment } from './slow-disk.js';
import { endWell, type WorkerProcess } from './worker-process.js';

const count = { short: 200, normal: 800, long: 10_000 }[testSize()];

/** Processes start slowly on a busy machine. */
vi.setConfig({ testTimeout: 600_000 });

const served = /^2 [0-9a-f]{16}$/;

/** Asks for the token of every account at once, and again as long as callers are told to; gives the codes they were told. */
const askUntilServed = async (worker: WorkerProcess, keys: readonly string[]): Promise<ReadonlySet<string>> => {
  const told = new Set<string>();
  let left = keys;
  while (left.length > 0) {
    const { value = {} } = await worker.call('every', [left, left.length]);
    const unserved = left.filter((key) => !served.test(value[key] ?? ''));
    for (const key of unserved) told.add(value[key] ?? 'nothing');
    left = unserved;
  }
  return told;
};

/** A burst of all processes; gives the codes that callers were told before they were served. */
const burst = async (
  { keys, sentGenerations }: ConnectedAccounts,
  workers: readonly WorkerProcess[],
  where: string,
): Promise<readonly string[]> => {
  await Promise.all(workers.map((worker) => worker.call('ready', [])));
  const since = performance.now();
  const told = await Promise.all(workers.map((worker) => askUntilServed(worker, keys)));
  const seconds = (performance.now() - since) / 1000;
  process.stdout.write(
    `${count} accounts ${where}, processes: ${workers.length}; all served in ${seconds.toFixed(1)} s by ${sentGenerations().length} requests\n`,
  );
  return told.flatMap((toldBy) => [...toldBy]);
};

describe.each([
  ['a file that the store opens', {}],
  ["a connection of the backend's own", { kept: 'lent' }],
] as const)(`${count} accounts due at once on %s, whose flush takes 10 ms`, (how, settings) => {
  it('are renewed by one request each, and nobody is turned away for want of the store', async () => {
    await using accounts = await connectAccounts(count);
    const slow = await slowDiskEnvironment(10);
    const workers = await Promise.all([accounts.startWorker(settings, slow), accounts.startWorker(settings, slow)]);
    const codes = await burst(accounts, workers, `on ${how}, 10 ms a flush`);
    expect(codes.filter((code) => code !== 'ERR_PROVIDER_UNAVAILABLE')).toEqual([]);
    expect(accounts.sentGenerations()).toEqual(accounts.keys.map(() => 1));
    await Promise.all(workers.map(endWell));
  });
});

describe(`${count} accounts due at once`, () => {
  it('in the memory of one process are renewed by one request each, and nobody is turned away', async () => {
    await using accounts = await connectAccounts(count);
    const { keys, standIn } = accounts;
    const worker = await accounts.startWorker({ kept: 'memory' });
    for (const key of keys) await worker.call('exchange', [key, { code: standIn.issueCode() }]);
    accounts.moveProvider(hoursAgoMs);
    await worker.call('move', [hoursAgoMs]);
    expect(await burst(accounts, [worker], 'in memory')).toEqual([]);
    expect(accounts.sentGenerations()).toEqual(keys.map(() => 1));
    await endWell(worker);
  });
});
