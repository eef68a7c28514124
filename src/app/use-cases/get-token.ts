import { pipe } from 'fp-ts/lib/function.js';
import { left, right, type Either } from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { misuse } from '../../domain/misuse.js';
import { isBrandNew, type Judgement } from '../../domain/refresh-policy.js';
import { factsOf } from '../../domain/token-error-facts.js';
import { timesOfToken, type Token } from '../../domain/token.js';
import type { Clock } from '../../ports/clock.js';
import type { EventSink } from '../../ports/event-sink.js';
import type { TokenStore } from '../../ports/token-store.js';
import { judgeHeld } from '../accounts/account.js';
import { storeFailed, type Accounts } from '../accounts/accounts.js';
import type { ConfiguredProvider, ProviderRegistry } from '../accounts/provider-registry.js';
import type { Flights } from '../renewal/flights.js';
import type { RefreshToken, Refreshed } from '../renewal/refresh-token.js';
import type { CachedToken, TokenCache } from '../renewal/token-cache.js';
import { isLeftToOthers } from '../renewal/wait-for-other.js';
import type { UseCase, UseCaseError } from '../use-case-error.js';

/** What a caller asks of a token. */
export interface TokenNeed {
  /** At least this much validity, as far as the provider issues tokens that live so long. */
  readonly minValidMs?: number | undefined;
  /** A token newer than the one known now. */
  readonly force?: boolean | undefined;
  /** How long to wait for somebody else's attempt. */
  readonly patienceMs?: number | undefined;
}

/** Gives a token that satisfies the need: from memory, from the store, or by a renewal that all callers share. */
export type GetToken = (key: string, need: TokenNeed) => UseCase<Token>;

export interface GetTokenDeps {
  readonly store: TokenStore;
  readonly providers: ProviderRegistry;
  readonly accounts: Accounts;
  readonly cache: TokenCache;
  readonly flights: Flights<Refreshed>;
  readonly refreshToken: RefreshToken;
  readonly clock: Clock;
  readonly events: EventSink;
}

/** How long a token that could not be renewed is served without another look. */
const servedUnrenewedMs = 1_000;

