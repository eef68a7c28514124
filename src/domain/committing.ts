import type { AccountRecord, Failure } from './account-record.js';
import { neverDue, type DueTimes } from './due-times.js';
import { keep, put, type Change } from './record-change.js';
import { sameLineage, type Lineage } from './renewal-protocol.js';
import { otherTenant } from './tenant.js';

/** The parts of a record that a committed token brings. */
export interface CommittedToken extends DueTimes {
  /** Sealed. */
  readonly token: string;
  readonly obtainedAt: number;
  readonly accessTokenExpiresAt: number;
  readonly refreshTokenExpiresAt: number | undefined;
  readonly renewable: boolean;
  /** Fingerprint of the id of the client that obtained it. */
  readonly obtainedBy: string;
  /** Fingerprint of its refresh token. */
  readonly refreshTokenId: string | undefined;
  /** Left when the answer kept its refresh token but gave no access token that can be used. */
  readonly failure?: Failure | undefined;
}

export type Committed =
  | { readonly _tag: 'Committed'; readonly record: AccountRecord }
  /** What it brought has been renewed since: by an earlier try whose answer was lost, or by a renewal of the same refresh token. */
  | { readonly _tag: 'Renewed'; readonly record: AccountRecord }
  /** A later authorization has been committed, and that one stays: the token is not kept. */
  | { readonly _tag: 'NewerAuthorization'; readonly record: AccountRecord }
  /** The generation had moved on, or the credential has changed: the token is not kept. */
  | { readonly _tag: 'NewerGeneration'; readonly record: AccountRecord }
  /** The account was registered at other addresses meanwhile: the token is kept, for the tenant that gave it and no other. */
  | { readonly _tag: 'OtherRegistration'; readonly record: AccountRecord }
  | { readonly _tag: 'Removed' };

/** The attempt that an answer belongs to, and the token it was to replace. */
export interface Consumed extends Lineage {
  readonly attemptId: string;
  /** The attempt's place among the requests of its generation. */
  readonly repeat: number;
  /** Fingerprint of the refresh token that was sent. */
  readonly refreshTokenId: string | undefined;
}

const withToken = (
  current: AccountRecord,
  token: CommittedToken,
  nowMs: number,
  attemptId?: string,
): AccountRecord => ({
  ...current,
  ...token,
  ...stillOpen(current, token, attemptId),
  failure: token.failure,
  sweepNotBefore: undefined,
  generation: current.generation + 1,
  invalidated: false,
  fallbackTried: false,
  answered: undefined,
  spentRefreshTokenId: undefined,
  updatedAt: nowMs,
});

/** The answer keeps the refresh token that was sent: it is no successor, and cannot have ended another answer's. */
const keepsItsParent = (consumed: Consumed, { refreshTokenId }: CommittedToken): boolean =>
  refreshTokenId === consumed.refreshTokenId;

/**
 * Two requests for one generation were answered, and the other's answer is held. A successor beats an answer that kept its
 * parent; of two successors the later request's stays, since it may have ended the other. A pair that the provider repeats
 * is committed again only while nothing is open for it.
 */
const isBetterAnswer = (current: AccountRecord, consumed: Consumed, token: CommittedToken): boolean => {
  if (current.answered?.generation !== consumed.generation) return false;
  const isLater = consumed.repeat > current.answered.repeat;
  if (token.refreshTokenId === current.refreshTokenId) return isLater && current.attempt === undefined;
  return !keepsItsParent(consumed, token) && (isLater || current.refreshTokenId === consumed.refreshTokenId);
};

/** The refresh token that this renewal spent is still held, brought again meanwhile: the successor replaces it there too. */
const succeedsTheHeld = (current: AccountRecord, consumed: Consumed, token: CommittedToken): boolean =>
  consumed.refreshTokenId !== undefined &&
  current.refreshTokenId === consumed.refreshTokenId &&
  !keepsItsParent(consumed, token);

/**
 * The registration is another one, and what it holds is the refresh token that this renewal spent, or another answer to the
 * same: the account was registered at other addresses meanwhile, not removed.
 */
const wasMoved = ({ refreshTokenId, spentRefreshTokenId, answered }: AccountRecord, consumed: Consumed): boolean =>
  consumed.refreshTokenId !== undefined &&
  (refreshTokenId === consumed.refreshTokenId ||
    (spentRefreshTokenId === consumed.refreshTokenId && answered?.generation === consumed.generation));

/** With another tenant the account keeps the pair and asks for a new authorization: who gave the pair may be registered again. */
const keptForItsTenant = (next: AccountRecord, { failure }: AccountRecord): AccountRecord =>
  failure?.detail === otherTenant ? { ...next, ...neverDue, failure } : next;

/** What is open is open for a refresh token: a commit that leaves the same one held leaves another request's attempt open. */
const stillOpen = (
  { attempt, repeats, refreshTokenId }: AccountRecord,
  token: CommittedToken,
  attemptId?: string,
): Pick<AccountRecord, 'attempt' | 'repeats'> =>
  refreshTokenId !== undefined && token.refreshTokenId === refreshTokenId && attempt?.id !== attemptId
    ? { attempt, repeats }
    : { attempt: undefined, repeats: undefined };

