import { isLeft } from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { fail } from 'node:assert/strict';
import type { AccountRecord } from '../../domain/account-record.js';
import type { PendingAuthorization } from '../../domain/pending-authorization.js';
import { put } from '../../domain/record-change.js';
import type { StoreFailure, TokenStore } from '../../ports/token-store.js';

/** What one check of the contract works on: fresh data that nobody else uses. */
export interface StoreHarness {
  /**
   * Another opened handle on the same data, with a connection of its own where the store has connections. It may be called
   * again after all handles were closed: the data has to be there still.
   */
  readonly open: () => Promise<TokenStore>;
  /** The same under another namespace. Leave it out when namespaces of this store never share data. */
  readonly openNamespace?: ((namespace: string) => Promise<TokenStore>) | undefined;
  /**
   * Makes what is stored under a key unreadable, its name aside, as damage or a stranger might. Leave it out when there is no
   * way to reach the data from outside.
   */
  readonly spoil?: ((key: string) => Promise<void>) | undefined;
  /** The same of a pending authorization, by its id. */
  readonly spoilPending?: ((id: string) => Promise<void>) | undefined;
  /** Closes the handles that are still open and deletes the data. */
  readonly dispose: () => Promise<void>;
}

/** One law of the contract as something to run; it rejects with an AssertionError where a store breaks the law. */
export interface StoreContractCheck {
  readonly name: string;
  readonly run: (harness: StoreHarness) => Promise<void>;
}

/** The result of a store's operation that has to succeed. */
export const succeeds = async <A>(operation: TaskEither<StoreFailure, A>): Promise<A> => {
  const outcome = await operation();
  return isLeft(outcome) ? fail(`${outcome.left.operation} failed: ${outcome.left.why}`) : outcome.right;
};

/** A pending authorization, which is then gone. */
export const takeOut = (store: TokenStore, id: string): Promise<PendingAuthorization | undefined> =>
  succeeds(store.updatePending(id, (current) => ({ pending: undefined, result: current })));

/** A pending authorization, which stays. */
export const lookAt = (store: TokenStore, id: string): Promise<PendingAuthorization | undefined> =>
  succeeds(store.updatePending(id, (current) => ({ pending: current, result: current })));

/** Several handles on the same data. */
export const openHandles = (harness: StoreHarness, count: number): Promise<readonly TokenStore[]> =>
  Promise.all(Array.from({ length: count }, () => harness.open()));

/** Creates or replaces a record. */
export const putRecord = (store: TokenStore, record: AccountRecord): Promise<void> =>
  succeeds(store.update(record.key, () => put(record, undefined)));

/** `count` operations at once, spread over the handles in turn. */
export const allAtOnce = <A>(
  handles: readonly TokenStore[],
  count: number,
  operation: (store: TokenStore, index: number) => Promise<A>,
): Promise<readonly A[]> =>
  Promise.all(
    Array.from({ length: count }, (_, index) => {
      const store = handles[index % handles.length];
      return store === undefined ? fail('a harness opened no store') : operation(store, index);
    }),
  );
