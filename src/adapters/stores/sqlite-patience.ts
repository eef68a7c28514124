import { isRight, type Either } from 'fp-ts/lib/Either.js';
import { isPassing, runStep, type Step } from './sqlite-step.js';

/** Runs steps that may find the database locked. */
export interface Patience {
  /** In a turn of the event loop of its own; again, while the database is locked, after a short random rest. */
  readonly run: <A>(step: Step<A>) => Promise<Either<string, A>>;
  /** The same, one after the other in the order of the calls, so that writers of one connection do not compete. */
  readonly runInOrder: <A>(step: Step<A>) => Promise<Either<string, A>>;
}

/**
 * A lock is waited for without blocking the event loop: SQLite's own busy timeout sleeps in the middle of it, and starves
 * the unlucky. A step is given up when `patienceMs` have passed since it was asked for and, in order, since the last one
 * before it got through.
 */
export const makePatience = (patienceMs: number, monotonicMs = (): number => performance.now()): Patience => {
  const turn = makeTurns();
  let lane: Promise<unknown> = Promise.resolve();
  let lastThroughAt = -Infinity;

  const persist = async <A>(step: Step<A>, sinceMs: number): Promise<Either<string, A>> => {
    for (;;) {
      await turn();
      const outcome = runStep(step);
      if (isRight(outcome) || !isPassing(outcome.left)) return outcome;
      if (monotonicMs() - sinceMs >= patienceMs) return outcome;
      await rest();
    }
  };

  return {
    run: (step) => persist(step, monotonicMs()),
    runInOrder: (step) => {
      const askedAt = monotonicMs();
      const mine = lane.then(() => persist(step, Math.max(askedAt, lastThroughAt)));
      lane = mine.then((outcome) => {
        if (isRight(outcome) || !isPassing(outcome.left)) lastThroughAt = monotonicMs();
      });
      return mine;
    },
  };
};

/** Hands out turns of the event loop, one a caller, so that many short steps in a row do not hold it up. */
const makeTurns = (): (() => Promise<unknown>) => {
  let last: Promise<unknown> = Promise.resolve();
  return () => (last = last.then(() => new Promise((resolve) => setImmediate(resolve))));
};

/** 1 to 3 ms: long enough for others to write, short enough to be fair. It keeps the process alive: work is waiting. */
const rest = (): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, 1 + Math.floor(3 * Math.random())));
