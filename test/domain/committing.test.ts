import { describe, expect, it } from 'vitest';
import type { AccountRecord } from '../../src/domain/account-record.js';
import {
  authorizationName,
  beginAuthorization,
  commitAuthorization,
  commitRenewal,
  type Consumed,
} from '../../src/domain/committing.js';
import { neverDue } from '../../src/domain/due-times.js';
import { rejectAttempt, rejectRecovery } from '../../src/domain/finish-attempt.js';
import { beginAttempt } from '../../src/domain/renewal-protocol.js';
import {
  after,
  attemptWith,
  beginWith,
  failureWith,
  noteWith,
  now,
  recordWith,
  tokenWith,
} from './protocol-fixtures.js';

const consumed: Consumed = {
  incarnation: 'incarnation-1',
  generation: 3,
  attemptId: 'attempt-1',
  repeat: 0,
  refreshTokenId: 'refresh token 3',
};

const renewed = (record: AccountRecord): AccountRecord => ({
  ...record,
  ...tokenWith(),
  failure: undefined,
  generation: 4,
  invalidated: false,
  fallbackTried: false,
  attempt: undefined,
  repeats: undefined,
  answered: { generation: 3, repeat: 0 },
  spentRefreshTokenId: 'refresh token 3',
  renewedAt: now,
  updatedAt: now,
});

describe('committing a renewal', () => {
  it('counts the generation and clears what was open', () => {
    const record = recordWith({
      attempt: attemptWith(),
      repeats: 0,
      failure: failureWith(),
      invalidated: true,
      fallbackTried: true,
    });
    const change = commitRenewal(record, now, consumed, tokenWith());
    expect(change).toEqual({
      _tag: 'Put',
      record: renewed(record),
      result: { _tag: 'Committed', record: renewed(record) },
    });
  });

  it('does not ask who holds the attempt by now: the answer carries the only living refresh token', () => {
    for (const attempt of [undefined, attemptWith({ id: 'another', way: 'recovery', repeat: 1 })]) {
      expect(commitRenewal(recordWith({ attempt }), now, consumed, tokenWith()).result._tag).toBe('Committed');
    }
  });

  it('gives way to a newer generation', () => {
    const record = recordWith({
      generation: 4,
      token: 'somebody else’s token 4',
      refreshTokenId: 'refresh token of it',
    });
    expect(commitRenewal(record, now, consumed, tokenWith())).toEqual({
      _tag: 'Keep',
      result: { _tag: 'NewerGeneration', record },
    });
  });

  it('knows its own commit when the answer to it was lost', () => {
    const record = renewed(recordWith());
    expect(commitRenewal(record, now, consumed, tokenWith())).toEqual({
      _tag: 'Keep',
      result: { _tag: 'Committed', record },
    });
  });

  it.each([
    undefined,
    recordWith({ incarnation: 'incarnation-2', token: undefined, refreshTokenId: undefined }),
    recordWith({ incarnation: 'incarnation-2', refreshTokenId: 'refresh token of a new authorization' }),
  ])('gives way to a removal', (record) => {
    expect(commitRenewal(record, now, consumed, tokenWith())).toEqual({ _tag: 'Keep', result: { _tag: 'Removed' } });
  });

  it('keeps a failure that came with the token', () => {
    const failure = failureWith({ code: 'ERR_RESPONSE_MALFORMED' });
    const change = commitRenewal(recordWith(), now, consumed, tokenWith({ failure }));
    expect(after(undefined, change)).toMatchObject({ generation: 4, failure });
  });
});

