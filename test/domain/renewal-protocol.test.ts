import { describe, expect, it } from 'vitest';
import type { AccountRecord } from '../../src/domain/account-record.js';
import type { RecoveryPolicy } from '../../src/domain/refresh-policy.js';
import {
  attemptDatedAt,
  beginAttempt,
  stoppedBy,
  type Asking,
  type Begun,
  type BeginRequest,
} from '../../src/domain/renewal-protocol.js';
import {
  after,
  attemptTtlMs,
  attemptWith,
  beginWith,
  failureWith,
  now,
  recordWith,
  recoveryNoticeMs,
  settleMs,
} from './protocol-fixtures.js';

const begunWith = (record: AccountRecord | undefined, request: Partial<BeginRequest> = {}): Begun =>
  beginAttempt(record, undefined, beginWith(request)).result;

const recovering = (recovery: RecoveryPolicy): BeginRequest['policy'] => ({ ...beginWith().policy, recovery });

describe('beginning an attempt', () => {
  it('records who may send and until when, and touches nothing of the token', () => {
    const record = recordWith();
    const change = beginAttempt(record, undefined, beginWith());
    const expected: AccountRecord = {
      ...record,
      attempt: attemptWith({ id: 'attempt-2', owner: 'host-2:2' }),
      repeats: 0,
      // Should its owner die, a sweep looks at it once it has settled.
      keepAliveAt: now + attemptTtlMs + settleMs,
      sweepNotBefore: now + attemptTtlMs + settleMs - recoveryNoticeMs,
      updatedAt: now,
    };
    expect(change).toEqual({
      _tag: 'Put',
      record: expected,
      result: { _tag: 'Began', record: expected, way: 'first' },
    });
  });

  it('says again that it began, with the same times, when the answer to the first write was lost', () => {
    for (const before of [
      recordWith(),
      recordWith({ failure: failureWith({ terminal: 'reauthorization_required' }) }),
      recordWith({ attempt: attemptWith({ unknown: true, settlesAt: now }) }),
    ]) {
      const request = beginWith({ hasFallback: true });
      const first = beginAttempt(before, undefined, request);
      const again = beginAttempt(after(before, first), undefined, { ...request, nowMs: now + 5_000 });
      expect(again).toEqual({ _tag: 'Keep', result: first.result });
    }
  });

  it('begins nothing when its write comes so late that the attempt was taken back', () => {
    const attempt = attemptWith({ id: 'attempt-2', way: 'recovery', repeat: 1, unknown: true, settlesAt: now });
    expect(begunWith(recordWith({ attempt, repeats: 1 }), { attemptId: 'attempt-2' })).toEqual({
      _tag: 'Unresolved',
      waitMs: 0,
    });
    expect(begunWith(recordWith({ attempt, repeats: 1 }), { attemptId: 'attempt-3' })).toMatchObject({
      _tag: 'Began',
      way: 'recovery',
    });
  });

  it('goes by the clock of the store where it has one', () => {
    const change = beginAttempt(recordWith(), now + 5_000, beginWith());
    expect(after(undefined, change)?.attempt?.startedAt).toBe(now + 5_000);
    const alive = recordWith({ attempt: attemptWith() });
    expect(beginAttempt(alive, now + 29_000, beginWith({ nowMs: now + 3_600_000 })).result).toEqual({
      _tag: 'RenewingElsewhere',
      waitMs: 1_000,
    });
  });

  it('judges an open attempt by the time that no clock set forward can hurry, and dates by the wall clock', () => {
    const alive = recordWith({ attempt: attemptWith() });
    const hourLater = { nowMs: now + 3_600_000, attemptNowMs: now + 29_000 };
    expect(begunWith(alive, hourLater)).toEqual({ _tag: 'RenewingElsewhere', waitMs: 1_000 });
    const settled = { ...hourLater, attemptNowMs: now + attemptTtlMs + settleMs };
    const begun = begunWith(alive, { ...settled, repeatable: true });
    expect(begun).toMatchObject({ _tag: 'Began', record: { attempt: { startedAt: now + 3_600_000 } } });
  });

  it('counts what is known of an attempt from when it was written down', () => {
    const startedAt = now - 5_000;
    expect(attemptDatedAt(recordWith({ attempt: attemptWith({ startedAt }) }))).toBe(startedAt);
    const unknown = attemptWith({ startedAt, unknown: true });
    expect(attemptDatedAt(recordWith({ attempt: unknown, updatedAt: now }))).toBe(now);
    expect(attemptDatedAt(recordWith())).toBeUndefined();
  });

  it.each<readonly [string, AccountRecord | undefined, Partial<BeginRequest>, Begun]>([
    ['removed', undefined, {}, { _tag: 'Removed' }],
    ['registered anew', recordWith({ incarnation: 'incarnation-2' }), {}, { _tag: 'Removed' }],
    [
      'ahead of what was read',
      recordWith({ generation: 4 }),
      {},
      { _tag: 'NewerGeneration', record: recordWith({ generation: 4 }) },
    ],
    [
      'being renewed by another worker',
      recordWith({ attempt: attemptWith() }),
      {},
      { _tag: 'RenewingElsewhere', waitMs: attemptTtlMs },
    ],
    [
      'cooling down',
      recordWith({ failure: failureWith({ retryAt: now + 700 }) }),
      {},
      { _tag: 'CoolingDown', failure: failureWith({ retryAt: now + 700 }), waitMs: 700 },
    ],
    ['just renewed', recordWith({ renewedAt: now - 400 }), {}, { _tag: 'JustRenewed', waitMs: 600 }],
  ])('writes nothing when the account is %s', (_case, record, request, result) => {
    expect(beginAttempt(record, undefined, beginWith(request))).toEqual({ _tag: 'Keep', result });
  });

  it('may go on when the cool-down is over', () => {
    expect(begunWith(recordWith({ failure: failureWith({ retryAt: now }) }))).toMatchObject({ _tag: 'Began' });
    expect(begunWith(recordWith({ failure: failureWith() }))).toMatchObject({ _tag: 'Began' });
  });

  it('cools down no longer than the least when another account has had a token since, unless the provider named the moment', () => {
    const failure = failureWith({ retryAt: now + 9_000, epoch: 2 });
    expect(begunWith(recordWith({ failure }), { epoch: 2 })).toMatchObject({ _tag: 'CoolingDown' });
    expect(begunWith(recordWith({ failure }), { epoch: 3 })).toMatchObject({ _tag: 'CoolingDown', waitMs: 500 });
    expect(begunWith(recordWith({ failure }), { epoch: 3, nowMs: now + 500 })).toMatchObject({ _tag: 'Began' });
    const asked = { ...failure, askedByProvider: true };
    expect(begunWith(recordWith({ failure: asked }), { epoch: 3 })).toMatchObject({ waitMs: 9_000 });
  });

  it('is not begun with another credential than the one that is stored', () => {
    const record = recordWith({ credential: 'registered meanwhile' });
    expect(beginAttempt(record, undefined, beginWith())).toEqual({
      _tag: 'Keep',
      result: { _tag: 'OtherCredential', record },
    });
  });

  it('leaves a second between two renewals of one key, whatever the clock did', () => {
    expect(begunWith(recordWith({ renewedAt: now - 1_000 }))).toMatchObject({ _tag: 'Began' });
    expect(begunWith(recordWith({ renewedAt: now + 5_000 }))).toMatchObject({ _tag: 'Began' });
  });
});

