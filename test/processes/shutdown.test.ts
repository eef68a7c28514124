import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { loadBetterSqlite3 } from '../../src/adapters/stores/sqlite/driver.js';
import { makeAccountFile } from './account-file.js';
import { buildOnce } from './build-once.js';
import { connectAccounts } from './connected-accounts.js';
import { startProcess } from './run-process.js';
import { endWell } from './worker-process.js';

const clean = { exitCode: 0, signal: undefined, stderr: '' };

/** Centry's access tokens live two hours; of these, 200 s are left: soft, and valid. */
const softMs = 2 * 3_600_000 - 200_000;

/** Processes start slowly on a busy machine. */
vi.setConfig({ testTimeout: 120_000 });

describe('a process that gets SIGTERM and closes its llavero', () => {
  it('commits the answers it is waiting for, hands them out, and ends', async () => {
    await using accounts = await connectAccounts(10);
    const { keys, standIn } = accounts;
    const held = standIn.inject({ kind: 'hang', when: 'after' }, { times: 10 });
    const worker = await accounts.startWorker();
    const answers = worker.call('every', [keys, 10]);
    await vi.waitUntil(() => accounts.sentGenerations().length === 10, { timeout: 600_000 });
    worker.kill('SIGTERM');
    await worker.says(({ closing }) => closing === true);
    held.release();
    expect(await worker.ended).toEqual(clean);
    const { value = {} } = await answers;
    expect(keys.map((key) => /^2 [0-9a-f]{16}$/.test(value[key] ?? ''))).toEqual(keys.map(() => true));

    const next = await accounts.startWorker();
    expect((await next.call('every', [keys, 10])).value).toEqual(value);
    expect(accounts.sentGenerations()).toEqual(keys.map(() => 1));
    for (const key of keys) expect((await next.call('token', [key, { force: true }])).value?.generation).toBe(3);
    await endWell(next);
  });

  it('commits an answer that the file was locked for by another process', async () => {
    await using accounts = await connectAccounts(1);
    const [key = ''] = accounts.keys;
    const held = accounts.standIn.inject({ kind: 'hang', when: 'after' });
    const worker = await accounts.startWorker({ store: { busyPatienceMs: 20 } });
    const answer = worker.call('token', [key]);
    await held.reached;
    const Database = await loadBetterSqlite3();
    const other = new Database(accounts.path, {});
    onTestFinished(() => void other.close());
    other.exec('BEGIN IMMEDIATE');
    worker.kill('SIGTERM');
    await worker.says(({ closing }) => closing === true);
    held.release();
    await worker.says(({ event }) => event?.type === 'commit_delayed');
    other.exec('ROLLBACK');
    expect(await worker.ended).toEqual(clean);
    expect((await answer).value?.generation).toBe(2);

    const next = await accounts.startWorker();
    expect((await next.call('token', [key])).value).toEqual((await answer).value);
    expect(accounts.sentGenerations()).toEqual([1]);
    await endWell(next);
  });

  it('commits a renewal in the background that nobody waits for', async () => {
    await using accounts = await connectAccounts(1);
    const [key = ''] = accounts.keys;
    const worker = await accounts.startWorker();
    expect((await worker.call('token', [key])).value?.generation).toBe(2);
    accounts.moveProvider(softMs);
    await worker.call('move', [softMs]);
    const held = accounts.standIn.inject({ kind: 'hang', when: 'after' });
    expect((await worker.call('token', [key])).value?.generation).toBe(2);
    await held.reached;
    worker.kill('SIGTERM');
    await worker.says(({ closing }) => closing === true);
    held.release();
    expect(await worker.ended).toEqual(clean);

    const next = await accounts.startWorker({ clocksMs: [softMs] });
    expect((await next.call('token', [key])).value?.generation).toBe(3);
    expect(accounts.sentGenerations()).toEqual([1, 2]);
    await endWell(next);
  });

  it('finishes the accounts that its sweep has begun, and begins no others', async () => {
    await using accounts = await connectAccounts(20);
    const held = accounts.standIn.inject({ kind: 'hang', when: 'after' }, { times: 8 });
    const worker = await accounts.startWorker();
    await worker.call('start', [{ keepWarm: true, intervalMs: 10 }]);
    await vi.waitUntil(() => accounts.sentGenerations().length === 8, { timeout: 600_000 });
    worker.kill('SIGTERM');
    await worker.says(({ closing }) => closing === true);
    held.release();
    expect(await worker.ended).toEqual(clean);
    expect(accounts.sentGenerations()).toHaveLength(8);

    const next = await accounts.startWorker();
    const statuses = await Promise.all(accounts.keys.map((key) => next.call('status', [key])));
    expect(statuses.filter(({ value }) => value?.generation === 2)).toHaveLength(8);
    expect(statuses.filter(({ value }) => value?.state === 'ready')).toHaveLength(20);
    await endWell(next);
  });

  it('ends without complaint though every renewal of its sweeps fails', async () => {
    await using accounts = await connectAccounts(5);
    await accounts.standIn.close();
    const worker = await accounts.startWorker();
    await worker.call('start', [{ keepWarm: true, intervalMs: 1 }]);
    for (const sweeps of [1, 2, 3]) {
      await vi.waitUntil(() => worker.events().filter(({ type }) => type === 'sweep_finished').length >= sweeps, {
        timeout: 120_000,
      });
    }
    worker.kill('SIGTERM');
    expect(await worker.ended).toEqual(clean);
    expect(worker.events().some(({ type }) => type === 'renewal_failed')).toBe(true);
  });
});

describe('a process that does nothing but sweep in the background', () => {
  it.each(['ready', 'not ready'])('ends by itself, without close (%s at the start)', async (when) => {
    await using file = await makeAccountFile();
    const script = fileURLToPath(new URL('workers/only-start.mjs', import.meta.url));
    await using child = startProcess(script, [await buildOnce(), file.path, when]);
    expect(await child.ended).toEqual({ exitCode: 0, stdout: 'started\n', stderr: '' });
  });
});
