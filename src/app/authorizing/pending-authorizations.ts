import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { parseAccountKey } from '../../domain/account-key.js';
import {
  beganAt,
  closePending,
  completePending,
  judgePending,
  pendingLifetimeMs,
  reopenPending,
  takePending,
  type Delivery,
  type FoundPending,
  type PendingAuthorization,
  type PendingChange,
  type PendingTimes,
  type TakenPending,
} from '../../domain/pending-authorization.js';
import { defaultRefreshPolicy, type RefreshPolicy } from '../../domain/refresh-policy.js';
import type { TokenError } from '../../domain/token-error.js';
import type { Clock } from '../../ports/clock.js';
import type { TokenStore } from '../../ports/token-store.js';
import { storeFailed } from '../store/store-failed.js';
import type { ProviderRegistry } from '../accounts/provider-registry.js';
import type { HostTime } from '../store/host-time.js';
import type { Persist } from '../renewal/persist.js';
import type { Renewed } from '../renewal/single-flight-renewal.js';
import type { SingleFlight } from '../renewal/single-flight.js';
import type { Digests } from './start-authorization.js';

/** The authorizations that browsers are out on, as callbacks find and leave them. */
export interface PendingAuthorizations {
  readonly find: (id: string) => TE.TaskEither<TokenError, FoundPending>;
  /** `Taken` gives its delivery, and no other, the right to send the code. On a Left nothing may be sent; the flow is given back. */
  readonly take: (
    pending: PendingAuthorization,
    delivery: Delivery,
    policy: RefreshPolicy,
  ) => TE.TaskEither<TokenError, TakenPending>;
  /** Tried until the store takes it, since the caller is told that the same callback may come again. */
  readonly reopen: (
    id: string,
    deliveryId: string,
    policy: RefreshPolicy,
    onDelay: (error: TokenError) => void,
  ) => TE.TaskEither<TokenError, void>;
  /** Whether it is written down or not: the account's record tells the same. */
  readonly complete: (id: string, deliveryId: string) => TE.TaskEither<never, void>;
  /** Whether it is written down or not: what is not open is never sent again. */
  readonly close: (id: string, deliveryId: string | undefined) => TE.TaskEither<never, void>;
}

export interface PendingAuthorizationsDeps {
  readonly store: TokenStore;
  readonly clock: Clock;
  readonly providers: ProviderRegistry;
  readonly flights: Pick<SingleFlight<Renewed>, 'inBackground'>;
  readonly hostTime: HostTime;
  readonly digests: Digests;
  readonly persist: Persist;
}

/** A take is tried so often, for so long: the same delivery again, since only the store's answer may have been lost. */
const mostTries = 3;
const triedForMs = 1_000;

export const makePendingAuthorizations = ({
  store,
  clock,
  providers,
  flights,
  hostTime,
  digests,
  persist,
}: PendingAuthorizationsDeps): PendingAuthorizations => {
  const update = <A>(
    id: string,
    change: (current: PendingAuthorization | undefined) => PendingChange<A>,
  ): TE.TaskEither<TokenError, A> => pipe(store.updatePending(id, change), TE.mapError(storeFailed()));

  /** Read where the flow is: the store may tell its time with it. */
  const timesOf = (current: PendingAuthorization | undefined): PendingTimes => {
    const resolved = current === undefined ? undefined : providers.resolveStored(current.key);
    const policy = resolved?._tag === 'Right' ? resolved.right.policy : defaultRefreshPolicy;
    const { attemptTtlMs: deliveryMs } = policy;
    const { delivery } = current ?? {};
    return {
      nowMs: hostTime.nowMsFor(current && beganAt(current)),
      deliveryNowMs: hostTime.nowMsFor(delivery && delivery.endsAt - deliveryMs),
      deliveryMs,
    };
  };

  /** A store may hand out another flow than the one asked for, or one that somebody else has written there. */
  const isGenuine = (id: string, pending: PendingAuthorization): boolean =>
    digests.equal(pending.id, id) && E.isRight(parseAccountKey(pending.key));

  const genuine = (id: string, found: FoundPending): FoundPending =>
    found._tag === 'Unknown' || isGenuine(id, found.pending) ? found : { _tag: 'Unknown' };

  const reopen = (id: string, deliveryId: string): TE.TaskEither<TokenError, void> =>
    update(id, (current) => reopenPending(current, deliveryId));

  const ignored = (work: TE.TaskEither<TokenError, void>): TE.TaskEither<never, void> =>
    pipe(
      work,
      TE.match(
        () => E.right(undefined),
        () => E.right(undefined),
      ),
    );

  return {
    find: (id) =>
      pipe(
        update(id, (current) => ({ pending: current, result: judgePending(current, timesOf(current)) })),
        TE.map((found) => genuine(id, found)),
      ),
    take: ({ id }, delivery, policy) => {
      let isGivenUp = false;
      const write = update(id, (current) =>
        // A write that a store gave up on may still come.
        isGivenUp
          ? { pending: current, result: judgePending(current, timesOf(current)) }
          : takePending(current, timesOf(current), delivery),
      );
      const sinceMs = clock.monotonicMs();
      const attempt = (tries: number): TE.TaskEither<TokenError, TakenPending> =>
        pipe(
          write,
          TE.orElse((error) => {
            const isQuick = clock.monotonicMs() - sinceMs < triedForMs;
            if (tries < mostTries && isQuick) return attempt(tries + 1);
            isGivenUp = true;
            const untilMonotonicMs = clock.monotonicMs() + pendingLifetimeMs;
            const options = { isReplaceable: true, untilMonotonicMs };
            flights.inBackground(persist(reopen(id, delivery.id), policy, () => undefined, options));
            return TE.left(error);
          }),
        );
      return attempt(1);
    },
    reopen: (id, deliveryId, policy, onDelay) => persist(reopen(id, deliveryId), policy, onDelay),
    complete: (id, deliveryId) => ignored(update(id, (current) => completePending(current, deliveryId))),
    close: (id, deliveryId) => ignored(update(id, (current) => closePending(current, deliveryId))),
  };
};
