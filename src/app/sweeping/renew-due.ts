import { left, right, isLeft, type Either } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { AccountRecord } from '../../domain/account-record.js';
import { beginAttempt } from '../../domain/renewal-protocol.js';
import { factsOf } from '../../domain/token-error-facts.js';
import type { Clock } from '../../ports/clock.js';
import type { EventSink } from '../../ports/event-sink.js';
import type { Account } from '../accounts/account.js';
import type { Accounts } from '../accounts/accounts.js';
import { canRenew, hasFallback } from '../renewal/can-renew.js';
import type { ProviderRests } from '../renewal/provider-rests.js';
import type { RefreshToken } from '../renewal/refresh-token.js';
import type { RequestPace } from '../renewal/request-pace.js';
import { busyElsewhere } from '../renewal/wait-for-other.js';
import type { UseCaseError } from '../use-case-error.js';
import { makeGate, type Gate } from './gate.js';

/** What became of one account that a sweep took up. */
export type Fate =
  | 'renewed'
  | 'failed'
  /** Renewed or being renewed by somebody else, or not yet to be asked for again. */
  | 'skipped'
  /** The provider asked its client to rest. */
  | 'resting'
  /** It cannot be opened here: another encryption key, an incomplete credential. */
  | 'unreadable'
  /** Removed or revoked meanwhile, or stopped until a person acts: nothing a sweep could do. */
  | 'not_due';

/** What the accounts of one sweep share. */
export interface SweepRun {
  readonly keepWarm: boolean;
  /** As many requests as may be in flight. */
  readonly inFlight: Gate;
  /** One at a time of each client waits for a slot and for its place in flight. */
  readonly turnOf: (account: Account) => Gate;
  readonly pause: (ms: number) => Promise<void>;
  readonly stop: AbortSignal;
}

/** Renews one account if it still is due and nobody else is at it. Never rejects. */
export type RenewDue = (found: AccountRecord, run: SweepRun) => Promise<Fate>;

export interface RenewDueDeps {
  readonly accounts: Accounts;
  readonly refreshToken: RefreshToken;
  readonly rests: ProviderRests;
  readonly pace: RequestPace;
  readonly clock: Clock;
  readonly events: EventSink;
}

/** The gates of one sweep's clients. */
export const makeTurns = (): SweepRun['turnOf'] => {
  const turns = new Map<string, Gate>();
  return ({ provider, client }) => {
    const name = `${provider.id}/${client}`;
    const turn = turns.get(name) ?? makeGate(1);
    turns.set(name, turn);
    return turn;
  };
};

export const makeRenewDue = ({ accounts, refreshToken, rests, pace, clock, events }: RenewDueDeps): RenewDue => {
  const isDue = ({ keepAliveAt, warmAt }: AccountRecord, { keepWarm }: SweepRun): boolean => {
    const nowMs = clock.nowMs();
    return (keepAliveAt ?? Infinity) <= nowMs || (keepWarm && (warmAt ?? Infinity) <= nowMs);
  };

  /** Rehearses the renewal's beginning on what was just read, so that no slot is spent on what cannot begin. */
  const mayBegin = (account: Account): Either<Fate, Account> => {
    const { record, client, policy, grant } = account;
    const nowMs = clock.nowMs();
    const { incarnation, generation } = record;
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
    if (isLeft(canRenew(account, nowMs))) return left('not_due');
    if (begun._tag !== 'Keep') return right(account);
    return left(begun.result._tag === 'Stopped' ? 'not_due' : 'skipped');
  };

  const isBusyHere = ({ record }: Account): boolean => refreshToken.current(record.key) !== undefined;

  const judge = (account: Account | undefined, run: SweepRun): Either<Fate, Account> => {
    if (account?.token === undefined) return left('not_due');
    return !isDue(account.record, run) || isBusyHere(account) ? left('skipped') : mayBegin(account);
  };

  const fateOf =
    ({ key, generation }: AccountRecord) =>
    (error: UseCaseError): Fate => {
      if (error._tag === 'Misuse') return 'unreadable';
      if (error._tag === 'RateLimited') return 'resting';
      events.emit({
        type: 'renewal_failed',
        key,
        at: new Date(clock.nowMs()),
        generation,
        code: factsOf(error).code,
      });
      return error._tag === 'StoreFailed' ? 'failed' : 'unreadable';
    };

  const flightOf = (account: Account, run: SweepRun): TE.TaskEither<UseCaseError, Fate> => {
    const flight = refreshToken.start(account.record.key, {
      isEnough: (_cached, { record }) => !isDue(record, run),
      isServable: () => true,
      patienceMs: account.policy.patienceMs,
      policy: account.policy,
      unasked: true,
    });
    return pipe(
      () => flight.outcome,
      TE.map(({ ours }) => (ours ? 'renewed' : 'skipped')),
    );
  };

  const renew = async (account: Account, run: SweepRun): Promise<Fate> => {
    if (run.stop.aborted || isBusyHere(account)) return 'skipped';
    const outcome = await flightOf(account, run)();
    if (outcome._tag === 'Right') return outcome.right;
    return isBusyElsewhere(outcome.left) ? 'skipped' : 'failed';
  };

  /** In its turn: what one account's answer says about its client is known before the next one is sent. */
  const inTurn = async (account: Account, run: SweepRun): Promise<Fate> => {
    const turn = run.turnOf(account);
    await turn.enter();
    const slot = await pipe(
      rests.check(account),
      TE.flatMap(() => pace(account, run.pause)),
    )();
    if (isLeft(slot)) {
      turn.leave();
      return fateOf(account.record)(slot.left);
    }
    await run.inFlight.enter();
    turn.leave();
    const fate = await renew(account, run);
    run.inFlight.leave();
    return fate;
  };

  return (found, run) =>
    pipe(
      accounts.find(found.key),
      TE.mapError(fateOf(found)),
      TE.flatMap((account) => TE.fromEither(judge(account, run))),
      TE.matchE(
        (fate) => async () => fate,
        (account) => () => inTurn(account, run),
      ),
    )();
};

const isBusyElsewhere = (error: UseCaseError): boolean =>
  error._tag === 'ProviderUnavailable' && error.why === busyElsewhere;
