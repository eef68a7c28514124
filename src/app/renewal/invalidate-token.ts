import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { AccountRecord } from '../../domain/account-record.js';
import { misuse } from '../../domain/misuse.js';
import { invalidateGeneration, type Invalidation } from '../../domain/revocation.js';
import { Secret } from '../../domain/secret.js';
import type { Token } from '../../domain/token.js';
import type { Clock } from '../../ports/clock.js';
import type { EventSink } from '../../ports/event-sink.js';
import type { TokenStore } from '../../ports/token-store.js';
import { servableTokenOf, type Account } from '../accounts/account.js';
import type { Accounts } from '../accounts/account-repository.js';
import { storeFailed } from '../store/store-failed.js';
import type { TokenCache } from '../accounts/token-cache.js';
import type { UseCase, UseCaseError } from '../use-case/use-case-error.js';

export interface InvalidateOptions {
  /** A token that was renewed less than so long ago stays. */
  readonly leastAgeMs?: number | undefined;
}

/** An API answered 401 to this very token: it is not served again, here or elsewhere. A newer one is left alone. */
export type InvalidateToken = (key: string, rejected: Token, options?: InvalidateOptions) => UseCase<Invalidation>;

export interface InvalidateTokenDeps {
  readonly store: TokenStore;
  readonly accounts: Accounts;
  readonly cache: TokenCache;
  readonly clock: Clock;
  readonly events: EventSink;
}

export const makeInvalidateToken = ({
  store,
  accounts,
  cache,
  clock,
  events,
}: InvalidateTokenDeps): InvalidateToken => {
  /** The refused token may be one that another process has replaced since: what the store holds now takes its place. */
  const adopt = (account: Account, askedMonotonicMs: number): void => {
    const held = servableTokenOf(account);
    if (held === undefined) cache.drop(account.record.key);
    else cache.put(held, account.policy, askedMonotonicMs);
  };

  const mark = (
    { key, incarnation, generation }: AccountRecord,
    { leastAgeMs }: InvalidateOptions,
  ): UseCase<Invalidation> => {
    // Whatever becomes of the store: this process does not serve it again.
    if (leastAgeMs === undefined) cache.invalidate(key, generation);
    return pipe(
      store.update(key, (current, serverNowMs) =>
        invalidateGeneration(current, serverNowMs ?? clock.nowMs(), { incarnation, generation }, leastAgeMs),
      ),
      TE.mapError(storeFailed(key)),
      TE.tapIO(({ _tag }) => () => {
        if (_tag !== 'RenewedLately') cache.invalidate(key, generation);
        if (_tag === 'Invalidated') events.emit({ type: 'invalidated', key, at: new Date(clock.nowMs()), generation });
      }),
    );
  };

  return (text, rejected, options = {}) => {
    if (!(rejected?.accessToken instanceof Secret)) {
      return TE.left(misuse('invalidate(key, token): pass the token that the API refused'));
    }
    return pipe(
      TE.fromIO<number, UseCaseError>(() => clock.monotonicMs()),
      TE.flatMap((askedMonotonicMs) =>
        pipe(
          accounts.get(text),
          TE.tapIO((account) => () => adopt(account, askedMonotonicMs)),
        ),
      ),
      TE.flatMap((account) =>
        isOf(account, rejected)
          ? mark(account.record, options)
          : TE.right<UseCaseError, Invalidation>({ _tag: 'Unchanged' }),
      ),
    );
  };
};

const isOf = ({ record, token }: Account, rejected: Token): boolean =>
  rejected.generation === record.generation && token?.accessToken?.expose() === rejected.accessToken.expose();
