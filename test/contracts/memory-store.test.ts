import { describe, it } from 'vitest';
import { memoryStore } from '../../src/adapters/stores/memory/memory-store.js';
import { describeStoreContract } from '../../src/testing/store-contract/store-contract.js';

describeStoreContract(
  'memoryStore',
  async () => {
    const store = memoryStore();
    return { open: async () => store, dispose: async () => undefined };
  },
  { describe, it },
);
