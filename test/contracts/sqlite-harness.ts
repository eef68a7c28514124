import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadBetterSqlite3 } from '../../src/adapters/stores/sqlite/driver.js';
import { sqliteStore } from '../../src/adapters/stores/sqlite/sqlite-store.js';
import type { TokenStore } from '../../src/ports/token-store.js';
import { succeeds, type StoreHarness } from '../../src/testing/store-contract/harness.js';

/** A harness on a new file, whose handles `make` makes. */
const onNewFile = async (
  make: (path: string, namespace: string | undefined) => Promise<{ store: TokenStore; release: () => void }>,
): Promise<StoreHarness> => {
  const directory = await mkdtemp(join(tmpdir(), 'llavero-contract-'));
  const handles: { store: TokenStore; release: () => void }[] = [];
  const open = async (namespace?: string): Promise<TokenStore> => {
    const handle = await make(join(directory, 'llavero.db'), namespace);
    handles.push(handle);
    await succeeds(handle.store.open);
    return handle.store;
  };
  return {
    open: () => open(),
    openNamespace: open,
    spoil: async (key) => {
      const Database = await loadBetterSqlite3();
      const database = new Database(join(directory, 'llavero.db'), {});
      database.prepare(`UPDATE llavero_accounts SET failure_code = 'ERR_NO_SUCH' WHERE key = ?`).run(key);
      database.close();
    },
    spoilPending: async (id) => {
      const Database = await loadBetterSqlite3();
      const database = new Database(join(directory, 'llavero.db'), {});
      database.prepare(`UPDATE llavero_pending SET delivery_id = 'd', delivery_ends_at = NULL WHERE id = ?`).run(id);
      database.close();
    },
    dispose: async () => {
      for (const { store, release } of handles) {
        await succeeds(store.close);
        release();
      }
      await rm(directory, { recursive: true });
    },
  };
};

/** Every handle opens the file by its path. */
export const sqlitePathHarness = (): Promise<StoreHarness> =>
  onNewFile(async (path, namespace) => ({ store: sqliteStore({ path, namespace }), release: () => undefined }));

/** Every handle is lent a connection of its own, opened with better-sqlite3's defaults. */
export const sqliteDatabaseHarness = async (): Promise<StoreHarness> => {
  const Database = await loadBetterSqlite3();
  return onNewFile(async (path, namespace) => {
    const database = new Database(path, {});
    return { store: sqliteStore({ database, namespace }), release: () => void database.close() };
  });
};
