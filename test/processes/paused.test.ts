import { describe, expect, it, vi } from 'vitest';
import { connectAccounts } from './connected-accounts.js';
import { looksMs } from './kill-ending.js';
import { endWell } from './worker-process.js';

/** Processes start slowly on a busy machine. */
vi.setConfig({ testTimeout: 120_000 });

const afterSettling = looksMs.length - 1;

describe('a process that was stopped with a request out, and wakes when its attempt has long been settled', () => {
  it('gives way to the token that another process has recovered meanwhile', async () => {
    await using accounts = await connectAccounts(1, { rotation: { graceMs: 3_600_000 } });
    const [key = ''] = accounts.keys;
    const other = await accounts.startWorker({ clocksMs: looksMs });
    await other.call('ready', [], afterSettling);
    const held = accounts.standIn.inject({ kind: 'hang', when: 'after' });
    const slow = await accounts.startWorker();
    const slowAnswer = slow.call('token', [key]);
    await held.reached;
    slow.kill('SIGSTOP');

    const recovered = await other.call('token', [key], afterSettling);
    expect(recovered.value?.generation).toBe(2);
    held.release();
    slow.kill('SIGCONT');
    expect((await slowAnswer).value).toEqual(recovered.value);
    await slow.says(({ event }) => event?.type === 'token_discarded');
    expect((await other.call('status', [key], afterSettling)).value?.generation).toBe(2);
    const next = await other.call('token', [key, { force: true }], afterSettling);
    expect(next.value?.generation).toBe(3);
    expect(accounts.sentGenerations()).toEqual([1, 1, 3]);
    await endWell(slow);
    await endWell(other);
  });

  it('brings back an account that was given up: its answer holds the only living refresh token', async () => {
    await using accounts = await connectAccounts(1, { rotation: 'strict' });
    const [key = ''] = accounts.keys;
    const other = await accounts.startWorker({ clocksMs: looksMs });
    await other.call('ready', [], afterSettling);
    const held = accounts.standIn.inject({ kind: 'hang', when: 'after' });
    const slow = await accounts.startWorker();
    const slowAnswer = slow.call('token', [key]);
    await held.reached;
    slow.kill('SIGSTOP');

    const givenUp = await other.call('token', [key], afterSettling);
    expect(givenUp.error?.cause).toBe('outcome_unresolved');
    expect((await other.call('status', [key], afterSettling)).value?.state).toBe('reauthorization_required');
    held.release();
    slow.kill('SIGCONT');
    const answer = await slowAnswer;
    expect(answer.value?.generation).toBe(2);
    expect((await other.call('status', [key], afterSettling)).value?.state).toBe('ready');
    expect((await other.call('token', [key], afterSettling)).value).toEqual(answer.value);
    const next = await other.call('token', [key, { force: true }], afterSettling);
    expect(next.value?.generation).toBe(3);
    await endWell(slow);
    await endWell(other);
  });
});
