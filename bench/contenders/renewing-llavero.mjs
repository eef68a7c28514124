import { loadClock, loadContainer, loadLibrary, loadMemoryStore, loadSqliteStore } from '../library.mjs';

const key = 'centry/herd';
/** Longer than the tokens of the endpoint live. */
const laterMs = 4 * 3_600_000;

/**
 * A llavero with one account, whose token expires when it is told.
 *
 * @param {import('./endpoint.mjs').EndpointSettings} settings
 * @param {{ path?: string }} [where] in memory without a path
 */
export const renewingLlavero = async (settings, { path } = {}) => {
  const { createLlavero, centry } = await loadLibrary();
  const { swapPorts } = await loadContainer();
  const { systemClock } = await loadClock();
  const { memoryStore } = await loadMemoryStore();
  const { sqliteStore } = await loadSqliteStore();
  let aheadMs = 0;
  const llavero = createLlavero({
    providers: [centry(settings)],
    store: path === undefined ? memoryStore() : sqliteStore({ path }),
    encryption: { keys: [{ id: 'bench', secret: Buffer.alloc(32, 7).toString('base64') }] },
    allowHttpOnLoopback: true,
    overrides: [swapPorts({ clock: { ...systemClock(), nowMs: () => Date.now() + aheadMs } })],
  });
  return {
    connect: async (/** @type {string} */ code) => {
      await llavero.exchange(key, { code });
    },
    /** Sets the wall clock ahead, past the end of every token. */
    expire: () => {
      aheadMs += laterMs;
    },
    token: () => llavero.token(key),
    close: () => llavero.close(),
  };
};
