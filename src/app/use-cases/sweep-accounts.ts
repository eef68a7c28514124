import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TokenError } from '../../domain/token-error.js';
import { isUnreadable, type FoundRecord } from '../../domain/unreadable-record.js';
import type { Clock } from '../../ports/clock.js';
import type { EventSink } from '../../ports/event-sink.js';
import type { TokenStore } from '../../ports/token-store.js';
import { storeFailed } from '../accounts/accounts.js';
import type { ProviderRegistry } from '../accounts/provider-registry.js';
import { makeDueAccounts, type DueAccounts } from '../sweeping/due-accounts.js';
import { makeGate } from '../sweeping/gate.js';
import type { Fate } from '../sweeping/fate.js';
import type { RenewDue, SweepRun } from '../sweeping/renew-due.js';
import type { SweepReport } from '../sweeping/sweep-report.js';
import { makeTally } from '../sweeping/tally.js';
import { makeTurns } from '../sweeping/turns.js';
import type { UseCase } from '../use-case-error.js';

export interface SweepOptions {
  /** At most so many accounts in one sweep; 1,000 when left out. Those for which nothing can be sent do not count. */
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
  readonly rest: Clock['sleep'];
}

/**
 * Renews what is due, once. Any number of processes may sweep one store: each account is renewed by one of them. Left when
 * the store could not say what is due; what was renewed by then is committed.
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
const longestPage = 100;

export const makeSweepAccounts = (deps: SweepAccountsDeps): SweepAccounts => {
  const { store, providers, renewDue, clock, events, fraction } = deps;

  const dueOf = (provider: string, limit: number, keepWarm: boolean): DueAccounts =>
    makeDueAccounts({
      read: (rows) =>
        pipe(
          store.claimDue({ nowMs: clock.nowMs(), limit: rows, provider, keepWarm, untilMs: 0 }),
          TE.mapError(storeFailed()),
        ),
      pageSize: Math.min(longestPage, limit),
      fraction,
    });

  /** What cannot be read is that account's failure. */
  const fateOf = (found: FoundRecord, run: SweepRun): Fate | Promise<Fate> => {
    if (!isUnreadable(found)) return renewDue(found, run);
    const at = new Date(clock.nowMs());
    events.emit({ type: 'renewal_failed', key: found.key, at, generation: 0, code: 'ERR_STORE_FAILED' });
    return 'unreadable';
  };

  return (options, { stop, rest }) =>
    async () => {
      const { limit = defaultLimit, concurrency = defaultConcurrency, keepWarm = false } = options;
      const ids = options.provider === undefined ? providers.ids : [options.provider];
      const sources = ids.map((id) => dueOf(id, limit, keepWarm));
      const tally = makeTally(clock, limit);
      const run: SweepRun = {
        keepWarm,
        inFlight: makeGate(concurrency),
        turnOf: makeTurns(),
        pause: (ms) => rest(ms, stop),
        stop,
      };
      let failure: TokenError | undefined;

      const lane = async (source: DueAccounts): Promise<void> => {
        while (!stop.aborted && !source.ended() && tally.take()) {
          const next = await source.next();
          if (E.isLeft(next)) failure ??= next.left;
          if (E.isLeft(next) || next.right === undefined || stop.aborted) return tally.giveBack();
          tally.begin();
          const fate = await fateOf(next.right, run);
          if (fate === 'renewed') source.done();
          tally.count(fate);
          const ahead = sources.reduce((sum, other) => sum + other.ahead(), 0);
          events.emit({ type: 'sweep_progress', key: '*', at: new Date(clock.nowMs()), ...tally.progress(ahead) });
        }
      };

      /** Each provider has lanes of its own: one whose rate is limited holds up no other. */
      const lanes = (): readonly Promise<void>[] =>
        sources.flatMap((source) => Array.from({ length: concurrency }, () => lane(source)));
      // A lane that stopped at the limit may have room again, given back by another.
      do await Promise.all(lanes());
      while (!stop.aborted && tally.hasRoom() && sources.some((source) => !source.ended()));

      if (failure !== undefined) return E.left(failure);
      const report = tally.report();
      events.emit({ type: 'sweep_finished', key: '*', at: new Date(clock.nowMs()), ...report });
      return E.right(report);
    };
};
