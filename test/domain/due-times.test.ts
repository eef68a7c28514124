import { describe, expect, it } from 'vitest';
import type { AccountRecord } from '../../src/domain/account-record.js';
import { dueTimesOf, keepAliveAtOf, dueSince, neverDue } from '../../src/domain/due-times.js';
import type { IssuedToken } from '../../src/domain/issued-token.js';
import { defaultRefreshPolicy } from '../../src/domain/refresh-policy.js';
import { leaveAttemptOpen, rejectAttempt, releaseAttempt } from '../../src/domain/finish-attempt.js';
import { commitRenewal } from '../../src/domain/committing.js';
import { forgetFailures } from '../../src/domain/revocation.js';
import { beginAttempt } from '../../src/domain/renewal-protocol.js';
import { Secret } from '../../src/domain/secret.js';
import {
  after,
  attemptTtlMs,
  attemptWith,
  beginWith,
  failureWith,
  noteWith,
  now,
  recordWith,
  settleMs,
  tokenWith,
} from './protocol-fixtures.js';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const settlesMs = attemptTtlMs + settleMs;

const issued = (members: Partial<IssuedToken> = {}): IssuedToken => ({
  accessToken: new Secret('access'),
  tokenType: 'Bearer',
  obtainedAt: new Date(now),
  expiresAt: new Date(now + 2 * hourMs),
  attributes: {},
  ...members,
});

describe('a token falls due', () => {
  it('for warmth when its soft window begins, whatever the jitter of this process', () => {
    expect(dueTimesOf(defaultRefreshPolicy, issued()).warmAt).toBe(now + 2 * hourMs - 300_000);
    const short = issued({ expiresAt: new Date(now + 100_001) });
    expect(dueTimesOf(defaultRefreshPolicy, short).warmAt).toBe(now + 75_000);
  });

  it('for warmth at once when its access token cannot be used', () => {
    const { accessToken: _unusable, ...rest } = issued();
    expect(dueTimesOf(defaultRefreshPolicy, rest).warmAt).toBe(now);
  });

  it.each([
    [30 * dayMs, 23 * dayMs],
    [8 * dayMs, 6 * dayMs],
    [hourMs, 45 * 60_000],
  ])('for its refresh token of %i ms after %i ms', (lifeMs, afterMs) => {
    const token = issued({ refreshTokenExpiresAt: new Date(now + lifeMs) });
    expect(dueTimesOf(defaultRefreshPolicy, token).keepAliveAt).toBe(now + afterMs);
    const record = recordWith({ obtainedAt: now, refreshTokenExpiresAt: now + lifeMs });
    expect(keepAliveAtOf(record)).toBe(now + afterMs);
  });

  it('never for a refresh token without a known end, nor without a token', () => {
    expect(dueTimesOf(defaultRefreshPolicy, issued()).keepAliveAt).toBeUndefined();
    expect(keepAliveAtOf(recordWith({ refreshTokenExpiresAt: undefined }))).toBeUndefined();
    expect(keepAliveAtOf(recordWith({ obtainedAt: undefined }))).toBeUndefined();
  });
});

/** Obtained now, with a refresh token of 30 days. */
const fresh = (members: Partial<AccountRecord> = {}): AccountRecord =>
  recordWith({
    obtainedAt: now,
    accessTokenExpiresAt: now + 3 * hourMs,
    refreshTokenExpiresAt: now + 30 * dayMs,
    warmAt: now + 3 * hourMs - 300_000,
    keepAliveAt: now + 23 * dayMs,
    ...members,
  });

const dueOf = (record: AccountRecord | undefined) => ({ warmAt: record?.warmAt, keepAliveAt: record?.keepAliveAt });
const consumed = { incarnation: 'incarnation-1', generation: 3 };

describe('an attempt makes its account due', () => {
  it('once it has settled, should nobody say what became of it', () => {
    expect(dueOf(after(undefined, beginAttempt(fresh(), undefined, beginWith())))).toEqual({
      warmAt: now + 3 * hourMs - 300_000,
      keepAliveAt: now + settlesMs,
    });
    const endless = fresh({ keepAliveAt: undefined, refreshTokenExpiresAt: undefined });
    expect(after(undefined, beginAttempt(endless, undefined, beginWith()))?.keepAliveAt).toBe(now + settlesMs);
  });

  it('no later than it was anyway', () => {
    const overdue = fresh({ keepAliveAt: now - 5 });
    expect(after(undefined, beginAttempt(overdue, undefined, beginWith()))?.keepAliveAt).toBe(now - 5);
  });

  it('not at all where asking twice does no harm, nor on the second way', () => {
    const repeatable = beginAttempt(fresh(), undefined, beginWith({ repeatable: true }));
    expect(after(undefined, repeatable)?.keepAliveAt).toBe(now + 23 * dayMs);
    const dead = fresh({ ...neverDue, failure: failureWith({ terminal: 'reauthorization_required' }) });
    const secondWay = beginAttempt(dead, undefined, beginWith({ hasFallback: true }));
    expect(dueOf(after(undefined, secondWay))).toEqual(neverDue);
  });
});

const begun = (members: Partial<AccountRecord> = {}): AccountRecord =>
  fresh({ attempt: attemptWith(), keepAliveAt: now + settlesMs, ...members });

