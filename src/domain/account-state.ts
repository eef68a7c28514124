import type { AccountRecord } from './account-record.js';
import { hasEnded, stoppedBy, type Asking } from './renewal-protocol.js';

/** Where an account stands. */
export type AccountState =
  /** Never authorized, or revoked. */
  | 'unauthorized'
  /** Holds a valid access token, or can get one without a person. */
  | 'ready'
  /** A token request is under way. */
  | 'renewing'
  /** Holds no valid access token, and the last renewal failed without a verdict: it is tried again, and somebody should look. */
  | 'failing'
  /** A person has to authorize again. */
  | 'reauthorization_required'
  /** The provider refuses our client id or secret. */
  | 'client_rejected'
  /** The provider says that the account is blocked, inactive or gone. */
  | 'account_unavailable'
  /** A renewal may or may not have been processed; it is asked again until the provider gives its verdict. */
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
  /** A hint: past it the refresh token is tried all the same, and the provider's answer decides. */
  readonly refreshTokenExpiresAt?: Date;
  readonly lastFailure?: {
    readonly code: string;
    readonly at: Date;
    readonly retryAt?: Date;
    /** How many failures in a row. */
    readonly count: number;
  };
  /** The provider promises a refresh token and sent none: a person has to authorize again once the access token has expired. */
  readonly refreshTokenMissing?: true;
}

/** What judging a state needs besides the record. */
export interface StateView extends Pick<Asking, 'client' | 'epoch'> {
  /** Asking twice does no harm, so that no outcome matters. */
  readonly repeatable: boolean;
  /** The provider promises a refresh token with every authorization. */
  readonly refreshTokenRequired?: boolean | undefined;
  /** The token held was issued for another tenant, and is not used. */
  readonly isForeign?: boolean | undefined;
  readonly nowMs: number;
}

/** Precedence: terminal, `outcome_unknown`, `failing`, `renewing`, `ready`, `unauthorized`. */
export const stateOf = (record: AccountRecord, view: StateView): AccountState => {
  const { client, epoch, repeatable, nowMs } = view;
  const { attempt, failure } = record;
  if (view.isForeign === true && !repeatable) return 'reauthorization_required';
  // That it may be asked about again, once an hour, does not make it available.
  if (failure?.terminal === 'account_unavailable') return failure.terminal;
  const stopped = stoppedBy(record, { client, epoch, asksForAll: false }, nowMs);
  if (stopped !== undefined) return stopped.terminal;
  const ended = attempt !== undefined && hasEnded(attempt, nowMs);
  if (ended && !repeatable) return 'outcome_unknown';
  const valid = !record.invalidated && record.token !== undefined && nowMs < (record.accessTokenExpiresAt ?? 0);
  const failed = failure !== undefined && failure.terminal === undefined;
  if (!valid && failed && (record.token !== undefined || record.renewable)) return 'failing';
  if (attempt !== undefined && !ended) return 'renewing';
  if (valid || record.renewable) return 'ready';
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
    ...(view.refreshTokenRequired === true && record.token !== undefined && !record.renewable
      ? { refreshTokenMissing: true as const }
      : {}),
    ...(record.failure === undefined ? {} : { lastFailure: failureOf(record.failure) }),
  });

const failureOf = (failure: NonNullable<AccountRecord['failure']>): NonNullable<CredentialStatus['lastFailure']> =>
  Object.freeze({
    code: failure.code,
    at: new Date(failure.at),
    count: failure.count,
    ...(failure.retryAt === undefined ? {} : { retryAt: new Date(failure.retryAt) }),
  });
