import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AccountRecord } from '../../src/domain/account-record.js';
import { forgetToken, invalidateGeneration } from '../../src/domain/revocation.js';
import { leaveAttemptOpen, rejectAttempt, releaseAttempt, withdrawAttempt } from '../../src/domain/finish-attempt.js';
import { commitRenewal } from '../../src/domain/committing.js';
import type { RecoveryPolicy } from '../../src/domain/refresh-policy.js';
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

const consumed = { incarnation: 'incarnation-1', generation: 3 };
const rules = { rejectAttempt, releaseAttempt, leaveAttemptOpen: leaveAttemptOpen(2_000) } as const;
const ruleNames = ['rejectAttempt', 'releaseAttempt', 'leaveAttemptOpen'] as const;

describe('finishing an attempt that brought no token', () => {
  it.each(ruleNames)('by %s writes down the failure, how often in a row, and until when to cool down', (name) => {
    const record = recordWith({ attempt: attemptWith(), failure: failureWith({ count: 2 }) });
    const change = rules[name](record, now, consumed, 'attempt-1', noteWith());
    expect(after(record, change)?.failure).toEqual({
      code: 'ERR_PROVIDER_UNAVAILABLE',
      detail: 'ECONNREFUSED',
      at: now,
      count: 3,
      retryAt: now + 3_000,
      askedByProvider: undefined,
      terminal: undefined,
      clients: ['client-1'],
      epoch: undefined,
    });
    expect(change.result._tag).toBe('Finished');
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
    const finishedBy = (record: AccountRecord | undefined) => rule(record, now, consumed, 'attempt-1', noteWith());
    const newer = recordWith({ generation: 4 });
    expect(finishedBy(newer)).toEqual({ _tag: 'Keep', result: { _tag: 'NewerGeneration', record: newer } });
    for (const attempt of [undefined, attemptWith({ id: 'another' })]) {
      const others = recordWith({ attempt });
      expect(finishedBy(others)).toEqual({ _tag: 'Keep', result: { _tag: 'StaleAttempt', record: others } });
    }
    for (const gone of [undefined, recordWith({ incarnation: 'incarnation-2', attempt: attemptWith() })]) {
      expect(finishedBy(gone)).toEqual({ _tag: 'Keep', result: { _tag: 'Removed' } });
    }
  });
});

