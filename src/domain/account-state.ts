import type { AccountRecord } from './account-record.js';
import { stoppedBy } from './renewal-protocol.js';

/** Where an account stands. */
export type AccountState =
  /** Never authorized, or revoked. */
  | 'unauthorized'
  /** Holds a valid access token, or can get one without a person. */
  | 'ready'
  /** A token request is under way. */
  | 'renewing'
  /** A person has to authorize again. */
  | 'reauthorization_required'
  /** The provider refuses our client id or secret. */
  | 'client_rejected'
  /** The provider says that the account is blocked, inactive or gone. */
  | 'account_unavailable'
  /** A renewal may or may not have been processed, and that is not resolved yet. */
  | 'outcome_unknown';

/** What is known of one account, without anything secret. */
export interface CredentialStatus {
  /** `provider/account`. */
  readonly key: string;
  readonly provider: string;
  readonly account: string;
  /** Counts the tokens committed; 0 before the first. */
  readonly generation: number;
  readonly state: AccountState;
  readonly accessTokenExpiresAt?: Date;
  readonly refreshTokenExpiresAt?: Date;
  readonly lastFailure?: { readonly code: string; readonly at: Date; readonly retryAt?: Date };
}

/** What judging a state needs besides the record. */
export interface StateView {
  /** Fingerprint of the client in use: another one lifts `client_rejected`. */
  readonly client: string;
  /** The grant can be repeated harmlessly, so that no outcome matters. */
  readonly repeatable: boolean;
  readonly nowMs: number;
}

/** Precedence: terminal, `outcome_unknown`, `renewing`, `ready`, `unauthorized`. */
export const stateOf = (record: AccountRecord, { client, repeatable, nowMs }: StateView): AccountState => {
  const stopped = stoppedBy(record, client, nowMs);
  if (stopped !== undefined) return stopped.terminal;
  const { attempt } = record;
  const ended = attempt !== undefined && (attempt.unknown || nowMs >= attempt.expiresAt);
  if (ended && !repeatable) return 'outcome_unknown';
  if (attempt !== undefined && !ended) return 'renewing';
  const valid = !record.invalidated && record.token !== undefined && nowMs < (record.accessTokenExpiresAt ?? 0);
  const renewable = record.renewable && (repeatable || nowMs < (record.refreshTokenExpiresAt ?? Infinity));
  if (valid || renewable) return 'ready';
  return record.token === undefined ? 'unauthorized' : 'reauthorization_required';
};

export const statusOf = (record: AccountRecord, view: StateView): CredentialStatus =>
  Object.freeze({
    key: record.key,
    provider: record.provider,
    account: record.account,
    generation: record.generation,
    state: stateOf(record, view),
    ...(record.accessTokenExpiresAt === undefined
      ? {}
      : { accessTokenExpiresAt: new Date(record.accessTokenExpiresAt) }),
    ...(record.refreshTokenExpiresAt === undefined
      ? {}
      : { refreshTokenExpiresAt: new Date(record.refreshTokenExpiresAt) }),
    ...(record.failure === undefined ? {} : { lastFailure: failureOf(record.failure) }),
  });

const failureOf = (failure: NonNullable<AccountRecord['failure']>): NonNullable<CredentialStatus['lastFailure']> =>
  Object.freeze({
    code: failure.code,
    at: new Date(failure.at),
    ...(failure.retryAt === undefined ? {} : { retryAt: new Date(failure.retryAt) }),
  });