describe('of two answers for one generation', () => {
  /** The answer to the first request is held; its recovery is still out. */
  const held = renewed(recordWith());
  const other = tokenWith({ token: 'other token', refreshTokenId: 'other refresh token' });
  const recovery = { ...consumed, attemptId: 'attempt-2', repeat: 1 };

  it('the later request’s stays', () => {
    const change = commitRenewal(held, now, recovery, other);
    expect(after(held, change)).toMatchObject({
      generation: 5,
      token: 'other token',
      answered: { generation: 3, repeat: 1 },
    });
    const late = commitRenewal(after(held, change), now, consumed, tokenWith());
    expect(late.result._tag).toBe('NewerGeneration');
  });

  it.each([0, 2])('neither gives way to an answer for the token that one of them brought (repeat %i)', (repeat) => {
    const next = { ...consumed, generation: 4, attemptId: 'attempt-3', repeat, refreshTokenId: 'refresh token 4' };
    const later = after(
      held,
      commitRenewal({ ...held, attempt: attemptWith({ id: 'attempt-3' }) }, now, recovery, other),
    );
    expect(later?.attempt).toBeUndefined();
    const change = commitRenewal(later, now, next, tokenWith({ token: 'child of the first', refreshTokenId: 'child' }));
    expect(change.result._tag).toBe('NewerGeneration');
  });

  it('one that kept the refresh token it was sent never replaces a successor, and gives way to one', () => {
    const kept = tokenWith({ token: 'kept', refreshTokenId: 'refresh token 3' });
    expect(commitRenewal(held, now, recovery, kept).result._tag).toBe('NewerGeneration');
    const keeps = after(undefined, commitRenewal(recordWith(), now, recovery, kept));
    expect(commitRenewal(keeps, now, consumed, tokenWith()).result._tag).toBe('Committed');
  });

  it('a pair that the provider repeats leaves open what is open for it', () => {
    const attempt = attemptWith({ id: 'attempt-3', unknown: true });
    const open = { ...held, attempt };
    const repeated = tokenWith({ token: 'the same pair, sealed anew' });
    expect(commitRenewal(open, now, recovery, repeated)).toEqual({
      _tag: 'Keep',
      result: { _tag: 'Renewed', record: open },
    });
    const again = beginWith({ generation: 4, nowMs: now + 200_000 });
    expect(beginAttempt(open, undefined, again).result).toMatchObject({ _tag: 'Began', way: 'recovery' });
  });
});

describe('an answer that comes after the provider said no to another request of its generation', () => {
  const ended = after(
    undefined,
    rejectAttempt(
      recordWith({ attempt: attemptWith({ id: 'attempt-2', way: 'recovery', repeat: 1 }) }),
      now,
      consumed,
      'attempt-2',
      noteWith({ terminal: 'reauthorization_required' }),
    ),
  );

  it('is kept, and not handed out before a renewal has shown that it lives', () => {
    expect(ended?.failure?.terminal).toBe('reauthorization_required');
    const late = after(ended, commitRenewal(ended, now, consumed, tokenWith()));
    expect(late).toMatchObject({
      generation: 4,
      token: 'sealed token 4',
      invalidated: true,
      failure: { code: 'ERR_OUTCOME_UNKNOWN', detail: 'late_answer' },
    });
    expect(late?.failure?.terminal).toBeUndefined();
    const next = beginWith({ generation: 4, nowMs: now + 1_000 });
    expect(beginAttempt(late, undefined, next).result).toMatchObject({ _tag: 'Began', way: 'first' });
  });
});

describe('an answer that was committed just before the provider said no to a later request of its generation', () => {
  const held = renewed(recordWith());
  const verdict = noteWith({ terminal: 'reauthorization_required' });

  it('has to prove itself: its access token is not handed out before a renewal', () => {
    const doubted = after(held, rejectRecovery(1)(held, now, consumed, 'attempt-2', verdict));
    expect(doubted).toEqual({
      ...held,
      invalidated: true,
      failure: { code: 'ERR_OUTCOME_UNKNOWN', detail: 'late_answer', at: now, count: 1 },
    });
    const next = beginWith({ generation: 4, nowMs: now + 1_000 });
    expect(beginAttempt(doubted, undefined, next).result).toMatchObject({ _tag: 'Began', way: 'first' });
  });

  it('is left alone where it answers the later request, where there was no verdict, and once it was renewed', () => {
    const later = { ...held, answered: { generation: 3, repeat: 1 } };
    const newer = { ...held, generation: 5, answered: { generation: 4, repeat: 0 } };
    for (const [record, note] of [
      [later, verdict],
      [held, noteWith({ terminal: 'client_rejected' })],
      [newer, verdict],
    ] as const) {
      expect(rejectRecovery(1)(record, now, consumed, 'attempt-2', note)).toEqual({
        _tag: 'Keep',
        result: { _tag: 'NewerGeneration', record },
      });
    }
  });
});

