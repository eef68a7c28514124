import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { factsOf } from '../../domain/token-error-facts.js';
import { tokenError } from '../../domain/token-error.js';
import type { Clock } from '../../ports/clock.js';
import type { EventSink } from '../../ports/event-sink.js';
import type { TokenStore } from '../../ports/token-store.js';
import type { Accounts } from '../accounts/account-repository.js';
import { storeFailed } from '../store/store-failed.js';
import { $, steps } from '../use-case/steps.js';
import type { UseCase, UseCaseError } from '../use-case/use-case-error.js';
import type { TokenRenewer } from './single-flight-renewal.js';
import { makeSingleFlight, type Flight, type SingleFlight } from './single-flight.js';
import type { TokenCache } from '../accounts/token-cache.js';

/** Compares the tokens in memory with the store: at most one reading of a key at a time. */
export interface CompareToken {
  /** Behind the backs of the callers. */
  readonly inBackground: (key: string) => void;
  /**
   * For a caller who waits for it, so long at most. It never fails and does not last: a store that cannot be asked, or does not
   * answer soon, must not keep a valid token from anybody, which stays in use for another second then.
   */
  readonly now: (key: string, mostWaitMs: number) => () => Promise<void>;
}

export interface CompareTokenDeps {
  readonly store: TokenStore;
  readonly accounts: Accounts;
  readonly cache: TokenCache;
  readonly renewer: Pick<TokenRenewer, 'putInCache'>;
  readonly flights: Pick<SingleFlight<unknown>, 'inBackground'>;
  readonly clock: Clock;
  readonly events: EventSink;
}

/** A store that takes longer for one row counts as one that does not answer. */
const longestReadMs = 2_000;
/** How long a token is served on that could not be compared. */
const servedUncheckedMs = 1_000;

export const makeCompareToken = (deps: CompareTokenDeps): CompareToken => {
  const { store, accounts, cache, renewer, flights, clock, events } = deps;
  const readings = makeSingleFlight<void>();
  const beganMonotonicMs = new WeakMap<Flight<void>, number>();

  const compared = (key: string, askedMonotonicMs: number): UseCase<void> =>
    steps(function* () {
      const record = yield* $(pipe(store.read(key), TE.mapError(storeFailed(key))));
      const cached = cache.find(key);
      if (cached === undefined) return;
      if (record?.token === undefined) return cache.drop(key);
      const { incarnation, generation, invalidated } = record;
      const isSame =
        cached.incarnation === incarnation &&
        cached.token.generation === generation &&
        cached.invalidated === invalidated;
      if (isSame) return cache.confirm(key, askedMonotonicMs);
      const account = yield* $(
        pipe(
          accounts.open(record),
          TE.mapError((error) => {
            // It cannot be read here, but that it is another registration's can be seen.
            if (cached.incarnation !== incarnation) cache.drop(key);
            return error;
          }),
        ),
      );
      renewer.putInCache(account, askedMonotonicMs);
      // Where the store holds nothing that can be handed out, the older token is served for as long as it is valid.
      cache.confirm(key, askedMonotonicMs);
    });

  const begin = (key: string): Flight<void> => {
    const askedMonotonicMs = clock.monotonicMs();
    const reading = readings.start(key, () => compared(key, askedMonotonicMs));
    beganMonotonicMs.set(reading, askedMonotonicMs);
    // So that `close` waits for it.
    flights.inBackground(() => reading.outcome);
    return reading;
  };

  const reading = (key: string): Flight<void> => readings.current(key) ?? begin(key);

  /** The first who waited in vain puts the next reading off, for all. */
  const serveOn = (key: string, error: UseCaseError): void => {
    const cached = cache.find(key);
    if (cached === undefined || !cache.isUnchecked(key)) return;
    cache.postpone(key, servedUncheckedMs);
    if (error._tag === 'Misuse') return;
    const { generation, expiresAt } = cached.token;
    const at = new Date(clock.nowMs());
    events.emit({ type: 'stale_token_served', key, at, generation, expiresAt, code: factsOf(error).code });
  };

  const now: CompareToken['now'] = (key, mostWaitMs) => async () => {
    const found = reading(key);
    const leftMs = (beganMonotonicMs.get(found) ?? 0) + longestReadMs - clock.monotonicMs();
    const ended = new AbortController();
    const waitMs = Math.max(0, Math.min(leftMs, mostWaitMs));
    // That a caller has no patience says nothing about the store.
    const given = waitMs < leftMs ? right(undefined) : left(tooLate);
    const late = clock.sleep(waitMs, ended.signal).then(() => given);
    const outcome = await Promise.race([found.outcome, late]);
    ended.abort('ended');
    if (isLeft(outcome)) serveOn(key, outcome.left);
  };

  return { inBackground: (key) => void reading(key), now };
};

const tooLate: UseCaseError = tokenError('StoreFailed', { operation: 'read', why: 'no_answer' });
