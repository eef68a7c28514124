import type { AccountRecord, Attempt, Failure } from '../../src/domain/account-record.js';
import type { Change } from '../../src/domain/record-change.js';
import type { FailureNote } from '../../src/domain/finish-attempt.js';
import type { CommittedToken } from '../../src/domain/committing.js';
import type { BeginRequest } from '../../src/domain/renewal-protocol.js';

/** When everything happens, unless a test says otherwise: Unix milliseconds. */
export const now = Date.UTC(2026, 10, 6);
export const attemptTtlMs = 30_000;
export const settleMs = 60_000;
export const recoveryNoticeMs = 10_000;

/** An account whose third token has expired and can be renewed. */
export const recordWith = (members: Partial<AccountRecord> = {}): AccountRecord => ({
  key: 'shop/1',
  provider: 'shop',
  account: '1',
  incarnation: 'incarnation-1',
  credential: 'sealed credential',
  generation: 3,
  token: 'sealed token 3',
  obtainedAt: now - 7_200_000,
  accessTokenExpiresAt: now - 1,
  refreshTokenExpiresAt: now + 86_400_000,
  renewable: true,
  obtainedBy: 'client-1',
  refreshTokenId: 'refresh token 3',
  invalidated: false,
  fallbackTried: false,
  warmAt: now - 300_000,
  keepAliveAt: now + 40_000_000,
  createdAt: now - 10_000_000,
  updatedAt: now - 7_200_000,
  ...members,
});

export const attemptWith = (members: Partial<Attempt> = {}): Attempt => ({
  id: 'attempt-1',
  owner: 'host-1:1',
  startedAt: now,
  expiresAt: now + attemptTtlMs,
  settlesAt: now + attemptTtlMs + settleMs,
  way: 'first',
  repeat: 0,
  unknown: false,
  ...members,
});

export const failureWith = (members: Partial<Failure> = {}): Failure => ({
  code: 'ERR_PROVIDER_UNAVAILABLE',
  detail: 'ECONNREFUSED',
  at: now - 500,
  count: 1,
  ...members,
});

export const beginWith = (members: Partial<BeginRequest> = {}): BeginRequest => ({
  incarnation: 'incarnation-1',
  generation: 3,
  attemptId: 'attempt-2',
  owner: 'host-2:2',
  credential: 'sealed credential',
  client: 'client-1',
  policy: { attemptTtlMs, settleMs, recoveryNoticeMs, cooldownMinMs: 1_000, recovery: 'probe' },
  epoch: 0,
  asksForAll: false,
  repeatable: false,
  recoversAtOnce: false,
  hasFallback: false,
  nowMs: now,
  ...members,
});

export const tokenWith = (members: Partial<CommittedToken> = {}): CommittedToken => ({
  token: 'sealed token 4',
  obtainedAt: now,
  accessTokenExpiresAt: now + 7_200_000,
  refreshTokenExpiresAt: now + 90_000_000,
  renewable: true,
  obtainedBy: 'client-1',
  refreshTokenId: 'refresh token 4',
  warmAt: now + 6_900_000,
  keepAliveAt: now + 67_500_000,
  ...members,
});

export const noteWith = (members: Partial<FailureNote> = {}): FailureNote => ({
  code: 'ERR_PROVIDER_UNAVAILABLE',
  detail: 'ECONNREFUSED',
  client: 'client-1',
  coolDownMs: (count) => count * 1_000,
  ...members,
});

/** The record a change leaves in the store. */
export const after = <A>(current: AccountRecord | undefined, change: Change<A>): AccountRecord | undefined => {
  switch (change._tag) {
    case 'Keep':
      return current;
    case 'Put':
      return change.record;
    case 'Drop':
      return undefined;
  }
};
