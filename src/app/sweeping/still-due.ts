import { isLeft, left, right, type Either } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { AccountRecord } from '../../domain/account-record.js';
import { beginAttempt } from '../../domain/renewal-protocol.js';
import type { Clock } from '../../ports/clock.js';
import type { EventSink } from '../../ports/event-sink.js';
import type { Account } from '../accounts/account.js';
import type { Accounts } from '../accounts/accounts.js';
import { canRenew, hasFallback } from '../renewal/can-renew.js';
import type { RefreshToken } from '../renewal/refresh-token.js';
import { makeTellFailure } from '../renewal/tell-failure.js';
import type { UseCaseError } from '../use-case-error.js';
import type { Fate } from './fate.js';

/** Looks again at an account that was due when its page was read. Left says why there is nothing to send for it. */
export interface StillDue {
  readonly look: (found: AccountRecord, keepWarm: boolean) => TE.TaskEither<Fate, Account>;
  readonly isDue: (record: AccountRecord, keepWarm: boolean) => boolean;
  /** What an error makes of an account; its failure is told by an event. */
  readonly fateOf: (record: AccountRecord) => (error: UseCaseError) => Fate;
}

export interface StillDueDeps {
  readonly accounts: Accounts;
  readonly refreshToken: RefreshToken;
  readonly clock: Clock;
  readonly events: EventSink;
}

export const makeStillDue = ({ accounts, refreshToken, clock, events }: StillDueDeps): StillDue => {
  const tellFailure = makeTellFailure({ events, clock });

  const isDue = ({ keepAliveAt, warmAt }: AccountRecord, keepWarm: boolean): boolean => {
    const nowMs = clock.nowMs();
    return (keepAliveAt ?? Infinity) <= nowMs || (keepWarm && (warmAt ?? Infinity) <= nowMs);
  };

  /** Rehearses the renewal's beginning on what was just read, so that no slot is spent on what cannot begin. */
  const mayBegin = (account: Account): Either<Fate, Account> => {
    const { record, client, policy, grant } = account;
    const { incarnation, generation } = record;
    const nowMs = clock.nowMs();
    if (isLeft(canRenew(account, nowMs))) return left('not_due');
    const begun = beginAttempt(record, undefined, {
      incarnation,
      generation,
      attemptId: '',
      owner: '',
      client,
      policy,
      repeatable: grant.repeatable,
      hasFallback: hasFallback(account),
      nowMs,
    });
    if (begun._tag !== 'Keep') return right(account);
    return left(begun.result._tag === 'Stopped' ? 'not_due' : 'skipped');
  };

  const judge = (account: Account | undefined, keepWarm: boolean): Either<Fate, Account> => {
    if (account?.token === undefined) return left('not_due');
    const busyHere = refreshToken.current(account.record.key) !== undefined;
    return busyHere || !isDue(account.record, keepWarm) ? left('skipped') : mayBegin(account);
  };

  const fateOf =
    (record: AccountRecord) =>
    (error: UseCaseError): Fate => {
      if (error._tag === 'Misuse') return 'unreadable';
      if (error._tag === 'RateLimited') return 'resting';
      tellFailure(record, error);
      return error._tag === 'StoreFailed' ? 'failed' : 'unreadable';
    };

  return {
    look: (found, keepWarm) =>
      pipe(
        accounts.find(found.key),
        TE.mapError(fateOf(found)),
        TE.flatMap((account) => TE.fromEither(judge(account, keepWarm))),
      ),
    isDue,
    fateOf,
  };
};
