import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [library = '', path = ''] = process.argv.slice(2);
const { sqliteStore } = await import(pathToFileURL(join(library, 'adapters/stores/sqlite/sqlite-store.js')).href);

const store = sqliteStore({ path });
const outcome = await store.open();
process.stdout.write(`${outcome._tag === 'Left' ? outcome.left.why : 'opened'}\n`);
await store.close();