describe('a stored terminal state', () => {
  const asking: Asking = { client: 'client-1', epoch: 0, asksForAll: false };

  it.each(['reauthorization_required', 'client_rejected', 'account_unavailable'] as const)(
    '%s stops every attempt',
    (terminal) => {
      const failure = failureWith({ terminal, clients: ['client-1'], retryAt: now + 1 });
      const change = beginAttempt(recordWith({ failure }), undefined, beginWith());
      expect(change).toEqual({ _tag: 'Keep', result: { _tag: 'Stopped', failure } });
      expect(stoppedBy(recordWith({ failure }), asking, now)).toEqual(failure);
    },
  );

  it.each([
    ['reauthorization_required', undefined],
    ['client_rejected', undefined],
    ['account_unavailable', now + 3_600_000],
  ] as const)('%s concerns the clients that were refused: each other one may ask once', (terminal, retryAt) => {
    const failure = failureWith({ terminal, retryAt, clients: ['client-1', 'client-2'] });
    for (const client of ['client-1', 'client-2']) {
      expect(stoppedBy(recordWith({ failure }), { ...asking, client }, now)).toEqual(failure);
    }
    expect(begunWith(recordWith({ failure }), { client: 'client-3' })).toMatchObject({ _tag: 'Began', way: 'first' });
  });

  it('reauthorization_required of nobody in particular concerns every client, whatever the time', () => {
    const failure = failureWith({ terminal: 'reauthorization_required' });
    expect(stoppedBy(recordWith({ failure }), { ...asking, client: 'client-2' }, now + 1e12)).toEqual(failure);
  });

  it('client_rejected ends with a success of another account, and is asked about by the one that asks for all', () => {
    const failure = failureWith({ terminal: 'client_rejected', clients: ['client-1'], epoch: 3 });
    const record = recordWith({ failure });
    expect(stoppedBy(record, { ...asking, epoch: 3 }, now)).toEqual(failure);
    expect(stoppedBy(record, { ...asking, epoch: 4 }, now)).toBeUndefined();
    expect(stoppedBy(record, { ...asking, epoch: 3, asksForAll: true }, now)).toBeUndefined();
  });

  it('reauthorization_required does not end with a success of another account', () => {
    const failure = failureWith({ terminal: 'reauthorization_required', clients: ['client-1'], epoch: 0 });
    expect(stoppedBy(recordWith({ failure }), { ...asking, epoch: 9, asksForAll: true }, now)).toEqual(failure);
  });

  it('account_unavailable is asked about again when its hour is over', () => {
    const failure = failureWith({ terminal: 'account_unavailable', retryAt: now + 3_600_000 });
    expect(stoppedBy(recordWith({ failure }), asking, now + 3_599_999)).toEqual(failure);
    expect(stoppedBy(recordWith({ failure }), asking, now + 3_600_000)).toBeUndefined();
    expect(begunWith(recordWith({ failure }), { nowMs: now + 3_600_000 })).toMatchObject({ _tag: 'Began' });
  });

  it('is not a failure that is merely cooling down', () => {
    expect(stoppedBy(recordWith({ failure: failureWith({ retryAt: now + 1 }) }), asking, now)).toBeUndefined();
    expect(stoppedBy(recordWith(), asking, now)).toBeUndefined();
  });
});

