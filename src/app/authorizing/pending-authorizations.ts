import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { parseAccountKey } from '../../domain/account-key.js';
import {
  beganAt,
  closePending,
  completePending,
  judgePending,
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
import type { TokenStore } from '../../ports/token-store.js';
import { storeFailed } from '../accounts/accounts.js';
import type { ProviderRegistry } from '../accounts/provider-registry.js';
import type { HostTime } from '../host-time.js';
import type { Persist } from '../renewal/persist.js';
import type { Digests } from './start-authorization.js';

/** The authorizations that browsers are out on, as callbacks find and leave them. */
export interface PendingAuthorizations {
  readonly find: (id: string) => TE.TaskEither<TokenError, FoundPending>;
  /** `Taken` gives its delivery, and no other, the right to send the code. */
  readonly take: (pending: PendingAuthorization, delivery: Delivery) => TE.TaskEither<TokenError, TakenPending>;
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
  readonly providers: ProviderRegistry;
  readonly hostTime: HostTime;
  readonly digests: Digests;
  readonly persist: Persist;
}

export const makePendingAuthorizations = ({
  store,
  providers,
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
    take: ({ id }, delivery) =>
      pipe(
        update(id, (current) => takePending(current, timesOf(current), delivery)),
        // The answer to a take may be lost. Nothing is sent then, so the flow is given back.
        TE.orElse((error) =>
          pipe(
            ignored(reopen(id, delivery.id)),
            TE.flatMap(() => TE.left(error)),
          ),
        ),
      ),
    reopen: (id, deliveryId, policy, onDelay) => persist(reopen(id, deliveryId), policy, onDelay),
    complete: (id, deliveryId) => ignored(update(id, (current) => completePending(current, deliveryId))),
    close: (id, deliveryId) => ignored(update(id, (current) => closePending(current, deliveryId))),
  };
};
