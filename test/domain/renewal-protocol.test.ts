import { describe, expect, it } from 'vitest';
import type { AccountRecord } from '../../src/domain/account-record.js';
import type { RecoveryPolicy } from '../../src/domain/refresh-policy.js';
import { beginAttempt, stoppedBy, type Begun, type BeginRequest } from '../../src/domain/renewal-protocol.js';
import {
  after,
  attemptTtlMs,
  attemptWith,
  beginWith,
  failureWith,
  now,
  recordWith,
  settleMs,
} from './protocol-fixtures.js';

const begunWith = (record: AccountRecord | undefined, request: Partial<BeginRequest> = {}): Begun =>
  beginAttempt(record, undefined, beginWith(request)).result;

const recovering = (recovery: RecoveryPolicy): BeginRequest['policy'] => ({ attemptTtlMs, settleMs, recovery });

describe('beginning an attempt', () => {
  it('records who may send and until when, and touches nothing of the token', () => {
    const record = recordWith();
    const change = beginAttempt(record, undefined, beginWith());
    const expected: AccountRecord = {
      ...record,
      attempt: attemptWith({ id: 'attempt-2', owner: 'host-2:2' }),
      // Should its owner die, a sweep looks at it once it has settled.
      keepAliveAt: now + attemptTtlMs + settleMs,
      updatedAt: now,
    };
    expect(change).toEqual({
      _tag: 'Put',
      record: expected,
      result: { _tag: 'Began', record: expected, way: 'first' },
    });
  });

  it('goes by the clock of the store where it has one', () => {
    const change = beginAttempt(recordWith(), now + 5_000, beginWith());
    expect(after(undefined, change)?.attempt?.startedAt).toBe(now + 5_000);
    const alive = recordWith({ attempt: attemptWith() });
    expect(beginAttempt(alive, now + 29_000, beginWith({ nowMs: now + 3_600_000 })).result).toEqual({
      _tag: 'Busy',
      waitMs: 1_000,
    });
  });

  it.each<readonly [string, AccountRecord | undefined, Partial<BeginRequest>, Begun]>([
    ['removed', undefined, {}, { _tag: 'Removed' }],
    ['registered anew', recordWith({ incarnation: 'incarnation-2' }), {}, { _tag: 'Removed' }],
    [
      'ahead of what was read',
      recordWith({ generation: 4 }),
      {},
      { _tag: 'Moved', record: recordWith({ generation: 4 }) },
    ],
    ['somebody else’s to renew', recordWith({ attempt: attemptWith() }), {}, { _tag: 'Busy', waitMs: attemptTtlMs }],
    [
      'at rest',
      recordWith({ failure: failureWith({ retryAt: now + 700 }) }),
      {},
      { _tag: 'Resting', failure: failureWith({ retryAt: now + 700 }), waitMs: 700 },
    ],
  ])('writes nothing when the account is %s', (_case, record, request, result) => {
    expect(beginAttempt(record, undefined, beginWith(request))).toEqual({ _tag: 'Keep', result });
  });

  it('may go on when the rest is over', () => {
    expect(begunWith(recordWith({ failure: failureWith({ retryAt: now }) }))).toMatchObject({ _tag: 'Began' });
    expect(begunWith(recordWith({ failure: failureWith() }))).toMatchObject({ _tag: 'Began' });
  });
});

