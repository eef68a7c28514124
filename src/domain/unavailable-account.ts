import type { AccountRecord } from './account-record.js';
import { keep, put, type Change } from './record-change.js';
import { sameLineage, type Lineage } from './renewal-protocol.js';

/** An account that its provider calls unavailable is asked about once an hour. */
export const accountRetryMs = 3_600_000;

/** An API said that the account of this very token is blocked, inactive or cancelled. A worse state that is stored stays. */
export const markUnavailable = (
  current: AccountRecord | undefined,
  nowMs: number,
  of: Lineage,
  detail: string,
): Change<boolean> => {
  if (!sameLineage(current, of) || current.generation !== of.generation) return keep(false);
  if (current.failure?.terminal !== undefined) return keep(false);
  const failure = {
    code: 'ERR_ACCOUNT_UNAVAILABLE',
    detail,
    at: nowMs,
    count: (current.failure?.count ?? 0) + 1,
    retryAt: nowMs + accountRetryMs,
    terminal: 'account_unavailable' as const,
  };
  return put({ ...current, failure, updatedAt: nowMs }, true);
};
