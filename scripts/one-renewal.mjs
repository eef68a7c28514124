import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { takeCoverage } from 'node:v8';
import { centry, createLlavero } from 'llavero';
import { sqliteStore } from 'llavero/stores/sqlite';

// Started by `renewal-figures.mjs`. It renews twice, and writes coverage before and after the second renewal.
const [path = '', lifetimeMs = '', code = '', settings = '{}'] = process.argv.slice(2);
const key = 'centry/acme';

/** What the connection was told to execute. @type {string[]} */
const executed = [];
const { prototype } = createRequire(import.meta.url)('better-sqlite3');
const { exec } = prototype;
/** @this {object} @param {string} source */
prototype.exec = function execCounted(source) {
  executed.push(source);
  return exec.call(this, source);
};

const llavero = createLlavero({
  providers: [centry(JSON.parse(settings))],
  store: sqliteStore({ path }),
  encryption: { keys: [{ id: 'figures', secret: Buffer.alloc(32, 1).toString('base64') }] },
  allowHttpOnLoopback: true,
});
const expired = () => sleep(Number(lifetimeMs) + 100);

await llavero.exchange(key, { code });
await expired();
await llavero.token(key); // loads the modules that are loaded when first used, and prepares the statements
await expired();

takeCoverage();
executed.length = 0;
await llavero.token(key);
takeCoverage();

process.send?.([...executed]);
await llavero.close();
process.disconnect?.();
