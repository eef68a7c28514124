import type { AccountRecord } from './account-record.js';
import { failureAfter } from './finish-attempt.js';
import { dueAfter } from './due-times.js';
import { keep, put, type Change } from './record-change.js';
import { sameLineage, type Lineage } from './renewal-protocol.js';

/** An account that its provider calls unavailable is asked about once an hour. */
export const accountRetryMs = 3_600_000;

/**
 * An API said that the account of this very token is blocked, inactive or cancelled. Gives the record with that failure;
 * undefined when it says something worse already, or when the token is another by now.
 */
export const markUnavailable = (
  current: AccountRecord | undefined,
  nowMs: number,
  of: Lineage,
  detail: string,
): Change<AccountRecord | undefined> => {
  if (!sameLineage(current, of) || current.generation !== of.generation) return keep(undefined);
  if (current.failure?.terminal !== undefined) return keep(undefined);
  const note = {
    code: 'ERR_ACCOUNT_UNAVAILABLE',
    detail,
    terminal: 'account_unavailable',
    coolDownMs: () => accountRetryMs,
  } as const;
  const failure = failureAfter(current, note, nowMs);
  const record = { ...current, ...dueAfter(current, failure, current.attempt), failure, updatedAt: nowMs };
  return put(record, record);
};
