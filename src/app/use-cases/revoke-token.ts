import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { parseRevocationAnswer } from '../../domain/answers/revocation-answer.js';
import { forgetToken } from '../../domain/forgetting.js';
import { tokenError } from '../../domain/token-error.js';
import type { Clock } from '../../ports/clock.js';
import type { EventSink } from '../../ports/event-sink.js';
import type { HttpClient } from '../../ports/http-client.js';
import type { Randomness } from '../../ports/randomness.js';
import type { TokenStore } from '../../ports/token-store.js';
import type { Account } from '../accounts/account.js';
import { storeFailed, type Accounts } from '../accounts/accounts.js';
import type { TokenCache } from '../renewal/token-cache.js';
import type { UseCase } from '../use-case-error.js';

export interface RevokeOptions {
  /** Forget the token without telling the provider. */
  readonly localOnly?: boolean | undefined;
}

/**
 * Tells the provider where it can be told, then forgets the token; the account stays registered. A provider that does not
 * confirm leaves the token as it is, to be tried again.
 */
export type RevokeToken = (key: string, options: RevokeOptions) => UseCase<void>;

export interface RevokeTokenDeps {
  readonly store: TokenStore;
  readonly accounts: Accounts;
  readonly cache: TokenCache;
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly events: EventSink;
}

export const makeRevokeToken = (deps: RevokeTokenDeps): RevokeToken => {
  const { store, accounts, cache, http, clock, randomness, events } = deps;

  const tellProvider = ({ key: { key }, grant, credential, token, policy }: Account): UseCase<void> => {
    const request = token === undefined ? undefined : grant.revoke?.(credential, token);
    if (request === undefined) return TE.right(undefined);
    return pipe(
      http.send({ ...request, timeoutMs: policy.requestTimeoutMs }),
      TE.mapError(({ why }) => tokenError('ProviderUnavailable', { key, why })),
      TE.flatMap((answer) => TE.fromEither(parseRevocationAnswer(key, answer))),
    );
  };

  const forget = ({ record, grant }: Account): UseCase<void> => {
    const { key, generation } = record;
    const incarnation = randomness.token(12);
    return pipe(
      store.update(key, (current, serverNowMs) =>
        forgetToken(current, serverNowMs ?? clock.nowMs(), incarnation, grant.repeatable),
      ),
      TE.mapError(storeFailed(key)),
      TE.map(() => {
        cache.end(key, record.incarnation);
        events.emit({ type: 'revoked', key, at: new Date(clock.nowMs()), generation });
      }),
    );
  };

  return (key, { localOnly }) =>
    pipe(
      accounts.get(key),
      TE.flatMap((account) =>
        pipe(
          localOnly === true ? TE.right(undefined) : tellProvider(account),
          TE.flatMap(() => forget(account)),
        ),
      ),
    );
};
