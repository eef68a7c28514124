import { pipe } from 'fp-ts/lib/function.js';
import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { errorName } from '../../domain/token-response/error-name.js';
import { parseCallbackParameters, type CallbackParameters } from '../../domain/callback-parameters.js';
import { misuse } from '../../domain/misuse.js';
import {
  isCommittedBy,
  type Delivery,
  type FoundPending,
  type PendingAuthorization,
} from '../../domain/pending-authorization.js';
import { isSameTenant } from '../../domain/tenant.js';
import { factsOf } from '../../domain/token-error-facts.js';
import { tokenError } from '../../domain/token-error.js';
import type { Token } from '../../domain/token.js';
import type { Clock } from '../../ports/clock.js';
import type { ObtainedCode } from '../../ports/grant.js';
import type { Randomness } from '../../ports/randomness.js';
import type { Account } from '../accounts/account.js';
import type { Accounts } from '../accounts/account-repository.js';
import type { RecordEncryption } from '../encryption/record-encryption.js';
import type { HostTime } from '../store/host-time.js';
import type { UseCase, UseCaseError } from '../use-case/use-case-error.js';
import { stillUnderWay, type DeliverCode } from './deliver-code.js';
import { makeOneAtATime } from './one-at-a-time.js';
import type { PendingAuthorizations } from './pending-authorizations.js';
import type { Digests } from './start-authorization.js';

export interface CallbackOptions {
  /**
   * The id of the provider whose redirect URI the browser came back to. A state that was given out for any other provider is
   * refused, so that no provider can pass off another one's code as its own (RFC 9700 §4.4.2.2): give each provider a redirect
   * URI of its own, and name the provider in its route.
   */
  readonly provider?: string | undefined;
}

/**
 * Checks the state before anything else is believed, and sends the code that came with it at most once (RFC 6749 §4.1.2),
 * however often and in however many processes the same callback is delivered.
 */
export type ReceiveCallback = (returned: string | URL | URLSearchParams, options: CallbackOptions) => UseCase<Token>;

export interface ReceiveCallbackDeps {
  readonly pendings: PendingAuthorizations;
  readonly accounts: Accounts;
  readonly recordEncryption: RecordEncryption;
  readonly deliverCode: DeliverCode;
  readonly clock: Clock;
  readonly hostTime: HostTime;
  readonly randomness: Randomness;
  readonly digests: Digests;
}

interface Callback {
  /** Digest of its state. */
  readonly id: string;
  readonly parameters: CallbackParameters;
  readonly options: CallbackOptions;
  /** Monotonic milliseconds. */
  readonly arrivedAtMs: number;
}

/** Between two looks at a callback that another process is at. */
const shortestRestMs = 5;
const longestRestMs = 500;
/** The wait between two looks: 10 to 20 % of the time waited so far, within these bounds. */
const restFraction = 0.1;

const unknownState = tokenError('StateMismatch', { why: 'unknown' });
const otherAccount = tokenError('StateMismatch', { why: 'other_account' });

/** Whether the same callback may well succeed later, or in a process that is configured for it. */
const leavesOpen = (error: UseCaseError): boolean =>
  error._tag === 'Misuse' ||
  error._tag === 'UnknownKey' ||
  error._tag === 'DecryptionFailed' ||
  factsOf(error).retryable;