describe('a stored terminal state', () => {
  it.each(['reauthorization_required', 'client_rejected', 'account_unavailable'] as const)(
    '%s stops every attempt',
    (terminal) => {
      const failure = failureWith({ terminal, client: 'client-1', retryAt: now + 1 });
      const change = beginAttempt(recordWith({ failure }), undefined, beginWith());
      expect(change).toEqual({ _tag: 'Keep', result: { _tag: 'Stopped', failure } });
      expect(stoppedBy(recordWith({ failure }), 'client-1', now)).toEqual(failure);
    },
  );

  it('client_rejected is about one client, and lifted by another', () => {
    const failure = failureWith({ terminal: 'client_rejected', client: 'client-1' });
    expect(stoppedBy(recordWith({ failure }), 'client-2', now)).toBeUndefined();
    expect(begunWith(recordWith({ failure }), { client: 'client-2' })).toMatchObject({ _tag: 'Began', way: 'first' });
  });

  it('account_unavailable is asked about again when its hour is over', () => {
    const failure = failureWith({ terminal: 'account_unavailable', retryAt: now + 3_600_000 });
    expect(stoppedBy(recordWith({ failure }), 'client-1', now + 3_599_999)).toEqual(failure);
    expect(stoppedBy(recordWith({ failure }), 'client-1', now + 3_600_000)).toBeUndefined();
    expect(begunWith(recordWith({ failure }), { nowMs: now + 3_600_000 })).toMatchObject({ _tag: 'Began' });
  });

  it('reauthorization_required is lifted by no client and no time', () => {
    const failure = failureWith({ terminal: 'reauthorization_required', client: 'client-1' });
    expect(stoppedBy(recordWith({ failure }), 'client-2', now + 1e12)).toEqual(failure);
  });

  it('is not a failure that is merely at rest', () => {
    expect(stoppedBy(recordWith({ failure: failureWith({ retryAt: now + 1 }) }), 'client-1', now)).toBeUndefined();
    expect(stoppedBy(recordWith(), 'client-1', now)).toBeUndefined();
  });
});

describe('an attempt whose owner is gone', () => {
  const abandoned = recordWith({ attempt: attemptWith() });
  const settledAt = now + attemptTtlMs + settleMs;

  it('is alive until its ttl, then settles', () => {
    expect(begunWith(abandoned, { nowMs: now + attemptTtlMs - 1 })).toEqual({ _tag: 'Busy', waitMs: 1 });
    expect(begunWith(abandoned, { nowMs: now + attemptTtlMs })).toEqual({ _tag: 'Unresolved', waitMs: settleMs });
    expect(begunWith(abandoned, { nowMs: settledAt - 1 })).toEqual({ _tag: 'Unresolved', waitMs: 1 });
  });

  it('settles at once when its owner reported that it cannot tell', () => {
    const unknown = recordWith({ attempt: attemptWith({ unknown: true }) });
    expect(begunWith(unknown)).toEqual({ _tag: 'Unresolved', waitMs: attemptTtlMs + settleMs });
  });

  it('is recovered once after that by probe-once, and the try is recorded as such', () => {
    const change = beginAttempt(abandoned, undefined, beginWith({ nowMs: settledAt }));
    expect(change.result).toMatchObject({ _tag: 'Began', way: 'recovery' });
    const recovery = after(abandoned, change);
    expect(recovery?.attempt).toMatchObject({ id: 'attempt-2', recovery: true, startedAt: settledAt });
    expect(begunWith(recovery, { nowMs: settledAt })).toMatchObject({ _tag: 'Busy' });
    expect(begunWith(recovery, { nowMs: settledAt + attemptTtlMs })).toMatchObject({ _tag: 'Unresolved' });
  });

  it('is recovered without waiting for the settle window by retry, but not before its ttl', () => {
    const policy = recovering('retry');
    expect(begunWith(abandoned, { policy, nowMs: now + attemptTtlMs - 1 })).toMatchObject({ _tag: 'Busy' });
    expect(begunWith(abandoned, { policy, nowMs: now + attemptTtlMs })).toMatchObject({ way: 'recovery' });
    const unknown = recordWith({ attempt: attemptWith({ unknown: true }) });
    expect(begunWith(unknown, { policy })).toMatchObject({ way: 'recovery' });
  });

  it('is recovered by retry only after the rest of its failure', () => {
    const failure = failureWith({ code: 'ERR_OUTCOME_UNKNOWN', retryAt: now + 1_000 });
    const unknown = recordWith({ attempt: attemptWith({ unknown: true }), failure });
    expect(begunWith(unknown, { policy: recovering('retry') })).toEqual({ _tag: 'Resting', failure, waitMs: 1_000 });
  });

  it.each(['probe-once', 'retry', 'never'] as const)(
    'needs a person after %s is at its end, and that is written down',
    (recovery) => {
      const attempt = attemptWith({ recovery: recovery !== 'never', unknown: true });
      const record = recordWith({ attempt });
      const policy = recovering(recovery);
      expect(begunWith(record, { policy, nowMs: settledAt - 1 })).toEqual({ _tag: 'Unresolved', waitMs: 1 });
      const change = beginAttempt(record, undefined, beginWith({ policy, nowMs: settledAt }));
      const failure = {
        code: 'ERR_REAUTHORIZATION_REQUIRED',
        detail: 'outcome_unresolved',
        at: settledAt,
        count: 1,
        terminal: 'reauthorization_required',
      };
      expect(change.result).toEqual({ _tag: 'GaveUp', failure });
      expect(after(record, change)).toEqual({
        ...record,
        attempt: undefined,
        failure,
        warmAt: undefined,
        keepAliveAt: undefined,
        updatedAt: settledAt,
      });
    },
  );

  it('is simply taken over where asking twice does no harm', () => {
    const request = { repeatable: true, nowMs: now + attemptTtlMs };
    expect(begunWith(abandoned, { ...request, nowMs: request.nowMs - 1 })).toMatchObject({ _tag: 'Busy' });
    expect(begunWith(abandoned, request)).toMatchObject({ _tag: 'Began', way: 'first' });
    expect(begunWith(abandoned, { ...request, policy: recovering('never') })).toMatchObject({ way: 'first' });
  });
});

