import type { Either } from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Clock } from '../../../src/ports/clock.js';
import type { StoreFailure, TokenStore } from '../../../src/ports/token-store.js';
import { memoryStore } from '../../../src/testing/memory-store.js';

/** A store on a disk that takes its time for each flush. */
export interface SlowDiskStore extends TokenStore {
  /** So long does a flush take from now on. */
  readonly setFlushMs: (ms: number) => void;
  readonly flushes: () => number;
}

/** Writes that wait at the same time share one flush, at most `mostTogether`; urgent ones come first. */
export const slowDiskStore = (clock: Clock, mostTogether = 64): SlowDiskStore => {
  const inner = memoryStore();
  const urgent: (() => Promise<() => void>)[] = [];
  const others: (() => Promise<() => void>)[] = [];
  let flushMs = 0;
  let flushes = 0;
  let isWorking = false;

  const work = async (): Promise<void> => {
    await Promise.resolve();
    while (urgent.length + others.length > 0) {
      const group = urgent.splice(0, mostTogether);
      group.push(...others.splice(0, mostTogether - group.length));
      const told: (() => void)[] = [];
      for (const write of group) told.push(await write());
      flushes += 1;
      if (flushMs > 0) await clock.sleep(flushMs);
      for (const tell of told) tell();
    }
    isWorking = false;
  };

  const flushed =
    <A>(write: TaskEither<StoreFailure, A>, isUrgent: boolean): TaskEither<StoreFailure, A> =>
    () =>
      new Promise<Either<StoreFailure, A>>((resolve) => {
        (isUrgent ? urgent : others).push(async () => {
          const outcome = await write();
          return () => resolve(outcome);
        });
        if (isWorking) return;
        isWorking = true;
        void work();
      });

  return {
    ...inner,
    update: (key, change, options) => flushed(inner.update(key, change), options?.urgent === true),
    updateNote: (name, change, options) => flushed(inner.updateNote(name, change), options?.urgent === true),
    setFlushMs: (ms) => {
      flushMs = ms;
    },
    flushes: () => flushes,
  };
};
