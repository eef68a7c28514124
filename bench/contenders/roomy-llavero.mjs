import { loadContainer, loadLibrary, loadMemoryStore, loadTesting } from '../library.mjs';

/** How many characters each access token has. */
export const tokenLength = 64;

const template = 'citrusad/TEMPLATE';
const templateToken = 'TOKEN-OF-THE-TEMPLATE';

/** @param {string} key */
const tokenOf = (key) => `${key}.`.padEnd(tokenLength, 'x');

/**
 * Serves one account's record, rewritten, for every key that is asked for: a million accounts that nobody had to make.
 *
 * @returns {Promise<import('llavero/ports').TokenStore>}
 */
const endlessStore = async () => {
  const { createLlavero, citrusAd } = await loadLibrary();
  const { swapPorts } = await loadContainer();
  const { memoryStore } = await loadMemoryStore();
  const { scriptedHttp } = await loadTesting();
  const store = memoryStore();
  const httpClient = scriptedHttp(() => ({ json: { access_token: templateToken, expires_in: 7 * 24 * 3600 } }));
  const llavero = createLlavero({ ...settings(citrusAd), store, overrides: [swapPorts({ httpClient })] });
  await llavero.token(template);
  const read = await store.read(template)();
  if (read._tag === 'Left' || read.right?.token === undefined) throw new Error('the template was not stored');
  const record = read.right;
  const sealed = read.right.token;
  return {
    ...store,
    read: (key) => async () => ({
      _tag: 'Right',
      right: {
        ...record,
        key,
        account: key.slice(key.indexOf('/') + 1),
        credential: record.credential.replaceAll(template, key),
        token: sealed.replaceAll(template, key).replaceAll(templateToken, tokenOf(key)),
      },
    }),
  };
};

/** @param {typeof import('llavero').citrusAd} citrusAd @returns {Pick<import('llavero').LlaveroOptions, 'providers' | 'encryption'>} */
const settings = (citrusAd) => ({
  providers: [citrusAd({ baseUrl: 'https://bench.citrusad.com', clientId: 'id', clientSecret: 'secret' })],
  encryption: 'plaintext',
});

/**
 * A llavero in whose memory every key has room.
 *
 * @param {{ entries: number, recheckMs?: number, clock?: import('llavero/ports').Clock }} options
 */
export const roomyLlavero = async ({ entries, recheckMs, clock }) => {
  const { createLlavero, citrusAd } = await loadLibrary();
  const { swapPorts } = await loadContainer();
  return createLlavero({
    ...settings(citrusAd),
    store: await endlessStore(),
    policy: { cacheEntries: entries + 1, recheckMs },
    overrides: clock === undefined ? [] : [swapPorts({ clock })],
  });
};

/** @param {number} count keys of one length */
export const manyKeys = (count) =>
  Array.from({ length: count }, (_, index) => `citrusad/${String(index).padStart(7, '0')}`);
