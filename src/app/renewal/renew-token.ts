import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { AccountRecord } from '../../domain/account-record.js';
import { commitRenewal } from '../../domain/committing.js';
import type { Outcome } from '../../domain/outcome.js';
import type { Begun } from '../../domain/renewal-protocol.js';
import { errorOfFailure } from '../../domain/token-error-facts.js';
import { tokenError, withRetryAfter, type TokenError } from '../../domain/token-error.js';
import type { Clock } from '../../ports/clock.js';
import type { EventSink } from '../../ports/event-sink.js';
import type { Account } from '../accounts/account.js';
import type { Accounts } from '../accounts/account-repository.js';
import { $, steps } from '../use-case/steps.js';
import type { UseCase } from '../use-case/use-case-error.js';
import { hasNewerToken, type AwaitConcurrentRenewal } from './await-concurrent-renewal.js';
import { inPlace } from './attempt-places.js';
import type { Admission, ClientPauses } from '../accounts/client-pauses.js';
import type { CommitToken } from './commit-token.js';
import type { RecordAttempt } from './record-attempt.js';
import { statusOfAccount } from '../accounts/status-of-account.js';
import { canRenew, hasFallback } from './renewability.js';
import { askAgainAt, coolingDownError, unresolvedError } from './renewal-errors.js';
import type { SendTokenRequest } from './send-token-request.js';
import { tellingWait, type OnWait } from '../use-case/telling-wait.js';
import { makeTellFailure } from './tell-failure.js';
import { requestFor } from './token-request.js';
import type { OwnAttempt, WithoutToken, WriteOutcome } from './write-outcome.js';

/** How long a renewal may wait for another worker, and whom to tell when it cannot write what it got. */
export interface Waiting {
  /** On the monotonic clock. */
  readonly untilMonotonicMs: number;
  /** Nobody asked for a token: one that was removed or revoked meanwhile is not brought back. */
  readonly unasked: boolean;
  /** A slot of the client's rate has been taken already. */
  readonly hasSlot: boolean;
  readonly onCommitDelayed: (error: TokenError) => void;
  /** Told of waits whose end is known. */
  readonly onWait: OnWait;
}

/** An account with a newer token, and whether this very renewal fetched it. */
export interface Renewal {
  readonly account: Account;
  readonly ours: boolean;
}

/**
 * The renewal protocol: attempt, then request, then compare-and-set commit on the generation. Gives the account with a
 * token newer than the one it was given, whoever fetched it.
 */
export type RenewToken = (account: Account, waiting: Waiting) => UseCase<Renewal>;

export interface RenewTokenDeps {
  readonly accounts: Accounts;
  readonly clock: Clock;
  readonly events: EventSink;
  readonly pauses: ClientPauses;
  readonly awaitConcurrentRenewal: AwaitConcurrentRenewal;
  readonly send: SendTokenRequest;
  readonly commit: CommitToken;
  readonly writeOutcome: WriteOutcome;
  readonly recordAttempt: RecordAttempt;
}

