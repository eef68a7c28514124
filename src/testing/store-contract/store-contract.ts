import { accountChecks } from './accounts.js';
import { claimChecks } from './claims.js';
import { dateChecks } from './dates.js';
import { concurrencyChecks } from './concurrency.js';
import { lifeChecks } from './lifecycle.js';
import { noteChecks } from './notes.js';
import { pendingChecks } from './pending.js';
import { queryChecks } from './queries.js';
import type { StoreContractCheck, StoreHarness } from './harness.js';

/**
 * The laws of the TokenStore port, as checks for any test runner. Give each check a harness of its own:
 *
 * ```ts
 * for (const check of storeContractChecks) {
 *   test(check.name, async () => {
 *     const harness = await makeHarness();
 *     try {
 *       await check.run(harness);
 *     } finally {
 *       await harness.dispose();
 *     }
 *   });
 * }
 * ```
 */
export const storeContractChecks: readonly StoreContractCheck[] = [
  ...accountChecks,
  ...queryChecks,
  ...claimChecks,
  ...dateChecks,
  ...pendingChecks,
  ...noteChecks,
  ...concurrencyChecks,
  ...lifeChecks,
];

/** The two functions of a test runner that {@link describeStoreContract} calls (vitest, jest, mocha, node:test). */
export interface ContractRunner {
  readonly describe: (title: string, body: () => void) => unknown;
  readonly it: (title: string, body: () => Promise<void>) => unknown;
}

/** Registers every check of the contract with a test runner: `describeStoreContract('my store', makeHarness, { describe, it })`. */
export const describeStoreContract = (
  storeName: string,
  makeHarness: () => Promise<StoreHarness>,
  { describe, it }: ContractRunner,
): void => {
  describe(`the store contract, kept by ${storeName}`, () => {
    for (const check of storeContractChecks) {
      it(check.name, async () => {
        const harness = await makeHarness();
        try {
          await check.run(harness);
        } finally {
          await harness.dispose();
        }
      });
    }
  });
};
