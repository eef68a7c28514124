import type { AccountRecord, Attempt, AttemptWay, Failure, TerminalState } from '../../../domain/account-record.js';
import type { FoundRecord } from '../../../domain/unreadable-record.js';
import { cellsOf, RowUnreadable } from './cells.js';

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
  'authorizations_begun',
  'obtained_by',
  'refresh_token_id',
  'spent_refresh_token_id',
  'renewed_at',
  'attempt_way',
  'attempt_repeat',
  'attempt_announced_at',
  'repeats',
  'answered_generation',
  'answered_repeat',
  'failure_asked_by_provider',
  'failure_clients',
  'failure_epoch',
  'sweep_not_before',
  'attempt_boot_id',
  'attempt_since_boot_ms',
  'created_at',
  'updated_at',
] as const;

/** Every field of `A` spelled out, absent ones too, so that a field added to `A` cannot be forgotten here. */
export type Complete<A> = { readonly [Field in keyof Required<A>]: A[Field] };

export type Cell = string | number | null;

/** An account as SQLite binds it: every column, no undefined and no booleans. */
export type AccountRow = { readonly [Column in (typeof accountColumns)[number]]: Cell };

export const accountRow = (record: AccountRecord): AccountRow => ({
  key: record.key,
  provider: record.provider,
  account: record.account,
  incarnation: record.incarnation,
  credential: record.credential,
  authorization: record.authorization ?? null,
  authorizations_begun: record.authorizationsBegun ?? null,
  generation: record.generation,
  token: record.token ?? null,
  obtained_at: record.obtainedAt ?? null,
  access_token_expires_at: record.accessTokenExpiresAt ?? null,
  refresh_token_expires_at: record.refreshTokenExpiresAt ?? null,
  renewable: flag(record.renewable),
  obtained_by: record.obtainedBy ?? null,
  refresh_token_id: record.refreshTokenId ?? null,
  spent_refresh_token_id: record.spentRefreshTokenId ?? null,
  renewed_at: record.renewedAt ?? null,
  invalidated: flag(record.invalidated),
  fallback_tried: flag(record.fallbackTried),
  warm_at: record.warmAt ?? null,
  keep_alive_at: record.keepAliveAt ?? null,
  sweep_not_before: record.sweepNotBefore ?? null,
  ...attemptCells(record.attempt),
  later_attempt: null,
  repeats: record.repeats ?? null,
  answered_generation: record.answered?.generation ?? null,
  answered_repeat: record.answered?.repeat ?? null,
  ...failureCells(record.failure),
  created_at: record.createdAt,
  updated_at: record.updatedAt,
});

export const flag = (value: boolean): number => (value ? 1 : 0);

const attemptCells = (attempt: Attempt | undefined) => ({
  attempt_id: attempt?.id ?? null,
  attempt_owner: attempt?.owner ?? null,
  attempt_started_at: attempt?.startedAt ?? null,
  attempt_expires_at: attempt?.expiresAt ?? null,
  attempt_settles_at: attempt?.settlesAt ?? null,
  attempt_way: attempt?.way ?? null,
  attempt_repeat: attempt?.repeat ?? null,
  attempt_announced_at: attempt?.announcedAt ?? null,
  attempt_boot_id: attempt?.hostClock?.bootId ?? null,
  attempt_since_boot_ms: attempt?.hostClock?.sinceBootMs ?? null,
  attempt_recovery: attempt === undefined ? null : flag(attempt.way === 'recovery'),
  attempt_unknown: attempt === undefined ? null : flag(attempt.unknown),
});

