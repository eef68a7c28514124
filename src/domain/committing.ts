import type { AccountRecord, Failure } from './account-record.js';
import type { DueTimes } from './due-times.js';
import { keep, put, type Change } from './record-change.js';
import { sameLineage, type Lineage } from './renewal-protocol.js';

/** The parts of a record that a committed token brings. */
export interface CommittedToken extends DueTimes {
  /** Sealed. */
  readonly token: string;
  readonly obtainedAt: number;
  readonly accessTokenExpiresAt: number;
  readonly refreshTokenExpiresAt: number | undefined;
  readonly renewable: boolean;
  /** Left when the answer kept its refresh token but gave no access token that can be used. */
  readonly failure?: Failure | undefined;
}

export type Committed =
  | { readonly _tag: 'Committed'; readonly record: AccountRecord }
  /** An earlier try whose answer was lost had committed it, and it has been renewed since. */
  | { readonly _tag: 'Renewed'; readonly record: AccountRecord }
  /** Somebody authorized after this, and that one stays: the token is not kept. */
  | { readonly _tag: 'Outdone'; readonly record: AccountRecord }
  /** The generation had moved on, or the credential has changed: the token is not kept. */
  | { readonly _tag: 'Superseded'; readonly record: AccountRecord }
  | { readonly _tag: 'Removed' };

/** The attempt that an answer belongs to, and the token it was to replace. */
export interface Consumed extends Lineage {
  readonly attemptId: string;
}

const withToken = (current: AccountRecord, token: CommittedToken, nowMs: number): AccountRecord => ({
  ...current,
  ...token,
  failure: token.failure,
  generation: current.generation + 1,
  invalidated: false,
  fallbackTried: false,
  attempt: undefined,
  laterAttempt: undefined,
  updatedAt: nowMs,
});

/** Both a request and its recovery were answered, and the answer to the first was committed first. */
const isLaterAnswer = (current: AccountRecord, consumed: Consumed): boolean =>
  current.generation === consumed.generation + 1 && current.laterAttempt === consumed.attemptId;

/**
 * Step 6: where the generation is still the one consumed, whoever holds the attempt by now; of two answers for one
 * generation the one to the later request stays, since it may have ended the other. Removal beats renewal. A token that is
 * already there was committed by an earlier try whose answer was lost.
 */
export const commitRenewal = (
  current: AccountRecord | undefined,
  nowMs: number,
  consumed: Consumed,
  token: CommittedToken,
): Change<Committed> => {
  if (!sameLineage(current, consumed)) return keep({ _tag: 'Removed' });
  if (current.token === token.token) return keep({ _tag: 'Committed', record: current });
  if (current.generation !== consumed.generation && !isLaterAnswer(current, consumed)) {
    return keep({ _tag: 'Superseded', record: current });
  }
  const open = current.attempt?.id;
  const record = { ...withToken(current, token, nowMs), laterAttempt: open === consumed.attemptId ? undefined : open };
  return put(record, { _tag: 'Committed', record });
};

/** What an authorization is called in the store: when its code was spent, in Unix milliseconds, and something that nobody else says. */
export const authorizationName = (spentAtMs: number, random: string): string => `${spentAtMs}.${random}`;

const spentAtOf = (name: string | undefined): number => Number(/^\d+/.exec(name ?? '')?.[0] ?? 0);

/** A person's new authorization, and the account it was made for. */
export interface Authorized {
  readonly incarnation: string;
  /** Its own name ({@link authorizationName}), by which a later try knows a commit of its own whose answer was lost. */
  readonly authorization: string;
  /** When its token arrived, in Unix milliseconds: whoever spent a code after that has a newer one. */
  readonly receivedAt: number;
  /** The sealed credential that the new one was made from; if it changed meanwhile, nothing is written. */
  readonly credentialRead: string;
  readonly credential: string;
}

/**
 * A person authorized anew: this token replaces whatever generation is current, since it belongs to a newer grant; unless
 * somebody has authorized since, with a code that was spent later.
 */
export const commitAuthorization = (
  current: AccountRecord | undefined,
  nowMs: number,
  { incarnation, authorization, receivedAt, credentialRead, credential }: Authorized,
  token: CommittedToken,
): Change<Committed> => {
  if (current === undefined || current.incarnation !== incarnation) return keep({ _tag: 'Removed' });
  if (current.authorization === authorization) {
    return keep({ _tag: current.token === token.token ? 'Committed' : 'Renewed', record: current });
  }
  if (spentAtOf(current.authorization) > receivedAt) return keep({ _tag: 'Outdone', record: current });
  if (current.credential !== credentialRead) return keep({ _tag: 'Superseded', record: current });
  const record = { ...withToken(current, token, nowMs), authorization, credential };
  return put(record, { _tag: 'Committed', record });
};
