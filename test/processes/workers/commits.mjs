import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

// Opens a store, commits to it a number of times, and notes in the disk log when each commit begins ("B n") and when it has
// been acknowledged ("A n").

const [library = '', path = '', commits = '0', connection = '', checkpointPages = ''] = process.argv.slice(2);
const log = process.env['LLAVERO_DISK_LOG'] ?? '';
/** @param {string} file */
const load = (file) => import(pathToFileURL(join(library, file)).href);
const { makeSqliteStore } = await load('adapters/stores/sqlite/sqlite-store.js');
const { loadBetterSqlite3 } = await load('adapters/stores/sqlite/driver.js');
const { migrations } = await load('adapters/stores/sqlite/schema.js');
const Database = await loadBetterSqlite3();

/** @param {{ _tag: string, left?: unknown, right?: any }} outcome */
const right = (outcome) => {
  if (outcome._tag === 'Left') throw new Error(JSON.stringify(outcome.left));
  return outcome.right;
};

/** @type {any[]} */
const opened = [];
class SeenDatabase extends Database {
  /** @param {string} file @param {object} options */
  constructor(file, options) {
    super(file, options);
    opened.push(this);
  }
}

const lent = connection === 'lent' ? new Database(path, {}) : undefined;
const store = makeSqliteStore(lent === undefined ? { path } : { database: lent }, {
  load: async () => SeenDatabase,
  migrations,
});
right(await store.open());
// What the store would be without its setting, and the control of the test: commits that do not wait for the disk.
if (connection === 'normal') for (const database of opened) database.pragma('synchronous = NORMAL');
for (const database of lent === undefined ? opened : [lent]) database.pragma(`wal_autocheckpoint = ${checkpointPages}`);

const key = 'centry/shop';
const bare = {
  key,
  provider: 'centry',
  account: 'shop',
  incarnation: 'incarnation-1',
  credential: 'lv1.2026-11.c2VhbGVk',
  renewable: true,
  invalidated: false,
  fallbackTried: false,
  createdAt: 1_800_000_000_000,
  updatedAt: 1_800_000_000_000,
};
const before = right(await store.read(key)())?.generation ?? 0;
for (let generation = before + 1; generation <= before + Number(commits); generation += 1) {
  const record = { ...bare, generation, token: `lv1.2026-11.${'t'.repeat(300)}${generation}` };
  appendFileSync(log, `B ${generation}\n`);
  right(await store.update(key, () => ({ _tag: 'Put', record, result: undefined }))());
  appendFileSync(log, `A ${generation}\n`);
}
right(await store.close());
lent?.close();
