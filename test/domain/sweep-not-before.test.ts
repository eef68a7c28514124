import { describe, expect, it } from 'vitest';
import type { AccountRecord } from '../../src/domain/account-record.js';
import { commitAuthorization, commitRenewal } from '../../src/domain/committing.js';
import { leaveAttemptOpen, rejectAttempt, releaseAttempt, withdrawAttempt } from '../../src/domain/finish-attempt.js';
import { forgetFailures, forgetToken } from '../../src/domain/revocation.js';
import type { Change } from '../../src/domain/record-change.js';
import { beginAttempt } from '../../src/domain/renewal-protocol.js';
import { resealRecord } from '../../src/domain/resealing.js';
import {
  after,
  attemptTtlMs,
  attemptWith,
  beginWith,
  failureWith,
  noteWith,
  now,
  recordWith,
  recoveryNoticeMs,
  settleMs,
  tokenWith,
} from './protocol-fixtures.js';

const begunWith = (members: Parameters<typeof beginWith>[0], record: Partial<AccountRecord> = {}): number | undefined =>
  after(undefined, beginAttempt(recordWith(record), undefined, beginWith(members)))?.sweepNotBefore;

describe('an attempt that has begun keeps its account from sweeps', () => {
  it('until its recovery may be announced, should its owner die', () => {
    expect(begunWith({})).toBe(now + attemptTtlMs + settleMs - recoveryNoticeMs);
    expect(begunWith({}, { sweepNotBefore: now + 300_000 })).toBe(now + attemptTtlMs + settleMs - recoveryNoticeMs);
  });

  it.each([
    ['asking twice does no harm', { repeatable: true }],
    ['a recovery does not wait', { recoversAtOnce: true }],
  ])('until its time is over where %s', (_why, members) => {
    expect(begunWith(members)).toBe(now + attemptTtlMs);
  });

  it('until its time is over on the second way', () => {
    const failure = failureWith({ terminal: 'reauthorization_required' });
    expect(begunWith({ hasFallback: true }, { failure })).toBe(now + attemptTtlMs);
  });

  it('never until before its time is over, however long the notice', () => {
    const policy = { ...beginWith().policy, recoveryNoticeMs: 2 * settleMs };
    expect(begunWith({ policy })).toBe(now + attemptTtlMs);
  });
});

const consumed = { incarnation: 'incarnation-1', generation: 3 };
const begun = recordWith({ attempt: attemptWith(), sweepNotBefore: now + 80_000 });
const passedOver = recordWith({ sweepNotBefore: now + 600_000 });

describe('an account is given to sweeps again by its due times alone once', () => {
  it.each<readonly [string, AccountRecord, Change<unknown>]>([
    [
      'a token was committed',
      begun,
      commitRenewal(
        begun,
        now,
        { ...consumed, attemptId: 'attempt-1', repeat: 0, refreshTokenId: 'refresh token 3' },
        tokenWith(),
      ),
    ],
    [
      'a person has authorized',
      passedOver,
      commitAuthorization(
        passedOver,
        now,
        {
          incarnation: 'incarnation-1',
          authorization: 'n1.id',
          credentialRead: 'sealed credential',
          credential: 'sealed credential',
        },
        tokenWith(),
      ),
    ],
    ['its request was not processed', begun, releaseAttempt(begun, now, consumed, 'attempt-1', noteWith())],
    ['its request was refused', begun, rejectAttempt(begun, now, consumed, 'attempt-1', noteWith())],
    ['its outcome is unknown', begun, leaveAttemptOpen(settleMs)(begun, now, consumed, 'attempt-1', noteWith())],
    ['its attempt was taken back', begun, withdrawAttempt(begun, now, consumed, 'attempt-1')],
    ['an operator says to try again', passedOver, forgetFailures(passedOver, now)],
    ['its token was forgotten', passedOver, forgetToken(passedOver, now, 'incarnation-2', true)],
    [
      'it was sealed anew',
      passedOver,
      resealRecord(passedOver, passedOver, { credential: 'resealed credential', token: 'resealed token' }),
    ],
  ])('%s', (_what, before, change) => {
    expect(before.sweepNotBefore).toBeGreaterThan(now);
    expect(change._tag).toBe('Put');
    expect(after(before, change)?.sweepNotBefore).toBeUndefined();
  });

  it('a clock that was set back has its attempt dated anew', () => {
    const ahead = attemptWith({ startedAt: now + 3_600_000, expiresAt: now + 3_630_000, settlesAt: now + 3_690_000 });
    const before = recordWith({ attempt: ahead, sweepNotBefore: now + 3_680_000 });
    const change = beginAttempt(before, undefined, beginWith());
    expect(change._tag).toBe('Put');
    expect(after(before, change)?.sweepNotBefore).toBeUndefined();
  });
});
