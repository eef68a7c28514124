import { equal } from 'node:assert/strict';
import type { PendingAuthorization } from '../domain/account-record.js';
import { bareRecord, sameValue } from './sample-record.js';
import { allAtOnce, openHandles, putRecord, succeeds, type StoreContractCheck } from './store-harness.js';

const nowMs = 1_800_000_000_000;

const pending = (id: string, fields: Partial<PendingAuthorization> = {}): PendingAuthorization => ({
  id,
  key: 'centry/default',
  incarnation: 'incarnation-1',
  expiresAt: nowMs + 600_001,
  sealed: 'lv1.2026-11.c2VhbGVkIHZlcmlmaWVy',
  ...fields,
});

/** Authorizations that a browser is out on. */
export const pendingChecks: readonly StoreContractCheck[] = [
  {
    name: 'hands a pending authorization out as it was put, and once',
    run: async ({ open }) => {
      const store = await open();
      const first = pending('one', { key: "odd/O'Neill 😀", sealed: 'x'.repeat(100_000) });
      await succeeds(store.putPending(first, nowMs));
      await succeeds(store.putPending(pending('two'), nowMs));
      sameValue(await succeeds(store.takePending('one')), first);
      equal(await succeeds(store.takePending('one')), undefined);
      sameValue(await succeeds(store.takePending('two')), pending('two'));
    },
  },
  {
    name: 'hands out nothing under an id that was never put',
    run: async ({ open }) => {
      const store = await open();
      await putRecord(store, bareRecord('centry/default'));
      equal(await succeeds(store.takePending('centry/default')), undefined);
    },
  },
  {
    name: 'gives a pending authorization to one of fifty who take it at once',
    run: async (harness) => {
      const handles = await openHandles(harness, 4);
      for (let round = 0; round < 5; round += 1) {
        const id = `round ${round}`;
        await allAtOnce(handles, 1, (store) => succeeds(store.putPending(pending(id), nowMs)));
        const taken = await allAtOnce(handles, 50, (store) => succeeds(store.takePending(id)));
        sameValue(
          taken.filter((one) => one !== undefined),
          [pending(id)],
        );
      }
    },
  },
  {
    name: 'forgets what has expired when another one is put, and nothing else',
    run: async ({ open }) => {
      const store = await open();
      const times = { past: nowMs - 1, now: nowMs, future: nowMs + 1 };
      for (const [id, expiresAt] of Object.entries(times)) {
        await succeeds(store.putPending(pending(id, { expiresAt }), 0));
      }
      await succeeds(store.putPending(pending('next'), nowMs));
      equal(await succeeds(store.takePending('past')), undefined);
      equal(await succeeds(store.takePending('now')), undefined);
      sameValue(await succeeds(store.takePending('future')), pending('future', { expiresAt: nowMs + 1 }));
      sameValue(await succeeds(store.takePending('next')), pending('next'));
    },
  },
];
