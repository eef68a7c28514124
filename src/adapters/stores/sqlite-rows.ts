import type {
  AccountRecord,
  Attempt,
  Failure,
  PendingAuthorization,
  TerminalState,
} from '../../domain/account-record.js';
import { cellsOf, RowUnreadable } from './sqlite-cells.js';

/** The columns of `llavero_accounts` besides `namespace`. */
export const accountColumns = [
  'key',
  'provider',
  'account',
  'incarnation',
  'credential',
  'authorization',
  'generation',
  'token',
  'obtained_at',
  'access_token_expires_at',
  'refresh_token_expires_at',
  'renewable',
  'invalidated',
  'fallback_tried',
  'warm_at',
  'keep_alive_at',
  'attempt_id',
  'attempt_owner',
  'attempt_started_at',
  'attempt_expires_at',
  'attempt_settles_at',
  'attempt_recovery',
  'attempt_unknown',
  'later_attempt',
  'failure_code',
  'failure_detail',
  'failure_at',
  'failure_retry_at',
  'failure_count',
  'failure_terminal',
  'failure_client',
  'created_at',
  'updated_at',
] as const;

/** Every field of `A` spelled out, absent ones too, so that a field added to `A` cannot be forgotten here. */
type Complete<A> = { readonly [Field in keyof Required<A>]: A[Field] };

type Cell = string | number | null;

/** An account as SQLite binds it: every column, no undefined and no booleans. */
export type AccountRow = { readonly [Column in (typeof accountColumns)[number]]: Cell };

export const accountRow = (record: AccountRecord): AccountRow => ({
  key: record.key,
  provider: record.provider,
  account: record.account,
  incarnation: record.incarnation,
  credential: record.credential,
  authorization: record.authorization ?? null,
  generation: record.generation,
  token: record.token ?? null,
  obtained_at: record.obtainedAt ?? null,
  access_token_expires_at: record.accessTokenExpiresAt ?? null,
  refresh_token_expires_at: record.refreshTokenExpiresAt ?? null,
  renewable: flag(record.renewable),
  invalidated: flag(record.invalidated),
  fallback_tried: flag(record.fallbackTried),
  warm_at: record.warmAt ?? null,
  keep_alive_at: record.keepAliveAt ?? null,
  ...attemptCells(record.attempt),
  later_attempt: record.laterAttempt ?? null,
  ...failureCells(record.failure),
  created_at: record.createdAt,
  updated_at: record.updatedAt,
});

const flag = (value: boolean): number => (value ? 1 : 0);

const attemptCells = (attempt: Attempt | undefined) => ({
  attempt_id: attempt?.id ?? null,
  attempt_owner: attempt?.owner ?? null,
  attempt_started_at: attempt?.startedAt ?? null,
  attempt_expires_at: attempt?.expiresAt ?? null,
  attempt_settles_at: attempt?.settlesAt ?? null,
  attempt_recovery: attempt === undefined ? null : flag(attempt.recovery),
  attempt_unknown: attempt === undefined ? null : flag(attempt.unknown),
});

const failureCells = (failure: Failure | undefined) => ({
  failure_code: failure?.code ?? null,
  failure_detail: failure?.detail ?? null,
  failure_at: failure?.at ?? null,
  failure_retry_at: failure?.retryAt ?? null,
  failure_count: failure?.count ?? null,
  failure_terminal: failure?.terminal ?? null,
  failure_client: failure?.client ?? null,
});

/** Reads an account back. Throws {@link RowUnreadable} when somebody else has put something else there. */
export const accountRecord = (row: unknown): Complete<AccountRecord> => {
  const { text, optionalText, integer, optionalInteger, isNull } = cellsOf(row);
  return {
    key: text('key'),
    provider: text('provider'),
    account: text('account'),
    incarnation: text('incarnation'),
    credential: text('credential'),
    authorization: optionalText('authorization'),
    generation: integer('generation'),
    token: optionalText('token'),
    obtainedAt: optionalInteger('obtained_at'),
    accessTokenExpiresAt: optionalInteger('access_token_expires_at'),
    refreshTokenExpiresAt: optionalInteger('refresh_token_expires_at'),
    renewable: integer('renewable') === 1,
    invalidated: integer('invalidated') === 1,
    fallbackTried: integer('fallback_tried') === 1,
    warmAt: optionalInteger('warm_at'),
    keepAliveAt: optionalInteger('keep_alive_at'),
    attempt: isNull('attempt_id') ? undefined : attempt(row),
    laterAttempt: optionalText('later_attempt'),
    failure: isNull('failure_code') ? undefined : failure(row),
    createdAt: integer('created_at'),
    updatedAt: integer('updated_at'),
  };
};

const attempt = (row: unknown): Complete<Attempt> => {
  const { text, integer } = cellsOf(row);
  return {
    id: text('attempt_id'),
    owner: text('attempt_owner'),
    startedAt: integer('attempt_started_at'),
    expiresAt: integer('attempt_expires_at'),
    settlesAt: integer('attempt_settles_at'),
    recovery: integer('attempt_recovery') === 1,
    unknown: integer('attempt_unknown') === 1,
  };
};

const failure = (row: unknown): Complete<Failure> => {
  const { text, optionalText, integer, optionalInteger } = cellsOf(row);
  return {
    code: text('failure_code'),
    detail: text('failure_detail'),
    at: integer('failure_at'),
    retryAt: optionalInteger('failure_retry_at'),
    count: integer('failure_count'),
    terminal: terminalState(optionalText('failure_terminal')),
    client: optionalText('failure_client'),
  };
};

const terminalState = (text: string | undefined): TerminalState | undefined => {
  switch (text) {
    case undefined:
    case 'reauthorization_required':
    case 'client_rejected':
    case 'account_unavailable':
      return text;
    default:
      throw new RowUnreadable();
  }
};

/** Reads a pending authorization back; throws as {@link accountRecord}. */
export const pendingAuthorization = (row: unknown): Complete<PendingAuthorization> => {
  const { text, integer } = cellsOf(row);
  return {
    id: text('id'),
    key: text('key'),
    incarnation: text('incarnation'),
    expiresAt: integer('expires_at'),
    sealed: text('sealed'),
  };
};
