import * as TE from 'fp-ts/lib/TaskEither.js';
import type { AccountRecord, PendingAuthorization } from '../../domain/account-record.js';
import type { RecordChange } from '../../domain/record-change.js';
import type { DueQuery, NoteChange, PageQuery, StoreFailure, TokenStore } from '../../ports/token-store.js';
import { failureCode, storeFailure } from './store-failure.js';

/**
 * A {@link TokenStore} written with promises instead of TaskEithers; each member keeps the law of its namesake. An operation
 * that did not happen, or that may not have, rejects.
 */
export interface PromiseTokenStore {
  readonly namespace: string;
  readonly open: () => Promise<void>;
  readonly read: (key: string) => Promise<AccountRecord | undefined>;
  readonly update: <A>(key: string, change: RecordChange<A>) => Promise<A>;
  readonly page: (query: PageQuery) => Promise<readonly AccountRecord[]>;
  readonly due: (query: DueQuery) => Promise<readonly AccountRecord[]>;
  readonly putPending: (pending: PendingAuthorization, nowMs: number) => Promise<void>;
  readonly takePending: (id: string) => Promise<PendingAuthorization | undefined>;
  readonly updateNote: <A>(name: string, change: (text: string | undefined) => NoteChange<A>) => Promise<A>;
  readonly close: () => Promise<void>;
}

/**
 * The same store as a port. A rejection, or a throw, becomes a StoreFailure that holds the error's `code` when that is a
 * plain `[A-Z0-9_]+` text, else the name of its constructor; its message goes nowhere.
 */
export const fromPromiseStore = (store: PromiseTokenStore): TokenStore => {
  const task = <A>(operation: string, run: () => Promise<A>): TE.TaskEither<StoreFailure, A> =>
    TE.tryCatch(run, (thrown) => storeFailure(operation, failureCode(thrown)));
  return Object.freeze<TokenStore>({
    namespace: store.namespace,
    open: task('open', () => store.open()),
    read: (key) => task('read', () => store.read(key)),
    update: (key, change) => task('update', () => store.update(key, change)),
    page: (query) => task('page', () => store.page(query)),
    due: (query) => task('due', () => store.due(query)),
    putPending: (pending, nowMs) => task('putPending', () => store.putPending(pending, nowMs)),
    takePending: (id) => task('takePending', () => store.takePending(id)),
    updateNote: (name, change) => task('updateNote', () => store.updateNote(name, change)),
    close: task('close', () => store.close()),
  });
};
