export type { SqliteDatabase, SqliteStatement } from '../adapters/stores/sqlite/database.js';
export type { SqliteStoreOptions } from '../adapters/stores/sqlite/options.js';
export { sqliteStore } from '../adapters/stores/sqlite/sqlite-store.js';
export type { TokenStore } from '../ports/token-store.js';
