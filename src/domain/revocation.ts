import type { AccountRecord } from './account-record.js';
import { keepAliveAtOf, neverDue } from './due-times.js';
import { drop, keep, put, type Change } from './record-change.js';
import { hasEnded, sameLineage, type Lineage } from './renewal-protocol.js';

/** What a refusal of an access token came to. */
export type Invalidation =
  | { readonly _tag: 'Invalidated' }
  /** It was invalidated before, or is not the account's token any more. */
  | { readonly _tag: 'Unchanged' }
  /** The token was renewed so lately that a refusal earns no other renewal, for so long still. */
  | { readonly _tag: 'RenewedLately'; readonly leftMs: number };

/**
 * An API refused this generation's access token: it is not served again; unless it was renewed less than `leastAgeMs` ago. A
 * first token was not renewed, and a renewal that a clock set back since dates in the future does not count.
 */
export const invalidateGeneration = (
  current: AccountRecord | undefined,
  nowMs: number,
  rejected: Lineage,
  leastAgeMs = 0,
): Change<Invalidation> => {
  const isCurrent = sameLineage(current, rejected) && current.generation === rejected.generation;
  if (!isCurrent || current.invalidated) return keep({ _tag: 'Unchanged' });
  const ageMs = nowMs - (current.generation > 1 ? (current.renewedAt ?? -Infinity) : -Infinity);
  return ageMs >= 0 && ageMs < leastAgeMs
    ? keep({ _tag: 'RenewedLately', leftMs: leastAgeMs - ageMs })
    : put({ ...current, invalidated: true, updatedAt: nowMs }, { _tag: 'Invalidated' });
};

/**
 * Forgets the token and starts a new incarnation, so that a renewal under way cannot bring it back. Where the provider was told
 * about a token, only that one is forgotten: of a newer one nobody has told it yet.
 */
export const forgetToken = (
  current: AccountRecord | undefined,
  nowMs: number,
  incarnation: string,
  needsNoPerson: boolean,
  told?: Lineage,
): Change<AccountRecord | 'newer_token' | undefined> => {
  if (current === undefined) return keep(undefined);
  const isTold = told === undefined || (sameLineage(current, told) && current.generation === told.generation);
  if (!isTold && current.token !== undefined) return keep('newer_token');
  const record: AccountRecord = {
    ...current,
    incarnation,
    authorization: undefined,
    token: undefined,
    obtainedAt: undefined,
    accessTokenExpiresAt: undefined,
    refreshTokenExpiresAt: undefined,
    renewable: needsNoPerson,
    obtainedBy: undefined,
    refreshTokenId: undefined,
    spentRefreshTokenId: undefined,
    renewedAt: undefined,
    invalidated: false,
    fallbackTried: false,
    ...neverDue,
    sweepNotBefore: undefined,
    attempt: undefined,
    repeats: undefined,
    answered: undefined,
    failure: undefined,
    updatedAt: nowMs,
  };
  return put(record, record);
};

/**
 * An operator says "try again now": cool-downs and refusals are forgotten, and a recovery is due at once. An attempt that is
 * alive is left alone.
 */
export const forgetFailures = (
  current: AccountRecord | undefined,
  nowMs: number,
): Change<AccountRecord | undefined> => {
  if (current === undefined) return keep(undefined);
  const { attempt } = current;
  const isOpen = attempt !== undefined && hasEnded(attempt, nowMs);
  const settlesAt = Math.min(attempt?.settlesAt ?? nowMs, nowMs);
  const record: AccountRecord = {
    ...current,
    failure: undefined,
    fallbackTried: false,
    attempt: isOpen ? { ...attempt, settlesAt } : attempt,
    keepAliveAt: isOpen ? settlesAt : keepAliveAtOf(current),
    sweepNotBefore: undefined,
    updatedAt: nowMs,
  };
  return put(record, record);
};

/** Forgets the account. */
export const forgetAccount = (current: AccountRecord | undefined): Change<AccountRecord | undefined> =>
  current === undefined ? keep(undefined) : drop(current);
