export { memoryStore } from '../adapters/stores/memory-store.js';