export const makeRenewToken = (deps: RenewTokenDeps): RenewToken => {
  const { accounts, clock, events, pauses, recordAttempt, awaitConcurrentRenewal, send, commit } = deps;
  const tellFailure = makeTellFailure(deps);

  const renew: RenewToken = (found, waiting) =>
    steps(function* () {
      let account = found;
      for (;;) {
        const { key } = account.record;
        yield* $(TE.fromEither(canRenew(account)));
        const { begun, attempt, admission, place } = yield* $(recordAttempt(account, waiting));
        switch (begun._tag) {
          case 'Began': {
            const own = { ...attempt, way: begun.way, repeat: begun.record.attempt?.repeat ?? 0 };
            const spent = pipe(
              opened(account, begun.record),
              TE.flatMap((owned) => spend(owned, own, admission, waiting)),
            );
            const ended = yield* $(inPlace(place, spent));
            if (ended._tag === 'Right') return ended.right;
            account = ended.left;
            break;
          }
          case 'NewerGeneration':
            return yield* $(adopted(begun.record));
          case 'OtherCredential':
            account = yield* $(opened(account, begun.record));
            break;
          case 'RecoveryAnnounced':
          case 'RenewingElsewhere': {
            const record = yield* $(awaitOther(account, begun, waiting));
            if (hasNewerToken(record, account)) return yield* $(adopted(record));
            break;
          }
          case 'JustRenewed':
            if (clock.monotonicMs() + begun.waitMs > waiting.untilMonotonicMs) {
              return yield* $(TE.left(tokenError('RenewalUnderWay', { key, retryAfterMs: begun.waitMs })));
            }
            yield* $(TE.fromTask(() => clock.sleep(begun.waitMs)));
            break;
          case 'Unresolved':
            return yield* $(TE.left(unresolvedError(key, begun.waitMs)));
          case 'CoolingDown':
            return yield* $(TE.left(coolingDownError(key, begun.failure, begun.waitMs)));
          case 'Stopped':
            return yield* $(TE.left(errorOfFailure(key, begun.failure)));
          case 'GaveUp':
            tellFailure(account.record, errorOfFailure(key, begun.failure), { state: 'reauthorization_required' });
            return yield* $(TE.left(errorOfFailure(key, begun.failure)));
          case 'Removed': {
            const ended = yield* $(startedOver(account, waiting));
            if (ended._tag === 'Right') return ended.right;
            account = ended.left;
          }
        }
      }
    });

  /** The token to spend is the one read in the very write that recorded the attempt, never one read before. */
  const opened = (account: Account, record: AccountRecord): UseCase<Account> =>
    record.token === account.record.token && record.credential === account.record.credential
      ? TE.right({ ...account, record })
      : accounts.open(record);

  const awaitOther = (
    account: Account,
    begun: Extract<Begun, { readonly waitMs: number }>,
    { untilMonotonicMs, unasked, onWait }: Waiting,
  ): UseCase<AccountRecord | undefined> => {
    const endsMs = clock.monotonicMs() + begun.waitMs;
    // Another worker's request may be answered at any moment, an announced recovery is sent at its time.
    const leftMs = () => (begun._tag === 'RecoveryAnnounced' ? endsMs - clock.monotonicMs() : undefined);
    // Work that nobody waits for always waits for an announced recovery: else no sweep would ever send one.
    const patienceEndsMs = unasked && begun._tag === 'RecoveryAnnounced' ? Infinity : untilMonotonicMs;
    return pipe(
      tellingWait(onWait, leftMs, awaitConcurrentRenewal(account, endsMs, patienceEndsMs)),
      TE.mapError((error) =>
        begun._tag === 'RecoveryAnnounced' && error._tag === 'RenewalUnderWay'
          ? unresolvedError(account.record.key, error.retryAfterMs ?? begun.waitMs)
          : error,
      ),
    );
  };

  /** Removed, registered at other addresses, or revoked and perhaps authorized anew: whatever stands under the key now is another matter. */
  const startedOver = ({ record: { key } }: Account, { unasked }: Waiting): UseCase<E.Either<Account, Renewal>> =>
    pipe(
      accounts.get(key),
      TE.flatMap((account): UseCase<E.Either<Account, Renewal>> => {
        if (account.token !== undefined) return TE.right(E.right({ account, ours: false }));
        return unasked ? TE.left(tokenError('RenewalUnderWay', { key })) : TE.right(E.left(account));
      }),
    );

  /** Another worker was quicker: its token is newer than the one this renewal set out to replace. */
  const adopted = (record: AccountRecord): UseCase<Renewal> =>
    pipe(
      accounts.open(record),
      TE.map((account) => ({ account, ours: false })),
    );

  /** Sends once and writes down what came of it. Right is the renewal; Left is the account to begin anew with. */
  const spend = (
    account: Account,
    begun: Omit<OwnAttempt, 'sentAtMonotonicMs'>,
    admission: Admission,
    waiting: Waiting,
  ): UseCase<E.Either<Account, Renewal>> =>
    steps(function* () {
      const attempt = { ...begun, sentAtMonotonicMs: clock.monotonicMs() };
      const outcome = yield* $(TE.fromTask<Outcome, TokenError>(request(account, attempt)));
      return outcome._tag === 'Issued'
        ? yield* $(committed(account, attempt, admission, waiting, outcome))
        : yield* $(withoutToken(account, attempt, admission, waiting, outcome));
    });

  /** Not sent at all when so much time passed since the attempt was asked for that somebody may take it over. */
  const request =
    (account: Account, attempt: OwnAttempt): (() => Promise<Outcome>) =>
    async () => {
      const { policy, record } = account;
      const { key, generation } = record;
      const sendBeforeMs = attempt.askedAtMonotonicMs + policy.attemptTtlMs - policy.requestTimeoutMs;
      if (clock.monotonicMs() >= sendBeforeMs) {
        const why = 'this process was held up between recording its attempt and sending';
        return { _tag: 'Unsent', reason: tokenError('ProviderUnavailable', { key, why }), isOurs: true };
      }
      const written = requestFor(account, attempt);
      if (E.isLeft(written)) return { _tag: 'Rejected', reason: written.left };
      const recovery = attempt.way === 'recovery';
      const at = new Date(clock.nowMs());
      events.emit({ type: 'renewal_started', key, at, generation, attempt: attempt.id, recovery });
      return send(account, written.right.request, {
        ...written.right.asked,
        leavesBeforeMonotonicMs: sendBeforeMs,
      })();
    };

  const committed = (
    account: Account,
    { id, repeat }: OwnAttempt,
    admission: Admission,
    waiting: Waiting,
    { token, warnings }: Extract<Outcome, { _tag: 'Issued' }>,
  ): UseCase<E.Either<Account, Renewal>> =>
    steps(function* () {
      const { key, incarnation, generation, refreshTokenId } = account.record;
      const consumed = { incarnation, generation, attemptId: id, repeat, refreshTokenId };
      const result = yield* $(
        commit(
          account,
          token,
          'renewal',
          (current, nowMs, parts) => commitRenewal(current, nowMs, consumed, parts),
          waiting.onCommitDelayed,
        ),
      );
      yield* $(
        pipe(
          pauses.succeeded(account, admission),
          TE.orElse(() => TE.right<TokenError, void>(undefined)),
        ),
      );
      for (const warning of warnings) events.emit({ type: 'warning', key, at: new Date(clock.nowMs()), warning });
      switch (result._tag) {
        case 'Committed':
          return yield* $(usable({ ...account, record: result.record, token }));
        case 'OtherRegistration':
        case 'Removed':
          return yield* $(startedOver(account, waiting));
        default:
          return E.right(yield* $(adopted(result.record)));
      }
    });

  /** A refusal counts only if nobody knows better by now: a newer token is used, another's attempt is waited for. */
  const withoutToken = (
    account: Account,
    attempt: OwnAttempt,
    admission: Admission,
    waiting: Waiting,
    outcome: WithoutToken,
  ): UseCase<E.Either<Account, Renewal>> =>
    steps(function* () {
      const { finished, reason } = yield* $(
        deps.writeOutcome(account, attempt, admission, outcome, waiting.onCommitDelayed),
      );
      switch (finished._tag) {
        case 'NewerGeneration':
          return E.right(yield* $(adopted(finished.record)));
        case 'StaleAttempt':
          return E.left(yield* $(opened(account, finished.record)));
        case 'Removed':
          return yield* $(startedOver(account, waiting));
        case 'Finished': {
          const { record } = finished;
          const isDead = record.failure?.terminal === 'reauthorization_required';
          if (isDead && attempt.way !== 'fallback' && hasFallback(account) && !record.fallbackTried) {
            return E.left(yield* $(opened(account, record)));
          }
          const retryAt = askAgainAt(record);
          const { state } = statusOfAccount({ ...account, record }, clock.nowMs(), admission.epoch);
          tellFailure(record, reason, { retryAt, state });
          // By the store's clock, like `retryAt`: this host's own may disagree.
          const retryAfterMs = retryAt === undefined ? undefined : Math.max(0, retryAt - record.updatedAt);
          return yield* $(TE.left(withRetryAfter(reason, retryAfterMs)));
        }
      }
    });

  return renew;
};

/** An answer that kept its refresh token but gave no access token that can be used is committed, and is still an error. */
const usable = (account: Account): UseCase<E.Either<Account, Renewal>> =>
  account.token?.accessToken === undefined && account.record.failure !== undefined
    ? TE.left(errorOfFailure(account.record.key, account.record.failure))
    : TE.right(E.right({ account, ours: true }));
