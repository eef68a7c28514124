import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { tokenError, type TokenError } from '../../domain/token-error.js';
import type { Clock } from '../../ports/clock.js';
import type { TokenStore } from '../../ports/token-store.js';
import type { Account } from '../accounts/account.js';
import { storeFailed } from '../accounts/accounts.js';

/** What resting has to know of an account. */
export type RestingAccount = Pick<Account, 'provider' | 'client' | 'record' | 'policy'>;

/** What a provider's 429 means for every account of the same client, in every process on this store. */
export interface ProviderRests {
  /** Left while the client has to rest. */
  readonly check: (account: RestingAccount) => TE.TaskEither<TokenError, void>;
  /** The provider asked this client to rest. */
  readonly begin: (account: RestingAccount, ms: number) => TE.TaskEither<TokenError, void>;
}

const noteName = ({ provider, client }: RestingAccount): string => `rest/${provider.id}/${client}`;

export const makeProviderRests = ({
  store,
  clock,
}: {
  readonly store: TokenStore;
  readonly clock: Clock;
}): ProviderRests => {
  /** A note further ahead than the longest rest was written by a clock that was wrong, or this one was set back since. */
  const restLeftMs = ({ policy }: RestingAccount, text: string | undefined): number => {
    const leftMs = Number(text ?? 0) - clock.nowMs();
    return leftMs > 0 ? Math.min(leftMs, policy.retryAfterMaxMs) : 0;
  };
  const restingFor = (ms: number): string | undefined => (ms > 0 ? String(clock.nowMs() + ms) : undefined);

  return {
    check: (account) => {
      const { key } = account.record;
      return pipe(
        store.updateNote(noteName(account), (text) => {
          const leftMs = restLeftMs(account, text);
          return { text: restingFor(leftMs), result: leftMs };
        }),
        TE.mapError(storeFailed(key)),
        TE.flatMap((leftMs) =>
          leftMs > 0 ? TE.left(tokenError('RateLimited', { key, retryAfterMs: leftMs })) : TE.right(undefined),
        ),
      );
    },
    begin: (account, ms) =>
      pipe(
        store.updateNote(noteName(account), (text) => ({
          text: restingFor(Math.max(restLeftMs(account, text), ms)),
          result: undefined,
        })),
        TE.mapError(storeFailed(account.record.key)),
      ),
  };
};
