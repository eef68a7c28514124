import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { AccountRecord } from '../../domain/account-record.js';
import { forgetToken } from '../../domain/revocation.js';
import type { Lineage } from '../../domain/renewal-protocol.js';
import { tokenError, type TokenError } from '../../domain/token-error.js';
import type { Clock } from '../../ports/clock.js';
import type { EventSink } from '../../ports/event-sink.js';
import type { Randomness } from '../../ports/randomness.js';
import type { TokenStore } from '../../ports/token-store.js';
import type { Account } from './account.js';
import type { Accounts } from './account-repository.js';
import { storeFailed } from '../store/store-failed.js';
import type { TellRevoked } from './tell-revoked.js';
import type { TokenCache } from './token-cache.js';
import { $, steps } from '../use-case/steps.js';
import type { UseCase } from '../use-case/use-case-error.js';

export interface RevokeOptions {
  /** Forget the token without telling the provider. */
  readonly localOnly?: boolean | undefined;
}

/**
 * Tells the provider where it can be told, then forgets the token; the account stays registered. A provider that does not
 * confirm leaves the token as it is, to be tried again. A token that a renewal under way brings meanwhile is told of as well.
 */
export type RevokeToken = (key: string, options: RevokeOptions) => UseCase<void>;

export interface RevokeTokenDeps {
  readonly store: TokenStore;
  readonly accounts: Accounts;
  readonly cache: TokenCache;
  readonly tellRevoked: TellRevoked;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly events: EventSink;
}

/** Renewals that are quicker than this many revocations in a row are not to be caught up with. */
const mostRounds = 5;

export const makeRevokeToken = (deps: RevokeTokenDeps): RevokeToken => {
  const { store, accounts, cache, tellRevoked, clock, randomness, events } = deps;

  const forget = (
    { record: { key }, grant }: Account,
    told: Lineage | undefined,
  ): TE.TaskEither<TokenError, AccountRecord | 'newer_token' | undefined> => {
    const incarnation = randomness.token(12);
    return pipe(
      store.update(key, (current, serverNowMs) =>
        forgetToken(current, serverNowMs ?? clock.nowMs(), incarnation, grant.repeatable, told),
      ),
      TE.mapError(storeFailed(key)),
    );
  };

  return (text, { localOnly = false }) =>
    steps(function* () {
      for (let round = 1; round <= mostRounds; round += 1) {
        const account = yield* $(accounts.get(text));
        const { key, incarnation, generation } = account.record;
        const tells = !localOnly && account.grant.revoke !== undefined;
        if (tells && account.token !== undefined) yield* $(tellRevoked(account, account.token));
        // Whatever is there now was not told of when a renewal under way has brought it meanwhile.
        const forgotten = yield* $(forget(account, tells ? account.record : undefined));
        if (forgotten === 'newer_token') continue;
        cache.end(key, incarnation);
        events.emit({ type: 'revoked', key, at: new Date(clock.nowMs()), generation });
        return;
      }
      return yield* $(TE.left(tokenError('RenewalUnderWay', { key: text })));
    });
};
