import { equal } from 'node:assert/strict';
import type { TokenStore } from '../../ports/token-store.js';
import { bareRecord, fullRecord, sameValue } from './sample-record.js';
import { openHandles, putRecord, succeeds, takeOut, type StoreContractCheck } from './harness.js';

const pending = {
  id: 'state',
  key: 'tray/391250',
  incarnation: 'incarnation-1',
  expiresAt: 1_800_000_000_000,
  sealed: 'lv1.2026-11.c2VhbGVk',
};

const writeNote = (store: TokenStore, text: string): Promise<string | undefined> =>
  succeeds(store.updateNote('note', (before) => ({ text, result: before })));

/** Opening, closing, and whose data it is. */
export const lifeChecks: readonly StoreContractCheck[] = [
  {
    name: 'can be opened twice',
    run: async ({ open }) => {
      const store = await open();
      await putRecord(store, fullRecord());
      await succeeds(store.open);
      sameValue(await succeeds(store.read('tray/391250')), fullRecord());
    },
  },
  {
    name: 'can be closed twice',
    run: async ({ open }) => {
      const store = await open();
      await succeeds(store.close);
      await succeeds(store.close);
    },
  },
  {
    name: 'finishes what is in flight before it has closed',
    run: async ({ open }) => {
      const store = await open();
      const writes = Array.from({ length: 20 }, (_, index) => putRecord(store, bareRecord(`tray/${index}`)));
      await succeeds(store.close);
      await Promise.all(writes);
      const again = await open();
      equal((await succeeds(again.page({ limit: 100 }))).length, 20);
    },
  },
  {
    name: 'has everything still when every handle was closed and another is opened',
    run: async (harness) => {
      const handles = await openHandles(harness, 2);
      for (const store of handles.slice(0, 1)) {
        await putRecord(store, fullRecord());
        await succeeds(store.putPending(pending, 0));
        await writeNote(store, 'kept');
      }
      for (const store of handles) await succeeds(store.close);
      const again = await harness.open();
      sameValue(await succeeds(again.page({ limit: 10 })), [fullRecord()]);
      sameValue(await takeOut(again, 'state'), pending);
      equal(await writeNote(again, 'kept'), 'kept');
    },
  },
  {
    name: 'stays open for one handle when another closes',
    run: async (harness) => {
      const [one, other] = await openHandles(harness, 2);
      if (one === undefined || other === undefined) return;
      await putRecord(one, fullRecord());
      await succeeds(one.close);
      sameValue(await succeeds(other.read('tray/391250')), fullRecord());
      await putRecord(other, bareRecord());
      sameValue(await succeeds(other.read('tray/391250')), bareRecord());
    },
  },
  {
    name: 'shows one namespace nothing of another on the same data',
    run: async ({ open, openNamespace }) => {
      if (openNamespace === undefined) return;
      const one = await open();
      const other = await openNamespace('another namespace');
      equal(other.namespace, 'another namespace');
      await putRecord(one, { ...fullRecord(), keepAliveAt: 1, warmAt: 1, sweepNotBefore: 1 });
      await succeeds(one.putPending(pending, 0));
      await writeNote(one, 'of one');
      equal(await succeeds(other.read('tray/391250')), undefined);
      sameValue(await succeeds(other.page({ limit: 10 })), []);
      const claim = {
        provider: 'tray',
        nowMs: 2,
        limit: 10,
        untilMs: 0,
        latestNotBeforeMs: 99,
        latestDatedMs: Infinity,
      };
      for (const keepWarm of [false, true]) sameValue(await succeeds(other.claimDue({ ...claim, keepWarm })), []);
      await succeeds(other.releaseClaims([{ key: 'tray/391250', claimedUntilMs: 1, notBeforeMs: 9 }]));
      equal(await takeOut(other, 'state'), undefined);
      equal(await writeNote(other, 'of other'), undefined);
      await putRecord(other, { ...bareRecord(), keepAliveAt: 1 });
      await succeeds(other.putPending({ ...pending, id: 'another state' }, pending.expiresAt + 1));
      sameValue(await takeOut(one, 'state'), pending);
      sameValue(await succeeds(one.read('tray/391250')), {
        ...fullRecord(),
        keepAliveAt: 1,
        warmAt: 1,
        sweepNotBefore: 1,
      });
      for (const keepWarm of [false, true]) {
        const [claimed] = await succeeds(one.claimDue({ ...claim, keepWarm }));
        equal(claimed?.key, 'tray/391250');
        sameValue(await succeeds(one.read('tray/391250')), claimed);
      }
      equal(await writeNote(one, 'of one'), 'of one');
    },
  },
];
