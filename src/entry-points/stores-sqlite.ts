export { sqliteStore } from '../adapters/stores/sqlite-store.js';
