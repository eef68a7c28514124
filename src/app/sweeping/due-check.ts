import { isLeft, left, right, type Either } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { AccountRecord } from '../../domain/account-record.js';
import { dueSince } from '../../domain/due-times.js';
import { clockToleranceMs } from '../../domain/refresh-policy.js';
import { beginAttempt, type Begun, type ClientStanding } from '../../domain/renewal-protocol.js';
import type { Clock } from '../../ports/clock.js';
import type { EventSink } from '../../ports/event-sink.js';
import type { Account } from '../accounts/account.js';
import type { Accounts } from '../accounts/account-repository.js';
import type { ClientPauses } from '../accounts/client-pauses.js';
import { canRenew } from '../renewal/renewability.js';
import { beginRequest } from '../renewal/record-attempt.js';
import type { TokenRenewer } from '../renewal/single-flight-renewal.js';
import { makeTellFailure } from '../renewal/tell-failure.js';
import type { UseCaseError } from '../use-case/use-case-error.js';
import { mendedWithinMs, type Ending, type SweepOutcome } from './sweep-outcome.js';

/** Nothing was sent: all accounts of the client wait. */
export const isPaused = (error: UseCaseError): boolean =>
  (error._tag === 'ProviderUnavailable' || error._tag === 'RateLimited') && error.paused === true;

/** How long an error asks to wait, in milliseconds. */
const retryAfterMs = (error: UseCaseError): number => ('retryAfterMs' in error ? (error.retryAfterMs ?? 0) : 0);

/** An account left with what an error says. */
export const endingOf = (outcome: SweepOutcome, error: UseCaseError): Ending => ({
  outcome,
  waitMs: retryAfterMs(error),
});

/** Looks at an account that was due when it was claimed. Left says why there is nothing to send for it. */
export interface DueCheck {
  /** By the record that was claimed. */
  readonly look: (claimed: AccountRecord, keepWarm: boolean) => TE.TaskEither<Ending, Account>;
  /** By what the store holds by now. */
  readonly lookAgain: (claimed: AccountRecord, keepWarm: boolean) => TE.TaskEither<Ending, Account>;
  readonly isDue: (record: AccountRecord, keepWarm: boolean) => boolean;
  /** What an error makes of an account; its failure is told by an event. */
  readonly endingAfter: (record: AccountRecord) => (error: UseCaseError) => Ending;
}

export interface DueCheckDeps {
  readonly accounts: Accounts;
  readonly renewer: TokenRenewer;
  readonly pauses: ClientPauses;
  readonly clock: Clock;
  readonly events: EventSink;
}

export const makeDueCheck = ({ accounts, renewer, pauses, clock, events }: DueCheckDeps): DueCheck => {
  const tellFailure = makeTellFailure({ events, clock });

  const isDue = (record: AccountRecord, keepWarm: boolean): boolean => {
    const nowMs = clock.nowMs();
    return dueSince(record, keepWarm, nowMs + clockToleranceMs) <= nowMs;
  };

  const skipped: Ending = { outcome: 'skipped', waitMs: 0 };
  /** Until somebody writes the record, or for a while at most. */
  const notDue: Ending = { outcome: 'not_due', waitMs: mendedWithinMs };

  const endingBefore = (begun: Begun): Ending => {
    if (begun._tag === 'Stopped') {
      const leftMs = (begun.failure.retryAt ?? Infinity) - clock.nowMs();
      return { outcome: 'not_due', waitMs: Math.max(0, Math.min(mendedWithinMs, leftMs)) };
    }
    return 'waitMs' in begun ? { outcome: 'skipped', waitMs: begun.waitMs } : skipped;
  };

  /** Dry-runs `beginAttempt` before a slot is taken, so that none is spent on what cannot begin. */
  const mayBegin = (account: Account, standing: ClientStanding): Either<Ending, Account> => {
    if (isLeft(canRenew(account))) return left(notDue);
    const request = beginRequest(account, standing, { attemptId: '', owner: '', nowMs: clock.nowMs() });
    const begun = beginAttempt(account.record, undefined, request);
    // The renewal itself waits for an announced recovery: it knows since when it has been announced.
    if (begun._tag !== 'Keep' || begun.result._tag === 'RecoveryAnnounced') return right(account);
    return left(endingBefore(begun.result));
  };

  const judge = (account: Account | undefined, keepWarm: boolean): TE.TaskEither<Ending, Account> => {
    if (account?.token === undefined) return TE.left(notDue);
    const busyHere = renewer.current(account.record.key) !== undefined;
    if (busyHere || !isDue(account.record, keepWarm)) return TE.left(skipped);
    return pipe(
      pauses.standing(account),
      TE.mapError(endingAfter(account.record)),
      TE.flatMap((standing) => TE.fromEither(mayBegin(account, standing))),
    );
  };

  const endingAfter =
    (record: AccountRecord) =>
    (error: UseCaseError): Ending => {
      if (error._tag === 'Misuse') return { outcome: 'unreadable', waitMs: mendedWithinMs };
      if (isPaused(error)) return endingOf('cooling_down', error);
      tellFailure(record, error);
      return error._tag === 'StoreFailed'
        ? { outcome: 'failed', waitMs: 0 }
        : { outcome: 'unreadable', waitMs: mendedWithinMs };
    };

  const judged = (
    claimed: AccountRecord,
    account: TE.TaskEither<UseCaseError, Account | undefined>,
    keepWarm: boolean,
  ): TE.TaskEither<Ending, Account> =>
    pipe(
      account,
      TE.mapError(endingAfter(claimed)),
      TE.flatMap((found) => judge(found, keepWarm)),
    );

  return {
    look: (claimed, keepWarm) => judged(claimed, accounts.open(claimed), keepWarm),
    lookAgain: (claimed, keepWarm) => judged(claimed, accounts.find(claimed.key), keepWarm),
    isDue,
    endingAfter,
  };
};