describe('when an attempt ends, a sweep looks again', () => {
  it('when the new token falls due, after a commit', () => {
    const committed = commitRenewal(
      begun(),
      now,
      { ...consumed, attemptId: 'attempt-1', repeat: 0, refreshTokenId: 'refresh token 3' },
      tokenWith(),
    );
    expect(dueOf(after(undefined, committed))).toEqual({ warmAt: now + 6_900_000, keepAliveAt: now + 67_500_000 });
  });

  it('when the old one does, after a request that was not processed, but not before its cool-down is over', () => {
    const released = releaseAttempt(begun(), now, consumed, 'attempt-1', noteWith());
    expect(dueOf(after(undefined, released))).toEqual({
      warmAt: now + 3 * hourMs - 300_000,
      keepAliveAt: now + 23 * dayMs,
    });
    const late = now + 25 * dayMs;
    const overdue = releaseAttempt(begun(), late, consumed, 'attempt-1', noteWith());
    expect(dueOf(after(undefined, overdue))).toEqual({ warmAt: late + 1_000, keepAliveAt: late + 1_000 });
  });

  it('when an account that is unavailable may be asked again', () => {
    const late = now + 25 * dayMs;
    const note = noteWith({ terminal: 'account_unavailable', coolDownMs: () => hourMs });
    const rejected = rejectAttempt(begun(), late, consumed, 'attempt-1', note);
    expect(dueOf(after(undefined, rejected))).toEqual({ warmAt: late + hourMs, keepAliveAt: late + hourMs });
  });

  it('when its client is refused: another process may have another', () => {
    const note = noteWith({ terminal: 'client_rejected', coolDownMs: () => undefined });
    const rejected = rejectAttempt(begun(), now, consumed, 'attempt-1', note);
    expect(dueOf(after(undefined, rejected))).toEqual({
      warmAt: now + 3 * hourMs - 300_000,
      keepAliveAt: now + 23 * dayMs,
    });
  });

  it('never when a person has to authorize again', () => {
    const note = noteWith({ terminal: 'reauthorization_required' });
    expect(dueOf(after(undefined, rejectAttempt(begun(), now, consumed, 'attempt-1', note)))).toEqual(neverDue);
  });

  it('when the outcome that stayed unknown has settled, and its cool-down is over', () => {
    const unknown = leaveAttemptOpen(55_000);
    const open = unknown(begun(), now, consumed, 'attempt-1', noteWith());
    expect(after(undefined, open)?.keepAliveAt).toBe(now + 55_000);
    const longer = unknown(begun(), now, consumed, 'attempt-1', noteWith({ coolDownMs: () => 3 * settlesMs }));
    expect(after(undefined, longer)?.keepAliveAt).toBe(now + 3 * settlesMs);
  });

  it('when the cool-down is over of a recovery that was not sent', () => {
    const recovering = begun({ attempt: attemptWith({ way: 'recovery', repeat: 1 }) });
    const released = releaseAttempt(recovering, now + 500, consumed, 'attempt-1', noteWith());
    expect(after(undefined, released)?.keepAliveAt).toBe(now + 1_500);
  });

  it('when the cool-down is over of a second way that was not walked', () => {
    const walking = fresh({ ...neverDue, attempt: attemptWith(), fallbackTried: true });
    const note = noteWith({ terminal: 'reauthorization_required' });
    const released = after(undefined, releaseAttempt(walking, now, consumed, 'attempt-1', note));
    expect(dueOf(released)).toEqual({ warmAt: undefined, keepAliveAt: now + 1_000 });
    expect(released?.fallbackTried).toBe(false);
  });

  it('never once an unresolved outcome was given up, as the policy never asks', () => {
    const policy = { ...beginWith().policy, recovery: 'never' as const };
    const given = beginAttempt(begun(), undefined, beginWith({ policy, nowMs: now + settlesMs }));
    expect(given.result).toMatchObject({ _tag: 'GaveUp' });
    expect(dueOf(after(undefined, given))).toEqual(neverDue);
  });
});

describe('a sweep has something to do', () => {
  it('from the earlier of the times that it asks for', () => {
    expect(dueSince(fresh(), false, now)).toBe(now + 23 * dayMs);
    expect(dueSince(fresh(), true, now)).toBe(now + 3 * hourMs - 300_000);
    expect(dueSince(fresh(neverDue), true, now)).toBe(Infinity);
  });

  it.each([
    ['a token', { obtainedAt: now + 1 }],
    ['a failure', { failure: failureWith({ at: now + 1 }) }],
  ])('at once where %s was dated by a clock that was ahead', (_what, members) => {
    expect(dueSince(fresh(members), false, now)).toBe(0);
    expect(dueSince(fresh(members), false, now + 1)).toBe(now + 23 * dayMs);
    expect(dueSince(fresh({ ...members, keepAliveAt: undefined }), false, now)).toBe(Infinity);
    expect(dueSince(fresh({ ...members, keepAliveAt: undefined }), true, now)).toBe(0);
    expect(dueSince(fresh({ ...members, ...neverDue }), true, now)).toBe(Infinity);
  });
});

it('an operator who says to try again while the clock is ahead makes the account due no later than it has settled', () => {
  const open = begun({ attempt: attemptWith({ unknown: true }) });
  expect(after(open, forgetFailures(open, now + 60 * dayMs))?.keepAliveAt).toBe(now + settlesMs);
  expect(after(open, forgetFailures(open, now + 5))?.keepAliveAt).toBe(now + 5);
});