export const makeGetToken = (deps: GetTokenDeps): GetToken => {
  const { store, providers, accounts, cache, flights, refreshToken, clock, events } = deps;

  const getToken: GetToken = (text, need) =>
    pipe(
      TE.fromEither(checkNeed(need)),
      TE.flatMap(() => TE.fromEither(providers.resolve(text))),
      TE.flatMap(
        ({ key: { key }, ...configured }) =>
          fromMemory(key, configured, need) ?? fromFlight(key, configured, need, clock.monotonicMs()),
      ),
    );

  const judge = (cached: CachedToken, configured: ConfiguredProvider, { minValidMs }: TokenNeed): Judgement => {
    const nowMs = cache.judgedAtMs(cached.token.key);
    const suffices = cached.isLongest && isBrandNew(configured.policy, timesOfToken(cached.token), nowMs);
    return judgeHeld(cached, configured, { nowMs, minValidMs: suffices ? 0 : minValidMs, jitter: cached.jitter });
  };

  /** A cached token that will do, renewed or checked behind the caller's back where that is due. */
  const fromMemory = (key: string, configured: ConfiguredProvider, need: TokenNeed): UseCase<Token> | undefined => {
    const cached = cache.find(key);
    if (cached === undefined || need.force === true) return undefined;
    switch (judge(cached, configured, need)) {
      case 'use':
        if (isRecheckDue(key)) recheck(key, configured);
        return TE.right(cached.token);
      case 'use_and_renew':
        renewInBackground(key, configured);
        return TE.right(cached.token);
      default:
        return undefined;
    }
  };

  /** Once for a herd: the first caller's recheck opens the hot path again before the next one looks. */
  const isRecheckDue = (key: string): boolean => cache.fresh(key) === undefined && cache.isUnchecked(key);

  /** What may be served although its renewal failed: valid, not refused by an API, and good enough for this caller. */
  const isServable = (cached: CachedToken, configured: ConfiguredProvider, need: TokenNeed): boolean =>
    need.force !== true && judge(cached, configured, need) !== 'replace';

  /** Joins the flight of this key, or starts one; joins or starts another while what it brought does not do. */
  const fromFlight = (
    key: string,
    configured: ConfiguredProvider,
    need: TokenNeed,
    calledAtMonotonicMs: number,
  ): UseCase<Token> => {
    const known = cache.find(key);
    const joined = refreshToken.current(key);
    const patienceEndsMs = calledAtMonotonicMs + (need.patienceMs ?? configured.policy.patienceMs);
    const flight =
      joined ??
      refreshToken.start(key, {
        isEnough: (cached) =>
          (need.force !== true || isNewer(cached, known)) &&
          !['renew', 'replace'].includes(judge(cached, configured, need)),
        isServable: (cached) => isServable(cached, configured, need),
        patienceMs: Math.max(0, patienceEndsMs - clock.monotonicMs()),
        policy: configured.policy,
      });
    const again = (): UseCase<Token> => fromFlight(key, configured, need, calledAtMonotonicMs);
    return pipe(
      () => flight.outcome,
      TE.matchE(
        (error) => {
          const stale = cache.find(key);
          if (stale !== undefined && isServable(stale, configured, need)) {
            return serveStale(key, stale, error, joined === undefined);
          }
          const impatient = joined !== undefined && isLeftToOthers(error) && clock.monotonicMs() < patienceEndsMs;
          return impatient ? again() : TE.left(error);
        },
        ({ cached, renewed }) => {
          const isNew = known === undefined ? renewed : isNewer(cached, known);
          const does = need.force === true ? isNew : isServable(cached, configured, need);
          if (!does && joined === undefined && renewed) cache.markLongest(key);
          return does || joined === undefined ? TE.right(cached.token) : again();
        },
      ),
    );
  };

  const serveStale = (key: string, cached: CachedToken, error: UseCaseError, first: boolean): UseCase<Token> => {
    cache.defer(key, servedUnrenewedMs);
    if (first && error._tag !== 'Misuse') {
      const { generation, expiresAt } = cached.token;
      const at = new Date(clock.nowMs());
      events.emit({ type: 'stale_token_served', key, at, generation, expiresAt, code: factsOf(error).code });
    }
    return TE.right(cached.token);
  };

  /** The soft window: callers keep the old token while a new one is fetched. */
  const renewInBackground = (key: string, configured: ConfiguredProvider): void => {
    cache.defer(key, servedUnrenewedMs);
    if (refreshToken.current(key) !== undefined) return;
    refreshToken.start(key, {
      isEnough: (cached) => judge(cached, configured, {}) === 'use',
      isServable: () => true,
      patienceMs: 0,
      policy: configured.policy,
    });
  };

  /** Compares a cached token with the store, without anybody waiting. */
  const recheck = (key: string, { policy }: ConfiguredProvider): void => {
    cache.defer(key, Math.min(policy.recheckMs, servedUnrenewedMs));
    const compare = pipe(
      store.read(key),
      TE.mapError(storeFailed(key)),
      TE.flatMap((record): UseCase<unknown> => {
        const cached = cache.find(key);
        if (record?.token === undefined) return TE.fromIO(() => cache.drop(key));
        const { generation, incarnation, invalidated } = record;
        const same =
          cached?.token.generation === generation &&
          cached.incarnation === incarnation &&
          cached.invalidated === invalidated;
        return same ? TE.fromIO(() => cache.confirm(key)) : pipe(accounts.open(record), TE.map(refreshToken.hold));
      }),
    );
    flights.aside(compare);
  };

  return getToken;
};

const checkNeed = ({ minValidMs, patienceMs }: TokenNeed): Either<UseCaseError, void> => {
  const isDuration = (value: number | undefined): boolean => value === undefined || value >= 0;
  if (!isDuration(minValidMs))
    return left(misuse('token(key, { minValidMs }): minValidMs takes milliseconds, 0 or more'));
  if (!isDuration(patienceMs))
    return left(misuse('token(key, { patienceMs }): patienceMs takes milliseconds, 0 or more'));
  return right(undefined);
};

const isNewer = (cached: CachedToken, known: CachedToken | undefined): boolean =>
  known !== undefined && (cached.incarnation !== known.incarnation || cached.token.generation > known.token.generation);
