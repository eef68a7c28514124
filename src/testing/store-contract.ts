import { accountChecks } from './store-contract-accounts.js';
import { claimChecks } from './store-contract-claims.js';
import { dateChecks } from './store-contract-dates.js';
import { concurrencyChecks } from './store-contract-concurrency.js';
import { lifeChecks } from './store-contract-life.js';
import { noteChecks } from './store-contract-notes.js';
import { pendingChecks } from './store-contract-pending.js';
import { queryChecks } from './store-contract-queries.js';
import type { StoreContractCheck, StoreHarness } from './store-harness.js';

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
