import { left } from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Cipher, CipherFailure } from '../ports/cipher.js';
import type { EventSink } from '../ports/event-sink.js';
import type { HttpAnswer, HttpClient, HttpFailure } from '../ports/http-client.js';
import type { StoreFailure, TokenStore } from '../ports/token-store.js';

/**
 * Adapters as the use cases call them. One that breaks the law and throws becomes an ordinary failure here: what it threw may
 * hold a secret, and must cost neither the answer of a provider nor the next call.
 */
const caught =
  <E, A>(task: () => TaskEither<E, A>, failure: E): TaskEither<E, A> =>
  async () => {
    try {
      return await task()();
    } catch {
      return left(failure);
    }
  };

const why = 'an adapter threw an exception';

export const guardedStore = (store: TokenStore): TokenStore => {
  const guarded = <A>(operation: string, task: () => TaskEither<StoreFailure, A>): TaskEither<StoreFailure, A> =>
    caught(task, { _tag: 'StoreFailure', operation, why });
  return {
    namespace: store.namespace,
    open: guarded('open', () => store.open),
    read: (key) => guarded('read', () => store.read(key)),
    update: (key, change) => guarded('update', () => store.update(key, change)),
    page: (query) => guarded('page', () => store.page(query)),
    due: (query) => guarded('due', () => store.due(query)),
    putPending: (pending, nowMs) => guarded('putPending', () => store.putPending(pending, nowMs)),
    takePending: (id) => guarded('takePending', () => store.takePending(id)),
    updateNote: (name, change) => guarded('updateNote', () => store.updateNote(name, change)),
    close: guarded('close', () => store.close),
  };
};

/** Whether a request left before its client threw is not known. */
export const guardedHttpClient = (http: HttpClient): HttpClient => ({
  send: (request) => caught<HttpFailure, HttpAnswer>(() => http.send(request), { _tag: 'Unknown', why }),
});

export const guardedCipher = (cipher: Cipher): Cipher => {
  const failure: CipherFailure = { _tag: 'CipherFailure', why: 'unreadable' };
  return {
    newestKeyId: cipher.newestKeyId,
    keyIds: cipher.keyIds,
    seal: (text, binding) => caught(() => cipher.seal(text, binding), failure),
    open: (sealed, binding) => caught(() => cipher.open(sealed, binding), failure),
    keyIdOf: (sealed) => cipher.keyIdOf(sealed),
    fingerprint: (text) => {
      try {
        return cipher.fingerprint(text);
      } catch {
        return '';
      }
    },
  };
};

/** Each event goes out as a frozen copy with dates of its own, whoever listens. */
export const guardedSink = (sink: EventSink): EventSink => ({
  emit: (event) => {
    try {
      const emitted: unknown = sink.emit(Object.freeze(structuredClone(event)));
      if (emitted instanceof Promise) emitted.catch(() => undefined);
    } catch {
      // What a listener throws is its own affair.
    }
  },
});