describe('an attempt whose owner said nothing', () => {
  const abandoned = recordWith({ attempt: attemptWith() });
  const settledAt = now + attemptTtlMs + settleMs;
  const announcedAt = settledAt - recoveryNoticeMs;
  const announced = recordWith({ attempt: attemptWith({ announcedAt }) });
  const notice = (knownForMs: number) => ({ attemptId: 'attempt-1', announcedAt, knownForMs });

  it('is alive until its ttl, then settles', () => {
    expect(begunWith(abandoned, { nowMs: now + attemptTtlMs - 1 })).toEqual({ _tag: 'RenewingElsewhere', waitMs: 1 });
    expect(begunWith(abandoned, { nowMs: now + attemptTtlMs })).toEqual({
      _tag: 'Unresolved',
      waitMs: settleMs - recoveryNoticeMs,
    });
    expect(begunWith(abandoned, { nowMs: announcedAt - 1 })).toEqual({ _tag: 'Unresolved', waitMs: 1 });
  });

  it('is recovered after a notice that stands in the store, so that a living owner commits first', () => {
    const change = beginAttempt(abandoned, undefined, beginWith({ nowMs: announcedAt }));
    expect(change).toEqual({
      _tag: 'Put',
      record: { ...announced, updatedAt: announcedAt },
      result: { _tag: 'RecoveryAnnounced', waitMs: recoveryNoticeMs, attemptId: 'attempt-1', announcedAt },
    });
    const late = beginAttempt(abandoned, undefined, beginWith({ nowMs: settledAt + 5_000 }));
    expect(late.result).toMatchObject({ _tag: 'RecoveryAnnounced', waitMs: recoveryNoticeMs });
  });

  it('is recovered by whoever has known of the notice for its whole length, whatever any clock says', () => {
    const at = (nowMs: number, knownForMs?: number): Begun =>
      begunWith(announced, { nowMs, notice: knownForMs === undefined ? undefined : notice(knownForMs) });
    expect(at(settledAt + 1e9)).toMatchObject({ _tag: 'RecoveryAnnounced', waitMs: recoveryNoticeMs });
    expect(at(settledAt + 1e9, 9_999)).toMatchObject({ _tag: 'RecoveryAnnounced', waitMs: 1 });
    expect(at(settledAt - 1, 1e9)).toMatchObject({ _tag: 'RecoveryAnnounced', waitMs: 1 });
    expect(at(settledAt, recoveryNoticeMs)).toMatchObject({ _tag: 'Began', way: 'recovery' });
  });

  it('is not recovered on the notice of another attempt, or of an earlier time', () => {
    const nowMs = settledAt + 1e6;
    for (const other of [
      { ...notice(1e9), attemptId: 'attempt-0' },
      { ...notice(1e9), announcedAt: announcedAt - 1 },
    ]) {
      expect(begunWith(announced, { nowMs, notice: other })).toMatchObject({ waitMs: recoveryNoticeMs });
    }
  });

  it('is recovered by a request that is recorded as such, and counted', () => {
    const change = beginAttempt(announced, undefined, beginWith({ nowMs: settledAt, notice: notice(1e6) }));
    const recovery = after(announced, change);
    expect(recovery).toMatchObject({
      attempt: { id: 'attempt-2', way: 'recovery', repeat: 1, startedAt: settledAt },
      repeats: 1,
    });
    expect(recovery?.attempt?.announcedAt).toBeUndefined();
    expect(begunWith(recovery, { attemptId: 'attempt-3', nowMs: settledAt })).toMatchObject({
      _tag: 'RenewingElsewhere',
    });
  });

  it('is recovered again and again, for as long as it takes', () => {
    let record: AccountRecord | undefined = abandoned;
    let nowMs = now;
    for (let repeat = 1; repeat <= 50; repeat += 1) {
      nowMs += attemptTtlMs + settleMs;
      const asked = beginAttempt(record, undefined, beginWith({ attemptId: `notice ${repeat}`, nowMs }));
      record = after(record, asked);
      const known = { attemptId: record?.attempt?.id ?? '', announcedAt: nowMs, knownForMs: recoveryNoticeMs };
      nowMs += recoveryNoticeMs;
      const change = beginAttempt(record, undefined, beginWith({ attemptId: `try ${repeat}`, nowMs, notice: known }));
      expect(change.result).toMatchObject({ _tag: 'Began', way: 'recovery' });
      record = after(record, change);
      expect(record?.attempt?.repeat).toBe(repeat);
      expect(record?.failure?.terminal).toBeUndefined();
    }
  });

  it('is recovered as soon as it has ended, after the notice, where the provider takes a spent token for a while', () => {
    const request = { recoversAtOnce: true, nowMs: now + attemptTtlMs };
    expect(begunWith(abandoned, { ...request, nowMs: request.nowMs - 1 })).toMatchObject({ _tag: 'RenewingElsewhere' });
    expect(begunWith(abandoned, request)).toMatchObject({ _tag: 'RecoveryAnnounced', waitMs: recoveryNoticeMs });
    const again = recordWith({ attempt: attemptWith({ way: 'recovery', repeat: 1 }) });
    expect(begunWith(again, request)).toMatchObject({ _tag: 'Unresolved' });
  });

  it('is simply taken over where asking twice does no harm', () => {
    const request = { repeatable: true, nowMs: now + attemptTtlMs };
    expect(begunWith(abandoned, { ...request, nowMs: request.nowMs - 1 })).toMatchObject({ _tag: 'RenewingElsewhere' });
    expect(begunWith(abandoned, request)).toMatchObject({ _tag: 'Began', way: 'first' });
    expect(begunWith(abandoned, { ...request, policy: recovering('never') })).toMatchObject({ way: 'first' });
  });
});

