/** Lets so many in at a time; the others wait, first come, first in. */
export interface Semaphore {
  readonly enter: () => Promise<void>;
  /** Once for each `enter`. */
  readonly leave: () => void;
}

export const makeSemaphore = (places: number): Semaphore => {
  const waiting: (() => void)[] = [];
  let free = places;
  return {
    enter: async () => {
      if (free > 0) free -= 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
    },
    leave: () => {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    },
  };
};