describe('a renewal whose account was registered at other addresses meanwhile', () => {
  const failure = failureWith({ terminal: 'reauthorization_required', detail: 'other_tenant' });
  const moved = recordWith({ incarnation: 'incarnation-2', attempt: attemptWith(), ...neverDue, failure });

  it('leaves its pair to the tenant that gave it: nothing falls due, and the account still asks for an authorization', () => {
    const kept = { ...renewed(moved), ...neverDue, failure };
    const change = commitRenewal(moved, now, consumed, tokenWith());
    expect(change).toEqual({ _tag: 'Put', record: kept, result: { _tag: 'OtherRegistration', record: kept } });
    expect(commitRenewal(kept, now, consumed, tokenWith())).toEqual({
      _tag: 'Keep',
      result: { _tag: 'OtherRegistration', record: kept },
    });
  });

  it('is any other where the account is back with its tenant', () => {
    const back = recordWith({ incarnation: 'incarnation-3', attempt: attemptWith() });
    const change = commitRenewal(back, now, consumed, tokenWith());
    expect(after(undefined, change)).toEqual(renewed(back));
  });

  it('gives way to the answer to a later request, and to no earlier one', () => {
    const recovery = { ...consumed, attemptId: 'attempt-2', repeat: 1 };
    const other = tokenWith({ token: 'other token', refreshTokenId: 'other refresh token' });
    const first = after(undefined, commitRenewal(moved, now, consumed, tokenWith()));
    const later = after(undefined, commitRenewal(first, now, recovery, other));
    expect(later).toMatchObject({ token: 'other token', failure });
    expect(commitRenewal(later, now, consumed, tokenWith())).toEqual({ _tag: 'Keep', result: { _tag: 'Removed' } });
  });

  it('is discarded where the account has been removed, revoked or authorized anew', () => {
    for (const refreshTokenId of [undefined, 'refresh token of a new authorization']) {
      const record = recordWith({ incarnation: 'incarnation-2', refreshTokenId });
      expect(commitRenewal(record, now, consumed, tokenWith())).toEqual({ _tag: 'Keep', result: { _tag: 'Removed' } });
      expect(commitRenewal(record, now, { ...consumed, refreshTokenId: undefined }, tokenWith()).result._tag).toBe(
        'Removed',
      );
    }
  });
});

describe('an authorization', () => {
  it('gets a number before its code is spent', () => {
    const first = beginAuthorization(recordWith(), now, 'incarnation-1');
    expect(first.result).toEqual({ _tag: 'Begun', number: 1 });
    const second = beginAuthorization(after(undefined, first), now, 'incarnation-1');
    expect(second.result).toEqual({ _tag: 'Begun', number: 2 });
    expect(after(undefined, second)).toMatchObject({ authorizationsBegun: 2, token: 'sealed token 3' });
  });

  it.each([undefined, recordWith({ incarnation: 'incarnation-2' })])('gets none after a removal', (record) => {
    expect(beginAuthorization(record, now, 'incarnation-1')).toEqual({ _tag: 'Keep', result: { _tag: 'Removed' } });
  });
});

