import type { TaskEither } from 'fp-ts/lib/TaskEither.js';

/** Is told how much of a wait is left, whenever that is asked; undefined when the wait is over. */
export type OnWait = (leftMs: (() => number | undefined) | undefined) => void;

/** Tells of a task's wait for as long as the task takes. */
export const tellingWait =
  <E, A>(onWait: OnWait, leftMs: () => number | undefined, task: TaskEither<E, A>): TaskEither<E, A> =>
  () => {
    onWait(leftMs);
    return task().finally(() => onWait(undefined));
  };
