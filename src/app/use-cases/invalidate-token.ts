import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { AccountRecord } from '../../domain/account-record.js';
import { misuse } from '../../domain/misuse.js';
import { invalidateGeneration } from '../../domain/forgetting.js';
import { Secret } from '../../domain/secret.js';
import type { Token } from '../../domain/token.js';
import type { Clock } from '../../ports/clock.js';
import type { EventSink } from '../../ports/event-sink.js';
import type { TokenStore } from '../../ports/token-store.js';
import { heldOf, type Account } from '../accounts/account.js';
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

export const makeInvalidateToken = ({
  store,
  accounts,
  cache,
  clock,
  events,
}: InvalidateTokenDeps): InvalidateToken => {
  /** The refused token may be one that another process has replaced since: what the store holds now takes its place. */
  const adopt = (account: Account): void => {
    const held = heldOf(account);
    if (held === undefined) cache.drop(account.record.key);
    else cache.hold(held, account.policy);
  };

  const mark = ({ key, incarnation, generation }: AccountRecord): UseCase<void> => {
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
  };

  return (text, rejected) =>
    rejected?.accessToken instanceof Secret
      ? pipe(
          accounts.get(text),
          TE.flatMap((account) => {
            adopt(account);
            return isOf(account, rejected) ? mark(account.record) : TE.right(undefined);
          }),
        )
      : TE.left(misuse('invalidate(key, token): pass the token that the API refused'));
};

const isOf = ({ record, token }: Account, rejected: Token): boolean =>
  rejected.generation === record.generation && token?.accessToken?.expose() === rejected.accessToken.expose();
