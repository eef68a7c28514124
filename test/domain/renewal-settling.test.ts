import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AccountRecord } from '../../src/domain/account-record.js';
import { forgetToken, invalidateGeneration } from '../../src/domain/forgetting.js';
import { leaveAttemptOpen, rejectAttempt, releaseAttempt } from '../../src/domain/attempt-ending.js';
import { commitRenewal } from '../../src/domain/committing.js';
import { beginAttempt } from '../../src/domain/renewal-protocol.js';
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

const consumed = { incarnation: 'incarnation-1', generation: 3 };
const rules = { rejectAttempt, releaseAttempt, leaveAttemptOpen } as const;
const ruleNames = ['rejectAttempt', 'releaseAttempt', 'leaveAttemptOpen'] as const;

describe('settling an attempt that brought no token', () => {
  it.each(ruleNames)('by %s writes down the failure, how often in a row, and until when to rest', (name) => {
    const record = recordWith({ attempt: attemptWith(), failure: failureWith({ count: 2 }) });
    const change = rules[name](record, now, consumed, 'attempt-1', noteWith());
    expect(after(record, change)?.failure).toEqual({
      code: 'ERR_PROVIDER_UNAVAILABLE',
      detail: 'ECONNREFUSED',
      at: now,
      count: 3,
      retryAt: now + 3_000,
      terminal: undefined,
      client: 'client-1',
    });
    expect(change.result._tag).toBe('Settled');
  });

  it.each(ruleNames)('by %s never touches the token', (name) => {
    const record = recordWith({ attempt: attemptWith() });
    const { token, generation, credential, incarnation, refreshTokenExpiresAt, renewable } =
      after(record, rules[name](record, now, consumed, 'attempt-1', noteWith())) ?? recordWith({ token: 'none' });
    expect({ token, generation, credential, incarnation, refreshTokenExpiresAt, renewable }).toEqual({
      token: record.token,
      generation: 3,
      credential: record.credential,
      incarnation: 'incarnation-1',
      refreshTokenExpiresAt: record.refreshTokenExpiresAt,
      renewable: true,
    });
  });

  it.each(ruleNames)('by %s is believed only of the attempt that is still open', (name) => {
    const rule = rules[name];
    const settledBy = (record: AccountRecord | undefined) => rule(record, now, consumed, 'attempt-1', noteWith());
    const moved = recordWith({ generation: 4, attempt: attemptWith() });
    expect(settledBy(moved)).toEqual({ _tag: 'Keep', result: { _tag: 'Moved', record: moved } });
    for (const attempt of [undefined, attemptWith({ id: 'another' })]) {
      const others = recordWith({ attempt });
      expect(settledBy(others)).toEqual({ _tag: 'Keep', result: { _tag: 'NotOurs', record: others } });
    }
    for (const gone of [undefined, recordWith({ incarnation: 'incarnation-2', attempt: attemptWith() })]) {
      expect(settledBy(gone)).toEqual({ _tag: 'Keep', result: { _tag: 'Removed' } });
    }
  });
});

describe('a rejection', () => {
  it('ends the attempt', () => {
    const record = recordWith({ attempt: attemptWith() });
    const note = noteWith({ terminal: 'reauthorization_required', restMs: () => undefined });
    const left = after(record, rejectAttempt(record, now, consumed, 'attempt-1', note));
    expect(left?.attempt).toBeUndefined();
    expect(left?.failure).toMatchObject({ terminal: 'reauthorization_required', retryAt: undefined });
  });

  it('of the recovery request by invalid_grant ends it as well', () => {
    const record = recordWith({ attempt: attemptWith({ recovery: true }) });
    const note = noteWith({ terminal: 'reauthorization_required' });
    expect(after(record, rejectAttempt(record, now, consumed, 'attempt-1', note))?.attempt).toBeUndefined();
  });

  it.each([undefined, 'client_rejected', 'account_unavailable'] as const)(
    'of the recovery request for another reason (%s) leaves the first outcome unresolved',
    (terminal) => {
      const record = recordWith({ attempt: attemptWith({ recovery: true }) });
      const left = after(record, rejectAttempt(record, now, consumed, 'attempt-1', noteWith({ terminal })));
      expect(left?.attempt).toEqual(attemptWith({ recovery: false, unknown: true, settlesAt: now }));
      const begun = beginAttempt(left, undefined, beginWith({ client: 'client-2', nowMs: now + 3_600_000 })).result;
      expect(begun).toMatchObject({ _tag: 'Began', way: 'recovery' });
    },
  );
});

