import { left, type Either } from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Clock } from '../../ports/clock.js';

/** What needs no I/O has settled after so many turns of the microtask queue, and is given no timer. */
const freeTurns = 16;

/** The time is counted in so many parts: a process that stood still is out of one of them when it goes on, not of all. */
const parts = 4;

/**
 * The result of a task, or Left `late` when it has not settled within `ms`. The task itself goes on: what it was to do may
 * still be done, and its result is dropped.
 */
export const withDeadline =
  <E, A>(task: TaskEither<E, A>, late: E, ms: number, clock: Pick<Clock, 'sleep'>): TaskEither<E, A> =>
  async () => {
    const work = task();
    const settled: { result?: Either<E, A> } = {};
    const watched = work.then((result) => {
      settled.result = result;
      return result;
    });
    for (let turn = 0; turn < freeTurns && settled.result === undefined; turn += 1) await Promise.resolve();
    if (settled.result !== undefined) return settled.result;
    const ended = new AbortController();
    const deadline = async (): Promise<Either<E, A>> => {
      for (let part = 0; part < parts && !ended.signal.aborted; part += 1) await clock.sleep(ms / parts, ended.signal);
      return left(late);
    };
    try {
      return await Promise.race([watched, deadline()]);
    } finally {
      // With a reason, for without one an error is made each time.
      ended.abort('settled');
    }
  };
