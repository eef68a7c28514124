import { describe, expect, it, vi } from 'vitest';
import { claimForMs } from '../../src/app/sweeping/due-accounts.js';
import type { SweepReport } from '../../src/entry-points/llavero.js';
import { connectAccounts, type ConnectedAccounts } from './connected-accounts.js';
import { looksMs } from './kill-ending.js';
import { endWell, type WorkerAnswer } from './worker-process.js';

const due = { keepWarm: true } as const;

const reportOf = ({ value, error }: WorkerAnswer<SweepReport>): Omit<SweepReport, 'durationMs'> => {
  if (value === undefined) throw new Error(`the sweep failed: ${error?.code ?? ''}`);
  const { durationMs: _durationMs, ...counts } = value;
  return counts;
};

const total = (reports: readonly { readonly renewed: number }[]): number =>
  reports.reduce((sum, { renewed }) => sum + renewed, 0);

const statesOf = async ({ keys }: ConnectedAccounts, states: (key: string) => Promise<string | undefined>) => {
  const counts: Record<string, number> = {};
  for (const key of keys) {
    const state = (await states(key)) ?? 'none';
    counts[state] = (counts[state] ?? 0) + 1;
  }
  return counts;
};

/** Processes start slowly on a busy machine. */
vi.setConfig({ testTimeout: 120_000 });

describe('several processes that sweep one file', () => {
  it('renew each of 200 due accounts exactly once, and their reports add up', async () => {
    await using accounts = await connectAccounts(200);
    const workers = await accounts.startWorkers(4);
    await Promise.all(workers.map((worker) => worker.call('ready', [])));
    const reports = (await Promise.all(workers.map((worker) => worker.call('sweep', [due])))).map(reportOf);
    expect(accounts.sentGenerations()).toEqual(accounts.keys.map(() => 1));
    expect(total(reports)).toBe(200);
    expect(reports.map(({ failed }) => failed)).toEqual([0, 0, 0, 0]);
    expect(reports.map(({ renewed, skipped }) => renewed + skipped)).toEqual(reports.map((report) => report.due));
    const [first] = workers;
    const again = first && reportOf(await first.call('sweep', [due]));
    expect(again).toEqual({ due: 0, renewed: 0, failed: 0, skipped: 0 });
    await Promise.all(workers.map(endWell));
  });

  it.each([
    {
      rotation: 'strict' as const,
      left: { renewed: 0, failed: 8 },
      states: { ready: 32, reauthorization_required: 8 },
    },
    { rotation: { graceMs: 3_600_000 }, left: { renewed: 8, failed: 0 }, states: { ready: 40 } },
  ])('finish what one of them was at when it was killed ($states)', async ({ rotation, left, states }) => {
    await using accounts = await connectAccounts(40, { rotation });
    const { standIn } = accounts;
    standIn.inject({ kind: 'hang', when: 'after' }, { times: 8 });
    const doomed = await accounts.startWorker();
    doomed.call('sweep', [due]).catch(() => undefined);
    await vi.waitUntil(() => accounts.sentGenerations().length === 8, { timeout: 600_000 });
    doomed.kill('SIGKILL');
    expect((await doomed.ended).signal).toBe('SIGKILL');

    const next = await accounts.startWorker({ clocksMs: [...looksMs, claimForMs + 1_000] });
    // It died with 16 claims: 8 had begun, and 8 had not.
    expect(reportOf(await next.call('sweep', [due], 0))).toEqual({ due: 24, renewed: 24, failed: 0, skipped: 0 });
    expect(reportOf(await next.call('sweep', [due], 2))).toEqual({ due: 8, ...left, skipped: 0 });
    expect(reportOf(await next.call('sweep', [due], 3))).toEqual({ due: 8, renewed: 8, failed: 0, skipped: 0 });
    expect(await statesOf(accounts, async (key) => (await next.call('status', [key], 3)).value?.state)).toEqual(states);
    expect(accounts.sentGenerations()).toHaveLength(48);
    expect(reportOf(await next.call('sweep', [due], 3))).toEqual({ due: 0, renewed: 0, failed: 0, skipped: 0 });
    await endWell(next);
  });
});
