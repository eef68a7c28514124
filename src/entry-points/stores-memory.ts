export { memoryStore, type MemoryStoreOptions } from '../adapters/stores/memory/memory-store.js';
export type { TokenStore } from '../ports/token-store.js';
