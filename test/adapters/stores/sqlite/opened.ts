import { onTestFinished } from 'vitest';
import type { TokenStore } from '../../../../src/ports/token-store.js';
import { succeeds } from '../../../../src/testing/store-contract/harness.js';

/** Opens a store, and closes it when the test is over. */
export const opened = async (store: TokenStore): Promise<TokenStore> => {
  onTestFinished(async () => void (await store.close()));
  await succeeds(store.open);
  return store;
};
