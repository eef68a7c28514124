import { describe, expect, it, vi } from 'vitest';
import { testSize } from '../test-size.js';
import { connectAccounts } from './connected-accounts.js';
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

describe(`${count} accounts due at once, on a file whose flush takes 10 ms`, () => {
  it('are renewed by one request each, and nobody is turned away for want of the store', async () => {
    await using accounts = await connectAccounts(count);
    const { keys } = accounts;
    const slow = await slowDiskEnvironment(10);
    const workers = await Promise.all([accounts.startWorker({}, slow), accounts.startWorker({}, slow)]);
    await Promise.all(workers.map((worker) => worker.call('ready', [])));
    const since = performance.now();
    const told = await Promise.all(workers.map((worker) => askUntilServed(worker, keys)));
    const seconds = (performance.now() - since) / 1000;
    void process.stdout.write(
      `${count} accounts, 2 processes, 10 ms a flush: all served in ${seconds.toFixed(1)} s by ${accounts.sentGenerations().length} requests\n`,
    );
    const codes = told.flatMap((toldBy) => [...toldBy]);
    expect(codes.filter((code) => code !== 'ERR_PROVIDER_UNAVAILABLE')).toEqual([]);
    expect(accounts.sentGenerations()).toEqual(keys.map(() => 1));
    await Promise.all(workers.map(endWell));
  });
});