describe('an attempt whose owner reported that it cannot tell', () => {
  const unknown = recordWith({ attempt: attemptWith({ unknown: true, settlesAt: now + 55_000 }) });

  it('is recovered once the provider cannot be processing it any more, without a notice', () => {
    expect(begunWith(unknown, { nowMs: now + 54_999 })).toEqual({ _tag: 'Unresolved', waitMs: 1 });
    expect(begunWith(unknown, { nowMs: now + 55_000 })).toMatchObject({ _tag: 'Began', way: 'recovery' });
  });

  it('is recovered after its cool-down where that is later', () => {
    const failure = failureWith({ code: 'ERR_OUTCOME_UNKNOWN', retryAt: now + 90_000, askedByProvider: true });
    const record = { ...unknown, failure };
    expect(begunWith(record, { nowMs: now + 55_000, epoch: 9 })).toEqual({ _tag: 'Unresolved', waitMs: 35_000 });
    expect(begunWith(record, { nowMs: now + 90_000 })).toMatchObject({ way: 'recovery' });
  });

  it('needs a person where the policy never asks again, and that is written down', () => {
    const policy = recovering('never');
    expect(begunWith(unknown, { policy, nowMs: now + 54_999 })).toEqual({ _tag: 'Unresolved', waitMs: 1 });
    const change = beginAttempt(unknown, undefined, beginWith({ policy, nowMs: now + 55_000 }));
    const failure = {
      code: 'ERR_REAUTHORIZATION_REQUIRED',
      detail: 'outcome_unresolved',
      at: now + 55_000,
      count: 1,
      terminal: 'reauthorization_required',
    };
    expect(change.result).toEqual({ _tag: 'GaveUp', failure });
    expect(after(unknown, change)).toEqual({
      ...unknown,
      attempt: undefined,
      failure,
      warmAt: undefined,
      keepAliveAt: undefined,
      updatedAt: now + 55_000,
    });
  });
});

