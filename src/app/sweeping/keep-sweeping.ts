import { isLeft } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { factsOf } from '../../domain/token-error-facts.js';
import type { Clock } from '../../ports/clock.js';
import type { EventSink } from '../../ports/event-sink.js';
import type { OpenStore } from '../encryption/open-store.js';
import type { SweepAccounts, SweepOptions } from './sweep-accounts.js';

export interface StartOptions extends SweepOptions {
  /** Milliseconds between two sweeps, give or take a tenth; 60,000 when left out. */
  readonly intervalMs?: number | undefined;
}

/** Sweeps until the signal aborts. Its timers hold no process open, and no failure ends it. */
export type KeepSweeping = (options: StartOptions, stop: AbortSignal) => Promise<void>;

export interface KeepSweepingDeps {
  readonly openStore: OpenStore;
  readonly sweep: SweepAccounts;
  readonly clock: Clock;
  readonly events: EventSink;
  /** In [0, 1): processes that start together do not sweep together. */
  readonly fraction: () => number;
}

const defaultIntervalMs = 60_000;
const spread = 0.1;

export const makeKeepSweeping =
  ({ openStore, sweep, clock, events, fraction }: KeepSweepingDeps): KeepSweeping =>
  async ({ intervalMs = defaultIntervalMs, ...options }, stop) => {
    const idle = (ms: number): Promise<void> => clock.idle(ms, stop);
    await idle(intervalMs * spread * fraction());
    while (!stop.aborted) {
      const swept = await pipe(
        openStore(),
        TE.flatMap(() => sweep(options, { stop, sleep: clock.idle })),
      )();
      if (isLeft(swept) && swept.left._tag !== 'Misuse') {
        events.emit({ type: 'sweep_failed', key: '*', at: new Date(clock.nowMs()), code: factsOf(swept.left).code });
      }
      await idle(intervalMs * (1 - spread + 2 * spread * fraction()));
    }
  };
