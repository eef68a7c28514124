import { deepEqual, equal, ok } from 'node:assert/strict';
import { isUnreadable, type FoundRecord } from '../domain/unreadable-record.js';
import type { DueQuery, TokenStore } from '../ports/token-store.js';
import { drop } from '../domain/record-change.js';
import { oddKeys } from './odd-keys.js';
import { bareRecord, recordVariants, sameValue } from './sample-record.js';
import { putRecord, succeeds, type StoreContractCheck } from './store-harness.js';

const byBytes = (one: string, other: string): number => Buffer.compare(Buffer.from(one), Buffer.from(other));

const keysOf = (records: readonly FoundRecord[]): readonly string[] => records.map(({ key }) => key);

const putKeys = async (store: TokenStore, keys: readonly string[]): Promise<void> => {
  for (const key of keys) await putRecord(store, bareRecord(key));
};

const pagesOf = async (
  store: TokenStore,
  limit: number,
  provider?: string,
): Promise<readonly (readonly string[])[]> => {
  const pages: (readonly string[])[] = [];
  let after: string | undefined;
  for (;;) {
    const keys = keysOf(await succeeds(store.page({ limit, after, provider })));
    const [first, last] = [keys[0], keys.at(-1)];
    if (first === undefined || last === undefined) return pages;
    ok(after === undefined || byBytes(first, after) > 0, `the page after ${after} starts with ${first}`);
    pages.push(keys);
    after = last;
  }
};

const nowMs = 1_800_000_000_000;

/** Accounts with the moments at which their refresh token and their access token are due, relative to {@link nowMs}. */
const putDue = async (
  store: TokenStore,
  accounts: Readonly<Record<string, readonly [keepAlive: number | undefined, warm: number | undefined]>>,
): Promise<void> => {
  const at = (offset: number | undefined): number | undefined => (offset === undefined ? undefined : nowMs + offset);
  for (const [key, [keepAlive, warm]] of Object.entries(accounts)) {
    await putRecord(store, { ...bareRecord(key), keepAliveAt: at(keepAlive), warmAt: at(warm) });
  }
};

const dueKeys = async (store: TokenStore, query: Omit<DueQuery, 'nowMs'>): Promise<readonly string[]> =>
  keysOf(await succeeds(store.due({ nowMs, ...query })));

