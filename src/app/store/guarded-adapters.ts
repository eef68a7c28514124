import { left } from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { StoreTrouble, StoreWarning } from '../../domain/store-trouble.js';
import type { Clock } from '../../ports/clock.js';
import type { Cipher, CipherFailure } from '../../ports/cipher.js';
import type { EventSink } from '../../ports/event-sink.js';
import type { HttpAnswer, HttpClient, HttpFailure } from '../../ports/http-client.js';
import type { StoreFailure, TokenStore } from '../../ports/token-store.js';
import { withDeadline } from './with-deadline.js';

/**
 * Adapters as the use cases call them. One that breaks the law and throws becomes an ordinary failure here: what it threw may
 * hold a secret, and must cost neither the answer of a provider nor the next call.
 */
const caught =
  <E, A>(task: () => TE.TaskEither<E, A>, failure: E): TE.TaskEither<E, A> =>
  async () => {
    try {
      return await task()();
    } catch {
      return left(failure);
    }
  };

const why = 'an adapter threw an exception';

/** A store as the use cases call it: an operation that hangs becomes a failure too, `timeout`. */
export const guardedStore = (store: TokenStore, clock: Clock, timeoutMs: number): TokenStore => {
  const guarded = <A>(operation: string, task: () => TE.TaskEither<StoreFailure, A>): TE.TaskEither<StoreFailure, A> =>
    withDeadline(
      caught<StoreFailure, A>(task, { _tag: 'StoreFailure', operation, why }),
      { _tag: 'StoreFailure', operation, why: 'timeout' },
      timeoutMs,
      clock,
    );
  return {
    namespace: store.namespace,
    open: guarded('open', () => store.open),
    read: (key) => guarded('read', () => store.read(key)),
    update: (key, change, options) => guarded('update', () => store.update(key, change, options)),
    page: (query) => guarded('page', () => store.page(query)),
    claimDue: (query) => guarded('claimDue', () => store.claimDue(query)),
    releaseClaims: (releases) => guarded('releaseClaims', () => store.releaseClaims(releases)),
    putPending: (pending, nowMs) => guarded('putPending', () => store.putPending(pending, nowMs)),
    pendings: (query) => guarded('pendings', () => store.pendings(query)),
    readNote: (name) => guarded('readNote', () => store.readNote(name)),
    updatePending: (id, change) => guarded('updatePending', () => store.updatePending(id, change)),
    updateNote: (name, change, options) => guarded('updateNote', () => store.updateNote(name, change, options)),
    close: guarded('close', () => store.close),
    ...(store.backup !== undefined && {
      backup: (path) => caught(() => backedUp(store, path), { _tag: 'StoreFailure', operation: 'backup', why }),
    }),
    ...(store.warnings !== undefined && { warnings: () => warningsOf(store) }),
    ...(store.trouble !== undefined && { trouble: () => troubleOf(store) }),
  };
};

const backedUp = (store: TokenStore, path: string): TE.TaskEither<StoreFailure, void> =>
  store.backup?.(path) ?? TE.left({ _tag: 'StoreFailure', operation: 'backup', why: 'backup_not_supported' });

const warningsOf = (store: TokenStore): readonly StoreWarning[] => {
  try {
    return store.warnings?.() ?? [];
  } catch {
    return [];
  }
};

const troubleOf = (store: TokenStore): StoreTrouble | undefined => {
  try {
    return store.trouble?.();
  } catch {
    return undefined;
  }
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
