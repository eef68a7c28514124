import type { AccountRecord } from './account-record.js';
import { neverDue } from './due-times.js';
import { drop, keep, put, type Change } from './record-change.js';
import { sameLineage, type Lineage } from './renewal-protocol.js';

/** An API refused this generation's access token: it is not served again. */
export const invalidateGeneration = (
  current: AccountRecord | undefined,
  nowMs: number,
  rejected: Lineage,
): Change<boolean> =>
  sameLineage(current, rejected) && current.generation === rejected.generation && !current.invalidated
    ? put({ ...current, invalidated: true, updatedAt: nowMs }, true)
    : keep(false);

/** Forgets the token and starts a new incarnation, so that a renewal under way cannot bring it back. */
export const forgetToken = (
  current: AccountRecord | undefined,
  nowMs: number,
  incarnation: string,
  needsNoPerson: boolean,
): Change<AccountRecord | undefined> => {
  if (current === undefined) return keep(undefined);
  const record: AccountRecord = {
    ...current,
    incarnation,
    authorization: undefined,
    token: undefined,
    obtainedAt: undefined,
    accessTokenExpiresAt: undefined,
    refreshTokenExpiresAt: undefined,
    renewable: needsNoPerson,
    invalidated: false,
    fallbackTried: false,
    ...neverDue,
    attempt: undefined,
    laterAttempt: undefined,
    failure: undefined,
    updatedAt: nowMs,
  };
  return put(record, record);
};

/** Forgets the account. */
export const forgetAccount = (current: AccountRecord | undefined): Change<AccountRecord | undefined> =>
  current === undefined ? keep(undefined) : drop(current);
