import * as TE from 'fp-ts/lib/TaskEither.js';
import type { AccountRecord } from '../../domain/account-record.js';
import type { PendingAuthorization, PendingChange } from '../../domain/pending-authorization.js';
import type { FoundRecord, ListedPending } from '../../domain/unreadable-record.js';
import type { RecordChange } from '../../domain/record-change.js';
import type {
  ClaimQuery,
  ClaimRelease,
  NoteChange,
  PageQuery,
  PendingQuery,
  StoreFailure,
  TokenStore,
  WriteOptions,
} from '../../ports/token-store.js';
import { failureCode, storeFailure } from './store-failure.js';

/**
 * A {@link TokenStore} written with promises instead of TaskEithers; each member keeps the law of its namesake. An operation
 * that did not happen, or that may not have, rejects.
 */
export interface PromiseTokenStore {
  readonly namespace: string;
  readonly open: () => Promise<void>;
  readonly read: (key: string) => Promise<AccountRecord | undefined>;
  readonly update: <A>(key: string, change: RecordChange<A>, options?: WriteOptions) => Promise<A>;
  readonly page: (query: PageQuery) => Promise<readonly FoundRecord[]>;
  readonly claimDue: (query: ClaimQuery) => Promise<readonly FoundRecord[]>;
  readonly releaseClaims: (releases: readonly ClaimRelease[]) => Promise<void>;
  readonly putPending: (pending: PendingAuthorization, nowMs: number) => Promise<void>;
  readonly pendings: (query: PendingQuery) => Promise<readonly ListedPending[]>;
  /** May be left out: a note is then read by an `updateNote` that changes nothing. */
  readonly readNote?: ((name: string) => Promise<string | undefined>) | undefined;
  readonly updatePending: <A>(
    id: string,
    change: (pending: PendingAuthorization | undefined, serverNowMs?: number) => PendingChange<A>,
  ) => Promise<A>;
  readonly updateNote: <A>(
    name: string,
    change: (text: string | undefined) => NoteChange<A>,
    options?: WriteOptions,
  ) => Promise<A>;
  /** May be left out, as in {@link TokenStore}. */
  readonly backup?: ((path: string) => Promise<void>) | undefined;
  readonly warnings?: TokenStore['warnings'];
  readonly trouble?: TokenStore['trouble'];
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
    update: (key, change, options) => task('update', () => store.update(key, change, options)),
    page: (query) => task('page', () => store.page(query)),
    claimDue: (query) => task('claimDue', () => store.claimDue(query)),
    releaseClaims: (releases) => task('releaseClaims', () => store.releaseClaims(releases)),
    putPending: (pending, nowMs) => task('putPending', () => store.putPending(pending, nowMs)),
    pendings: (query) => task('pendings', () => store.pendings(query)),
    readNote: (name) =>
      task('readNote', () => store.readNote?.(name) ?? store.updateNote(name, (text) => ({ text, result: text }))),
    updatePending: (id, change) => task('updatePending', () => store.updatePending(id, change)),
    updateNote: (name, change, options) => task('updateNote', () => store.updateNote(name, change, options)),
    close: task('close', () => store.close()),
    ...(store.backup !== undefined && { backup: (path) => task('backup', async () => store.backup?.(path)) }),
    ...(store.warnings !== undefined && { warnings: () => store.warnings?.() ?? [] }),
    ...(store.trouble !== undefined && { trouble: () => store.trouble?.() }),
  });
};
