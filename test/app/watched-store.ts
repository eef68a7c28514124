import { left, type Either } from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { StoreFailure, TokenStore } from '../../src/ports/token-store.js';
import { deferred } from '../../src/testing/deferred.js';

export type StoreOperation =
  | 'open'
  | 'read'
  | 'update'
  | 'page'
  | 'claimDue'
  | 'releaseClaims'
  | 'putPending'
  | 'updatePending'
  | 'pendings'
  | 'readNote'
  | 'updateNote';

type Answer<A> = Promise<Either<StoreFailure, A>>;
type Fault = <A>(operation: StoreOperation, task: TaskEither<StoreFailure, A>) => Answer<A>;

/** An operation that waits until it is let go. */
export interface HeldOperation {
  readonly arrived: Promise<void>;
  readonly release: () => void;
}

/** A store that counts what is asked of it, and fails or dawdles when a test says so. */
export interface WatchedStore extends TokenStore {
  /** How often each operation ran since the last `resetCounts`. */
  readonly asked: (operation: StoreOperation) => number;
  /** How many records, notes and pending authorizations were changed since the last `resetCounts`. */
  readonly writes: () => number;
  readonly resetCounts: () => void;
  /** Fails the next `times` of an operation; nothing is written. */
  readonly failNext: (operation: StoreOperation, times?: number) => void;
  /** Does the next operation and then loses its answer. */
  readonly loseNextAnswer: (operation: StoreOperation) => void;
  /** Does the next operation and then keeps its answer back. */
  readonly holdNextAnswer: (operation: StoreOperation) => HeldOperation;
  /** Keeps the next operation back before it does anything. */
  readonly holdNext: (operation: StoreOperation) => HeldOperation;
}

const failed = (operation: StoreOperation): Either<StoreFailure, never> =>
  left({ _tag: 'StoreFailure', operation, why: 'SCRIPTED' });

export const watchedStore = (inner: TokenStore): WatchedStore => {
  const counts = new Map<StoreOperation, number>();
  const faults = new Map<StoreOperation, Fault[]>();
  let writes = 0;

  const plan = (operation: StoreOperation, fault: Fault): void => {
    faults.set(operation, [...(faults.get(operation) ?? []), fault]);
  };

  const watch =
    <A>(operation: StoreOperation, task: TaskEither<StoreFailure, A>): TaskEither<StoreFailure, A> =>
    () => {
      counts.set(operation, (counts.get(operation) ?? 0) + 1);
      const fault = faults.get(operation)?.shift();
      return fault === undefined ? task() : fault(operation, task);
    };

  const counted = <A>(changes: boolean, result: A): A => {
    if (changes) writes += 1;
    return result;
  };

  return {
    namespace: inner.namespace,
    close: inner.close,
    open: watch('open', inner.open),
    read: (key) => watch('read', inner.read(key)),
    page: (query) => watch('page', inner.page(query)),
    claimDue: (query) => watch('claimDue', inner.claimDue(query)),
    releaseClaims: (releases) => watch('releaseClaims', inner.releaseClaims(releases)),
    updatePending: (id, change) =>
      watch(
        'updatePending',
        inner.updatePending(id, (current, nowMs) => {
          const decided = change(current, nowMs);
          return counted(decided.pending !== current, decided);
        }),
      ),
    putPending: (pending, nowMs) => watch('putPending', () => counted(true, inner.putPending(pending, nowMs))()),
    update: (key, change, options) =>
      watch(
        'update',
        inner.update(
          key,
          (current, nowMs) => {
            const decided = change(current, nowMs);
            return counted(decided._tag !== 'Keep', decided);
          },
          options,
        ),
      ),
    pendings: (query) => watch('pendings', inner.pendings(query)),
    readNote: (name) => watch('readNote', inner.readNote(name)),
    updateNote: (name, change, options) =>
      watch(
        'updateNote',
        inner.updateNote(
          name,
          (text) => {
            const decided = change(text);
            return counted(decided.text !== text, decided);
          },
          options,
        ),
      ),
    asked: (operation) => counts.get(operation) ?? 0,
    writes: () => writes,
    resetCounts: () => {
      counts.clear();
      writes = 0;
    },
    failNext: (operation, times = 1) => {
      for (let time = 0; time < times; time += 1) plan(operation, async () => failed(operation));
    },
    loseNextAnswer: (operation) =>
      plan(operation, async (_operation, task) => {
        await task();
        return failed(operation);
      }),
    holdNextAnswer: (operation) => {
      const arrival = deferred<void>();
      const letGo = deferred<void>();
      plan(operation, async (_operation, task) => {
        const answer = await task();
        arrival.resolve();
        await letGo.promise;
        return answer;
      });
      return { arrived: arrival.promise, release: () => letGo.resolve() };
    },
    holdNext: (operation) => {
      const arrival = deferred<void>();
      const letGo = deferred<void>();
      plan(operation, async (_operation, task) => {
        arrival.resolve();
        await letGo.promise;
        return task();
      });
      return { arrived: arrival.promise, release: () => letGo.resolve() };
    },
  };
};
