import { describe, it } from 'vitest';
import { fromPromiseStore } from '../../src/adapters/stores/from-promise-store.js';
import { memoryStore } from '../../src/adapters/stores/memory/memory-store.js';
import { describeStoreContract } from '../../src/testing/store-contract/store-contract.js';
import { toPromiseStore } from './to-promise-store.js';

describeStoreContract(
  'fromPromiseStore',
  async () => {
    const store = fromPromiseStore(toPromiseStore(memoryStore()));
    return { open: async () => store, dispose: async () => undefined };
  },
  { describe, it },
);
