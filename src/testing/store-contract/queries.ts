import { deepEqual, equal, ok } from 'node:assert/strict';
import { isUnreadable, type FoundRecord } from '../../domain/unreadable-record.js';
import type { TokenStore } from '../../ports/token-store.js';
import { drop } from '../../domain/record-change.js';
import { oddKeys } from './odd-keys.js';
import { bareRecord, recordVariants, sameValue } from './sample-record.js';
import { putRecord, succeeds, type StoreContractCheck } from './harness.js';

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

/** Pages. */
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
      const records = ['tray/1', 'tray/2', 'tray/3'].map((key) => ({ ...bareRecord(key), keepAliveAt: 1 }));
      for (const record of records) await putRecord(store, record);
      await spoil('tray/2');
      const unreadable = { key: 'tray/2', provider: 'tray', account: '2', unreadable: true };
      const withoutWhy = (found: readonly FoundRecord[]): readonly unknown[] =>
        found.map((one) => (isUnreadable(one) ? { ...one, why: undefined } : one));
      sameValue(withoutWhy(await succeeds(store.page({ limit: 10 }))), [records[0], unreadable, records[2]]);
      const claim = {
        provider: 'tray',
        nowMs: 2,
        limit: 10,
        keepWarm: true,
        untilMs: 9,
        latestNotBeforeMs: 99,
        latestDatedMs: Infinity,
      };
      const claimed = records.map((record) => ({ ...record, sweepNotBefore: 9 }));
      sameValue(withoutWhy(await succeeds(store.claimDue(claim))), [claimed[0], unreadable, claimed[2]]);
      deepEqual(await succeeds(store.claimDue(claim)), []);
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
];
