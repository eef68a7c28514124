import { pipe } from 'fp-ts/lib/function.js';
import { left, right, type Either } from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { misuse } from '../../domain/misuse.js';
import { isBrandNew, isMomentary, leftMs, type Judgement } from '../../domain/refresh-policy.js';
import { factsOf } from '../../domain/token-error-facts.js';
import { tokenError } from '../../domain/token-error.js';
import { timesOfToken, type Token } from '../../domain/token.js';
import type { Clock } from '../../ports/clock.js';
import type { EventSink } from '../../ports/event-sink.js';
import { judgeServable } from '../accounts/account.js';
import type { ConfiguredProvider, ProviderRegistry } from '../accounts/provider-registry.js';
import type { CompareToken } from './compare-token.js';
import type { Flight } from './single-flight.js';
import type { Renewed, TokenRenewer } from './single-flight-renewal.js';
import type { CachedToken, TokenCache } from '../accounts/token-cache.js';
import type { UseCase, UseCaseError } from '../use-case/use-case-error.js';

/** What a caller asks of a token. */
export interface TokenNeed {
  /** At least this much validity, as far as the provider issues tokens that live so long. */
  readonly minValidMs?: number | undefined;
  /** A token newer than the one known now. */
  readonly force?: boolean | undefined;
  /** How long to wait for a renewal, this process's own or another worker's; it goes on when that is over. */
  readonly patienceMs?: number | undefined;
}

/** Gives a token that satisfies the need: from memory, from the store, or by a renewal that all callers share. */
export type GetToken = (key: string, need: TokenNeed) => UseCase<Token>;

export interface GetTokenDeps {
  readonly providers: ProviderRegistry;
  readonly cache: TokenCache;
  readonly compare: CompareToken;
  readonly renewer: TokenRenewer;
  readonly clock: Clock;
  readonly events: EventSink;
}

/** How long a token that could not be renewed is served without another look. */
const servedUnrenewedMs = 1_000;
/** When to ask again for a token whose request is under way, which may be answered at any moment; a wait before it comes on top. */
const askAgainMs = 1_000;

