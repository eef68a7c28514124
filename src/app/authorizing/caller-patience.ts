import type { Clock } from '../../ports/clock.js';

/** One caller's patience, which ends by itself. */
export interface Patience {
  readonly isOver: () => boolean;
  /** The work has ended first: nobody has to be let go any more. */
  readonly stop: () => void;
}

/** Lets a caller go, once, when so long has passed by the monotonic clock; its work goes on. */
export const callerPatience = (
  clock: Pick<Clock, 'idle' | 'monotonicMs'>,
  patienceMs: number,
  letGo: () => void,
): Patience => {
  const endsMs = clock.monotonicMs() + patienceMs;
  const stopped = new AbortController();
  void clock.idle(patienceMs, stopped.signal).then(() => {
    if (!stopped.signal.aborted) letGo();
  });
  return { isOver: () => clock.monotonicMs() >= endsMs, stop: () => stopped.abort() };
};
