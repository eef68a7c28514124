import type { Clock } from '../../ports/clock.js';
import type { TokenStore } from '../../ports/token-store.js';

/** What time it is by the clock that dates what all processes share, in whole Unix milliseconds. */
export interface StoreClock {
  readonly nowMs: () => number;
  /** The store's server has just told its time; undefined where it has none. */
  readonly heard: (serverNowMs: number | undefined) => void;
}

/**
 * The clock of the store's server, where it has one: its time as last told, gone on since by the monotonic clock. Hosts
 * disagree about time, and one that is an hour off would keep a note of theirs for an hour too long. Until the server has told
 * its time, and where it tells none, this host's clock.
 */
export const makeStoreClock = (clock: Pick<Clock, 'nowMs' | 'monotonicMs'>): StoreClock => {
  let aheadMs: number | undefined;
  return {
    nowMs: () => (aheadMs === undefined ? clock.nowMs() : Math.floor(clock.monotonicMs() + aheadMs)),
    heard: (serverNowMs) => {
      if (serverNowMs !== undefined) aheadMs = serverNowMs - clock.monotonicMs();
    },
  };
};

/** The same store, whose changes of records and of pending authorizations tell the time of its server. */
export const timedStore = (store: TokenStore, { heard }: StoreClock): TokenStore => ({
  ...store,
  update: (key, change, options) =>
    store.update(
      key,
      (current, serverNowMs) => {
        heard(serverNowMs);
        return change(current, serverNowMs);
      },
      options,
    ),
  updatePending: (id, change) =>
    store.updatePending(id, (current, serverNowMs) => {
      heard(serverNowMs);
      return change(current, serverNowMs);
    }),
});
