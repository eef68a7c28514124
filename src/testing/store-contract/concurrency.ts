import { deepEqual, equal } from 'node:assert/strict';
import { drop, keep, put } from '../../domain/record-change.js';
import type { TokenStore } from '../../ports/token-store.js';
import { bareRecord, sameValue } from './sample-record.js';
import { allAtOnce, openHandles, putRecord, succeeds, type StoreContractCheck } from './harness.js';

/** Counts a record's generation up and gives the new one. */
const increment = (store: TokenStore, key: string): Promise<number> =>
  succeeds(
    store.update(key, (current) => {
      const generation = (current?.generation ?? 0) + 1;
      return put({ ...bareRecord(key), generation }, generation);
    }),
  );

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1);

const ascending = (numbers: readonly number[]): readonly number[] => numbers.toSorted((one, other) => one - other);

/** Many callers at once, over several handles. */
export const concurrencyChecks: readonly StoreContractCheck[] = [
  {
    name: 'shows every handle at once what another one wrote',
    run: async (harness) => {
      const handles = await openHandles(harness, 3);
      for (const [index, writer] of handles.entries()) {
        await putRecord(writer, { ...bareRecord(), generation: index });
        const seen = await Promise.all(handles.map((reader) => succeeds(reader.read('tray/391250'))));
        sameValue(
          seen,
          handles.map(() => ({ ...bareRecord(), generation: index })),
        );
      }
    },
  },
  {
    name: 'loses none of two hundred changes of one record at once',
    run: async (harness) => {
      const handles = await openHandles(harness, 4);
      const results = await allAtOnce(handles, 200, (store) => increment(store, 'tray/391250'));
      deepEqual(ascending(results), upTo(200));
      const found = await allAtOnce(handles, 4, (store) => succeeds(store.read('tray/391250')));
      deepEqual(
        found.map((record) => record?.generation),
        [200, 200, 200, 200],
      );
    },
  },
  {
    name: 'keeps changes of different records at once apart',
    run: async (harness) => {
      const handles = await openHandles(harness, 4);
      const keys = ['tray/1', 'tray/2', 'centry/1'];
      const results = await allAtOnce(handles, 90, (store, index) => increment(store, keys[index % 3] ?? ''));
      for (const [index] of keys.entries()) {
        deepEqual(ascending(results.filter((_, result) => result % 3 === index)), upTo(30));
      }
    },
  },
  {
    name: 'lets one of fifty who create the same record at once do so',
    run: async (harness) => {
      const handles = await openHandles(harness, 4);
      const created = await allAtOnce(handles, 50, (store, index) =>
        succeeds(
          store.update('tray/391250', (current) =>
            current === undefined ? put({ ...bareRecord(), generation: index }, index) : keep(undefined),
          ),
        ),
      );
      const winners = created.filter((index) => index !== undefined);
      equal(winners.length, 1);
      const found = await allAtOnce(handles, 1, (store) => succeeds(store.read('tray/391250')));
      deepEqual(
        found.map((record) => record?.generation),
        winners,
      );
    },
  },
  {
    name: 'lets one of fifty who drop the same record at once do so',
    run: async (harness) => {
      const handles = await openHandles(harness, 4);
      await allAtOnce(handles, 1, (store) => putRecord(store, bareRecord()));
      const dropped = await allAtOnce(handles, 50, (store) =>
        succeeds(store.update('tray/391250', (current) => (current === undefined ? keep(false) : drop(true)))),
      );
      equal(dropped.filter(Boolean).length, 1);
    },
  },
];
