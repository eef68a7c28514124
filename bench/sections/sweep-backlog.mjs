import { loadContainer, loadLibrary, loadMemoryStore, loadSqliteStore, loadTesting } from '../library.mjs';
import { blocksDuring } from '../measuring/event-loop.mjs';
import { inWords } from '../measuring/findings.mjs';
import { median } from '../measuring/statistics.mjs';
import { inTemporaryDirectory } from '../measuring/temporary-directory.mjs';

/** @typedef {import('llavero/ports').TokenStore} TokenStore */

/** @template A @param {import('fp-ts/lib/TaskEither.js').TaskEither<import('llavero/ports').StoreFailure, A>} operation */
const succeeds = async (operation) => {
  const outcome = await operation();
  if (outcome._tag === 'Left') throw new Error(outcome.left.why);
  return outcome.right;
};

/** Puts copies of an account that is sealed in plain text beside it. @param {TokenStore} store @param {number} accounts */
const copySeed = async (store, accounts) => {
  const seed = await succeeds(store.read('centry/seed'));
  if (seed?.token === undefined) throw new Error('there is no centry/seed');
  const { credential, token } = seed;
  /** @param {number} account */
  const copy = (account) => {
    const key = `centry/${account}`;
    /** @param {string} text */
    const sealedFor = (text) => text.replaceAll('"centry/seed"', `"${key}"`);
    const record = { ...seed, credential: sealedFor(credential), token: sealedFor(token), key, account: `${account}` };
    return succeeds(store.update(key, () => ({ _tag: 'Put', record, result: undefined })));
  };
  for (let from = 0; from < accounts; from += 1_000) {
    await Promise.all(Array.from({ length: Math.min(1_000, accounts - from) }, (_, index) => copy(from + index)));
  }
};

/**
 * One sweep of a backlog, beside the time in which nothing happens.
 *
 * @param {TokenStore} store
 * @param {number} accounts
 * @param {boolean} isLimited whether the provider has asked to wait
 */
const sweepOf = async (store, accounts, isLimited) => {
  const { centry, createLlavero } = await loadLibrary();
  const { scriptedHttp } = await loadTesting();
  const { swapPorts } = await loadContainer();
  let tokens = 0;
  const issued = () => ({
    json: { access_token: `a${(tokens += 1)}`, token_type: 'Bearer', expires_in: 7_200, refresh_token: `r${tokens}` },
  });
  const http = scriptedHttp([{ json: { ...issued().json, expires_in: 1 } }]);
  const llavero = createLlavero({
    providers: [centry({ clientId: 'client', clientSecret: 'secret', redirectUri: 'https://example.com/callback' })],
    store,
    encryption: 'plaintext',
    overrides: [swapPorts({ httpClient: http })],
  });
  await llavero.exchange('centry/seed', { code: 'c' });
  await copySeed(store, accounts);
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  if (isLimited) {
    http.answer({ status: 429, headers: { 'Retry-After': '3600' } });
    await llavero.token('centry/seed', { force: true }).catch(() => undefined);
  }
  http.handle(issued);
  globalThis.gc?.();
  const { result, own } = await blocksDuring(() => llavero.sweep({ keepWarm: true, limit: accounts }));
  await llavero.close();
  return { ...result, ...own };
};

/**
 * @param {{ accounts: number, renewals: number, rounds: number }} size
 * @returns {Promise<readonly import('../measuring/findings.mjs').Finding[]>}
 */
export const measure = ({ accounts, renewals, rounds }) =>
  inTemporaryDirectory(async (directory) => {
    const { sqliteStore } = await loadSqliteStore();
    const { memoryStore } = await loadMemoryStore();
    let files = 0;
    const stores = {
      'on SQLite': () => sqliteStore({ path: `${directory}/${(files += 1)}.db` }),
      'in memory': () => memoryStore(),
    };
    /** @type {import('../measuring/findings.mjs').Finding[]} */
    const findings = [];
    for (const [where, makeStore] of Object.entries(stores)) {
      for (const isLimited of [true, false]) {
        const seen = [];
        for (let round = 0; round < rounds; round += 1) {
          seen.push(await sweepOf(makeStore(), isLimited ? accounts : renewals, isLimited));
        }
        const { due, renewed, skipped } = seen[0] ?? {};
        const p99 = inWords(median(seen.map(({ p99Ms }) => p99Ms)), 'ms');
        const took = inWords(Math.round(median(seen.map(({ durationMs }) => durationMs))), 'ms');
        findings.push({
          what: `${where}, ${isLimited ? 'the provider rests' : 'all renewed'}: longest block`,
          value: median(seen.map(({ longestMs }) => longestMs)),
          unit: 'ms',
          beside: `p99 ${p99}; ${due} due, ${renewed} renewed, ${skipped} skipped in ${took}`,
        });
      }
    }
    return findings;
  });
