import type { Clock } from '../../ports/clock.js';
import { sinceBoot } from './since-boot.js';

/** The runtime's time functions, as far as a clock needs them. */
export interface Timers {
  /** Unix milliseconds. */
  readonly nowMs: () => number;
  readonly monotonicMs: () => number;
  /** See {@link Clock.bootId}. */
  readonly bootId?: string | undefined;
  /** Calls back once, after 0 to 2^31−1 ms; what it returns calls that off. Only if it `holds` does it keep the process open. */
  readonly startTimer: (callback: () => void, ms: number, holds: boolean) => () => void;
}

/** The longest delay Node takes; a longer one would fire at once. */
const longestTimerMs = 2 ** 31 - 1;

const systemTimers = (): Timers => ({
  nowMs: () => Date.now(),
  ...sinceBoot(),
  startTimer: (callback, ms, holds) => {
    const timer = setTimeout(callback, ms);
    if (!holds) timer.unref();
    return () => clearTimeout(timer);
  },
});

/** This machine's clock; other `timers` let a test move it. A sleep of NaN or less than nothing is one of 0 ms. */
export const systemClock = (timers: Timers = systemTimers()): Clock => ({
  nowMs: timers.nowMs,
  monotonicMs: timers.monotonicMs,
  bootId: timers.bootId,
  sleep: (ms, signal) => sleepFor(timers, ms, signal, true),
  idle: (ms, signal) => sleepFor(timers, ms, signal, false),
});

const sleepFor = (timers: Timers, ms: number, signal: AbortSignal | undefined, holds: boolean): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted === true) return resolve();
    const wakesAt = timers.monotonicMs() + (ms > 0 ? ms : 0);
    const arm = (): (() => void) =>
      timers.startTimer(wake, Math.min(longestTimerMs, Math.ceil(Math.max(0, wakesAt - timers.monotonicMs()))), holds);
    const wake = (): void => {
      // Not yet when the rest was too long for one timer, or when the timer fired a fraction of a millisecond early.
      if (timers.monotonicMs() < wakesAt) {
        callOff = arm();
        return;
      }
      signal?.removeEventListener('abort', abort);
      resolve();
    };
    const abort = (): void => {
      callOff();
      resolve();
    };
    let callOff = arm();
    signal?.addEventListener('abort', abort, { once: true });
  });