describe('a rejection', () => {
  it('ends the attempt', () => {
    const record = recordWith({ attempt: attemptWith() });
    const note = noteWith({ terminal: 'reauthorization_required', coolDownMs: () => undefined });
    const left = after(record, rejectAttempt(record, now, consumed, 'attempt-1', note));
    expect(left?.attempt).toBeUndefined();
    expect(left?.failure).toMatchObject({ terminal: 'reauthorization_required', retryAt: undefined });
  });

  it('of the recovery request by invalid_grant ends it as well', () => {
    const record = recordWith({ attempt: attemptWith({ way: 'recovery', repeat: 1 }) });
    const note = noteWith({ terminal: 'reauthorization_required' });
    expect(after(record, rejectAttempt(record, now, consumed, 'attempt-1', note))?.attempt).toBeUndefined();
  });

  it.each([undefined, 'client_rejected', 'account_unavailable'] as const)(
    'of the recovery request for another reason (%s) leaves the first outcome unresolved',
    (terminal) => {
      const record = recordWith({ attempt: attemptWith({ way: 'recovery', repeat: 1 }) });
      const left = after(record, rejectAttempt(record, now, consumed, 'attempt-1', noteWith({ terminal })));
      expect(left?.attempt).toEqual(attemptWith({ way: 'recovery', repeat: 1, unknown: true, settlesAt: now }));
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

  it('lets the recovery be tried again after its cool-down, as a recovery', () => {
    const record = recordWith({ attempt: attemptWith({ way: 'recovery', repeat: 1 }) });
    const left = after(record, releaseAttempt(record, now, consumed, 'attempt-1', noteWith()));
    expect(beginAttempt(left, undefined, beginWith({ nowMs: now + 999 })).result).toMatchObject({
      _tag: 'Unresolved',
      waitMs: 1,
    });
    expect(beginAttempt(left, undefined, beginWith({ nowMs: now + 1_000 })).result).toMatchObject({ way: 'recovery' });
  });

  it('stays a recovery that may be tried again when the ending is written twice, the first answer being lost', () => {
    const record = recordWith({ attempt: attemptWith({ way: 'recovery', repeat: 1 }) });
    for (const ending of [rejectAttempt, releaseAttempt]) {
      const once = after(record, ending(record, now, consumed, 'attempt-1', noteWith()));
      expect(ending(once, now, consumed, 'attempt-1', noteWith())).toEqual({
        _tag: 'Keep',
        result: { _tag: 'Finished', record: once },
      });
      expect(once?.attempt).toMatchObject({ way: 'recovery', unknown: true });
    }
  });

  it('lets the second way be tried again, when it was that one', () => {
    const record = recordWith({ attempt: attemptWith({ way: 'fallback', repeat: 1 }), fallbackTried: true });
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
    const note = noteWith({ coolDownMs: () => undefined });
    const left = after(record, leaveAttemptOpen(55_000)(record, now, consumed, 'attempt-1', note));
    expect(left?.attempt).toEqual(attemptWith({ unknown: true, settlesAt: now + 55_000 }));
    expect(left?.failure?.retryAt).toBe(now + 55_000);
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

describe('the clients that a refusal was about', () => {
  const refusedFor = (client: string, record: AccountRecord | undefined, terminal = 'client_rejected' as const) =>
    after(
      record,
      rejectAttempt(
        record && { ...record, attempt: attemptWith() },
        now,
        consumed,
        'attempt-1',
        noteWith({ terminal, client, epoch: 7 }),
      ),
    );

  it('are remembered, the latest last, each once', () => {
    let record: AccountRecord | undefined = recordWith();
    for (const client of ['a', 'b', 'a']) record = refusedFor(client, record);
    expect(record?.failure).toMatchObject({ clients: ['b', 'a'], epoch: 7 });
  });

  it('join those that a verdict was about: another client’s try does not undo it', () => {
    const dead = failureWith({ terminal: 'reauthorization_required', clients: ['a'] });
    expect(refusedFor('b', recordWith({ failure: dead }))?.failure).toMatchObject({
      terminal: 'reauthorization_required',
      clients: ['a', 'b'],
    });
  });

  it('are at most eight', () => {
    let record: AccountRecord | undefined = recordWith();
    for (let client = 0; client < 12; client += 1) record = refusedFor(`client-${client}`, record);
    expect(record?.failure?.clients).toHaveLength(8);
    expect(record?.failure?.clients?.at(-1)).toBe('client-11');
  });
});

describe('an attempt under which nothing was sent', () => {
  it('is taken back without a trace', () => {
    const record = recordWith({ attempt: attemptWith(), failure: failureWith() });
    const back = withdrawAttempt(record, now, consumed, 'attempt-1');
    expect(back.result).toBe(true);
    expect(after(record, back)).toEqual({ ...record, attempt: undefined, updatedAt: now });
  });

  it('leaves unresolved what was unresolved before it, and a second way to be walked', () => {
    const recovery = recordWith({ attempt: attemptWith({ way: 'recovery', repeat: 2 }) });
    expect(after(undefined, withdrawAttempt(recovery, now, consumed, 'attempt-1'))?.attempt).toMatchObject({
      way: 'recovery',
      repeat: 2,
      unknown: true,
      settlesAt: now,
    });
    const secondWay = recordWith({ attempt: attemptWith({ way: 'fallback', repeat: 1 }), fallbackTried: true });
    expect(after(undefined, withdrawAttempt(secondWay, now, consumed, 'attempt-1'))).toMatchObject({
      attempt: undefined,
      fallbackTried: false,
    });
  });

  it('is left alone where it is not the open one', () => {
    for (const attempt of [undefined, attemptWith({ id: 'another' }), attemptWith({ unknown: true })]) {
      const change = withdrawAttempt(recordWith({ attempt }), now, consumed, 'attempt-1');
      expect(change).toEqual({ _tag: 'Keep', result: false });
    }
  });
});

describe('whatever happens to one record', () => {
  /** How many requests of one generation may have been processed, and how many of them were recoveries. */
  interface Tally {
    readonly processed: number;
    readonly recoveries: number;
  }

  const play = (script: readonly Step[], recovery: RecoveryPolicy): readonly Tally[] => {
    const policy = { ...beginWith().policy, recovery };
    const tallies = new Map<string, Tally>();
    let record: AccountRecord | undefined = recordWith({ generation: 1, token: 'token 1' });
    let nowMs = now;
    let open:
      { readonly id: string; readonly way: string; readonly generation: number; readonly repeat: number } | undefined;
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
          const { id = '', announcedAt = 0 } = record.attempt ?? {};
          const notice = { attemptId: id, announcedAt, knownForMs: nowMs - announcedAt };
          const generation = record.generation;
          const request = beginWith({ ...lineage, generation, attemptId, policy, nowMs, notice });
          const change = beginAttempt(record, undefined, request);
          record = after(record, change);
          if (change.result._tag === 'Began') {
            open = { id: attemptId, way: change.result.way, generation: before, repeat: record?.attempt?.repeat ?? 0 };
          }
          break;
        }
        case 'commit':
          if (open === undefined) break;
          count(true);
          record = after(
            record,
            commitRenewal(
              record,
              nowMs,
              { ...lineage, attemptId: open.id, repeat: open.repeat, refreshTokenId: record.refreshTokenId },
              tokenWith({ token: `by ${open.id}`, refreshTokenId: `refresh token by ${open.id}` }),
            ),
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
            leave: leaveAttemptOpen(60_000),
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

  it('at most one request of a generation may have been processed, plus the recorded recoveries (G1)', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...steps), { maxLength: 40 }),
        fc.constantFrom('retry', 'probe', 'never'),
        (script, recovery) => {
          for (const { processed, recoveries } of play(script, recovery)) {
            expect(recoveries).toBeLessThanOrEqual(recovery === 'never' ? 0 : recoveries);
            expect(processed - recoveries).toBeLessThanOrEqual(1);
          }
        },
      ),
      { numRuns: 5_000 },
    );
  });
});
