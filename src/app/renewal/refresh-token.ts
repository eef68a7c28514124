import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { isBrandNew, type RefreshPolicy } from '../../domain/refresh-policy.js';
import { tokenError, type TokenError } from '../../domain/token-error.js';
import { timesOfToken } from '../../domain/token.js';
import type { Clock } from '../../ports/clock.js';
import { heldOf, type Account } from '../accounts/account.js';
import type { Accounts } from '../accounts/accounts.js';
import type { UseCase } from '../use-case-error.js';
import type { Flight, Flights } from './flights.js';
import type { Renewal, RenewToken, Waiting } from './renew-token.js';
import type { CachedToken, TokenCache } from './token-cache.js';
import { leftToOthers } from './wait-for-other.js';

/** What a flight brings back. */
export interface Refreshed {
  readonly account: Account;
  readonly cached: CachedToken;
  /** The token is newer than the one the flight found in the store. */
  readonly renewed: boolean;
  /** This flight fetched it; otherwise somebody else did. */
  readonly ours: boolean;
}

/** What whoever starts a flight wants of the token it finds. */
export interface Wanted {
  /** The token found in the store will do: nothing is renewed. */
  readonly isEnough: (cached: CachedToken, account: Account) => boolean;
  /** The token found in the store may be served if it cannot be renewed now: nobody else's attempt is waited for. */
  readonly isServable: (cached: CachedToken) => boolean;
  /** How long a renewal that somebody else has begun is waited for, in milliseconds. */
  readonly patienceMs: number;
  readonly policy: RefreshPolicy;
  /** Nobody asked for this token: when it was removed or revoked meanwhile, it is not brought back. */
  readonly unasked?: boolean | undefined;
}

/** The one piece of work a key has at a time: read the account, and renew its token where that is wanted. */
export interface RefreshToken {
  readonly current: (key: string) => Flight<Refreshed> | undefined;
  /** Only when there is no current one. */
  readonly start: (key: string, wanted: Wanted) => Flight<Refreshed>;
  /** Keeps an account's token in memory; undefined when it has none that can be used. */
  readonly hold: (account: Account) => CachedToken | undefined;
}

export interface RefreshTokenDeps {
  readonly accounts: Accounts;
  readonly cache: TokenCache;
  readonly flights: Flights<Refreshed>;
  readonly renew: RenewToken;
  readonly clock: Clock;
}

/** A newer token that somebody else fetched may itself be due by now; more often than this it never is. */
const mostRounds = 3;

export const makeRefreshToken = ({ accounts, cache, flights, renew, clock }: RefreshTokenDeps): RefreshToken => {
  const hold = (account: Account): CachedToken | undefined => {
    const held = heldOf(account);
    return held === undefined ? undefined : cache.hold(held, account.policy);
  };

  const held = (key: string): UseCase<Account> =>
    pipe(
      accounts.find(key),
      TE.flatMap((account) => (account?.token === undefined ? TE.left(leftToOthers(key)) : TE.right(account))),
    );

  const refresh = (key: string, wanted: Wanted, waiting: Waiting, round: number): UseCase<Refreshed> =>
    pipe(
      waiting.unasked ? held(key) : accounts.ensure(key),
      TE.flatMap((account) => {
        const cached = hold(account);
        if (cached !== undefined && wanted.isEnough(cached, account)) {
          return TE.right({ account, cached, renewed: round > 1, ours: false });
        }
        const servable = cached !== undefined && wanted.isServable(cached);
        return pipe(
          renew(account, servable ? { ...waiting, untilMonotonicMs: 0 } : waiting),
          TE.flatMap((renewal) => landed(key, wanted, waiting, round, renewal)),
        );
      }),
    );

  const landed = (
    key: string,
    wanted: Wanted,
    waiting: Waiting,
    round: number,
    { account, ours }: Renewal,
  ): UseCase<Refreshed> => {
    const cached = hold(account);
    const valid =
      cached !== undefined && !cached.invalidated && cache.judgedAtMs(key) < timesOfToken(cached.token).expiresAtMs;
    if (valid) {
      const isFine = ours || wanted.isEnough(cached, account) || isFresh(cached, account);
      if (isFine || round >= mostRounds) return TE.right({ account, cached, renewed: true, ours });
    }
    if (round < mostRounds) return refresh(key, wanted, waiting, round + 1);
    return TE.left(tokenError('ResponseMalformed', { key, why: 'every token issued had expired on arrival' }));
  };

  /** Another one would not be worth more. */
  const isFresh = (cached: CachedToken, { policy, key }: Account): boolean =>
    isBrandNew(policy, timesOfToken(cached.token), cache.judgedAtMs(key.key));

  /** Callers are not kept waiting for ever by a store that never answers; the work itself goes on. */
  const releaseLater = (key: string, afterMs: number, ended: AbortSignal, release: (error: TokenError) => void): void =>
    flights.aside(
      TE.fromTask(async () => {
        await clock.sleep(afterMs, ended);
        if (!ended.aborted) release(tokenError('StoreFailed', { operation: 'answer for', why: 'timeout', key }));
      }),
    );

  const start = (key: string, wanted: Wanted): Flight<Refreshed> =>
    flights.start(key, (release) => async () => {
      const patienceEndsMs = clock.monotonicMs() + wanted.patienceMs;
      const ended = new AbortController();
      const waiting: Waiting = {
        untilMonotonicMs: patienceEndsMs,
        unasked: wanted.unasked === true,
        onCommitDelayed: (error) => {
          if (clock.monotonicMs() >= patienceEndsMs) release(error);
        },
      };
      releaseLater(key, wanted.patienceMs + wanted.policy.attemptTtlMs, ended.signal, release);
      try {
        return await refresh(key, wanted, waiting, 1)();
      } finally {
        // With a reason, for without one an error is made each time.
        ended.abort('landed');
      }
    });

  return { current: flights.current, start, hold };
};
