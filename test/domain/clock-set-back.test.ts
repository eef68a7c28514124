import { describe, expect, it } from 'vitest';
import type { AccountRecord, Attempt, Failure } from '../../src/domain/account-record.js';
import { defaultRefreshPolicy } from '../../src/domain/refresh-policy.js';
import { beginAttempt, stoppedBy, type BeginRequest } from '../../src/domain/renewal-protocol.js';
import { after } from './protocol-fixtures.js';

const yearMs = 365 * 24 * 3_600_000;
const nowMs = 1_800_000_000_000;

const record = (members: Partial<AccountRecord>): AccountRecord => ({
  key: 'tray/1',
  provider: 'tray',
  account: '1',
  incarnation: 'first',
  credential: 'sealed',
  generation: 3,
  renewable: true,
  invalidated: false,
  fallbackTried: false,
  createdAt: nowMs,
  updatedAt: nowMs,
  ...members,
});
const request: BeginRequest = {
  incarnation: 'first',
  generation: 3,
  attemptId: 'mine',
  owner: 'host:1',
  credential: 'sealed',
  client: 'client',
  policy: defaultRefreshPolicy,
  epoch: 0,
  asksForAll: false,
  repeatable: false,
  recoversAtOnce: false,
  hasFallback: false,
  nowMs,
};
const attempt: Attempt = {
  id: 'theirs',
  owner: 'host:2',
  startedAt: nowMs + yearMs,
  expiresAt: nowMs + yearMs + 30_000,
  settlesAt: nowMs + yearMs + 90_000,
  way: 'first',
  repeat: 0,
  unknown: false,
};
const failure: Failure = { code: 'ERR_PROVIDER_UNAVAILABLE', detail: 'unsent', at: nowMs + yearMs, count: 1 };

describe('after a clock that was a year ahead was set back', () => {
  it('an attempt under way is waited for from now on, and then resolved', () => {
    const first = beginAttempt(record({ attempt }), undefined, request);
    expect(first.result).toEqual({ _tag: 'RenewingElsewhere', waitMs: 40_000 });
    const dated = first._tag === 'Put' ? first.record : undefined;
    expect(dated?.attempt).toEqual({
      ...attempt,
      startedAt: nowMs,
      expiresAt: nowMs + 40_000,
      settlesAt: nowMs + 100_000,
    });
    const later = beginAttempt(dated, undefined, { ...request, nowMs: nowMs + 100_000 });
    expect(later.result).toMatchObject({ _tag: 'RecoveryAnnounced', waitMs: 10_000 });
  });

  it('an unknown outcome settles from now on', () => {
    const first = beginAttempt(record({ attempt: { ...attempt, unknown: true } }), undefined, request);
    expect(first.result).toEqual({ _tag: 'Unresolved', waitMs: 100_000 });
  });

  it('an unknown outcome settles from now on where only the report of it was dated ahead', () => {
    const reported = { ...attempt, startedAt: nowMs - 30_000, unknown: true };
    const ahead = beginAttempt(
      record({ attempt: { ...reported, settlesAt: nowMs + 100_001 }, keepAliveAt: nowMs + yearMs }),
      undefined,
      request,
    );
    expect(ahead.result).toEqual({ _tag: 'Unresolved', waitMs: 100_000 });
    expect(after(undefined, ahead)).toMatchObject({
      attempt: { startedAt: nowMs, settlesAt: nowMs + 100_000, unknown: true },
      keepAliveAt: nowMs + 100_000,
    });
    const inTime = record({ attempt: { ...reported, settlesAt: nowMs + 100_000 } });
    expect(beginAttempt(inTime, undefined, request)._tag).toBe('Keep');
  });

  it('no account falls due by an attempt that is dated anew, where it was not due by it', () => {
    const due = (members: Partial<AccountRecord>): number | undefined =>
      after(undefined, beginAttempt(record({ attempt, ...members }), undefined, request))?.keepAliveAt;
    expect(due({})).toBeUndefined();
    expect(due({ keepAliveAt: nowMs + 5 })).toBe(nowMs + 5);
  });

  it('a cool-down is over', () => {
    const resting = record({ failure: { ...failure, retryAt: nowMs + yearMs + 1_000 } });
    expect(beginAttempt(resting, undefined, request).result).toMatchObject({ _tag: 'Began', way: 'first' });
  });

  it('an unavailable account is asked about again', () => {
    const unavailable = { ...failure, terminal: 'account_unavailable' as const, retryAt: nowMs + yearMs + 3_600_000 };
    expect(
      stoppedBy(record({ failure: unavailable }), { client: 'client', epoch: 0, asksForAll: false }, nowMs),
    ).toBeUndefined();
  });
});
