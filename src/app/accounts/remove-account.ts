import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { forgetAccount } from '../../domain/revocation.js';
import type { Clock } from '../../ports/clock.js';
import type { EventSink } from '../../ports/event-sink.js';
import type { TokenStore } from '../../ports/token-store.js';
import type { Drafts } from './drafts.js';
import type { ProviderRegistry } from './provider-registry.js';
import { storeFailed } from '../store/store-failed.js';
import type { TokenCache } from './token-cache.js';
import type { UseCase } from '../use-case/use-case-error.js';

/** Forgets an account, sealed values and all; needs no encryption key. Removing what is not there changes nothing. */
export type RemoveAccount = (key: string) => UseCase<void>;

export interface RemoveAccountDeps {
  readonly store: TokenStore;
  readonly providers: ProviderRegistry;
  readonly drafts: Drafts;
  readonly cache: TokenCache;
  readonly clock: Clock;
  readonly events: EventSink;
}

export const makeRemoveAccount =
  ({ store, providers, drafts, cache, clock, events }: RemoveAccountDeps): RemoveAccount =>
  (text) =>
    pipe(
      TE.fromEither(providers.resolveStored(text)),
      TE.flatMap(({ key: { key } }) =>
        pipe(
          store.update(key, forgetAccount),
          TE.mapError(storeFailed(key)),
          TE.map((forgotten) => {
            drafts.forget(key);
            cache.end(key, forgotten?.incarnation);
            if (forgotten === undefined) return;
            events.emit({ type: 'removed', key, at: new Date(clock.nowMs()), generation: forgotten.generation });
          }),
        ),
      ),
    );
