import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { isBrandNew, isMomentary } from '../../domain/refresh-policy.js';
import { tokenError } from '../../domain/token-error.js';
import { timesOfToken } from '../../domain/token.js';
import type { Clock } from '../../ports/clock.js';
import { servableTokenOf, type Account } from '../accounts/account.js';
import type { Accounts } from '../accounts/account-repository.js';
import { $, steps } from '../use-case/steps.js';
import type { UseCase } from '../use-case/use-case-error.js';
import type { Flight, SingleFlight } from './single-flight.js';
import type { RenewToken, Waiting } from './renew-token.js';
import type { CachedToken, TokenCache } from '../accounts/token-cache.js';

/** What a flight brings back. */
export interface Renewed {
  readonly account: Account;
  readonly cached: CachedToken;
  /** The token is newer than the one the flight found in the store. */
  readonly renewed: boolean;
  /** This flight fetched it; otherwise another worker did. */
  readonly ours: boolean;
}

/** What whoever starts a flight wants of the token it finds. */
export interface Wanted {
  /** The token found in the store will do: nothing is renewed. */
  readonly isEnough: (cached: CachedToken, account: Account) => boolean;
  /** The token found in the store may be served if it cannot be renewed now: no other worker's attempt is waited for. */
  readonly isServable: (cached: CachedToken) => boolean;
  /** How long a renewal that another worker has begun is waited for, in milliseconds. */
  readonly patienceMs: number;
  /** Nobody asked for this token: when it was removed or revoked meanwhile, it is not brought back. */
  readonly unasked?: boolean | undefined;
  /** A slot of the client's rate has been taken already. */
  readonly hasSlot?: boolean | undefined;
}

/** The one piece of work a key has at a time: read the account, and renew its token where that is wanted. */
export interface TokenRenewer {
  readonly current: (key: string) => Flight<Renewed> | undefined;
  /** Only when there is no current one. */
  readonly start: (key: string, wanted: Wanted) => Flight<Renewed>;
  /**
   * Keeps an account's token in memory; undefined when it has none that can be used. `askedMonotonicMs` is when the store was
   * asked for it, where that is not now.
   */
  readonly putInCache: (account: Account, askedMonotonicMs?: number) => CachedToken | undefined;
}

export interface TokenRenewerDeps {
  readonly accounts: Accounts;
  readonly cache: TokenCache;
  readonly flights: SingleFlight<Renewed>;
  readonly renew: RenewToken;
  readonly clock: Clock;
}

/** Another worker's token can be due already: at most so many rounds. */
const mostRounds = 3;

export const makeTokenRenewer = ({ accounts, cache, flights, renew, clock }: TokenRenewerDeps): TokenRenewer => {
  const putInCache: TokenRenewer['putInCache'] = (account, askedMonotonicMs) => {
    const held = servableTokenOf(account);
    if (held !== undefined) return cache.put(held, account.policy, askedMonotonicMs);
    const { key, incarnation } = account.record;
    // What is remembered is another registration's, or another tenant's.
    if (cache.find(key)?.incarnation !== incarnation) cache.drop(key);
    return undefined;
  };

  /** The account whose token falls due although nobody asks for it, unless it has none any more. */
  const withToken = (key: string): UseCase<Account> =>
    pipe(
      accounts.find(key),
      TE.flatMap((account) =>
        account?.token === undefined ? TE.left(tokenError('RenewalUnderWay', { key })) : TE.right(account),
      ),
    );

  /** The store holds no such account any more: what was remembered of it is not served on. */
  const forgettingUnknown = <A>(key: string, work: UseCase<A>): UseCase<A> =>
    pipe(
      work,
      TE.mapError((error) => {
        if (error._tag === 'UnknownKey') cache.drop(key);
        return error;
      }),
    );

  /** Another one would not be worth more. */
  const isFresh = (cached: CachedToken, { policy, key }: Account): boolean =>
    isBrandNew(policy, timesOfToken(cached.token), cache.judgedAtMs(key.key));

  const isValid = (key: string, cached: CachedToken): boolean =>
    !cached.invalidated && cache.judgedAtMs(key) < timesOfToken(cached.token).expiresAtMs;

  const renewed = (key: string, wanted: Wanted, waiting: Waiting): UseCase<Renewed> =>
    steps(function* () {
      for (let round = 1; round <= mostRounds; round += 1) {
        const askedMonotonicMs = clock.monotonicMs();
        const account = yield* $(forgettingUnknown(key, waiting.unasked ? withToken(key) : accounts.getOrDraft(key)));
        const found = putInCache(account, askedMonotonicMs);
        if (found !== undefined && wanted.isEnough(found, account)) {
          return { account, cached: found, renewed: round > 1, ours: false };
        }
        const servable = found !== undefined && wanted.isServable(found);
        const renewal = yield* $(
          forgettingUnknown(key, renew(account, servable ? { ...waiting, untilMonotonicMs: 0 } : waiting)),
        );
        const cached = putInCache(renewal.account);
        if (cached === undefined) continue;
        // Nobody gets an error for want of a longer one: what the provider gives is handed out.
        if (renewal.ours && isMomentary(timesOfToken(cached.token))) return { ...renewal, cached, renewed: true };
        if (!isValid(key, cached)) continue;
        const does = renewal.ours || wanted.isEnough(cached, renewal.account) || isFresh(cached, renewal.account);
        if (does || round === mostRounds) return { ...renewal, cached, renewed: true };
      }
      const why = 'every token issued had expired on arrival';
      return yield* $(TE.left(tokenError('ResponseMalformed', { key, why })));
    });

  const start = (key: string, wanted: Wanted): Flight<Renewed> =>
    flights.start(key, (report, onWait) => () => {
      const untilMonotonicMs = clock.monotonicMs() + wanted.patienceMs;
      const { unasked = false, hasSlot = false } = wanted;
      return renewed(key, wanted, { untilMonotonicMs, unasked, hasSlot, onCommitDelayed: report, onWait })();
    });

  return { current: flights.current, start, putInCache };
};
