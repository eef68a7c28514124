import { pipe } from 'fp-ts/lib/function.js';
import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { AccountRecord } from '../../domain/account-record.js';
import type { Outcome } from '../../domain/outcome.js';
import type { Settled } from '../../domain/attempt-ending.js';
import { commitRenewal } from '../../domain/committing.js';
import { beginAttempt, type Begun } from '../../domain/renewal-protocol.js';
import { errorOfFailure } from '../../domain/token-error-facts.js';
import { tokenError, withRetryAfter, type TokenError } from '../../domain/token-error.js';
import type { Clock } from '../../ports/clock.js';
import type { EventSink } from '../../ports/event-sink.js';
import type { Randomness } from '../../ports/randomness.js';
import type { TokenStore } from '../../ports/token-store.js';
import type { Account } from '../accounts/account.js';
import { storeFailed, type Accounts } from '../accounts/accounts.js';
import type { UseCase } from '../use-case-error.js';
import { askAgainAt, restingError, unresolvedError } from './ask-again.js';
import { canRenew, hasFallback } from './can-renew.js';
import { notObtained } from './not-obtained.js';
import type { CommitToken } from './commit-token.js';
import type { ProviderRests } from './provider-rests.js';
import type { Ending, OwnAttempt, RecordRefusal } from './record-refusal.js';
import { requestFor } from './request-for.js';
import type { SendTokenRequest } from './send-token-request.js';
import { makeTellFailure } from './tell-failure.js';
import { hasMoved, leftToOthers, type WaitForOther } from './wait-for-other.js';

/** How long a renewal may wait for somebody else's attempt, and whom to tell when it cannot write what it got. */
export interface Waiting {
  /** On the monotonic clock. */
  readonly untilMonotonicMs: number;
  /** Nobody asked for a token: one that was removed or revoked meanwhile is not brought back. */
  readonly unasked: boolean;
  readonly onCommitDelayed: (error: TokenError) => void;
}

/**
 * The renewal protocol: attempt, then request, then compare-and-set commit on the generation. Gives the account with a
 * token newer than the one it was given, whoever fetched it.
 */
export type RenewToken = (account: Account, waiting: Waiting) => UseCase<Renewal>;

/** An account with a newer token, and whether this very renewal fetched it. */
export interface Renewal {
  readonly account: Account;
  readonly ours: boolean;
}

export interface RenewTokenDeps {
  readonly store: TokenStore;
  readonly accounts: Accounts;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly events: EventSink;
  readonly rests: ProviderRests;
  readonly waitForOther: WaitForOther;
  readonly send: SendTokenRequest;
  readonly commit: CommitToken;
  readonly recordRefusal: RecordRefusal;
  /** Names this process in attempts, for people who look. */
  readonly owner: string;
}

