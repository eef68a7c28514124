import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TokenError } from '../../domain/token-error.js';
import { isUnreadable } from '../../domain/unreadable-record.js';
import type { Clock } from '../../ports/clock.js';
import type { EventSink } from '../../ports/event-sink.js';
import type { TokenStore } from '../../ports/token-store.js';
import { storeFailed } from '../store/store-failed.js';
import type { ProviderRegistry } from '../accounts/provider-registry.js';
import { makeBreather } from './breather.js';
import { makeDueAccounts, type ClaimedAccount, type DueAccounts, type DueAccountsDeps } from './due-accounts.js';
import { makeSemaphore } from './semaphore.js';
import { mendedWithinMs, type Ending } from './sweep-outcome.js';
import type { RenewDue, SweepRun } from './renew-due.js';
import { shuffled } from './shuffled.js';
import type { SweepReport } from './sweep-report.js';
import { makeSweepCounts } from './sweep-counts.js';
import { makeClientQueues } from './client-queue.js';
import type { UseCase } from '../use-case/use-case-error.js';

export interface SweepOptions {
  /** At most so many accounts are looked at in one sweep, whatever becomes of them; 1,000 when left out. */
  readonly limit?: number | undefined;
  /** So many token requests at a time; 8 when left out. */
  readonly concurrency?: number | undefined;
  /** Only this provider's accounts. */
  readonly provider?: string | undefined;
  /** Renew access tokens that are about to expire as well, not only refresh tokens. */
  readonly keepWarm?: boolean | undefined;
}

/** Who waits for a sweep, and until when it may begin anything. */
export interface SweepSpan {
  /** Once it aborts, what is in flight is finished and nothing new is begun. */
  readonly stop: AbortSignal;
  /** The clock's `sleep`, or its `idle` when the sweep is to hold no process open. */
  readonly sleep: Clock['sleep'];
}

/**
 * Renews what is due, once. Any number of processes may sweep one store: each account is taken up by one of them. What is due
 * longest comes first, and an account for which nothing can be sent now is not looked at again before that may have changed.
 * Left when the store could not say what is due; what was renewed by then is committed.
 */
export type SweepAccounts = (options: SweepOptions, span: SweepSpan) => UseCase<SweepReport>;

export interface SweepAccountsDeps {
  readonly store: TokenStore;
  readonly providers: ProviderRegistry;
  readonly renewDue: RenewDue;
  readonly clock: Clock;
  readonly events: EventSink;
  /** In [0, 1): sweepers that start together take the due accounts in different orders. */
  readonly fraction: () => number;
}

const defaultLimit = 1_000;
const defaultConcurrency = 8;
const shortestFirstPage = 16;

export const makeSweepAccounts = (deps: SweepAccountsDeps): SweepAccounts => {
  const { store, providers, renewDue, clock, events, fraction } = deps;

  const dueOf = (
    provider: string,
    keepWarm: boolean,
    { firstPage, yieldTurn }: Pick<DueAccountsDeps, 'firstPage' | 'yieldTurn'>,
  ): DueAccounts =>
    makeDueAccounts({
      claim: (query) => pipe(store.claimDue({ ...query, provider, keepWarm }), TE.mapError(storeFailed())),
      release: store.releaseClaims,
      clock,
      firstPage,
      yieldTurn,
      fraction,
    });

  /** What cannot be read is that account's failure. */
  const endingOf = ({ found }: ClaimedAccount, run: SweepRun): Ending | Promise<Ending> => {
    if (!isUnreadable(found)) return renewDue(found, run);
    const at = new Date(clock.nowMs());
    events.emit({ type: 'renewal_failed', key: found.key, at, generation: 0, code: 'ERR_STORE_FAILED' });
    return { outcome: 'unreadable', waitMs: mendedWithinMs };
  };

  return (options, { stop, sleep }) =>
    async () => {
      const { limit = defaultLimit, concurrency = defaultConcurrency, keepWarm = false } = options;
      const ids = options.provider === undefined ? shuffled(providers.ids, fraction) : [options.provider];
      const yieldTurn = (): Promise<void> => sleep(0, stop);
      const breathe = makeBreather(clock.monotonicMs, yieldTurn);
      const firstPage = Math.max(shortestFirstPage, 2 * concurrency);
      const sources = ids.map((id) => dueOf(id, keepWarm, { firstPage, yieldTurn }));
      const counts = makeSweepCounts(
        clock,
        limit,
        sources.map(({ atMostLeft }) => atMostLeft),
      );
      const run: SweepRun = {
        keepWarm,
        inFlight: makeSemaphore(concurrency),
        queueOf: makeClientQueues(),
        pause: (ms) => sleep(ms, stop),
        stop,
      };
      let failure: TokenError | undefined;

      const lane = async (source: DueAccounts, place: number): Promise<void> => {
        while (!stop.aborted && !source.ended() && counts.take(place)) {
          const next = await source.next(counts.roomFor(place) + 1);
          if (E.isLeft(next)) failure ??= next.left;
          if (E.isLeft(next) || next.right === undefined) return counts.giveBack(place);
          if (stop.aborted) {
            source.done(next.right, { outcome: 'skipped', waitMs: 0 });
            return counts.giveBack(place);
          }
          counts.begin();
          const ending = await endingOf(next.right, run);
          source.done(next.right, ending);
          counts.count(ending.outcome);
          const ahead = sources.reduce((sum, other) => sum + other.ahead(), 0);
          events.emit({ type: 'sweep_progress', key: '*', at: new Date(clock.nowMs()), ...counts.progress(ahead) });
          await breathe();
        }
      };

      /** Each provider has lanes of its own: one whose rate is limited holds up no other. */
      const lanes = (): readonly Promise<void>[] =>
        sources.flatMap((source, place) => Array.from({ length: concurrency }, () => lane(source, place)));
      // A lane that stopped at its share has room again once another provider has nothing more.
      do await Promise.all(lanes());
      while (!stop.aborted && counts.hasRoom() && sources.some((source) => !source.ended()));
      await Promise.all(sources.map((source) => source.giveBack()));

      if (failure !== undefined) return E.left(failure);
      const report = counts.report();
      events.emit({ type: 'sweep_finished', key: '*', at: new Date(clock.nowMs()), ...report });
      return E.right(report);
    };
};