const failureCells = (failure: Failure | undefined) => ({
  failure_code: failure?.code ?? null,
  failure_detail: failure?.detail ?? null,
  failure_at: failure?.at ?? null,
  failure_retry_at: failure?.retryAt ?? null,
  failure_count: failure?.count ?? null,
  failure_terminal: failure?.terminal ?? null,
  failure_client: failure?.clients?.at(-1) ?? null,
  failure_asked_by_provider: failure?.askedByProvider === undefined ? null : flag(failure.askedByProvider),
  failure_clients: failure?.clients?.join(' ') ?? null,
  failure_epoch: failure?.epoch ?? null,
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
    authorizationsBegun: optionalInteger('authorizations_begun'),
    authorization: optionalText('authorization'),
    generation: integer('generation'),
    token: optionalText('token'),
    obtainedAt: optionalInteger('obtained_at'),
    accessTokenExpiresAt: optionalInteger('access_token_expires_at'),
    refreshTokenExpiresAt: optionalInteger('refresh_token_expires_at'),
    renewable: integer('renewable') === 1,
    obtainedBy: optionalText('obtained_by'),
    refreshTokenId: optionalText('refresh_token_id'),
    spentRefreshTokenId: optionalText('spent_refresh_token_id'),
    renewedAt: optionalInteger('renewed_at'),
    invalidated: integer('invalidated') === 1,
    fallbackTried: integer('fallback_tried') === 1,
    warmAt: optionalInteger('warm_at'),
    keepAliveAt: optionalInteger('keep_alive_at'),
    sweepNotBefore: optionalInteger('sweep_not_before'),
    attempt: isNull('attempt_id') ? undefined : attempt(row),
    repeats: optionalInteger('repeats'),
    answered: isNull('answered_generation')
      ? undefined
      : { generation: integer('answered_generation'), repeat: integer('answered_repeat') },
    failure: isNull('failure_code') ? undefined : failure(row),
    createdAt: integer('created_at'),
    updatedAt: integer('updated_at'),
  };
};

/** Reads an account among many: one that {@link accountRecord} refuses is given by its name alone. */
export const foundRecord = (row: unknown): FoundRecord => {
  try {
    return accountRecord(row);
  } catch (thrown) {
    if (!(thrown instanceof RowUnreadable)) throw thrown;
    const { text } = cellsOf(row);
    return {
      key: text('key'),
      provider: text('provider'),
      account: text('account'),
      unreadable: true,
      why: thrown.code,
    };
  }
};

const attempt = (row: unknown): Complete<Attempt> => {
  const { text, integer, optionalInteger, optionalText } = cellsOf(row);
  const bootId = optionalText('attempt_boot_id');
  return {
    id: text('attempt_id'),
    owner: text('attempt_owner'),
    startedAt: integer('attempt_started_at'),
    expiresAt: integer('attempt_expires_at'),
    settlesAt: integer('attempt_settles_at'),
    way: attemptWay(optionalText('attempt_way')),
    repeat: optionalInteger('attempt_repeat') ?? 0,
    announcedAt: optionalInteger('attempt_announced_at'),
    unknown: integer('attempt_unknown') === 1,
    hostClock: bootId === undefined ? undefined : { bootId, sinceBootMs: integer('attempt_since_boot_ms') },
  };
};

const failure = (row: unknown): Complete<Failure> => {
  const { text, optionalText, integer, optionalInteger, isNull } = cellsOf(row);
  return {
    code: text('failure_code'),
    detail: text('failure_detail'),
    at: integer('failure_at'),
    retryAt: optionalInteger('failure_retry_at'),
    count: integer('failure_count'),
    terminal: terminalState(optionalText('failure_terminal')),
    askedByProvider: isNull('failure_asked_by_provider') ? undefined : integer('failure_asked_by_provider') === 1,
    clients: optionalText('failure_clients')
      ?.split(' ')
      .filter((client) => client !== ''),
    epoch: optionalInteger('failure_epoch'),
  };
};

const attemptWay = (text: string | undefined): AttemptWay => {
  switch (text) {
    case undefined:
      return 'first';
    case 'first':
    case 'recovery':
    case 'fallback':
      return text;
    default:
      throw new RowUnreadable();
  }
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
