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

  /** The other process has asked again, and heard that the token is spent: its answer is in the hands of the one that sleeps. */
  const refused = async (rotation: 'strict' | 'strict-family') => {
    const accounts = await connectAccounts(1, { rotation });
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
    const { value, error } = await slowAnswer;
    expect(slow.events().filter(({ type }) => type === 'token_committed')).toMatchObject([
      { generation: 2 },
      ...(value === undefined ? [] : [{ generation: 3 }]),
    ]);
    return { accounts, key, slow, other, value, error };
  };

  it('brings back an account that was refused: its answer holds a living refresh token, and a renewal shows it', async () => {
    const { accounts, key, slow, other, value } = await refused('strict');
    await using _ = accounts;
    expect(value?.generation).toBe(3);
    expect((await other.call('status', [key], afterSettling)).value?.state).toBe('ready');
    expect((await other.call('token', [key], afterSettling)).value).toEqual(value);
    const next = await other.call('token', [key, { force: true }], afterSettling);
    expect(next.value?.generation).toBe(4);
    expect(accounts.sentGenerations()).toEqual([1, 1, 2, 3]);
    await endWell(slow);
    await endWell(other);
  });

  it('hands out nothing of a family that the provider has ended, and says that a person must act', async () => {
    const { accounts, key, slow, other, error } = await refused('strict-family');
    await using _ = accounts;
    expect(error?.code).toBe('ERR_REAUTHORIZATION_REQUIRED');
    expect((await other.call('status', [key], afterSettling)).value?.state).toBe('reauthorization_required');
    expect((await other.call('token', [key], afterSettling)).error?.code).toBe('ERR_REAUTHORIZATION_REQUIRED');
    expect(accounts.sentGenerations()).toEqual([1, 1, 2]);
    await endWell(slow);
    await endWell(other);
  });
});
