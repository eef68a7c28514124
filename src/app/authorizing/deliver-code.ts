import { pipe } from 'fp-ts/lib/function.js';
import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { Delivery, PendingAuthorization } from '../../domain/pending-authorization.js';
import { tokenError } from '../../domain/token-error.js';
import type { Token } from '../../domain/token.js';
import type { Clock } from '../../ports/clock.js';
import type { ObtainedCode } from '../../ports/grant.js';
import type { Account } from '../accounts/account.js';
import type { HostTime } from '../store/host-time.js';
import type { SingleFlight } from '../renewal/single-flight.js';
import type { Renewed } from '../renewal/single-flight-renewal.js';
import type { UseCase, UseCaseError } from '../use-case/use-case-error.js';
import { callerPatience } from './caller-patience.js';
import type { PendingAuthorizations } from './pending-authorizations.js';
import type { CodeFailure, SpendCode } from './spend-code.js';

/**
 * Sends the code of a flow that this delivery has taken, and writes down in its place what came of it: completed; open again
 * when the provider did not process it, or refused it without a verdict on the code; closed otherwise. A caller whose patience ends is let go, and the work goes on.
 */
export type DeliverCode = (
  account: Account,
  pending: PendingAuthorization,
  code: ObtainedCode,
  delivery: Delivery,
) => UseCase<Token>;

export interface DeliverCodeDeps {
  readonly pendings: PendingAuthorizations;
  readonly flights: SingleFlight<Renewed>;
  readonly spendCode: SpendCode;
  readonly clock: Clock;
  readonly hostTime: HostTime;
}

/** The caller's patience is over, and the request is not: the same callback may come again, and then learns what became of it. */
export const stillUnderWay = (key: string, endsInMs: number): UseCaseError =>
  tokenError('ProviderUnavailable', {
    key,
    why: 'the code of this callback is still on its way to the provider',
    retryAfterMs: Math.max(0, endsInMs),
  });

export const makeDeliverCode =
  ({ pendings, flights, spendCode, clock, hostTime }: DeliverCodeDeps): DeliverCode =>
  (account, { id }, code, delivery) =>
    flights.detached(account.key.key, (release) => {
      const { key, policy } = account;
      const patience = callerPatience(clock, policy.patienceMs, () =>
        release(stillUnderWay(key.key, delivery.endsAt - hostTime.nowMsFor(delivery.endsAt - policy.attemptTtlMs))),
      );
      const onDelay = (error: UseCaseError): void => {
        if (patience.isOver()) release(error);
      };
      const leaveFlow = ({ error, notProcessed }: CodeFailure): UseCase<Token> =>
        pipe(
          notProcessed ? pendings.reopen(id, delivery.id, policy, onDelay) : pendings.close(id, delivery.id),
          TE.match(
            () => E.left(error),
            () => E.left(error),
          ),
        );
      const work: UseCase<Token> = pipe(
        spendCode(account, code, delivery.id, onDelay),
        TE.tap(() => pendings.complete(id, delivery.id)),
        TE.orElse(leaveFlow),
      );
      return () => work().finally(patience.stop);
    });
