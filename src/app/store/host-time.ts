import type { Clock } from '../../ports/clock.js';

/**
 * Time for stores without a clock of their own, where this host's wall clock says when an attempt began. Somebody may set that
 * clock forward while an attempt is open: judged by the wall clock alone it would be over at once, and its refresh token be
 * sent again while its owner still waits for the answer.
 */
export interface HostTime {
  /** The wall clock, in Unix milliseconds: what to write down. */
  readonly nowMs: () => number;
  /**
   * The time by which something dated `atMs` is judged: the wall clock, less what it was set forward since then. So much time
   * has passed since `atMs` at most, as far as this process can tell; for no date it is the wall clock.
   */
  readonly nowMsFor: (atMs: number | undefined) => number;
}

/** The wall clock stood at `beforeMs` when it was set forward by `byMs`. */
interface Step {
  readonly beforeMs: number;
  readonly byMs: number;
}

/** Clocks that are kept right by the network run up to 500 millionths fast or slow (adjtime): that is no step. */
const driftFraction = 0.001;
const leastStepMs = 50;

/** So many steps are remembered: an attempt is open for minutes, and nobody sets a clock that often. */
const mostSteps = 32;

/**
 * A step is noticed at the next question, as a difference between what the wall clock and the monotonic clock have run since
 * the last one. Three things follow. A monotonic clock that stands still while a machine sleeps makes the sleep a step: an
 * attempt from before it has what was left of its time when the machine wakes, which is late but never early. A process
 * that was started after a step knows nothing of it. A clock that is set back takes back the steps before; what it is set
 * back beyond them leaves dates in the future, for which the renewal protocol has a rule of its own.
 */
export const makeHostTime = (clock: Pick<Clock, 'nowMs' | 'monotonicMs'>): HostTime => {
  let steps: readonly Step[] = [];
  let seen = { wallMs: clock.nowMs(), monotonicMs: clock.monotonicMs() };

  const nowMs = (): number => {
    const now = { wallMs: clock.nowMs(), monotonicMs: clock.monotonicMs() };
    const ranMs = now.monotonicMs - seen.monotonicMs;
    const beforeMs = seen.wallMs + ranMs;
    const byMs = now.wallMs - beforeMs;
    const toleratedMs = leastStepMs + driftFraction * ranMs;
    if (byMs > toleratedMs) steps = [...steps, { beforeMs, byMs }].slice(-mostSteps);
    if (byMs < -toleratedMs) steps = takenBack(steps, -byMs);
    seen = now;
    return now.wallMs;
  };

  return {
    nowMs,
    nowMsFor: (atMs = Infinity) => {
      const wallMs = nowMs();
      return steps.reduce((ms, { beforeMs, byMs }) => (atMs <= beforeMs ? ms - byMs : ms), wallMs);
    },
  };
};

/** The steps that are left when the clock is set back by `ms`, the last ones going first. */
const takenBack = (steps: readonly Step[], ms: number): readonly Step[] => {
  const last = steps.at(-1);
  if (last === undefined) return steps;
  const before = steps.slice(0, -1);
  return last.byMs > ms ? [...before, { ...last, byMs: last.byMs - ms }] : takenBack(before, ms - last.byMs);
};
