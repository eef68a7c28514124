import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { IssuedToken } from '../../domain/issued-token.js';
import type { TokenError } from '../../domain/token-error.js';
import { factsOf } from '../../domain/token-error-facts.js';
import type { Clock } from '../../ports/clock.js';
import type { EventSink } from '../../ports/event-sink.js';
import type { TokenStore } from '../../ports/token-store.js';
import type { Account } from '../accounts/account.js';
import { storeFailed } from '../store/store-failed.js';
import { $, steps } from '../use-case/steps.js';
import type { SingleFlight } from './single-flight.js';
import type { TellRevoked } from '../accounts/tell-revoked.js';

/**
 * A token has come for an account that was removed or revoked meanwhile: nobody is going to use it, so its provider is told to
 * forget it, where it can be told. Behind everybody's back, and as well as it goes: an event says when it did not.
 */
export type RevokeDiscarded = (account: Account, token: IssuedToken) => void;

export interface RevokeDiscardedDeps {
  readonly store: TokenStore;
  readonly tellRevoked: TellRevoked;
  readonly flights: Pick<SingleFlight<unknown>, 'inBackground'>;
  readonly clock: Clock;
  readonly events: EventSink;
}

const mostTries = 3;

export const makeRevokeDiscarded = (deps: RevokeDiscardedDeps): RevokeDiscarded => {
  const { store, tellRevoked, flights, clock, events } = deps;

  /**
   * Where a person has authorized the account anew, some providers would end that authorization with the token of the one
   * before. A token that was held before the request, and is still held, is the one that it was asked for with.
   */
  const isHeldAnew = ({ record: { key, token: before } }: Account): TE.TaskEither<TokenError, boolean> =>
    pipe(
      store.read(key),
      TE.bimap(storeFailed(key), (record) => record?.token !== undefined && record.token !== before),
    );

  const told = (account: Account, token: IssuedToken, tries: number): TE.TaskEither<TokenError, void> =>
    steps(function* () {
      if (yield* $(isHeldAnew(account))) return;
      yield* $(
        pipe(
          tellRevoked(account, token),
          TE.orElse((error) => {
            if (tries >= mostTries) return TE.left(error);
            return pipe(
              TE.fromTask<void, TokenError>(() => clock.sleep(account.policy.cooldownMinMs * 2 ** (tries - 1))),
              TE.flatMap(() => told(account, token, tries + 1)),
            );
          }),
        ),
      );
    });

  return (account, token) => {
    // An access token dies by itself, and one that is asked for anew may be the very same.
    if (token.refreshToken === undefined || account.grant.repeatable || account.grant.revoke === undefined) return;
    const { key } = account.record;
    const livesOn = (error: TokenError): void =>
      events.emit({ type: 'revocation_failed', key, at: new Date(clock.nowMs()), code: factsOf(error).code });
    flights.inBackground(
      pipe(
        told(account, token, 1),
        TE.mapError((error) => {
          livesOn(error);
          return error;
        }),
      ),
    );
  };
};
