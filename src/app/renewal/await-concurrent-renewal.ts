import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { AccountRecord } from '../../domain/account-record.js';
import { sameLineage } from '../../domain/renewal-protocol.js';
import { tokenError, type TokenError } from '../../domain/token-error.js';
import type { Clock } from '../../ports/clock.js';
import type { Randomness } from '../../ports/randomness.js';
import type { TokenStore } from '../../ports/token-store.js';
import type { Account } from '../accounts/account.js';
import { storeFailed } from '../store/store-failed.js';
import { $, steps } from '../use-case/steps.js';

/**
 * Waits while another worker may bring a newer token: until the generation moves, its attempt ends, or patience does, which
 * is the only Left besides a failing store. Both ends are on this process's monotonic clock. Gives the record as last read.
 */
export type AwaitConcurrentRenewal = (
  account: Account,
  endsMonotonicMs: number,
  patienceEndsMonotonicMs: number,
) => TE.TaskEither<TokenError, AccountRecord | undefined>;

/** Whether a record holds a newer token than the account. */
export const hasNewerToken = (
  record: AccountRecord | undefined,
  { record: before }: Account,
): record is AccountRecord => sameLineage(record, before) && record.generation !== before.generation;

export interface AwaitConcurrentRenewalDeps {
  readonly store: TokenStore;
  readonly clock: Clock;
  readonly randomness: Randomness;
}

const shortestPollMs = 5;
const longestPollMs = 500;
/** The poll interval: 10 to 20 % of the time waited so far. */
const pollFraction = 0.1;

export const makeAwaitConcurrentRenewal =
  ({ store, clock, randomness }: AwaitConcurrentRenewalDeps): AwaitConcurrentRenewal =>
  (account, endsMs, patienceEndsMs) =>
    steps(function* () {
      const { key, generation, incarnation } = account.record;
      const sinceMs = clock.monotonicMs();
      for (;;) {
        const nowMs = clock.monotonicMs();
        const leftMs = Math.max(0, endsMs - nowMs);
        if (nowMs >= patienceEndsMs) {
          return yield* $(TE.left(tokenError('RenewalUnderWay', { key, retryAfterMs: leftMs })));
        }
        const intervalMs = Math.min(longestPollMs, Math.max(shortestPollMs, pollFraction * (nowMs - sinceMs)));
        const pollMs = Math.min(patienceEndsMs - nowMs, leftMs, intervalMs * (1 + randomness.fraction()));
        yield* $(TE.fromTask<void, TokenError>(() => clock.sleep(Math.max(1, pollMs))));
        const record = yield* $(pipe(store.read(key), TE.mapError(storeFailed(key))));
        const isSame = record?.incarnation === incarnation && record.generation === generation;
        const isOpen = record?.attempt !== undefined && !record.attempt.unknown;
        if (!isSame || !isOpen || clock.monotonicMs() >= endsMs) return record;
      }
    });