export const makeGetToken = (deps: GetTokenDeps): GetToken => {
  const { providers, cache, compare, renewer, clock, events } = deps;

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
    return judgeServable(cached, configured, { nowMs, minValidMs: suffices ? 0 : minValidMs, jitter: cached.jitter });
  };

  /** A cached token that will do, renewed or compared behind the caller's back where that is due. */
  const fromMemory = (
    key: string,
    configured: ConfiguredProvider,
    need: TokenNeed,
    isCompared = false,
  ): UseCase<Token> | undefined => {
    const cached = cache.find(key);
    if (cached === undefined || need.force === true) return undefined;
    const judgement = judge(cached, configured, need);
    if (judgement !== 'use' && judgement !== 'use_and_renew') return undefined;
    if (!isCompared && cache.isUnchecked(key)) return comparedFirst(key, configured, need);
    if (judgement === 'use_and_renew') renewInBackground(key, configured);
    else if (!isCompared && cache.fresh(key) === undefined && cache.isRecheckDue(key)) recheck(key, configured);
    return TE.right(cached.token);
  };

  /** Nobody has asked the store about it for so long that it may have been removed meanwhile. */
  const comparedFirst = (key: string, configured: ConfiguredProvider, need: TokenNeed): UseCase<Token> => {
    const calledAtMonotonicMs = clock.monotonicMs();
    return pipe(
      TE.fromTask<void, UseCaseError>(compare.now(key, patienceOf(cache.find(key), configured, need))),
      TE.flatMap(
        () => fromMemory(key, configured, need, true) ?? fromFlight(key, configured, need, calledAtMonotonicMs),
      ),
    );
  };

  /** Whether the store was asked lately, or since this caller came. */
  const isChecked = (key: string, calledAtMonotonicMs: number): boolean =>
    !cache.isUnchecked(key) || cache.isCheckedSince(key, calledAtMonotonicMs);

  /** What may be served although its renewal failed: valid, not refused by an API, and good enough for this caller. */
  const isServable = (cached: CachedToken, configured: ConfiguredProvider, need: TokenNeed): boolean =>
    need.force !== true && judge(cached, configured, need) !== 'replace';

  /** How long this caller waits: with a valid token in hand not so long that it would expire meanwhile. */
  const patienceOf = (known: CachedToken | undefined, configured: ConfiguredProvider, need: TokenNeed): number => {
    const patienceMs = need.patienceMs ?? configured.policy.patienceMs;
    if (known === undefined || !isServable(known, configured, need)) return patienceMs;
    return Math.min(patienceMs, leftMs(timesOfToken(known.token), cache.judgedAtMs(known.token.key)) / 2);
  };

  /** Waits for a flight; a caller who stops waiting is told what keeps it, and the flight goes on. */
  const patiently =
    (
      key: string,
      { policy }: ConfiguredProvider,
      { outcome, trouble, waitsForMs }: Flight<Renewed>,
      untilMonotonicMs: number,
    ): UseCase<Renewed> =>
    async () => {
      const retryAfterMs = (): number =>
        Math.min(Math.max(askAgainMs, policy.cooldownMaxMs), askAgainMs + Math.max(0, Math.ceil(waitsForMs() ?? 0)));
      const ended = new AbortController();
      const patienceEnds = clock
        .sleep(Math.max(0, untilMonotonicMs - clock.monotonicMs()), ended.signal)
        .then(() => left(trouble() ?? tokenError('RenewalUnderWay', { key, retryAfterMs: retryAfterMs() })));
      try {
        return await Promise.race([outcome, patienceEnds]);
      } finally {
        // With a reason, for without one an error is made each time.
        ended.abort('ended');
      }
    };

  /** Waits for the current renewal, or starts one; repeats until the token satisfies the need. */
  const fromFlight = (
    key: string,
    configured: ConfiguredProvider,
    need: TokenNeed,
    calledAtMonotonicMs: number,
  ): UseCase<Token> => {
    const known = cache.find(key);
    const joined = renewer.current(key);
    const patienceEndsMs = calledAtMonotonicMs + patienceOf(known, configured, need);
    const flight =
      joined ??
      renewer.start(key, {
        isEnough: (cached) =>
          (need.force !== true || isNewer(cached, known)) &&
          !['renew', 'replace'].includes(judge(cached, configured, need)),
        isServable: (cached) => isServable(cached, configured, need),
        patienceMs: Math.max(0, patienceEndsMs - clock.monotonicMs()),
      });
    const again = (): UseCase<Token> => fromFlight(key, configured, need, calledAtMonotonicMs);
    return pipe(
      patiently(key, configured, flight, patienceEndsMs),
      TE.matchE(
        (error) => {
          const stale = cache.find(key);
          if (stale !== undefined && isServable(stale, configured, need)) {
            // The flight that was joined had asked the store too long ago: one's own asks again.
            const asksAgain = joined !== undefined && !isChecked(key, calledAtMonotonicMs);
            return asksAgain && clock.monotonicMs() < patienceEndsMs
              ? again()
              : serveStale(key, stale, error, joined === undefined);
          }
          const impatient =
            joined !== undefined && error._tag === 'RenewalUnderWay' && clock.monotonicMs() < patienceEndsMs;
          return impatient ? again() : TE.left(error);
        },
        ({ cached, renewed }) => {
          const isNew = known === undefined ? renewed : isNewer(cached, known);
          const isMoment = renewed && isMomentary(timesOfToken(cached.token));
          const does = need.force === true ? isNew : isMoment || isServable(cached, configured, need);
          if (!does && joined === undefined && renewed) cache.markLongest(key);
          return does || joined === undefined ? TE.right(cached.token) : again();
        },
      ),
    );
  };

  const serveStale = (key: string, cached: CachedToken, error: UseCaseError, first: boolean): UseCase<Token> => {
    if (error._tag === 'StoreFailed' && cache.isUnchecked(key)) cache.postpone(key, servedUnrenewedMs);
    else cache.defer(key, servedUnrenewedMs);
    // Somebody whose patience was shorter than a reading is served; the next one is not, before the store has answered.
    if (cache.isUnchecked(key)) compare.inBackground(key);
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
    if (renewer.current(key) !== undefined) return;
    renewer.start(key, {
      isEnough: (cached) => judge(cached, configured, {}) === 'use',
      isServable: () => true,
      patienceMs: 0,
    });
  };

  /** Once for a herd: the first caller's recheck opens the hot path again before the next one looks. */
  const recheck = (key: string, { policy }: ConfiguredProvider): void => {
    cache.defer(key, Math.min(policy.recheckMs, servedUnrenewedMs));
    compare.inBackground(key);
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
