import { describe, expect, it, vi } from 'vitest';
import { centry, createLlavero } from '../../src/entry-points/llavero.js';
import { sqliteStore } from '../../src/entry-points/stores-sqlite.js';
import { testSize } from '../test-size.js';
import { encryptionKey, hoursAgoMs } from './account-file.js';
import { connectAccounts } from './connected-accounts.js';
import { endWell } from './worker-process.js';

const rounds = { short: 1, normal: 3, long: 100 }[testSize()];

/** Processes start slowly on a busy machine. */
vi.setConfig({ testTimeout: 300_000 });

describe('a herd on an expired token', () => {
  it('of 10,000 callers in one process sends one request, and everyone gets the same token', async () => {
    await using accounts = await connectAccounts(1);
    const { standIn, path } = accounts;
    await using llavero = createLlavero({
      providers: [centry(standIn.settings)],
      store: sqliteStore({ path }),
      encryption: { keys: [encryptionKey] },
      allowHttpOnLoopback: true,
    });
    const tokens = await Promise.all(Array.from({ length: 10_000 }, () => llavero.token('centry/shop-1')));
    const [first] = tokens;
    expect(tokens.filter((token) => token !== first)).toEqual([]);
    expect(first?.generation).toBe(2);
    expect(accounts.sentGenerations()).toEqual([1]);
  });

  it(`of 16 processes with 50 callers each sends one request a generation, ${rounds} times in a row`, async () => {
    await using accounts = await connectAccounts(1);
    const workers = await accounts.startWorkers(16);
    await Promise.all(workers.map((worker) => worker.call('ready', [])));
    for (let round = 1; round <= rounds; round += 1) {
      const laterMs = (round - 1) * hoursAgoMs;
      accounts.moveProvider(laterMs);
      await Promise.all(workers.map((worker) => worker.call('move', [laterMs])));
      const answers = await Promise.all(workers.map((worker) => worker.call('herd', ['centry/shop-1', 50])));
      const [answer] = Object.keys(answers[0]?.value ?? {});
      expect(answer).toMatch(new RegExp(`^${round + 1} [0-9a-f]{16}$`));
      expect(answers.map(({ value }) => value)).toEqual(Array.from({ length: 16 }, () => ({ [answer ?? '']: 50 })));
    }
    expect(accounts.sentGenerations()).toEqual(Array.from({ length: rounds }, (_, index) => index + 1));
    await Promise.all(workers.map(endWell));
  });

  it('of 8 processes on 500 accounts renews each account exactly once', async () => {
    await using accounts = await connectAccounts(500);
    const { keys } = accounts;
    const workers = await accounts.startWorkers(8);
    const answers = await Promise.all(workers.map((worker) => worker.call('every', [keys, 25])));
    const [first = {}] = answers.map(({ value }) => value ?? {});
    expect(Object.keys(first).toSorted()).toEqual(keys.toSorted());
    expect(Object.values(first).filter((answer) => !/^2 [0-9a-f]{16}$/.test(answer))).toEqual([]);
    for (const { value } of answers) expect(value).toEqual(first);
    expect(accounts.sentGenerations()).toEqual(keys.map(() => 1));
    await Promise.all(workers.map(endWell));
  });
});
