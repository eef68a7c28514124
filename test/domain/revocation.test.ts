import { describe, expect, it } from 'vitest';
import { forgetAccount, forgetToken, invalidateGeneration } from '../../src/domain/revocation.js';
import { after, attemptWith, failureWith, now, recordWith } from './protocol-fixtures.js';

describe('invalidating', () => {
  it('marks this very generation, once', () => {
    const record = recordWith();
    const change = invalidateGeneration(record, now, record);
    expect(change).toEqual({
      _tag: 'Put',
      record: { ...record, invalidated: true, updatedAt: now },
      result: { _tag: 'Invalidated' },
    });
    const invalidated = recordWith({ invalidated: true });
    expect(invalidateGeneration(invalidated, now, invalidated)).toEqual({
      _tag: 'Keep',
      result: { _tag: 'Unchanged' },
    });
  });

  it.each([undefined, recordWith({ generation: 4 }), recordWith({ incarnation: 'incarnation-2' })])(
    'leaves another generation, another incarnation and nothing alone',
    (record) => {
      expect(invalidateGeneration(record, now, recordWith())).toEqual({ _tag: 'Keep', result: { _tag: 'Unchanged' } });
    },
  );

  it('leaves one alone that was renewed less than the least age ago, by the clock of the store', () => {
    const leastAgeMs = 30_000;
    const invalidate = (renewedAt: number | undefined) => {
      const record = recordWith({ renewedAt });
      return invalidateGeneration(record, now, record, leastAgeMs).result;
    };
    expect(invalidate(now)).toEqual({ _tag: 'RenewedLately', leftMs: leastAgeMs });
    expect(invalidate(now - leastAgeMs + 1)).toEqual({ _tag: 'RenewedLately', leftMs: 1 });
    for (const renewedAt of [now - leastAgeMs, now + 1, undefined]) {
      expect(invalidate(renewedAt)).toEqual({ _tag: 'Invalidated' });
    }
  });

  it('never leaves a first token alone: it was obtained, not renewed', () => {
    const record = recordWith({ generation: 1, renewedAt: now });
    expect(invalidateGeneration(record, now, record, 30_000).result).toEqual({ _tag: 'Invalidated' });
  });
});

describe('forgetting', () => {
  it('a token leaves the account, in a new incarnation, and the generation counts on', () => {
    const record = recordWith({ attempt: attemptWith(), failure: failureWith(), invalidated: true });
    const change = forgetToken(record, now, 'incarnation-2', false);
    const { key, provider, account, credential, generation, createdAt } = record;
    const left = { key, provider, account, credential, generation, createdAt, updatedAt: now };
    expect(JSON.parse(JSON.stringify(after(record, change)))).toEqual({
      ...left,
      incarnation: 'incarnation-2',
      renewable: false,
      invalidated: false,
      fallbackTried: false,
    });
  });

  it('a token that can be had anew without a person leaves the account renewable', () => {
    expect(after(undefined, forgetToken(recordWith(), now, 'incarnation-2', true))?.renewable).toBe(true);
  });

  it('a token that the provider was told of leaves a newer one, of this registration or another, and no token at all', () => {
    const told = { incarnation: 'incarnation-1', generation: 3 };
    const forget = (members: Parameters<typeof recordWith>[0]) =>
      forgetToken(recordWith(members), now, 'incarnation-2', false, told);
    expect(forget({})._tag).toBe('Put');
    for (const members of [{ generation: 4 }, { incarnation: 'another' }]) {
      expect(forget(members)).toEqual({ _tag: 'Keep', result: 'newer_token' });
      expect(forget({ ...members, token: undefined })._tag).toBe('Put');
    }
  });

  it('an account drops it', () => {
    const record = recordWith();
    expect(forgetAccount(record)).toEqual({ _tag: 'Drop', result: record });
  });

  it('changes nothing where there is nothing', () => {
    expect(forgetToken(undefined, now, 'incarnation-2', true)).toEqual({ _tag: 'Keep', result: undefined });
    expect(forgetAccount(undefined)).toEqual({ _tag: 'Keep', result: undefined });
  });
});
