import { deepEqual, equal } from 'node:assert/strict';
import { drop, put } from '../../domain/record-change.js';
import type { ClaimQuery, TokenStore } from '../../ports/token-store.js';
import { bareRecord, recordVariants, sameValue } from './sample-record.js';
import { allAtOnce, openHandles, putRecord, succeeds, type StoreContractCheck } from './harness.js';

const nowMs = 1_800_000_000_000;
const untilMs = nowMs + 300_000;
const latestNotBeforeMs = nowMs + 3_660_000;
const latestDatedMs = nowMs + 300_000;

/** Accounts by when their refresh token and their access token are due, and their `sweepNotBefore`: relative to {@link nowMs}. */
const putDue = async (
  store: TokenStore,
  accounts: Readonly<Record<string, readonly (number | undefined)[]>>,
): Promise<void> => {
  const at = (offset: number | undefined): number | undefined => (offset === undefined ? undefined : nowMs + offset);
  for (const [key, [keepAlive, warm, notBefore]] of Object.entries(accounts)) {
    const times = { keepAliveAt: at(keepAlive), warmAt: at(warm), sweepNotBefore: at(notBefore) };
    await putRecord(store, { ...bareRecord(key), ...times });
  }
};

const claimKeys = async (store: TokenStore, query: Partial<ClaimQuery> = {}): Promise<readonly string[]> => {
  const all = { provider: 'tray', nowMs, untilMs, limit: 10, keepWarm: false, latestNotBeforeMs, latestDatedMs };
  return (await succeeds(store.claimDue({ ...all, ...query }))).map(({ key }) => key);
};

/** What is due, left as it was: claims that are over already. */
const dueKeys = (store: TokenStore, query: Partial<ClaimQuery> = {}): Promise<readonly string[]> =>
  claimKeys(store, { ...query, untilMs: 0 });

