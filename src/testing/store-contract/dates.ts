import { deepEqual } from 'node:assert/strict';
import type { AccountRecord } from '../../domain/account-record.js';
import { bareRecord } from './sample-record.js';
import { putRecord, succeeds, type StoreContractCheck } from './harness.js';

const nowMs = 1_800_000_000_000;
const latestNotBeforeMs = nowMs + 3_660_000;
const latestDatedMs = nowMs + 300_000;
const keepAliveAt = nowMs + 1_000_000_000;
const misdated = latestDatedMs + 1;
const failure = { code: 'ERR_PROVIDER_UNAVAILABLE', detail: '', at: misdated, count: 1 };

const accounts: Readonly<Record<string, Partial<AccountRecord>>> = {
  'tray/obtained': { keepAliveAt, obtainedAt: misdated, sweepNotBefore: nowMs - 3_000 },
  'tray/failed': { keepAliveAt, obtainedAt: 1, failure },
  'tray/warm': { warmAt: keepAliveAt, obtainedAt: keepAliveAt },
  'tray/not misdated': { keepAliveAt, obtainedAt: latestDatedMs, failure: { ...failure, at: latestDatedMs } },
  'tray/passed over': { keepAliveAt, obtainedAt: keepAliveAt, sweepNotBefore: nowMs + 1 },
  'tray/misdated twice': { keepAliveAt, obtainedAt: keepAliveAt, sweepNotBefore: latestNotBeforeMs + 1 },
  'tray/never': { obtainedAt: misdated, failure },
  'tray/due': { keepAliveAt: nowMs - 5_000 },
  'centry/1': { keepAliveAt, obtainedAt: misdated },
};

/** Sweeps after a clock has been set back. */
export const dateChecks: readonly StoreContractCheck[] = [
  {
    name: 'gives what a clock that was set back has dated ahead, due or not, and no account that is never due',
    run: async ({ open }) => {
      const store = await open();
      for (const [key, members] of Object.entries(accounts)) await putRecord(store, { ...bareRecord(key), ...members });
      const due = ['tray/failed', 'tray/misdated twice', 'tray/due', 'tray/obtained'];
      for (const [keepWarm, limit, expected] of [
        [false, 3, due.slice(0, 3)],
        [false, 9, due.slice(3)],
        [true, 9, ['tray/warm']],
        [true, 9, []],
      ] as const) {
        const query = { provider: 'tray', nowMs, limit, keepWarm, untilMs: nowMs + 300_000 };
        const claimed = await succeeds(store.claimDue({ ...query, latestNotBeforeMs, latestDatedMs }));
        deepEqual(
          claimed.map(({ key }) => key),
          expected,
        );
      }
    },
  },
];