describe('the second way', () => {
  const dead = failureWith({ terminal: 'reauthorization_required', code: 'ERR_REAUTHORIZATION_REQUIRED' });

  it('is walked once the refresh token is dead, and recorded before anything is sent', () => {
    const change = beginAttempt(recordWith({ failure: dead, repeats: 2 }), undefined, beginWith({ hasFallback: true }));
    expect(change.result).toMatchObject({ _tag: 'Began', way: 'fallback' });
    expect(after(undefined, change)).toMatchObject({
      fallbackTried: true,
      attempt: { way: 'fallback', repeat: 3 },
      repeats: 3,
    });
  });

  it('is not walked twice, not even when its owner died on it', () => {
    const attempt = attemptWith({ way: 'fallback', repeat: 1 });
    const tried = recordWith({ failure: dead, fallbackTried: true, attempt });
    expect(begunWith(tried, { hasFallback: true })).toMatchObject({ _tag: 'RenewingElsewhere' });
    expect(begunWith(tried, { hasFallback: true, nowMs: now + attemptTtlMs })).toEqual({
      _tag: 'Stopped',
      failure: dead,
    });
  });

  it('waits for its cool-down after it never left', () => {
    const failure = { ...dead, retryAt: now + 2_000 };
    expect(begunWith(recordWith({ failure }), { hasFallback: true })).toEqual({
      _tag: 'CoolingDown',
      failure,
      waitMs: 2_000,
    });
  });

  it('takes the place of giving up where the policy never asks again', () => {
    const record = recordWith({ attempt: attemptWith() });
    const nowMs = now + attemptTtlMs + settleMs;
    const request = beginWith({ hasFallback: true, nowMs, policy: recovering('never') });
    const change = beginAttempt(record, undefined, request);
    expect(change.result).toMatchObject({ _tag: 'Began', way: 'fallback' });
    expect(after(record, change)?.failure).toMatchObject({ detail: 'outcome_unresolved' });
  });

  it.each(['client_rejected', 'account_unavailable'] as const)('is not walked because of %s', (terminal) => {
    const failure = failureWith({ terminal, clients: ['client-1'], retryAt: now + 1 });
    expect(begunWith(recordWith({ failure }), { hasFallback: true })).toEqual({ _tag: 'Stopped', failure });
  });
});
