import { isLeft, left, right, type Either } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { AccountRecord } from '../../domain/account-record.js';
import { beginAttempt, type ClientStanding } from '../../domain/renewal-protocol.js';
import type { Clock } from '../../ports/clock.js';
import type { EventSink } from '../../ports/event-sink.js';
import type { Account } from '../accounts/account.js';
import type { Accounts } from '../accounts/accounts.js';
import type { ClientPauses } from '../renewal/client-pauses.js';
import { canRenew } from '../renewal/renewability.js';
import { beginRequest } from '../renewal/record-attempt.js';
import type { TokenRenewer } from '../renewal/single-flight-renewal.js';
import { makeTellFailure } from '../renewal/tell-failure.js';
import type { UseCaseError } from '../use-case-error.js';
import type { Fate } from './fate.js';

/** Nothing was sent: all accounts of the client wait. */
export const isPaused = (error: UseCaseError): boolean =>
  (error._tag === 'ProviderUnavailable' || error._tag === 'RateLimited') && error.paused === true;

/** Looks again at an account that was due when its page was read. Left says why there is nothing to send for it. */
export interface StillDue {
  readonly look: (found: AccountRecord, keepWarm: boolean) => TE.TaskEither<Fate, Account>;
  readonly isDue: (record: AccountRecord, keepWarm: boolean) => boolean;
  /** What an error makes of an account; its failure is told by an event. */
  readonly fateOf: (record: AccountRecord) => (error: UseCaseError) => Fate;
}

export interface StillDueDeps {
  readonly accounts: Accounts;
  readonly renewer: TokenRenewer;
  readonly pauses: ClientPauses;
  readonly clock: Clock;
  readonly events: EventSink;
}

export const makeStillDue = ({ accounts, renewer, pauses, clock, events }: StillDueDeps): StillDue => {
  const tellFailure = makeTellFailure({ events, clock });

  const isDue = ({ keepAliveAt, warmAt }: AccountRecord, keepWarm: boolean): boolean => {
    const nowMs = clock.nowMs();
    return (keepAliveAt ?? Infinity) <= nowMs || (keepWarm && (warmAt ?? Infinity) <= nowMs);
  };

  /** Dry-runs `beginAttempt` before a slot is taken, so that none is spent on what cannot begin. */
  const mayBegin = (account: Account, standing: ClientStanding): Either<Fate, Account> => {
    if (isLeft(canRenew(account))) return left('not_due');
    const request = beginRequest(account, standing, { attemptId: '', owner: '', nowMs: clock.nowMs() });
    const begun = beginAttempt(account.record, undefined, request);
    // The renewal itself waits for an announced recovery: it knows since when it has been announced.
    if (begun._tag !== 'Keep' || begun.result._tag === 'RecoveryAnnounced') return right(account);
    return left(begun.result._tag === 'Stopped' ? 'not_due' : 'skipped');
  };

  const judge = (account: Account | undefined, keepWarm: boolean): TE.TaskEither<Fate, Account> => {
    if (account?.token === undefined) return TE.left('not_due');
    const busyHere = renewer.current(account.record.key) !== undefined;
    if (busyHere || !isDue(account.record, keepWarm)) return TE.left('skipped');
    return pipe(
      pauses.standing(account),
      TE.mapError(fateOf(account.record)),
      TE.flatMap((standing) => TE.fromEither(mayBegin(account, standing))),
    );
  };

  const fateOf =
    (record: AccountRecord) =>
    (error: UseCaseError): Fate => {
      if (error._tag === 'Misuse') return 'unreadable';
      if (isPaused(error)) return 'resting';
      tellFailure(record, error);
      return error._tag === 'StoreFailed' ? 'failed' : 'unreadable';
    };

  return {
    look: (found, keepWarm) =>
      pipe(
        accounts.find(found.key),
        TE.mapError(fateOf(found)),
        TE.flatMap((account) => judge(account, keepWarm)),
      ),
    isDue,
    fateOf,
  };
};
