import { isLeft } from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { LlaveroEvent } from '../../domain/llavero-event.js';
import { isStoreTrouble, type StoreTrouble } from '../../domain/store-trouble.js';
import type { Clock } from '../../ports/clock.js';
import type { EventSink } from '../../ports/event-sink.js';
import type { StoreFailure, TokenStore } from '../../ports/token-store.js';

/**
 * The same store, which tells events what an operator has to know of it: warnings when it is opened, and that it is no
 * longer the store that was opened, once until it takes writes again. Readings notice that too, though they go on.
 */
export const toldStore = (store: TokenStore, events: EventSink, clock: Pick<Clock, 'nowMs'>): TokenStore => {
  let told: StoreTrouble | undefined;

  const emit = (event: LlaveroEvent): void => events.emit(event);

  const hear = (why: string | undefined): void => {
    if (why === undefined) told = undefined;
    if (why === undefined || !isStoreTrouble(why) || why === told) return;
    told = why;
    emit({ type: 'store_replaced', key: '*', at: new Date(clock.nowMs()), why });
  };

  const heard =
    <A>(write: TaskEither<StoreFailure, A>): TaskEither<StoreFailure, A> =>
    async () => {
      const outcome = await write();
      hear(isLeft(outcome) ? outcome.left.why : undefined);
      return outcome;
    };

  /** A reading that succeeds says nothing against what writes were told. */
  const seen =
    <A>(reading: TaskEither<StoreFailure, A>): TaskEither<StoreFailure, A> =>
    async () => {
      const outcome = await reading();
      const trouble = store.trouble?.();
      if (trouble !== undefined) hear(trouble);
      return outcome;
    };

  return {
    ...store,
    read: (key) => seen(store.read(key)),
    page: (query) => seen(store.page(query)),
    pendings: (query) => seen(store.pendings(query)),
    readNote: (name) => seen(store.readNote(name)),
    open: async () => {
      const opened = await store.open();
      if (isLeft(opened)) hear(opened.left.why);
      else {
        for (const warning of store.warnings?.() ?? []) {
          emit({ type: 'store_warning', key: '*', at: new Date(clock.nowMs()), warning });
        }
      }
      return opened;
    },
    update: (key, change, options) => heard(store.update(key, change, options)),
    claimDue: (query) => heard(store.claimDue(query)),
    releaseClaims: (releases) => heard(store.releaseClaims(releases)),
    updateNote: (name, change, options) => heard(store.updateNote(name, change, options)),
    putPending: (pending, nowMs) => heard(store.putPending(pending, nowMs)),
    updatePending: (id, change) => heard(store.updatePending(id, change)),
  };
};
