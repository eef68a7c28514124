import { deepEqual } from 'node:assert/strict';
import type { AccountRecord, Attempt, Failure } from '../../domain/account-record.js';

/** Every field there is, so that a field added to the record cannot be forgotten by the contract. */
type Complete<A> = { readonly [Field in keyof A]-?: NonNullable<A[Field]> };

const attempt: Complete<Attempt> = {
  id: 'attempt-1',
  owner: 'host-1:4711',
  startedAt: 1_800_000_000_001,
  expiresAt: 1_800_000_030_002,
  settlesAt: 1_800_000_090_003,
  way: 'recovery',
  repeat: 2,
  unknown: false,
  announcedAt: 1_800_000_080_004,
  hostClock: { bootId: '0f5c7c1e-boot', sinceBootMs: 2_628_046 },
};

const failure: Complete<Failure> = {
  code: 'ERR_PROVIDER_UNAVAILABLE',
  detail: '{"why":"ETIMEDOUT","status":503}',
  at: 1_800_000_010_004,
  retryAt: 1_800_000_014_005,
  count: 3,
  terminal: 'client_rejected',
  clients: ['fingerprint-of-a-client', 'fingerprint-of-another'],
  askedByProvider: true,
  epoch: 4,
};

/** A record in which every field has a value of its own. */
export const fullRecord = (key = 'tray/391250'): Complete<AccountRecord> => ({
  ...keyFields(key),
  incarnation: 'incarnation-1',
  credential: 'lv1.2026-11.c2VhbGVkIGNyZWRlbnRpYWw',
  authorizationsBegun: 5,
  authorization: 'n3.authorization',
  generation: 7,
  token: 'lv1.2026-11.c2VhbGVkIHRva2Vu',
  obtainedAt: 1_800_000_000_006,
  accessTokenExpiresAt: 1_800_003_600_007,
  refreshTokenExpiresAt: 1_802_592_000_008,
  renewable: true,
  obtainedBy: 'fingerprint-of-a-client',
  refreshTokenId: 'fingerprint-of-a-refresh-token',
  spentRefreshTokenId: 'fingerprint-of-one-before',
  renewedAt: 1_800_000_000_005,
  invalidated: false,
  fallbackTried: true,
  warmAt: 1_800_003_300_009,
  keepAliveAt: 1_801_987_200_010,
  sweepNotBefore: 1_801_987_300_010,
  attempt,
  repeats: 2,
  answered: { generation: 6, repeat: 1 },
  failure,
  createdAt: 1_799_999_999_011,
  updatedAt: 1_800_000_000_012,
});

/** A record that was just registered: nothing optional is there. */
export const bareRecord = (key = 'tray/391250'): AccountRecord => ({
  ...keyFields(key),
  incarnation: 'incarnation-2',
  credential: 'lv1.2026-11.YW5vdGhlciBjcmVkZW50aWFs',
  generation: 0,
  renewable: false,
  invalidated: true,
  fallbackTried: false,
  createdAt: 1_799_999_999_013,
  updatedAt: 1_799_999_999_013,
});

const keyFields = (key: string): Pick<AccountRecord, 'key' | 'provider' | 'account'> => {
  const slash = key.indexOf('/');
  return { key, provider: key.slice(0, slash), account: key.slice(slash + 1) };
};

/** Records in which each optional field is there alone, and missing alone. */
export const recordVariants = (key?: string): readonly AccountRecord[] => {
  const full = fullRecord(key);
  const bare = bareRecord(key);
  const { token, obtainedAt, accessTokenExpiresAt, refreshTokenExpiresAt, warmAt, keepAliveAt } = full;
  const { authorizationsBegun, authorization, obtainedBy, refreshTokenId, spentRefreshTokenId, renewedAt } = full;
  const { repeats, answered, sweepNotBefore } = full;
  const { announcedAt, ...silentAttempt } = attempt;
  const { retryAt, terminal, clients, askedByProvider, epoch, ...bareFailure } = failure;
  const optional: readonly Partial<AccountRecord>[] = [
    { authorizationsBegun },
    { authorization },
    { obtainedBy },
    { refreshTokenId },
    { spentRefreshTokenId },
    { renewedAt },
    { token },
    { obtainedAt },
    { accessTokenExpiresAt },
    { refreshTokenExpiresAt },
    { warmAt },
    { keepAliveAt },
    { sweepNotBefore },
    { attempt },
    { repeats },
    { answered },
    { attempt: silentAttempt },
    { attempt: { ...silentAttempt, announcedAt, way: 'first', repeat: 0, unknown: true } },
    { attempt: { ...silentAttempt, way: 'fallback' } },
    { failure: bareFailure },
    { failure: { ...bareFailure, retryAt } },
    { failure: { ...bareFailure, terminal } },
    { failure: { ...bareFailure, terminal: 'reauthorization_required' } },
    { failure: { ...bareFailure, terminal: 'account_unavailable' } },
    { failure: { ...bareFailure, clients } },
    { failure: { ...bareFailure, clients: [] } },
    { failure: { ...bareFailure, askedByProvider } },
    { failure: { ...bareFailure, askedByProvider: false } },
    { failure: { ...bareFailure, epoch } },
  ];
  return [full, bare, ...optional.flatMap((fields) => [{ ...bare, ...fields }, without(full, fields)])];
};

const without = (record: AccountRecord, fields: Partial<AccountRecord>): AccountRecord => {
  const absent: Partial<AccountRecord> = Object.fromEntries(Object.keys(fields).map((name) => [name, undefined]));
  return { ...record, ...absent };
};

/** Asserts that two values say the same; an absent field and an undefined one do. */
export const sameValue = (actual: unknown, expected: unknown, message?: string): void =>
  deepEqual(withoutUndefined(actual), withoutUndefined(expected), message);

const withoutUndefined = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .map(([name, field]) => [name, withoutUndefined(field)]),
  );
};