describe('committing an authorization', () => {
  const authorized = {
    incarnation: 'incarnation-1',
    authorization: authorizationName(2, 'two'),
    credentialRead: 'sealed credential',
    credential: 'learned more',
  };

  it('replaces whatever generation is current, the credential with it', () => {
    const record = recordWith({ generation: 9, failure: failureWith({ terminal: 'reauthorization_required' }) });
    const change = commitAuthorization(record, now, authorized, tokenWith());
    expect(change.result._tag).toBe('Committed');
    expect(after(record, change)).toMatchObject({
      generation: 10,
      token: 'sealed token 4',
      authorization: authorizationName(2, 'two'),
      credential: 'learned more',
      failure: undefined,
      attempt: undefined,
    });
  });

  it('writes nothing when the credential has changed since it was read', () => {
    const record = recordWith({ credential: 'registered meanwhile' });
    expect(commitAuthorization(record, now, authorized, tokenWith())).toEqual({
      _tag: 'Keep',
      result: { _tag: 'NewerGeneration', record },
    });
  });

  it('knows its own commit when the answer to it was lost', () => {
    const committed = after(undefined, commitAuthorization(recordWith(), now, authorized, tokenWith()));
    expect(commitAuthorization(committed, now, authorized, tokenWith())).toEqual({
      _tag: 'Keep',
      result: { _tag: 'Committed', record: committed },
    });
  });

  it('gives way to one that began later, and to no other, whatever any clock said', () => {
    const record = recordWith({ authorization: authorizationName(3, 'three'), updatedAt: now - 1e9 });
    expect(commitAuthorization(record, now, authorized, tokenWith())).toEqual({
      _tag: 'Keep',
      result: { _tag: 'NewerAuthorization', record },
    });
    // The last is what a release before wrote: a time and an id.
    for (const authorization of [undefined, authorizationName(1, 'one'), `${now + 1e9}.old`]) {
      const earlier = recordWith({ authorization, updatedAt: now + 1e9 });
      expect(commitAuthorization(earlier, now, authorized, tokenWith()).result._tag).toBe('Committed');
    }
  });

  it('knows it also when the token has been renewed since, and leaves the newer one alone', () => {
    const record = recordWith({ authorization: authorizationName(2, 'two'), generation: 5, token: 'renewed since' });
    expect(commitAuthorization(record, now, authorized, tokenWith())).toEqual({
      _tag: 'Keep',
      result: { _tag: 'Renewed', record },
    });
  });

  it.each([undefined, recordWith({ incarnation: 'incarnation-2' })])('gives way to a removal', (record) => {
    expect(commitAuthorization(record, now, authorized, tokenWith())).toEqual({
      _tag: 'Keep',
      result: { _tag: 'Removed' },
    });
  });
});

describe('an authorization that brings the very refresh token that a renewal is spending', () => {
  const authorized = {
    incarnation: 'incarnation-1',
    authorization: authorizationName(2, 'two'),
    credentialRead: 'sealed credential',
    credential: 'sealed credential',
  };
  const reused = tokenWith({ token: 'reused pair', refreshTokenId: 'refresh token 3' });

  it('leaves the attempt open, and the renewal’s newer pair takes its place', () => {
    const record = recordWith({ attempt: attemptWith() });
    const reauthorized = after(record, commitAuthorization(record, now, authorized, reused));
    expect(reauthorized).toMatchObject({ generation: 4, token: 'reused pair', attempt: { id: 'attempt-1' } });
    const change = commitRenewal(reauthorized, now, consumed, tokenWith());
    expect(after(undefined, change)).toMatchObject({ generation: 5, refreshTokenId: 'refresh token 4' });
  });

  it('gives way to the renewal where that was committed first', () => {
    const record = renewed(recordWith());
    expect(commitAuthorization(record, now, authorized, reused)).toEqual({
      _tag: 'Keep',
      result: { _tag: 'Renewed', record },
    });
  });

  it('counts as a new grant once the renewed one has been ended', () => {
    const record = { ...renewed(recordWith()), failure: failureWith({ terminal: 'reauthorization_required' }) };
    expect(commitAuthorization(record, now, authorized, reused).result._tag).toBe('Committed');
  });
});