describe('the second way', () => {
  const dead = failureWith({ terminal: 'reauthorization_required', code: 'ERR_REAUTHORIZATION_REQUIRED' });

  it('is walked once the refresh token is dead, and recorded before anything is sent', () => {
    const change = beginAttempt(recordWith({ failure: dead }), undefined, beginWith({ hasFallback: true }));
    expect(change.result).toMatchObject({ _tag: 'Began', way: 'fallback' });
    expect(after(undefined, change)).toMatchObject({ fallbackTried: true, attempt: { recovery: false } });
  });

  it('is not walked twice, not even when its owner died on it', () => {
    const tried = recordWith({ failure: dead, fallbackTried: true, attempt: attemptWith() });
    expect(begunWith(tried, { hasFallback: true })).toMatchObject({ _tag: 'Busy' });
    expect(begunWith(tried, { hasFallback: true, nowMs: now + attemptTtlMs })).toEqual({
      _tag: 'Stopped',
      failure: dead,
    });
  });

  it('waits for its rest after it never left', () => {
    const failure = { ...dead, retryAt: now + 2_000 };
    expect(begunWith(recordWith({ failure }), { hasFallback: true })).toEqual({
      _tag: 'Resting',
      failure,
      waitMs: 2_000,
    });
  });

  it('takes the place of giving up an unresolved outcome', () => {
    const record = recordWith({ attempt: attemptWith({ recovery: true }) });
    const nowMs = now + attemptTtlMs + settleMs;
    const change = beginAttempt(record, undefined, beginWith({ hasFallback: true, nowMs }));
    expect(change.result).toMatchObject({ _tag: 'Began', way: 'fallback' });
    expect(after(record, change)?.failure).toMatchObject({ detail: 'outcome_unresolved' });
  });

  it.each(['client_rejected', 'account_unavailable'] as const)('is not walked because of %s', (terminal) => {
    const failure = failureWith({ terminal, client: 'client-1', retryAt: now + 1 });
    expect(begunWith(recordWith({ failure }), { hasFallback: true })).toEqual({ _tag: 'Stopped', failure });
  });
});