/** Sweeps. */
export const claimChecks: readonly StoreContractCheck[] = [
  {
    name: 'gives refresh tokens that are due, the most overdue first',
    run: async ({ open }) => {
      const store = await open();
      await putDue(store, {
        'tray/now': [0],
        'tray/soon': [1, -5_000],
        'tray/late': [-3_000],
        'tray/later': [-2_000, -9_000],
        'tray/never': [undefined, -9_000],
        'tray/long ago': [-nowMs],
      });
      const due = ['tray/long ago', 'tray/late', 'tray/later', 'tray/now'];
      deepEqual(await dueKeys(store), due);
      deepEqual(await dueKeys(store, { limit: 3 }), due.slice(0, 3));
    },
  },
  {
    name: 'gives access tokens that are due too when they are kept warm, each account once by the earlier of its times',
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
      deepEqual(await dueKeys(store, { keepWarm: true }), due);
      for (const limit of [1, 2, 3, 4]) {
        deepEqual(await dueKeys(store, { limit, keepWarm: true }), due.slice(0, limit));
      }
    },
  },
  {
    name: 'gives what is due of one provider only',
    run: async ({ open }) => {
      const store = await open();
      await putDue(store, {
        'tray/1': [-1_000],
        'tray-2/1': [-2_000],
        'tray/2': [undefined, -3_000],
        'centry/2': [undefined, -4_000],
      });
      deepEqual(await dueKeys(store), ['tray/1']);
      deepEqual(await dueKeys(store, { limit: 1 }), ['tray/1']);
      deepEqual(await dueKeys(store, { keepWarm: true }), ['tray/2', 'tray/1']);
      deepEqual(await dueKeys(store, { provider: 'nobody', keepWarm: true }), []);
    },
  },
  {
    name: 'gives whole records that are due, and no longer once they were changed or dropped',
    run: async ({ open }) => {
      const store = await open();
      const records = recordVariants().map((record, index) => ({
        ...record,
        key: `tray/${index}`,
        account: `${index}`,
        keepAliveAt: nowMs - 1_000 + index,
        sweepNotBefore: 0,
      }));
      for (const record of records) await putRecord(store, record);
      const all = {
        provider: 'tray',
        nowMs,
        limit: 1_000,
        keepWarm: false,
        untilMs: 0,
        latestNotBeforeMs,
        latestDatedMs: Infinity,
      };
      sameValue(await succeeds(store.claimDue(all)), records);
      for (const { key } of records.slice(1)) await putRecord(store, bareRecord(key));
      sameValue(await succeeds(store.claimDue(all)), records.slice(0, 1));
      await succeeds(store.update('tray/0', () => drop(undefined)));
      deepEqual(await succeeds(store.claimDue(all)), []);
    },
  },
  {
    name: 'gives no account before its sweepNotBefore, and puts it in its place by that',
    run: async ({ open }) => {
      const store = await open();
      const accounts = {
        'tray/passed over': [-9_000, -9_000, 1],
        'tray/again': [-9_000, -9_000, -1_000],
        'tray/due since': [-2_000, undefined, -5_000],
        'tray/just now': [-3_000, undefined, 0],
        'tray/not due': [1, 1, -9_000],
      };
      const due = ['tray/due since', 'tray/again', 'tray/just now'];
      for (const [keepWarm, limit] of [
        [false, 10],
        [true, 10],
        [false, 2],
        [true, 2],
      ] as const) {
        await putDue(store, accounts);
        deepEqual(await claimKeys(store, { keepWarm, limit }), due.slice(0, limit));
      }
      await putDue(store, accounts);
      deepEqual(
        (await claimKeys(store, { nowMs: nowMs + 1, keepWarm: true })).toSorted(),
        Object.keys(accounts).toSorted(),
      );
    },
  },
  {
    name: 'takes a sweepNotBefore that is later than any may be for none',
    run: async ({ open }) => {
      const store = await open();
      const latest = latestNotBeforeMs - nowMs;
      const accounts = {
        'tray/keep alive': [-9_000, undefined, latest + 1],
        'tray/warm': [undefined, -8_000, 10 * latest],
        'tray/both': [5, -7_000, latest + 1],
        'tray/not misdated': [-9_000, -9_000, latest],
        'tray/not due': [5, 5, latest + 1],
        'tray/due': [-1_000, undefined, undefined],
        'centry/1': [-9_000, -9_000, latest + 1],
      };
      await putDue(store, accounts);
      deepEqual(await claimKeys(store, { limit: 1 }), ['tray/keep alive']);
      deepEqual(await claimKeys(store), ['tray/due']);
      deepEqual(await claimKeys(store, { keepWarm: true }), ['tray/warm', 'tray/both']);
      deepEqual(await claimKeys(store, { keepWarm: true }), []);
    },
  },
  {
    name: 'gives what was claimed to nobody before the claim is over, by whichever of its times it is due',
    run: async (harness) => {
      const [store, other] = await openHandles(harness, 2);
      if (store === undefined || other === undefined) return;
      await putDue(store, { 'tray/1': [-2_000, -1_000], 'tray/2': [-1_000, -2_000], 'tray/3': [0, 0] });
      deepEqual(await claimKeys(store, { limit: 2 }), ['tray/1', 'tray/2']);
      deepEqual(await claimKeys(other, { limit: 2, keepWarm: true }), ['tray/3']);
      deepEqual(await claimKeys(store, { nowMs: untilMs - 1, keepWarm: true }), []);
      equal((await succeeds(other.read('tray/1')))?.sweepNotBefore, untilMs);
      deepEqual(await claimKeys(other, { nowMs: untilMs }), ['tray/1', 'tray/2', 'tray/3']);
    },
  },
  {
    name: 'keeps no change out by a claim, and leaves all else as it was',
    run: async ({ open }) => {
      const store = await open();
      const record = { ...bareRecord('tray/1'), keepAliveAt: nowMs };
      await putRecord(store, record);
      const claimed = { ...record, sweepNotBefore: untilMs };
      sameValue(
        await succeeds(
          store.claimDue({
            provider: 'tray',
            nowMs,
            limit: 1,
            keepWarm: false,
            untilMs,
            latestNotBeforeMs,
            latestDatedMs,
          }),
        ),
        [claimed],
      );
      const seen = await succeeds(store.update('tray/1', (current) => put({ ...record, generation: 8 }, current)));
      sameValue(seen, claimed);
      sameValue(await succeeds(store.read('tray/1')), { ...record, generation: 8 });
      deepEqual(await claimKeys(store), ['tray/1']);
    },
  },
  {
    name: 'lets go of claims, at once or until the time it is told, unless somebody has changed them since',
    run: async ({ open }) => {
      const store = await open();
      await putDue(store, { 'tray/1': [-4_000], 'tray/2': [-3_000], 'tray/3': [-2_000], 'tray/4': [-1_000] });
      deepEqual(await claimKeys(store), ['tray/1', 'tray/2', 'tray/3', 'tray/4']);
      await putDue(store, { 'tray/3': [-2_000, undefined, 7] });
      const release = (key: string, notBeforeMs: number | undefined) => ({ key, claimedUntilMs: untilMs, notBeforeMs });
      const releases = [
        release('tray/1', undefined),
        release('tray/2', nowMs + 5),
        release('tray/3', undefined),
        release('tray/never there', nowMs),
      ];
      await succeeds(store.releaseClaims(releases));
      await succeeds(store.releaseClaims([]));
      equal((await succeeds(store.read('tray/1')))?.sweepNotBefore, undefined);
      equal(await succeeds(store.read('tray/never there')), undefined);
      deepEqual(await dueKeys(store), ['tray/1']);
      deepEqual(await dueKeys(store, { nowMs: nowMs + 6 }), ['tray/1', 'tray/2']);
      deepEqual(await dueKeys(store, { nowMs: nowMs + 7 }), ['tray/1', 'tray/2', 'tray/3']);
    },
  },
  {
    name: 'gives each due account to one of twenty who claim at once',
    run: async (harness) => {
      const handles = await openHandles(harness, 20);
      const keys = Array.from({ length: 200 }, (_, index) => `tray/${index}`);
      await allAtOnce(handles, keys.length, (store, index) => putDue(store, { [keys[index] ?? '']: [-index] }));
      const claims = await allAtOnce(handles, 80, (store, index) =>
        claimKeys(store, { limit: 7, keepWarm: index % 2 === 0, untilMs: untilMs + index }),
      );
      deepEqual(claims.flat().toSorted(), keys.toSorted());
    },
  },
];
