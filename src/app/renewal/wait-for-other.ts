import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { AccountRecord } from '../../domain/account-record.js';
import { sameLineage } from '../../domain/renewal-protocol.js';
import { tokenError, type TokenError } from '../../domain/token-error.js';
import type { Clock } from '../../ports/clock.js';
import type { Randomness } from '../../ports/randomness.js';
import type { TokenStore } from '../../ports/token-store.js';
import type { Account } from '../accounts/account.js';
import { storeFailed } from '../accounts/accounts.js';
import type { UseCaseError } from '../use-case-error.js';

/**
 * Waits while somebody else's attempt is open: until the generation moves, the attempt ends, or patience does, which is
 * the only Left besides a failing store. Both ends are on this process's monotonic clock. Gives the record as it stood at the
 * last look.
 */
export type WaitForOther = (
  account: Account,
  attemptEndsMonotonicMs: number,
  patienceEndsMonotonicMs: number,
) => TE.TaskEither<TokenError, AccountRecord | undefined>;

/** Whether what was found at the last look is a newer token. */
export const hasMoved = (record: AccountRecord | undefined, { record: before }: Account): record is AccountRecord =>
  sameLineage(record, before) && record.generation !== before.generation;

export interface WaitForOtherDeps {
  readonly store: TokenStore;
  readonly clock: Clock;
  readonly randomness: Randomness;
}

/** A renewal over a fast network takes a few of these. */
const shortestRestMs = 5;
const longestRestMs = 500;
/** Between the two, a rest is this part of the time waited so far, and up to twice that. */
const restFraction = 0.1;

/** Why a caller was turned away while another worker was at it; its own patience may be longer than its flight's. */
export const busyElsewhere = 'another worker is renewing this token';

/** Somebody else is at this key: whoever joined may ask again on its own account. */
export const leftToOthers = (key: string, retryAfterMs?: number): TokenError =>
  tokenError('ProviderUnavailable', {
    key,
    why: busyElsewhere,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });

/** Whether an error only says that a flight left its key to others. */
export const isLeftToOthers = (error: UseCaseError): boolean =>
  error._tag === 'ProviderUnavailable' && error.why === busyElsewhere;

export const makeWaitForOther = ({ store, clock, randomness }: WaitForOtherDeps): WaitForOther => {
  const poll = (
    account: Account,
    attemptEndsMs: number,
    patienceEndsMs: number,
    sinceMs: number,
  ): ReturnType<WaitForOther> => {
    const { key, generation, incarnation } = account.record;
    const nowMs = clock.monotonicMs();
    const attemptLeftMs = Math.max(0, attemptEndsMs - nowMs);
    if (nowMs >= patienceEndsMs) {
      return TE.left(leftToOthers(key, attemptLeftMs));
    }
    const leastMs = Math.min(longestRestMs, Math.max(shortestRestMs, restFraction * (nowMs - sinceMs)));
    const restMs = Math.min(patienceEndsMs - nowMs, attemptLeftMs, leastMs * (1 + randomness.fraction()));
    return pipe(
      TE.fromTask<void, TokenError>(() => clock.sleep(Math.max(1, restMs))),
      TE.flatMap(() => pipe(store.read(key), TE.mapError(storeFailed(key)))),
      TE.flatMap((record) => {
        const same = record?.incarnation === incarnation && record.generation === generation;
        const open = record?.attempt !== undefined && !record.attempt.unknown;
        return same && open && clock.monotonicMs() < attemptEndsMs
          ? poll(account, attemptEndsMs, patienceEndsMs, sinceMs)
          : TE.right(record);
      }),
    );
  };
  return (account, attemptEndsMs, patienceEndsMs) => async () =>
    poll(account, attemptEndsMs, patienceEndsMs, clock.monotonicMs())();
};
