import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TokenError } from '../../domain/token-error.js';
import type { Clock } from '../../ports/clock.js';
import type { TokenStore } from '../../ports/token-store.js';
import type { Account } from '../accounts/account.js';
import { storeFailed } from '../accounts/accounts.js';

/** What pacing has to know of an account. */
export type PacedAccount = Pick<Account, 'provider' | 'client' | 'record'>;

/**
 * Waits, by `pause`, until this client may send one more token request. The slots are handed out through the store, so that
 * all processes together stay below the provider's documented rate.
 */
export type RequestPace = (
  account: PacedAccount,
  pause: (ms: number) => Promise<void>,
) => TE.TaskEither<TokenError, void>;

/** A sweep leaves the other half of the rate to the application's own calls, which the provider counts as well. */
const shareOfRate = 0.5;

export const makeRequestPace =
  ({ store, clock }: { readonly store: TokenStore; readonly clock: Clock }): RequestPace =>
  (account, pause) => {
    const { client, provider, record } = account;
    const rate = provider.requestRate;
    if (rate === undefined) return TE.right(undefined);
    const spacingMs = Math.ceil(rate.perMs / (rate.requests * shareOfRate));
    return pipe(
      store.updateNote(`pace/${provider.id}/${client}`, (text) => {
        const nowMs = clock.nowMs();
        const aheadMs = Number(text ?? 0) - nowMs;
        // A slot further ahead than the whole period was written by a clock that was wrong, or this one was set back since.
        const waitMs = aheadMs > 0 && aheadMs <= rate.perMs ? aheadMs : 0;
        return { text: String(nowMs + waitMs + spacingMs), result: waitMs };
      }),
      TE.mapError(storeFailed(record.key)),
      TE.flatMap((waitMs) => TE.fromTask(() => (waitMs > 0 ? pause(waitMs) : Promise.resolve()))),
    );
  };
