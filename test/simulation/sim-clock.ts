import type { Clock } from '../../src/ports/clock.js';
import type { PendingEvent, Scheduler } from './scheduler.js';
import type { SimProcess } from './sim-process.js';

/** When every world begins, by the clocks that nobody has touched. */
export const worldBeganMs = Date.UTC(2026, 0, 1);

/**
 * The clock of one process: its wall clock may be wrong. Its monotonic clock began when it started, or, on the one host that
 * all processes share where the store has no clock, with the world.
 */
export const simClock = (scheduler: Scheduler, process: SimProcess, who: string, bootId: string | undefined): Clock => {
  const startedMs = bootId === undefined ? scheduler.nowMs() : 0;
  const sleep = (ms: number, signal?: AbortSignal): Promise<void> => {
    if (signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        signal?.removeEventListener('abort', end);
        resolve();
      };
      const event: PendingEvent = {
        what: `${who} wakes`,
        atMs: scheduler.nowMs() + Math.ceil(Math.max(0, ms)),
        owner: process,
        isTimer: true,
        run: wake,
      };
      const end = (): void => {
        scheduler.cancel(event);
        wake();
      };
      signal?.addEventListener('abort', end);
      scheduler.add(event);
    });
  };
  return {
    nowMs: () => Math.floor(worldBeganMs + scheduler.nowMs() + process.wallOffsetMs()),
    monotonicMs: () => scheduler.nowMs() - startedMs,
    bootId,
    sleep,
    idle: sleep,
  };
};