export const makeRenewToken = (deps: RenewTokenDeps): RenewToken => {
  const { store, accounts, clock, randomness, events, rests, waitForOther, send, commit, recordRefusal, owner } = deps;
  const tellFailure = makeTellFailure(deps);

  const renew: RenewToken = (account, waiting) =>
    pipe(
      TE.fromEither(canRenew(account, clock.nowMs())),
      TE.flatMap(() => rests.check(account)),
      TE.flatMap(() => begin(account)),
      TE.flatMap(([begun, attempt]) => proceed(account, waiting, begun, attempt)),
    );

  /** One atomic, durable write says whether this process may send. */
  const begin = (account: Account): UseCase<readonly [Begun, Omit<OwnAttempt, 'way'>]> => {
    const { record, client, policy, grant } = account;
    const attempt = { id: randomness.token(12), askedAtMonotonicMs: clock.monotonicMs() };
    const request = {
      incarnation: record.incarnation,
      generation: record.generation,
      attemptId: attempt.id,
      owner,
      client,
      policy,
      repeatable: grant.repeatable,
      hasFallback: hasFallback(account),
      nowMs: clock.nowMs(),
    };
    return pipe(
      store.update(record.key, (current, serverNowMs) => beginAttempt(current, serverNowMs, request)),
      TE.mapBoth(storeFailed(record.key), (begun) => [begun, attempt]),
    );
  };

  const proceed = (
    account: Account,
    waiting: Waiting,
    begun: Begun,
    attempt: Omit<OwnAttempt, 'way'>,
  ): UseCase<Renewal> => {
    const { key } = account.record;
    switch (begun._tag) {
      case 'Began':
        return pipe(
          reopened(account, begun.record),
          TE.flatMap((own) => request(own, waiting, { ...attempt, way: begun.way })),
        );
      case 'Moved':
        return adopted(begun.record);
      case 'Busy':
        return pipe(
          waitForOther(account, clock.monotonicMs() + begun.waitMs, waiting.untilMonotonicMs),
          TE.flatMap((record) => (hasMoved(record, account) ? adopted(record) : renew(account, waiting))),
        );
      case 'Unresolved':
        return TE.left(unresolvedError(key, begun.waitMs));
      case 'Resting':
        return TE.left(restingError(key, begun.failure, begun.waitMs));
      case 'Stopped':
        return TE.left(errorOfFailure(key, begun.failure));
      case 'GaveUp':
        tellFailure(account.record, errorOfFailure(key, begun.failure));
        return TE.left(errorOfFailure(key, begun.failure));
      case 'Removed':
        return startOver(account, waiting);
    }
  };

  /** Removed, or revoked and perhaps authorized anew: whatever stands under the key now is another matter. */
  const startOver = ({ record: { key } }: Account, waiting: Waiting): UseCase<Renewal> =>
    pipe(
      accounts.get(key),
      TE.flatMap((account) => {
        if (account.token !== undefined) return TE.right({ account, ours: false });
        return waiting.unasked ? TE.left(leftToOthers(key)) : renew(account, waiting);
      }),
    );

  /** Somebody else was quicker: their token is newer than the one this renewal set out to replace. */
  const adopted = (record: AccountRecord): UseCase<Renewal> =>
    pipe(
      accounts.open(record),
      TE.map((account) => ({ account, ours: false })),
    );

  /** The token to spend is the one read in the very write that recorded the attempt, never one read before. */
  const reopened = (account: Account, record: AccountRecord): UseCase<Account> =>
    record.token === account.record.token && record.credential === account.record.credential
      ? TE.right({ ...account, record })
      : accounts.open(record);

  /** Sends once, and not at all when so much time passed since the attempt was asked for that somebody may take it over. */
  const request = (account: Account, waiting: Waiting, attempt: OwnAttempt): UseCase<Renewal> => {
    const { policy, record } = account;
    const sendBeforeMs = attempt.askedAtMonotonicMs + policy.attemptTtlMs - policy.requestTimeoutMs;
    if (clock.monotonicMs() >= sendBeforeMs) {
      const why = 'this process was held up between recording its attempt and sending';
      return refused(account, waiting, attempt, 'unsent', tokenError('ProviderUnavailable', { key: record.key, why }));
    }
    const written = requestFor(account, attempt);
    if (E.isLeft(written)) return refused(account, waiting, attempt, 'rejected', written.left);
    const at = new Date(clock.nowMs());
    const { key, generation } = record;
    const recovery = attempt.way === 'recovery';
    events.emit({ type: 'renewal_started', key, at, generation, attempt: attempt.id, recovery });
    return pipe(
      TE.fromTask<Outcome, TokenError>(
        send(account, written.right.request, { ...written.right.asked, leavesBeforeMonotonicMs: sendBeforeMs }),
      ),
      TE.flatMap((outcome) => settle(account, waiting, attempt, outcome)),
    );
  };

  /** What became of the request decides what is written down, and only then what callers get. */
  const settle = (account: Account, waiting: Waiting, attempt: OwnAttempt, outcome: Outcome): UseCase<Renewal> => {
    const { key } = account.record;
    switch (outcome._tag) {
      case 'Issued':
        return issued(account, waiting, attempt, outcome);
      case 'Rejected':
        return refused(account, waiting, attempt, 'rejected', afterRecovery(attempt, outcome.reason));
      case 'Unsent':
        return refused(account, waiting, attempt, 'unsent', outcome.reason);
      case 'Unknown': {
        const { why } = outcome;
        if (account.grant.repeatable) return refused(account, waiting, attempt, 'unsent', notObtained(key, outcome));
        if (attempt.way === 'fallback') {
          const lost = tokenError('ReauthorizationRequired', { key, cause: 'outcome_unresolved' });
          return refused(account, waiting, attempt, 'rejected', lost);
        }
        const unknown = withRetryAfter(tokenError('OutcomeUnknown', { key, why }), outcome.retryAfterMs);
        return refused(account, waiting, attempt, 'unknown', unknown);
      }
    }
  };

  const issued = (
    account: Account,
    waiting: Waiting,
    attempt: OwnAttempt,
    { token, warnings }: Extract<Outcome, { _tag: 'Issued' }>,
  ): UseCase<Renewal> => {
    const { record } = account;
    const { key, incarnation, generation } = record;
    const consumed = { incarnation, generation, attemptId: attempt.id };
    return pipe(
      commit(
        account,
        token,
        'renewal',
        (current, nowMs, parts) => commitRenewal(current, nowMs, consumed, parts),
        waiting.onCommitDelayed,
      ),
      TE.flatMap((committed): UseCase<Renewal> => {
        const at = new Date(clock.nowMs());
        for (const warning of warnings) events.emit({ type: 'warning', key, at, warning });
        switch (committed._tag) {
          case 'Committed':
            return usable({ ...account, record: committed.record, token });
          case 'Renewed':
          case 'Outdone':
          case 'Superseded':
            return adopted(committed.record);
          case 'Removed':
            return startOver(account, waiting);
        }
      }),
    );
  };

  const refused = (
    account: Account,
    waiting: Waiting,
    attempt: OwnAttempt,
    ending: Ending,
    reason: TokenError,
  ): UseCase<Renewal> =>
    pipe(
      recordRefusal(account, attempt, ending, reason, waiting.onCommitDelayed),
      TE.flatMap((settled) => afterRefusal(account, waiting, attempt, settled, reason)),
    );

  /** A refusal counts only if nobody knows better by now: a newer token is used, another's attempt is waited for. */
  const afterRefusal = (
    account: Account,
    waiting: Waiting,
    { way }: OwnAttempt,
    settled: Settled,
    reason: TokenError,
  ): UseCase<Renewal> => {
    switch (settled._tag) {
      case 'Moved':
        return adopted(settled.record);
      case 'NotOurs':
        return renew({ ...account, record: settled.record }, waiting);
      case 'Removed':
        return startOver(account, waiting);
      case 'Settled': {
        const { failure, fallbackTried } = settled.record;
        const dead = failure?.terminal === 'reauthorization_required';
        if (dead && way !== 'fallback' && hasFallback(account) && !fallbackTried)
          return renew({ ...account, record: settled.record }, waiting);
        // By the store's clock, like `retryAt`: this host's own may disagree.
        const { updatedAt } = settled.record;
        const retryAt = askAgainAt(account, settled.record);
        tellFailure(settled.record, reason, retryAt);
        return TE.left(withRetryAfter(reason, retryAt === undefined ? undefined : Math.max(0, retryAt - updatedAt)));
      }
    }
  };

  return renew;
};

/** An answer that kept its refresh token but gave no access token that can be used is committed, and is still an error. */
const usable = (account: Account): UseCase<Renewal> =>
  account.token?.accessToken === undefined && account.record.failure !== undefined
    ? TE.left(errorOfFailure(account.record.key, account.record.failure))
    : TE.right({ account, ours: true });

/** A token refused in the recovery request was spent by the request whose outcome stayed unknown. */
const afterRecovery = ({ way }: OwnAttempt, reason: TokenError): TokenError =>
  way === 'recovery' && reason._tag === 'ReauthorizationRequired'
    ? tokenError('ReauthorizationRequired', { key: reason.key, cause: 'outcome_unresolved' })
    : reason;
