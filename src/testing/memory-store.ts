export { memoryStore } from '../adapters/stores/memory/memory-store.js';
