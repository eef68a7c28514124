import { isRight, type Either } from 'fp-ts/lib/Either.js';
import { isPassing, runStep, type Step } from './step.js';

/** Runs steps that may find the database locked. */
export interface Patience {
  /** In a turn of the event loop of its own; again, while the database is locked, after a short random pause. */
  readonly run: <A>(step: Step<A>) => Promise<Either<string, A>>;
  /** Resolves in a turn of the event loop that no other step has. */
  readonly turn: () => Promise<unknown>;
  /** A short random wait, in which others get the lock. */
  readonly pause: () => Promise<unknown>;
  readonly patienceMs: number;
  readonly monotonicMs: () => number;
}

/**
 * A lock is waited for without blocking the event loop: SQLite's own busy timeout sleeps in the middle of it, and starves
 * the unlucky. A step is given up when `patienceMs` have passed since it was asked for.
 */
export const makePatience = (patienceMs: number, monotonicMs = (): number => performance.now()): Patience => {
  const turn = makeClientQueues();
  return {
    run: async (step) => {
      const sinceMs = monotonicMs();
      for (;;) {
        await turn();
        const outcome = runStep(step);
        if (isRight(outcome) || !isPassing(outcome.left)) return outcome;
        if (monotonicMs() - sinceMs >= patienceMs) return outcome;
        await pause();
      }
    },
    turn,
    pause,
    patienceMs,
    monotonicMs,
  };
};

/** Hands out turns of the event loop, one a caller, so that many short steps in a row do not hold it up. */
const makeClientQueues = (): (() => Promise<unknown>) => {
  let last: Promise<unknown> = Promise.resolve();
  return () => (last = last.then(() => new Promise((resolve) => setImmediate(resolve))));
};

/** 1 to 3 ms: long enough for others to write, short enough to be fair. It keeps the process alive: work is waiting. */
const pause = (): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, 1 + Math.floor(3 * Math.random())));