export const makeReceiveCallback = (deps: ReceiveCallbackDeps): ReceiveCallback => {
  const { pendings, accounts, recordEncryption, deliverCode, clock, hostTime, randomness, digests } = deps;
  const oneAtATime = makeOneAtATime();

  /** The account the flow was started for, unless it was removed or disconnected since, or is another provider's. */
  const startedFor = (pending: PendingAuthorization, { provider }: CallbackOptions): UseCase<Account> =>
    pipe(
      accounts.get(pending.key),
      TE.filterOrElse(
        ({ record, key }): boolean =>
          record.incarnation === pending.incarnation && (provider ?? key.provider) === key.provider,
        (): UseCaseError => otherAccount,
      ),
    );

  const codeOf = (
    account: Account,
    pending: PendingAuthorization,
    parameters: CallbackParameters,
  ): UseCase<ObtainedCode> => {
    const { authorization } = account.grant;
    if (authorization === undefined) return TE.left(otherAccount);
    return pipe(
      recordEncryption.openMemory(pending.key, pending.id, pending.sealed),
      TE.filterOrElse(
        ({ tenant }): boolean => tenant === undefined || isSameTenant(tenant, account.tenant),
        (): UseCaseError => otherAccount,
      ),
      TE.flatMap((memory) => TE.fromEither(authorization.returned(account.credential, memory, parameters))),
    );
  };

  /** An open flow whose callback is refused for good is closed. */
  const closingOnRefusal = <A>(pending: PendingAuthorization, work: UseCase<A>): UseCase<A> =>
    pipe(
      work,
      TE.orElse((error) =>
        pipe(
          leavesOpen(error) ? TE.right(undefined) : pendings.close(pending.id, undefined),
          TE.flatMap(() => TE.left(error)),
        ),
      ),
    );

  /** What has to be known before a flow may be taken: whose it is, and the code that came back. */
  const prepared = (pending: PendingAuthorization, { options, parameters }: Callback) =>
    pipe(
      startedFor(pending, options),
      TE.flatMap((account) =>
        pipe(
          codeOf(account, pending, parameters),
          TE.map((code) => ({ account, code })),
        ),
      ),
    );

  const takeAndDeliver = (
    callback: Callback,
    account: Account,
    pending: PendingAuthorization,
    code: ObtainedCode,
  ): UseCase<Token> => {
    const endsAt = hostTime.nowMs() + account.policy.attemptTtlMs;
    const delivery: Delivery = { id: randomness.token(12), endsAt, completed: false };
    return pipe(
      pendings.take(pending, delivery, account.policy),
      TE.flatMap((taken) =>
        taken._tag === 'Taken' ? deliverCode(account, pending, code, delivery) : answer(callback, taken),
      ),
    );
  };

  const waitForOther = (callback: Callback, { key, policy }: Account, endsInMs: number): UseCase<Token> => {
    const waitedMs = clock.monotonicMs() - callback.arrivedAtMs;
    const patienceLeftMs = policy.patienceMs - waitedMs;
    if (patienceLeftMs <= 0) return TE.left(stillUnderWay(key.key, endsInMs));
    const leastMs = Math.min(longestRestMs, Math.max(shortestRestMs, restFraction * waitedMs));
    const restMs = Math.min(patienceLeftMs, leastMs * (1 + randomness.fraction()));
    return pipe(
      TE.fromTask<void, UseCaseError>(() => clock.sleep(Math.max(1, restMs))),
      TE.flatMap(() => receive(callback)),
    );
  };

  const answer = (callback: Callback, found: FoundPending): UseCase<Token> => {
    if (found._tag === 'Unknown') return TE.left(unknownState);
    const { pending } = found;
    if (found._tag === 'Open') {
      return pipe(
        closingOnRefusal(pending, prepared(pending, callback)),
        TE.flatMap(({ account, code }) => takeAndDeliver(callback, account, pending, code)),
      );
    }
    return pipe(
      startedFor(pending, callback.options),
      TE.flatMap((account) => {
        // The record tells of a success that could not be noted with the state.
        if (found._tag === 'Completed' || isCommittedBy(account.record.authorization, pending)) {
          return TE.left(tokenError('StateMismatch', { why: 'already_completed', key: pending.key }));
        }
        return found._tag === 'UnderWay' ? waitForOther(callback, account, found.endsInMs) : TE.left(unknownState);
      }),
    );
  };

  const receive = (callback: Callback): UseCase<Token> =>
    pipe(
      pendings.find(callback.id),
      TE.flatMap((found) => answer(callback, found)),
    );

  return (returned, options) =>
    pipe(
      TE.fromEither(readReturned(returned)),
      TE.flatMap((parameters) => {
        const state = parameters.get('state');
        if (state === undefined) return TE.left(stateMissing(parameters));
        const id = digests.stateId(state);
        const callback = { id, parameters, options, arrivedAtMs: clock.monotonicMs() };
        return oneAtATime(id, receive(callback));
      }),
    );
};

/** Without a state nothing is believed and no flow is closed; what the provider reports, some send without it, is passed on. */
const stateMissing = (parameters: CallbackParameters): UseCaseError => {
  const error = parameters.get('error');
  return tokenError('StateMismatch', {
    why: 'missing',
    ...(error === undefined ? {} : { providerError: errorName(error) }),
  });
};

const readReturned = (returned: string | URL | URLSearchParams): E.Either<UseCaseError, CallbackParameters> =>
  typeof returned === 'string' || returned instanceof URL || returned instanceof URLSearchParams
    ? parseCallbackParameters(returned)
    : E.left(misuse('callback(returned): pass the URL that the browser brought back, its query or its parameters'));
