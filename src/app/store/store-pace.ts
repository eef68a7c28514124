import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Clock } from '../../ports/clock.js';
import type { TokenStore } from '../../ports/token-store.js';

/** How fast a store takes writes at the moment, as far as this process has seen. */
export interface StorePace {
  /** Milliseconds from one write to the next while several wait; undefined before the first has ended. */
  readonly msPerWrite: () => number | undefined;
  readonly timed: <E, A>(write: TaskEither<E, A>) => TaskEither<E, A>;
}

/** What a write counts for after each that follows it: about the last hundred matter. */
const fading = 0.99;

/**
 * A wait for the store counts for at most so many of the usual ones: a single write that hangs holds nobody up, and a store that has
 * become slow is known for it after a few.
 */
const mostTimes = 20;
/** So that waits of nothing can become longer. */
const leastMs = 1;

/**
 * Measures how often a write ends while any is under way. A store that commits several together is as fast as it is, however
 * long each of them waits; one that has a hundred in a line is as slow as it is, however short each takes by itself.
 */
export const makeStorePace = ({ monotonicMs }: Pick<Clock, 'monotonicMs'>): StorePace => {
  let underWay = 0;
  let lastAtMs = 0;
  let busyMs = 0;
  let ended = 0;
  // Squares, so that the wait for a group counts and not those of nothing between the ends of its members.
  let squaredMs = 0;

  return {
    msPerWrite: () => (ended === 0 ? undefined : busyMs / ended),
    timed: (write) => async () => {
      if (underWay === 0) lastAtMs = monotonicMs();
      underWay += 1;
      try {
        return await write();
      } finally {
        const nowMs = monotonicMs();
        underWay -= 1;
        const usualMs = busyMs === 0 ? 0 : squaredMs / busyMs;
        const waitMs = Math.min(ended === 0 ? Infinity : Math.max(leastMs, mostTimes * usualMs), nowMs - lastAtMs);
        busyMs = busyMs * fading + waitMs;
        squaredMs = squaredMs * fading + waitMs ** 2;
        ended = ended * fading + 1;
        lastAtMs = nowMs;
      }
    },
  };
};

/** The same store, whose writes of accounts and notes are measured. */
export const pacedStore = (store: TokenStore, { timed }: StorePace): TokenStore => ({
  ...store,
  update: (key, change, options) => timed(store.update(key, change, options)),
  updateNote: (name, change, options) => timed(store.updateNote(name, change, options)),
});
