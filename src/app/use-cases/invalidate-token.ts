import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { invalidateGeneration } from '../../domain/renewal-protocol.js';
import type { Token } from '../../domain/token.js';
import type { Clock } from '../../ports/clock.js';
import type { EventSink } from '../../ports/event-sink.js';
import type { TokenStore } from '../../ports/token-store.js';
import { storeFailed, type Accounts } from '../accounts/accounts.js';
import type { TokenCache } from '../renewal/token-cache.js';
import type { UseCase } from '../use-case-error.js';

/** An API answered 401 to this very token: it is not served again, here or elsewhere. A newer one is left alone. */
export type InvalidateToken = (key: string, rejected: Token) => UseCase<void>;

export interface InvalidateTokenDeps {
  readonly store: TokenStore;
  readonly accounts: Accounts;
  readonly cache: TokenCache;
  readonly clock: Clock;
  readonly events: EventSink;
}

export const makeInvalidateToken =
  ({ store, accounts, cache, clock, events }: InvalidateTokenDeps): InvalidateToken =>
  (text, rejected) =>
    pipe(
      accounts.get(text),
      TE.flatMap(({ record, token }) => {
        const { key, incarnation, generation } = record;
        const sameToken =
          rejected.generation === generation && token?.accessToken?.expose() === rejected.accessToken.expose();
        if (!sameToken) return TE.right(undefined);
        cache.invalidate(key, generation);
        return pipe(
          store.update(key, (current, serverNowMs) =>
            invalidateGeneration(current, serverNowMs ?? clock.nowMs(), { incarnation, generation }),
          ),
          TE.mapError(storeFailed(key)),
          TE.map((changed) => {
            if (changed) events.emit({ type: 'invalidated', key, at: new Date(clock.nowMs()), generation });
          }),
        );
      }),
    );
