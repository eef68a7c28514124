import { equal, ok } from 'node:assert/strict';
import { drop, keep, put } from '../../domain/record-change.js';
import { oddKeys } from './odd-keys.js';
import { bareRecord, fullRecord, recordVariants, sameValue } from './sample-record.js';
import { putRecord, succeeds, type StoreContractCheck } from './harness.js';

const mebibyte = 2 ** 20;

/** Reading and changing one account. */
export const accountChecks: readonly StoreContractCheck[] = [
  {
    name: 'reads nothing under a key that was never put',
    run: async ({ open }) => {
      const store = await open();
      equal(await succeeds(store.read('tray/391250')), undefined);
    },
  },
  {
    name: 'brings every field back as it was put, each optional one present and absent',
    run: async ({ open }) => {
      const store = await open();
      for (const [index, record] of recordVariants().entries()) {
        await putRecord(store, { ...record, generation: index });
        sameValue(await succeeds(store.read(record.key)), { ...record, generation: index });
      }
    },
  },
  {
    name: 'shows a change the record as it is, and gives the caller its result',
    run: async ({ open }) => {
      const store = await open();
      const record = fullRecord();
      const first = await succeeds(store.update(record.key, (current) => put(record, { current })));
      equal(first.current, undefined);
      const second = await succeeds(store.update(record.key, (current) => put(bareRecord(), { current })));
      sameValue(second.current, record);
      sameValue(await succeeds(store.read(record.key)), bareRecord());
    },
  },
  {
    name: 'writes nothing for a change that keeps',
    run: async ({ open }) => {
      const store = await open();
      equal(await succeeds(store.update('tray/1', () => keep('kept nothing'))), 'kept nothing');
      equal(await succeeds(store.read('tray/1')), undefined);
      await putRecord(store, fullRecord());
      equal(await succeeds(store.update('tray/391250', () => keep('kept it'))), 'kept it');
      sameValue(await succeeds(store.read('tray/391250')), fullRecord());
    },
  },
  {
    name: 'forgets a dropped record, and takes a new one under its key',
    run: async ({ open }) => {
      const store = await open();
      await putRecord(store, fullRecord());
      await putRecord(store, fullRecord('tray/other'));
      equal(await succeeds(store.update('tray/391250', () => drop('gone'))), 'gone');
      equal(await succeeds(store.read('tray/391250')), undefined);
      sameValue(await succeeds(store.page({ limit: 10 })), [fullRecord('tray/other')]);
      await putRecord(store, bareRecord());
      sameValue(await succeeds(store.read('tray/391250')), bareRecord());
    },
  },
  {
    name: 'drops what is not there without ado',
    run: async ({ open }) => {
      const store = await open();
      equal(await succeeds(store.update('tray/391250', () => drop('gone'))), 'gone');
      equal(await succeeds(store.read('tray/391250')), undefined);
    },
  },
  {
    name: 'leaves the record alone and ends Left when a change throws, and goes on working',
    run: async ({ open }) => {
      const store = await open();
      await putRecord(store, fullRecord());
      const outcome = await store.update('tray/391250', () => {
        throw new Error('a bug in a change');
      })();
      equal(outcome._tag, 'Left');
      sameValue(await succeeds(store.read('tray/391250')), fullRecord());
      await putRecord(store, bareRecord());
      sameValue(await succeeds(store.read('tray/391250')), bareRecord());
    },
  },
  {
    name: "tells a change the time of the store's own server, or undefined",
    run: async ({ open }) => {
      const store = await open();
      const now = await succeeds(store.update('tray/391250', (_, serverNowMs) => keep(serverNowMs)));
      ok(now === undefined || (Number.isSafeInteger(now) && now > 1_600_000_000_000), `serverNowMs was ${now}`);
    },
  },
  {
    name: 'keeps times to the millisecond, from 1970 to the last one a Date can hold',
    run: async ({ open }) => {
      const store = await open();
      for (const ms of [
        0,
        1,
        999,
        2 ** 31 - 1,
        2 ** 31,
        2 ** 32 + 1,
        1_800_000_000_123,
        253_402_300_799_999,
        8.64e15,
      ]) {
        const times = {
          obtainedAt: ms,
          accessTokenExpiresAt: ms,
          refreshTokenExpiresAt: ms,
          warmAt: ms,
          keepAliveAt: ms,
        };
        const record = { ...bareRecord(), ...times, generation: ms, createdAt: ms, updatedAt: ms };
        await putRecord(store, record);
        sameValue(await succeeds(store.read(record.key)), record);
      }
    },
  },
  {
    name: 'keeps sealed texts of a mebibyte',
    run: async ({ open }) => {
      const store = await open();
      const text = (seed: string): string => `${seed}${'0123456789abcdef'.repeat(mebibyte / 16)}${seed}`;
      const record = { ...fullRecord(), credential: text('credential'), token: text('token') };
      await putRecord(store, record);
      const found = await succeeds(store.read(record.key));
      ok(found?.credential === record.credential, 'the credential came back changed');
      ok(found.token === record.token, 'the token came back changed');
    },
  },
  {
    name: 'tells keys apart that differ in case, accents, spaces or wildcards',
    run: async ({ open }) => {
      const store = await open();
      for (const [index, key] of oddKeys.entries()) await putRecord(store, { ...bareRecord(key), generation: index });
      for (const [index, key] of oddKeys.entries()) {
        sameValue(await succeeds(store.read(key)), { ...bareRecord(key), generation: index }, JSON.stringify(key));
      }
      for (const key of oddKeys) await succeeds(store.update(key, () => drop(undefined)));
      sameValue(await succeeds(store.page({ limit: 1_000 })), []);
    },
  },
];