describe('a request that was not processed', () => {
  it('frees the first attempt', () => {
    const record = recordWith({ attempt: attemptWith() });
    const left = after(record, releaseAttempt(record, now, consumed, 'attempt-1', noteWith()));
    expect(left?.attempt).toBeUndefined();
    expect(beginAttempt(left, undefined, beginWith({ nowMs: now + 1_000 })).result).toMatchObject({ way: 'first' });
  });

  it('lets the recovery be tried again after its rest, as a recovery', () => {
    const record = recordWith({ attempt: attemptWith({ recovery: true }) });
    const left = after(record, releaseAttempt(record, now, consumed, 'attempt-1', noteWith()));
    expect(beginAttempt(left, undefined, beginWith({ nowMs: now + 999 })).result).toMatchObject({ _tag: 'Resting' });
    expect(beginAttempt(left, undefined, beginWith({ nowMs: now + 1_000 })).result).toMatchObject({ way: 'recovery' });
  });

  it('stays a recovery that may be tried again when the ending is written twice, the first answer being lost', () => {
    const record = recordWith({ attempt: attemptWith({ recovery: true }) });
    for (const ending of [rejectAttempt, releaseAttempt]) {
      const once = after(record, ending(record, now, consumed, 'attempt-1', noteWith()));
      expect(ending(once, now, consumed, 'attempt-1', noteWith())).toEqual({
        _tag: 'Keep',
        result: { _tag: 'Settled', record: once },
      });
      expect(once?.attempt).toMatchObject({ recovery: false, unknown: true });
    }
  });

  it('lets the second way be tried again, when it was that one', () => {
    const record = recordWith({ attempt: attemptWith(), fallbackTried: true });
    const note = noteWith({ terminal: 'reauthorization_required' });
    const left = after(record, releaseAttempt(record, now, consumed, 'attempt-1', note));
    expect(left?.fallbackTried).toBe(false);
    const begun = beginAttempt(left, undefined, beginWith({ hasFallback: true, nowMs: now + 1_000 })).result;
    expect(begun).toMatchObject({ _tag: 'Began', way: 'fallback' });
  });
});

describe('a request that may have been processed', () => {
  it('leaves the attempt open, marked', () => {
    const record = recordWith({ attempt: attemptWith() });
    const left = after(record, leaveAttemptOpen(record, now, consumed, 'attempt-1', noteWith()));
    expect(left?.attempt).toEqual(attemptWith({ unknown: true }));
  });
});

type Step = 'begin' | 'commit' | 'reject' | 'refuse' | 'release' | 'leave' | 'die' | 'wait' | 'invalidate' | 'revoke';
const steps: readonly Step[] = [
  'begin',
  'commit',
  'reject',
  'refuse',
  'release',
  'leave',
  'die',
  'wait',
  'invalidate',
  'revoke',
];

describe('whatever happens to one record', () => {
  /** How many requests of one generation may have been processed, and how many of them were recoveries. */
  interface Tally {
    readonly processed: number;
    readonly recoveries: number;
  }

  const play = (script: readonly Step[], recovery: 'retry' | 'probe-once' | 'never'): readonly Tally[] => {
    const policy = { attemptTtlMs, settleMs, recovery };
    const tallies = new Map<string, Tally>();
    let record: AccountRecord | undefined = recordWith({ generation: 1, token: 'token 1' });
    let nowMs = now;
    let open: { readonly id: string; readonly way: string; readonly generation: number } | undefined;
    let ids = 0;

    const count = (mayBeProcessed: boolean): void => {
      if (open === undefined || record === undefined) return;
      const name = `${record.incarnation} ${open.generation}`;
      const before = tallies.get(name) ?? { processed: 0, recoveries: 0 };
      const by = mayBeProcessed ? 1 : 0;
      tallies.set(name, {
        processed: before.processed + by,
        recoveries: before.recoveries + (open.way === 'recovery' ? by : 0),
      });
    };

    for (const step of script) {
      if (record === undefined) break;
      const lineage = { incarnation: record.incarnation, generation: open?.generation ?? record.generation };
      const note = noteWith({ terminal: step === 'reject' ? 'reauthorization_required' : undefined });
      const before: number = record.generation;
      switch (step) {
        case 'begin': {
          const attemptId = `attempt ${(ids += 1)}`;
          const request = beginWith({ ...lineage, generation: record.generation, attemptId, policy, nowMs });
          const change = beginAttempt(record, undefined, request);
          record = after(record, change);
          if (change.result._tag === 'Began') open = { id: attemptId, way: change.result.way, generation: before };
          break;
        }
        case 'commit':
          if (open === undefined) break;
          count(true);
          record = after(
            record,
            commitRenewal(record, nowMs, { ...lineage, attemptId: open.id }, tokenWith({ token: `by ${open.id}` })),
          );
          open = undefined;
          break;
        case 'reject':
        case 'refuse':
        case 'release':
        case 'leave': {
          if (open === undefined) break;
          count(step === 'leave' || step === 'reject');
          const rule = {
            reject: rejectAttempt,
            refuse: rejectAttempt,
            release: releaseAttempt,
            leave: leaveAttemptOpen,
          };
          record = after(record, rule[step](record, nowMs, lineage, open.id, note));
          open = undefined;
          break;
        }
        case 'die':
          count(true);
          open = undefined;
          break;
        case 'wait':
          nowMs += 61_000;
          break;
        case 'invalidate':
          record = after(record, invalidateGeneration(record, nowMs, record));
          break;
        case 'revoke':
          record = after(record, forgetToken(record, nowMs, `incarnation of ${(ids += 1)}`, false));
          open = undefined;
          break;
      }
      expect(record?.generation).toBeGreaterThanOrEqual(before);
    }
    return [...tallies.values()];
  };

  it('at most one request of a generation may have been processed, plus at most one recovery (G1)', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...steps), { maxLength: 40 }),
        fc.constantFrom('retry', 'probe-once', 'never'),
        (script, recovery) => {
          for (const { processed, recoveries } of play(script, recovery)) {
            expect(recoveries).toBeLessThanOrEqual(recovery === 'never' ? 0 : 1);
            expect(processed - recoveries).toBeLessThanOrEqual(1);
          }
        },
      ),
      { numRuns: 5_000 },
    );
  });
});
