import {
  centry,
  citrusAd,
  createLlavero,
  LlaveroError,
  type CredentialStatus,
  type Llavero,
  type Token,
  tray,
} from 'llavero';
import { sqliteStore } from 'llavero/stores/sqlite';
import { callApi } from './api-calls.js';
import { openBackendPages } from './backend-pages.js';
import { readDemoKey } from './demo-key.js';
import type { AccountRow, WorkerAddress, WorkerProtocol, WorkerSettings } from './messages.js';
import { serveParent } from './parent-process.js';

/** A backend that embeds llavero: its accounts in one SQLite file, its pages on a port of its own. */
await serveParent<WorkerProtocol, WorkerSettings, WorkerAddress>(async (settings) => {
  const pages = await openBackendPages(settings.port);
  const callback = `http://127.0.0.1:${pages.port}/callback`;
  const { storeUrl, ...trayKeys } = settings.tray;

  const llavero = createLlavero({
    providers: [
      centry({ ...settings.centry, redirectUri: callback, scope: 'read_orders' }),
      tray({ ...trayKeys, callback }),
      citrusAd(),
    ],
    store: sqliteStore({ path: settings.database }),
    encryption: readDemoKey(settings.database),
    allowHttpOnLoopback: true,
  });
  await llavero.ready();
  pages.serve(
    llavero,
    new Map([
      ['/connect/centry', async () => (await llavero.authorize('centry/demo')).url],
      ['/connect/tray', async () => (await llavero.authorize('tray/demo', { storeUrl })).url],
    ]),
  );

  const used = new Map<string, Token>();
  const tokenFor = async (key: string, which: 'current' | 'as before'): Promise<Token> => {
    const before = used.get(key);
    const token = which === 'as before' && before !== undefined ? before : await llavero.token(key);
    used.set(key, token);
    return token;
  };

  return {
    announcement: { port: pages.port },
    handlers: {
      forget: (keys) => forget(llavero, keys),
      register: async (input) => rowOf(await llavero.register(input)),
      crowd: async ({ key, callers }) => {
        const tokens = await Promise.all(Array.from({ length: callers }, () => llavero.token(key)));
        return {
          generation: Math.max(...tokens.map(({ generation }) => generation)),
          differentTokens: new Set(tokens.map(({ accessToken }) => accessToken.expose())).size,
        };
      },
      renew: async (key) => (await llavero.token(key, { force: true })).generation,
      callApi: async ({ provider, key, base, token }) => callApi(provider, await tokenFor(key, token), base),
      accounts: async (keys) => {
        const rows: AccountRow[] = [];
        for (const key of keys) rows.push(rowOf(await llavero.status(key)));
        return rows;
      },
    },
    close: async () => {
      await pages.close();
      await llavero.close();
    },
  };
});

const forget = async (llavero: Llavero, keys: readonly string[]): Promise<readonly string[]> => {
  const found: string[] = [];
  for (const key of keys) {
    if (await isKnown(llavero, key)) found.push(key);
    await llavero.remove(key);
  }
  return found;
};

const isKnown = async (llavero: Llavero, key: string): Promise<boolean> => {
  try {
    await llavero.status(key);
    return true;
  } catch (error) {
    if (error instanceof LlaveroError && error.code === 'ERR_UNKNOWN_KEY') return false;
    throw error;
  }
};

const rowOf = ({
  key,
  state,
  generation,
  accessTokenExpiresAt,
  refreshTokenExpiresAt,
}: CredentialStatus): AccountRow => ({ key, state, generation, accessTokenExpiresAt, refreshTokenExpiresAt });
