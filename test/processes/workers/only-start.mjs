import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

// A process that sweeps in the background and has nothing else to do.

const [library = '', path = '', when = ''] = process.argv.slice(2);
/** @param {string} file */
const load = (file) => import(pathToFileURL(join(library, file)).href);
const { createLlavero, centry } = await load('entry-points/llavero.js');
const { sqliteStore } = await load('entry-points/stores-sqlite.js');

const llavero = createLlavero({
  providers: [centry({ clientId: 'id', clientSecret: 'secret', redirectUri: 'https://shop.example/callback' })],
  store: sqliteStore({ path }),
  encryption: 'plaintext',
});
if (when === 'ready') await llavero.ready();
llavero.start({ intervalMs: 50, keepWarm: true });
process.stdout.write('started\n');
