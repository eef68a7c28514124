import type { UseCase } from '../use-case/use-case-error.js';

/** Runs works of one id in the order in which they came, each when the one before has ended; other ids do not wait. */
export type OneAtATime = <A>(id: string, work: UseCase<A>) => UseCase<A>;

export const makeOneAtATime = (): OneAtATime => {
  const lastOf = new Map<string, Promise<unknown>>();
  return (id, work) => async () => {
    const before = lastOf.get(id);
    const outcome = before === undefined ? work() : before.then(work);
    const ended = outcome.then(
      () => undefined,
      () => undefined,
    );
    lastOf.set(id, ended);
    void ended.then(() => {
      if (lastOf.get(id) === ended) lastOf.delete(id);
    });
    return outcome;
  };
};