/**
 * The pair held answers one request of a generation, and the provider said no to another: it may have ended the whole family
 * with that. The pair is kept, and its access token is not handed out before a renewal has shown that it lives.
 */
export const afterVerdict = (record: AccountRecord, nowMs: number): AccountRecord => ({
  ...record,
  invalidated: true,
  failure: { code: 'ERR_OUTCOME_UNKNOWN', detail: 'late_answer', at: nowMs, count: 1 },
});

/**
 * Step 6: where the generation is still the one consumed, whoever holds the attempt by now; of two answers for one
 * generation the one to the later request stays, since it may have ended the other. Removal beats renewal; a registration at
 * other addresses does not, since the refresh token that was sent may be spent. A token that is already there was committed
 * by an earlier try whose answer was lost.
 */
export const commitRenewal = (
  current: AccountRecord | undefined,
  nowMs: number,
  consumed: Consumed,
  token: CommittedToken,
): Change<Committed> => {
  if (current === undefined) return keep({ _tag: 'Removed' });
  const isSame = sameLineage(current, consumed);
  if (!isSame && !wasMoved(current, consumed)) return keep({ _tag: 'Removed' });
  const _tag = isSame ? 'Committed' : 'OtherRegistration';
  if (current.token === token.token) return keep({ _tag, record: current });
  const replaces =
    current.generation === consumed.generation ||
    isBetterAnswer(current, consumed, token) ||
    succeedsTheHeld(current, consumed, token);
  if (!replaces) {
    if (!isSame) return keep({ _tag: 'Removed' });
    const isRepeated = token.refreshTokenId !== undefined && token.refreshTokenId === current.refreshTokenId;
    return keep({ _tag: isRepeated ? 'Renewed' : 'NewerGeneration', record: current });
  }
  const next = {
    ...withToken(current, token, nowMs, consumed.attemptId),
    answered: { generation: consumed.generation, repeat: consumed.repeat },
    spentRefreshTokenId: consumed.refreshTokenId,
    renewedAt: nowMs,
  };
  const isLate = current.failure?.terminal === 'reauthorization_required' && current.attempt?.id !== consumed.attemptId;
  const record = isLate ? afterVerdict(next, nowMs) : next;
  const kept = isSame ? record : keptForItsTenant(record, current);
  return put(kept, { _tag, record: kept });
};

/** What an authorization is called in the record: its number among the account's, and an id that nobody else says. */
export const authorizationName = (number: number, id: string): string => `n${number}.${id}`;

/** Names that older releases wrote begin with a time and count as older than every number. */
const numberOf = (name: string | undefined): number => Number(/^n(\d+)\./.exec(name ?? '')?.[1] ?? 0);

/** What came of asking for a number for an authorization. */
export type AuthorizationBegun = { readonly _tag: 'Begun'; readonly number: number } | { readonly _tag: 'Removed' };

/** Gives an authorization its number before its code is spent: of two authorizations the one with the higher number is newer. */
export const beginAuthorization = (
  current: AccountRecord | undefined,
  nowMs: number,
  incarnation: string,
): Change<AuthorizationBegun> => {
  if (current === undefined || current.incarnation !== incarnation) return keep({ _tag: 'Removed' });
  const number = (current.authorizationsBegun ?? 0) + 1;
  return put({ ...current, authorizationsBegun: number, updatedAt: nowMs }, { _tag: 'Begun', number });
};

/** A person's new authorization, and the account it was made for. */
export interface Authorized {
  readonly incarnation: string;
  /** Its name ({@link authorizationName}), by which a later try knows a commit of its own whose answer was lost. */
  readonly authorization: string;
  /** The sealed credential that the new one was made from; if it changed meanwhile, nothing is written. */
  readonly credentialRead: string;
  readonly credential: string;
}

/** The refresh token of an authorization has been spent already, by a renewal whose pair is held. */
const wasSpent = (current: AccountRecord, { refreshTokenId }: CommittedToken): boolean =>
  refreshTokenId !== undefined &&
  current.spentRefreshTokenId === refreshTokenId &&
  current.refreshTokenId !== refreshTokenId &&
  current.failure?.terminal === undefined;

/**
 * A person authorized anew: this token replaces whatever generation is current, since it belongs to a newer grant; unless an
 * authorization that began later is there already. A server that hands out the refresh token it gave before has made no new
 * grant: whatever is open for that refresh token stays open, and a renewal that has spent it is kept.
 */
export const commitAuthorization = (
  current: AccountRecord | undefined,
  nowMs: number,
  { incarnation, authorization, credentialRead, credential }: Authorized,
  token: CommittedToken,
): Change<Committed> => {
  if (current === undefined || current.incarnation !== incarnation) return keep({ _tag: 'Removed' });
  if (current.authorization === authorization) {
    return keep({ _tag: current.token === token.token ? 'Committed' : 'Renewed', record: current });
  }
  if (numberOf(current.authorization) > numberOf(authorization))
    return keep({ _tag: 'NewerAuthorization', record: current });
  if (wasSpent(current, token)) return keep({ _tag: 'Renewed', record: current });
  if (current.credential !== credentialRead) return keep({ _tag: 'NewerGeneration', record: current });
  const record = { ...withToken(current, token, nowMs), authorization, credential };
  return put(record, { _tag: 'Committed', record });
};
