import { describe, expect, it } from 'vitest';
import type { AccountRecord } from '../../src/domain/account-record.js';
import { authorizationName, commitAuthorization, commitRenewal } from '../../src/domain/committing.js';
import { after, attemptWith, failureWith, now, recordWith, tokenWith } from './protocol-fixtures.js';

describe('committing a renewal', () => {
  const consumed = { incarnation: 'incarnation-1', generation: 3, attemptId: 'attempt-1' };
  const renewed = (record: AccountRecord): AccountRecord => ({
    ...record,
    ...tokenWith(),
    failure: undefined,
    generation: 4,
    invalidated: false,
    fallbackTried: false,
    attempt: undefined,
    laterAttempt: undefined,
    updatedAt: now,
  });

  it('counts the generation and clears what was open', () => {
    const record = recordWith({
      attempt: attemptWith(),
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
    for (const attempt of [undefined, attemptWith({ id: 'another', recovery: true })]) {
      expect(commitRenewal(recordWith({ attempt }), now, consumed, tokenWith()).result._tag).toBe('Committed');
    }
    const failure = failureWith({ terminal: 'reauthorization_required' });
    expect(commitRenewal(recordWith({ failure }), now, consumed, tokenWith()).result._tag).toBe('Committed');
  });

  it('gives way to a newer generation', () => {
    const record = recordWith({ generation: 4, token: 'somebody else’s token 4' });
    expect(commitRenewal(record, now, consumed, tokenWith())).toEqual({
      _tag: 'Keep',
      result: { _tag: 'Superseded', record },
    });
  });

  it('knows its own commit when the answer to it was lost', () => {
    const record = renewed(recordWith());
    expect(commitRenewal(record, now, consumed, tokenWith())).toEqual({
      _tag: 'Keep',
      result: { _tag: 'Committed', record },
    });
  });

  it.each([undefined, recordWith({ incarnation: 'incarnation-2' })])('gives way to a removal', (record) => {
    expect(commitRenewal(record, now, consumed, tokenWith())).toEqual({ _tag: 'Keep', result: { _tag: 'Removed' } });
  });

  it('lets the answer to the later request replace the one to the earlier, as often as there is a later one', () => {
    const later = { ...consumed, attemptId: 'attempt-2' };
    const first = after(
      undefined,
      commitRenewal(recordWith({ attempt: attemptWith({ id: 'attempt-2' }) }), now, consumed, tokenWith()),
    );
    expect(first).toMatchObject({ generation: 4, laterAttempt: 'attempt-2' });
    const dead = failureWith({ terminal: 'reauthorization_required' });
    for (const stands of [first, first && { ...first, failure: dead }]) {
      const change = commitRenewal(stands, now, later, tokenWith({ token: 'token of the later request' }));
      expect(after(undefined, change)).toMatchObject({ generation: 5, token: 'token of the later request' });
      expect(after(undefined, change)?.laterAttempt).toBeUndefined();
      expect(after(undefined, change)?.failure).toBeUndefined();
    }
  });

  it('keeps an answer to an earlier request out, and one to a later request once the token was renewed', () => {
    const token = tokenWith({ token: 'too late' });
    const other = { ...consumed, attemptId: 'attempt-3' };
    const record = recordWith({ generation: 4, laterAttempt: 'attempt-2' });
    expect(commitRenewal(record, now, other, token).result._tag).toBe('Superseded');
    const later = { ...consumed, attemptId: 'attempt-2' };
    expect(commitRenewal({ ...record, generation: 5 }, now, later, token).result._tag).toBe('Superseded');
  });

  it('keeps a failure that came with the token', () => {
    const failure = failureWith({ code: 'ERR_RESPONSE_MALFORMED' });
    const change = commitRenewal(recordWith(), now, consumed, tokenWith({ failure }));
    expect(after(undefined, change)).toMatchObject({ generation: 4, failure });
  });
});

describe('committing an authorization', () => {
  const authorized = {
    incarnation: 'incarnation-1',
    authorization: authorizationName(now - 500, 'random-2'),
    receivedAt: now,
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
      authorization: authorized.authorization,
      credential: 'learned more',
      failure: undefined,
    });
  });

  it('writes nothing when the credential has changed since it was read', () => {
    const record = recordWith({ credential: 'registered meanwhile' });
    expect(commitAuthorization(record, now, authorized, tokenWith())).toEqual({
      _tag: 'Keep',
      result: { _tag: 'Superseded', record },
    });
  });

  it('knows its own commit when the answer to it was lost', () => {
    const committed = after(undefined, commitAuthorization(recordWith(), now, authorized, tokenWith()));
    expect(commitAuthorization(committed, now, authorized, tokenWith())).toEqual({
      _tag: 'Keep',
      result: { _tag: 'Committed', record: committed },
    });
  });

  it('gives way to one whose code was spent after this token arrived, and to no other', () => {
    const record = recordWith({ authorization: authorizationName(now + 1, 'random-3') });
    expect(commitAuthorization(record, now, authorized, tokenWith())).toEqual({
      _tag: 'Keep',
      result: { _tag: 'Outdone', record },
    });
    for (const other of [undefined, authorizationName(now, 'random-3'), authorizationName(now - 1_000, 'random-3')]) {
      const change = commitAuthorization(recordWith({ authorization: other }), now, authorized, tokenWith());
      expect(change.result._tag).toBe('Committed');
    }
  });

  it('knows it also when the token has been renewed since, and leaves the newer one alone', () => {
    const record = recordWith({ authorization: authorized.authorization, generation: 5, token: 'renewed since' });
    expect(commitAuthorization(record, now, { ...authorized, credentialRead: record.credential }, tokenWith())).toEqual(
      {
        _tag: 'Keep',
        result: { _tag: 'Renewed', record },
      },
    );
  });

  it.each([undefined, recordWith({ incarnation: 'incarnation-2' })])('gives way to a removal', (record) => {
    expect(commitAuthorization(record, now, authorized, tokenWith())).toEqual({
      _tag: 'Keep',
      result: { _tag: 'Removed' },
    });
  });
});
