export { memoryStore, type MemoryStoreOptions } from '../adapters/stores/memory-store.js';
export type { TokenStore } from '../ports/token-store.js';
