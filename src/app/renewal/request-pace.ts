import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TokenError } from '../../domain/token-error.js';
import type { Clock } from '../../ports/clock.js';
import type { TokenStore } from '../../ports/token-store.js';
import type { Account } from '../accounts/account.js';
import { storeFailed } from '../accounts/accounts.js';

/**
 * Waits until this client may send one more token request under its provider's documented rate. The slots are handed out
 * through the store, so that all processes together stay below it.
 */
export type RequestPace = (account: Account) => TE.TaskEither<TokenError, void>;

export const makeRequestPace =
  ({ store, clock }: { readonly store: TokenStore; readonly clock: Clock }): RequestPace =>
  (account) => {
    const rate = account.provider.requestRate;
    if (rate === undefined) return TE.right(undefined);
    const spacingMs = rate.perMs / rate.requests;
    return pipe(
      store.updateNote(`pace/${account.provider.id}/${account.client}`, (text) => {
        const nowMs = clock.nowMs();
        // A slot far ahead was written by a host whose clock is wrong.
        const next = Number(text ?? 0);
        const slotMs = next > nowMs + rate.perMs ? nowMs : Math.max(nowMs, next);
        return { text: String(Math.ceil(slotMs + spacingMs)), result: slotMs - nowMs };
      }),
      TE.mapError(storeFailed(account.record.key)),
      TE.flatMap((waitMs) => TE.fromTask(() => (waitMs > 0 ? clock.sleep(waitMs) : Promise.resolve()))),
    );
  };
