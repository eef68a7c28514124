import { describe, expect, it } from 'vitest';
import type { AccountRecord } from '../../src/domain/account-record.js';
import { commitAuthorization, commitRenewal } from '../../src/domain/renewal-protocol.js';
import { after, attemptWith, failureWith, now, recordWith, tokenWith } from './protocol-fixtures.js';

describe('committing a renewal', () => {
  const consumed = { incarnation: 'incarnation-1', generation: 3 };
  const renewed = (record: AccountRecord): AccountRecord => ({
    ...record,
    ...tokenWith(),
    failure: undefined,
    generation: 4,
    invalidated: false,
    fallbackTried: false,
    attempt: undefined,
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

  it('keeps a failure that came with the token', () => {
    const failure = failureWith({ code: 'ERR_RESPONSE_MALFORMED' });
    const change = commitRenewal(recordWith(), now, consumed, tokenWith({ failure }));
    expect(after(undefined, change)).toMatchObject({ generation: 4, failure });
  });
});

describe('committing an authorization', () => {
  const authorized = { incarnation: 'incarnation-1', credentialRead: 'sealed credential', credential: 'learned more' };

  it('replaces whatever generation is current, the credential with it', () => {
    const record = recordWith({ generation: 9, failure: failureWith({ terminal: 'reauthorization_required' }) });
    const change = commitAuthorization(record, now, authorized, tokenWith());
    expect(change.result._tag).toBe('Committed');
    expect(after(record, change)).toMatchObject({
      generation: 10,
      token: 'sealed token 4',
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

  it.each([undefined, recordWith({ incarnation: 'incarnation-2' })])('gives way to a removal', (record) => {
    expect(commitAuthorization(record, now, authorized, tokenWith())).toEqual({
      _tag: 'Keep',
      result: { _tag: 'Removed' },
    });
  });
});
