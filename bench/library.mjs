/** @param {string} path in the build */
const load = (path) => import(new URL(`../dist/${path}`, import.meta.url).href);

// The build, not the sources: what is measured is what is published.

/** @type {() => Promise<typeof import('llavero')>} */
export const loadLibrary = () => load('entry-points/llavero.js');

/** @type {() => Promise<typeof import('llavero/container')>} */
export const loadContainer = () => load('entry-points/container.js');

/** @type {() => Promise<typeof import('llavero/testing')>} */
export const loadTesting = () => load('entry-points/testing.js');

/** @type {() => Promise<typeof import('llavero/stores/memory')>} */
export const loadMemoryStore = () => load('entry-points/stores-memory.js');

/** @type {() => Promise<typeof import('llavero/stores/sqlite')>} */
export const loadSqliteStore = () => load('entry-points/stores-sqlite.js');

/** @type {() => Promise<typeof import('../src/adapters/stores/sqlite/statements.js')>} */
export const loadSqliteStatements = () => load('adapters/stores/sqlite/statements.js');

/** @type {() => Promise<typeof import('../src/adapters/stores/sqlite/driver.js')>} */
export const loadSqliteDriver = () => load('adapters/stores/sqlite/driver.js');

/** @type {() => Promise<typeof import('../src/adapters/stores/sqlite/rows.js')>} */
export const loadSqliteRows = () => load('adapters/stores/sqlite/rows.js');

/** @type {() => Promise<typeof import('../src/adapters/http/got-http-client.js')>} */
export const loadHttpClient = () => load('adapters/http/got-http-client.js');

/** @type {() => Promise<typeof import('../src/adapters/time/system-clock.js')>} */
export const loadClock = () => load('adapters/time/system-clock.js');
