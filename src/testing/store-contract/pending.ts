import { equal } from 'node:assert/strict';
import type { PendingAuthorization } from '../../domain/pending-authorization.js';
import { isUnreadable } from '../../domain/unreadable-record.js';
import { bareRecord, sameValue } from './sample-record.js';
import { allAtOnce, lookAt, openHandles, putRecord, succeeds, takeOut, type StoreContractCheck } from './harness.js';

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
      sameValue(await takeOut(store, 'one'), first);
      equal(await takeOut(store, 'one'), undefined);
      sameValue(await takeOut(store, 'two'), pending('two'));
    },
  },
  {
    name: 'hands out nothing under an id that was never put',
    run: async ({ open }) => {
      const store = await open();
      await putRecord(store, bareRecord('centry/default'));
      equal(await takeOut(store, 'centry/default'), undefined);
    },
  },
  {
    name: 'gives a pending authorization to one of fifty who take it at once',
    run: async (harness) => {
      const handles = await openHandles(harness, 4);
      for (let round = 0; round < 5; round += 1) {
        const id = `round ${round}`;
        await allAtOnce(handles, 1, (store) => succeeds(store.putPending(pending(id), nowMs)));
        const taken = await allAtOnce(handles, 50, (store) => takeOut(store, id));
        sameValue(
          taken.filter((one) => one !== undefined),
          [pending(id)],
        );
      }
    },
  },
  {
    name: 'keeps what a change makes of a pending authorization, its delivery present and absent',
    run: async ({ open }) => {
      const store = await open();
      const delivery = { id: 'delivery', endsAt: nowMs + 40_001, completed: false };
      const forms = [
        pending('one'),
        pending('one', { delivery }),
        pending('one', { delivery: { ...delivery, completed: true } }),
        pending('one', { sealed: 'lv1.2027-01.c2VhbGVkIGFnYWlu', expiresAt: nowMs + 1 }),
      ];
      await succeeds(store.putPending(pending('other', { delivery }), nowMs));
      await succeeds(store.putPending(pending('one'), nowMs));
      for (const form of forms) {
        await succeeds(store.updatePending('one', () => ({ pending: form, result: undefined })));
        sameValue(await lookAt(store, 'one'), form);
        sameValue(await lookAt(store, 'one'), form);
      }
      sameValue(await lookAt(store, 'other'), pending('other', { delivery }));
    },
  },
  {
    name: 'leaves a pending authorization alone and ends Left when a change throws, and goes on working',
    run: async ({ open }) => {
      const store = await open();
      await succeeds(store.putPending(pending('one'), nowMs));
      const outcome = await store.updatePending('one', () => {
        throw new Error('a change with a bug');
      })();
      equal(outcome._tag, 'Left');
      sameValue(await takeOut(store, 'one'), pending('one'));
    },
  },
  {
    name: 'loses none of a hundred changes of one pending authorization at once',
    run: async (harness) => {
      const handles = await openHandles(harness, 4);
      await allAtOnce(handles, 1, (store) => succeeds(store.putPending(pending('one', { sealed: '' }), nowMs)));
      await allAtOnce(handles, 100, (store) =>
        succeeds(
          store.updatePending('one', (current = pending('none')) => ({
            pending: { ...current, sealed: `${current.sealed}x` },
            result: undefined,
          })),
        ),
      );
      await allAtOnce(handles, 1, async (store) => equal((await lookAt(store, 'one'))?.sealed, 'x'.repeat(100)));
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
      equal(await takeOut(store, 'past'), undefined);
      equal(await takeOut(store, 'now'), undefined);
      sameValue(await takeOut(store, 'future'), pending('future', { expiresAt: nowMs + 1 }));
      sameValue(await takeOut(store, 'next'), pending('next'));
    },
  },
  {
    name: 'gives a pending authorization that cannot be read in its place, by its name, and every other one whole',
    run: async ({ open, spoilPending }) => {
      if (spoilPending === undefined) return;
      const store = await open();
      for (const id of ['a', 'b', 'c']) await succeeds(store.putPending(pending(id), nowMs));
      await spoilPending('b');
      const found = await succeeds(store.pendings({ limit: 10 }));
      const unreadable = { id: 'b', key: 'centry/default', unreadable: true };
      sameValue(
        found.map((one) => (isUnreadable(one) ? { ...one, why: undefined } : one)),
        [pending('a'), unreadable, pending('c')],
      );
      sameValue(await succeeds(store.pendings({ limit: 10, after: 'b' })), [pending('c')]);
      equal((await store.updatePending('b', (current) => ({ pending: current, result: undefined }))())._tag, 'Left');
    },
  },
  {
    name: 'pages pending authorizations in the order of the bytes of their ids, each once and whole',
    run: async ({ open }) => {
      const store = await open();
      const all = ['a', 'B', 'b', 'ﬀ', '😀', '~'].map((id, index) => pending(id, { expiresAt: nowMs + index }));
      for (const one of all) await succeeds(store.putPending(one, 0));
      const expected = all.toSorted((one, other) => Buffer.compare(Buffer.from(one.id), Buffer.from(other.id)));
      sameValue(await succeeds(store.pendings({ limit: 100 })), expected);
      sameValue(await succeeds(store.pendings({ limit: 2 })), expected.slice(0, 2));
      sameValue(await succeeds(store.pendings({ limit: 100, after: expected[1]?.id })), expected.slice(2));
      await takeOut(store, 'b');
      sameValue(
        await succeeds(store.pendings({ limit: 100 })),
        expected.filter(({ id }) => id !== 'b'),
      );
    },
  },
];