/** Pages and sweeps. */
export const queryChecks: readonly StoreContractCheck[] = [
  {
    name: 'pages in the order of the UTF-8 bytes of the keys, each key once',
    run: async ({ open }) => {
      const store = await open();
      const keys = [...oddKeys, 'centry/1', 'tray/1', 'tray/10', 'tray/2', 'Zoo/1'];
      await putKeys(store, keys);
      const expected = keys.toSorted(byBytes);
      deepEqual((await pagesOf(store, 7)).flat(), expected);
      deepEqual((await pagesOf(store, 1)).flat(), expected);
      deepEqual(await pagesOf(store, 1_000), [expected]);
    },
  },
  {
    name: 'pages whole records',
    run: async ({ open }) => {
      const store = await open();
      const records = recordVariants().map((record, index) => {
        const account = String(index).padStart(3, '0');
        return { ...record, key: `tray/${account}`, account };
      });
      for (const record of records) await putRecord(store, record);
      sameValue(await succeeds(store.page({ limit: 1_000 })), records);
    },
  },
  {
    name: 'gives an account that cannot be read in its place, by its name, and every other one whole',
    run: async ({ open, spoil }) => {
      if (spoil === undefined) return;
      const store = await open();
      const due = ['tray/1', 'tray/2', 'tray/3'].map((key, index) => ({
        ...bareRecord(key),
        keepAliveAt: nowMs - 3 + index,
      }));
      for (const record of due) await putRecord(store, record);
      await spoil('tray/2');
      const expected = [due[0], { key: 'tray/2', provider: 'tray', account: '2', unreadable: true }, due[2]];
      const query = { nowMs, limit: 10, keepWarm: true };
      for (const found of [await succeeds(store.page({ limit: 10 })), await succeeds(store.due(query))]) {
        sameValue(
          found.map((one) => (isUnreadable(one) ? { ...one, why: undefined } : one)),
          expected,
        );
      }
      deepEqual(await pagesOf(store, 1), [['tray/1'], ['tray/2'], ['tray/3']]);
      equal((await store.read('tray/2')())._tag, 'Left');
      equal((await store.update('tray/2', () => drop(undefined))())._tag, 'Left');
    },
  },
  {
    name: 'pages on after a key that is not there',
    run: async ({ open }) => {
      const store = await open();
      await putKeys(store, ['tray/1', 'tray/3', 'tray/5']);
      deepEqual(keysOf(await succeeds(store.page({ limit: 1, after: 'tray/2' }))), ['tray/3']);
      deepEqual(keysOf(await succeeds(store.page({ limit: 5, after: 'tray/5' }))), []);
    },
  },
  {
    name: 'pages the accounts of one provider only when asked to',
    run: async ({ open }) => {
      const store = await open();
      await putKeys(store, ['tray/1', 'tray/2', 'tray/3', 'tray-2/1', 'tray.2/1', 'tra/1', 'Tray/1']);
      deepEqual(await pagesOf(store, 2, 'tray'), [['tray/1', 'tray/2'], ['tray/3']]);
      deepEqual(await pagesOf(store, 2, 'tray-2'), [['tray-2/1']]);
      deepEqual(await pagesOf(store, 2, 'nobody'), []);
    },
  },
  {
    name: 'lists refresh tokens that are due, the most overdue first',
    run: async ({ open }) => {
      const store = await open();
      await putDue(store, {
        'tray/now': [0, undefined],
        'tray/soon': [1, -5_000],
        'tray/late': [-3_000, undefined],
        'tray/later': [-2_000, -9_000],
        'tray/never': [undefined, -9_000],
        'tray/long ago': [-nowMs, undefined],
      });
      const due = ['tray/long ago', 'tray/late', 'tray/later', 'tray/now'];
      deepEqual(await dueKeys(store, { limit: 10, keepWarm: false }), due);
      deepEqual(await dueKeys(store, { limit: 3, keepWarm: false }), due.slice(0, 3));
    },
  },
  {
    name: 'lists access tokens that are due too when they are kept warm, each account once by the earlier of its times',
    run: async ({ open }) => {
      const store = await open();
      await putDue(store, {
        'tray/warm': [undefined, -4_000],
        'tray/both': [-1_000, -3_000],
        'tray/both again': [-5_000, -2_000],
        'tray/one of two': [9_000, 0],
        'tray/other of two': [-500, 9_000],
        'tray/neither': [1, 1],
        'tray/none': [undefined, undefined],
      });
      const due = ['tray/both again', 'tray/warm', 'tray/both', 'tray/other of two', 'tray/one of two'];
      deepEqual(await dueKeys(store, { limit: 10, keepWarm: true }), due);
      for (const limit of [1, 2, 3, 4]) {
        deepEqual(await dueKeys(store, { limit, keepWarm: true }), due.slice(0, limit));
      }
    },
  },
  {
    name: 'lists what is due of one provider only when asked to',
    run: async ({ open }) => {
      const store = await open();
      await putDue(store, {
        'tray/1': [-1_000, undefined],
        'centry/1': [-2_000, undefined],
        'tray/2': [undefined, -3_000],
        'centry/2': [undefined, -4_000],
      });
      deepEqual(await dueKeys(store, { limit: 10, provider: 'tray', keepWarm: false }), ['tray/1']);
      deepEqual(await dueKeys(store, { limit: 1, provider: 'tray', keepWarm: false }), ['tray/1']);
      deepEqual(await dueKeys(store, { limit: 10, provider: 'tray', keepWarm: true }), ['tray/2', 'tray/1']);
      deepEqual(await dueKeys(store, { limit: 10, provider: 'nobody', keepWarm: true }), []);
    },
  },
  {
    name: 'lists whole records that are due, and no longer once they were changed or dropped',
    run: async ({ open }) => {
      const store = await open();
      const records = recordVariants()
        .map((record, index) => ({
          ...record,
          key: `tray/${index}`,
          account: `${index}`,
          keepAliveAt: nowMs - 1_000 + index,
        }))
        .toSorted((one, other) => one.keepAliveAt - other.keepAliveAt);
      for (const record of records) await putRecord(store, record);
      const all = { nowMs, limit: 1_000, keepWarm: false };
      sameValue(await succeeds(store.due(all)), records);
      for (const { key } of records.slice(1)) await putRecord(store, bareRecord(key));
      sameValue(await succeeds(store.due(all)), records.slice(0, 1));
    },
  },
];
