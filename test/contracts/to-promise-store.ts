import { isLeft } from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { PromiseTokenStore } from '../../src/adapters/stores/from-promise-store.js';
import type { StoreFailure, TokenStore } from '../../src/ports/token-store.js';

const settled = async <A>(operation: TaskEither<StoreFailure, A>): Promise<A> => {
  const outcome = await operation();
  if (isLeft(outcome)) throw new Error(outcome.left.why);
  return outcome.right;
};

/** A store as somebody without fp-ts writes it. */
export const toPromiseStore = (store: TokenStore): PromiseTokenStore => ({
  namespace: store.namespace,
  open: () => settled(store.open),
  read: (key) => settled(store.read(key)),
  update: (key, change) => settled(store.update(key, change)),
  page: (query) => settled(store.page(query)),
  claimDue: (query) => settled(store.claimDue(query)),
  releaseClaims: (releases) => settled(store.releaseClaims(releases)),
  putPending: (pending, nowMs) => settled(store.putPending(pending, nowMs)),
  pendings: (query) => settled(store.pendings(query)),
  readNote: (name) => settled(store.readNote(name)),
  updatePending: (id, change) => settled(store.updatePending(id, change)),
  updateNote: (name, change) => settled(store.updateNote(name, change)),
  close: () => settled(store.close),
});
