import { left, type Either } from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { AccountRecord } from '../../src/domain/account-record.js';
import type { StoreFailure, TokenStore } from '../../src/ports/token-store.js';
import type { Fates, StoreFate, Strike } from './fates.js';
import type { Scheduler } from './scheduler.js';
import type { SimProcess } from './sim-process.js';

export interface SimStoreDeps {
  /** What all processes share. */
  readonly inner: TokenStore;
  readonly scheduler: Scheduler;
  readonly process: SimProcess;
  readonly who: string;
  readonly fates: Fates;
  /** The store's own clock, in Unix milliseconds; undefined for a store that has none. */
  readonly serverNowMs: () => number | undefined;
  /** Lets misfortune strike this worker's process. */
  readonly strike: (strike: Strike, key: string) => void;
  /** Told of every change of a record in the moment it is made. */
  readonly onChange: (key: string, before: AccountRecord | undefined, after: AccountRecord | undefined) => void;
  /** Told of every change of a note. */
  readonly onNote: (name: string, text: string | undefined) => void;
}

/** One worker's connection to the store that all share: every call waits for its turn, is slow, or fails. */
export const simStore = (deps: SimStoreDeps): TokenStore => {
  const { inner, scheduler, process, who, fates, serverNowMs, onChange, onNote, strike } = deps;

  const call =
    <A>(
      operation: string,
      key: string,
      taskOf: (fate: StoreFate) => TaskEither<StoreFailure, A>,
    ): TaskEither<StoreFailure, A> =>
    () =>
      new Promise((resolve) => {
        const fate = fates.ofStoreCall(operation);
        const failed = left<StoreFailure, A>({ _tag: 'StoreFailure', operation, why: 'SIMULATED' });
        const answer = (result: Either<StoreFailure, A>): void => {
          if (fate.answerTakesMs === undefined && fate.strike === undefined) {
            resolve(result);
            return;
          }
          const what = `${who} hears of ${operation}`;
          const atMs = scheduler.nowMs() + (fate.answerTakesMs ?? 0);
          scheduler.add({ what, atMs, owner: process, isTimer: false, run: () => resolve(result) });
        };
        const run = async (): Promise<void> => {
          if (fate.outcome === 'before') return answer(failed);
          const result = await taskOf(fate)();
          answer(fate.outcome === 'after' ? failed : result);
          if (fate.strike !== undefined) strike(fate.strike, key);
        };
        scheduler.add({
          what: `${who} ${operation}${fate.outcome === 'done' ? '' : ` fails ${fate.outcome} it is done`}`,
          atMs: scheduler.nowMs() + fate.takesMs,
          owner: process,
          isTimer: false,
          run: () => void run(),
          ...(fate.outcome === 'before' ? {} : { orphaned: () => void taskOf(fate)() }),
        });
      });

  return {
    namespace: inner.namespace,
    open: call('open', '', () => inner.open),
    close: inner.close,
    read: (key) => call(`read ${key}`, key, () => inner.read(key)),
    page: (query) => call('page', '', () => inner.page(query)),
    claimDue: (query) => call('claimDue', '', () => inner.claimDue(query)),
    releaseClaims: (releases) => call('releaseClaims', '', () => inner.releaseClaims(releases)),
    putPending: (pending, nowMs) => call('putPending', '', () => inner.putPending(pending, nowMs)),
    updatePending: (id, change) => call('updatePending', '', () => inner.updatePending(id, change)),
    update: (key, change) =>
      call(`update ${key}`, key, ({ runsTwice }) =>
        inner.update(key, (current) => {
          const nowMs = serverNowMs();
          if (runsTwice) change(current, nowMs);
          const decided = change(current, nowMs);
          if (decided._tag === 'Put') onChange(key, current, decided.record);
          if (decided._tag === 'Drop') onChange(key, current, undefined);
          return decided;
        }),
      ),
    pendings: (query) => call('pendings', '', () => inner.pendings(query)),
    readNote: (name) => call(`note ${name}`, '', () => inner.readNote(name)),
    updateNote: (name, change) =>
      call(`note ${name}`, '', ({ runsTwice }) =>
        inner.updateNote(name, (text) => {
          if (runsTwice) change(text);
          const changed = change(text);
          if (changed.text !== text) onNote(name, changed.text);
          return changed;
        }),
      ),
  };
};
