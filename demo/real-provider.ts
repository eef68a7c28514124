import { createInterface } from 'node:readline';
import {
  centry,
  citrusAd,
  createLlavero,
  LlaveroError,
  tray,
  type AuthorizeOptions,
  type Llavero,
  type ProviderPreset,
} from 'llavero';
import { sqliteStore } from 'llavero/stores/sqlite';
import { callApi, type ApiAnswer, type ProviderId } from './api-calls.js';
import { DemoFailure } from './demo-failure.js';
import { ensureDemoKey, readDemoKey } from './demo-key.js';
import { waysToLook } from './look.js';
import type { AccountRow } from './messages.js';
import type { Narrator } from './narrator.js';

/** Variables of the environment; an empty one counts as missing. */
type Environment = Readonly<Record<string, string | undefined>>;

/** A real provider: what it is told by the environment, and how the demo uses that. */
interface RealProvider {
  readonly required: readonly string[];
  readonly optional: readonly string[];
  readonly account: (env: Environment) => string;
  readonly preset: (env: Environment) => ProviderPreset;
  /** Where its API lives; Tray's token says so itself. */
  readonly base: (env: Environment) => string;
  /** Undefined where no person is needed. */
  readonly authorize: ((env: Environment) => AuthorizeOptions) | undefined;
}

/** What the environment can tell of each provider. */
export const realProviders: Readonly<Record<ProviderId, RealProvider>> = {
  centry: {
    required: ['CENTRY_CLIENT_ID', 'CENTRY_CLIENT_SECRET', 'CENTRY_REDIRECT_URI'],
    optional: ['CENTRY_SCOPE', 'CENTRY_BASE_URL'],
    account: () => 'default',
    preset: (env) =>
      centry({
        clientId: env['CENTRY_CLIENT_ID'],
        clientSecret: env['CENTRY_CLIENT_SECRET'],
        redirectUri: env['CENTRY_REDIRECT_URI'],
        scope: env['CENTRY_SCOPE'] ?? 'public read_orders',
        baseUrl: env['CENTRY_BASE_URL'],
      }),
    base: (env) => addressOf(env['CENTRY_BASE_URL'] ?? 'https://www.centry.cl'),
    authorize: () => ({}),
  },
  tray: {
    required: ['TRAY_CONSUMER_KEY', 'TRAY_CONSUMER_SECRET', 'TRAY_CALLBACK', 'TRAY_STORE_URL'],
    optional: [],
    account: (env) => addressOf(env['TRAY_STORE_URL'] ?? '').replace(/^https?:\/\//, ''),
    preset: (env) =>
      tray({
        consumerKey: env['TRAY_CONSUMER_KEY'],
        consumerSecret: env['TRAY_CONSUMER_SECRET'],
        callback: env['TRAY_CALLBACK'],
      }),
    base: () => '',
    authorize: (env) => ({ storeUrl: env['TRAY_STORE_URL'] }),
  },
  citrusad: {
    required: ['CITRUSAD_BASE_URL', 'CITRUSAD_CLIENT_ID', 'CITRUSAD_CLIENT_SECRET'],
    optional: ['CITRUSAD_CATALOG_ID'],
    account: () => 'default',
    preset: (env) =>
      citrusAd({
        baseUrl: env['CITRUSAD_BASE_URL'],
        clientId: env['CITRUSAD_CLIENT_ID'],
        clientSecret: env['CITRUSAD_CLIENT_SECRET'],
      }),
    base: (env) => addressOf(env['CITRUSAD_BASE_URL'] ?? '').replace(/\/v1$/, ''),
    authorize: undefined,
  },
};

const addressOf = (text: string): string => `${/^https?:\/\//.test(text) ? '' : 'https://'}${text}`.replace(/\/+$/, '');

/** What one run against a real provider saw, as data. */
export interface RealStory {
  readonly provider: ProviderId;
  readonly database: string;
  readonly keyFile: string;
  readonly apiCalls: readonly ApiAnswer[];
  readonly accounts: readonly AccountRow[];
  readonly waysToLook: readonly string[];
  readonly elapsedMs: number;
}

/** Authorizes where that is needed, fetches one resource and tells how the account stands. */
export const realProvider = async (
  id: ProviderId,
  database: string,
  narrator: Narrator,
  allVariables: Environment,
): Promise<RealStory> => {
  const provider = realProviders[id];
  const env = Object.fromEntries(Object.entries(allVariables).filter(([, value]) => value !== ''));
  const missing = provider.required.filter((name) => env[name] === undefined);
  if (missing.length > 0) {
    throw new DemoFailure(
      `to talk to the real ${id}, set ${missing.join(', ')} in the environment; without --provider the demo brings stand-ins of its own`,
      2,
    );
  }
  const key = `${id}/${provider.account(env)}`;
  const { keyFile } = ensureDemoKey(database);
  narrator.title(`${key}, for real`);
  narrator.say(`database ${database}, its key ${keyFile} (mode 0600)`);
  await using llavero = createLlavero({
    providers: [provider.preset(env)],
    store: sqliteStore({ path: database }),
    encryption: readDemoKey(database),
    allowHttpOnLoopback: true,
  });
  if (provider.authorize !== undefined && (await needsPerson(llavero, key))) {
    await authorize(llavero, key, provider.authorize(env), narrator);
  } else narrator.say('no person is needed');

  const answer = await callApi(id, await llavero.token(key), provider.base(env));
  const { generation, request, tokenIn, status, result } = answer;
  narrator.say(`generation ${generation}: ${request} with ${tokenIn} -> ${status}, ${result}`);
  narrator.claim('the API takes the token', status !== 401 && status !== 403);
  const accounts = [await llavero.status(key)];
  narrator.title('How the account stands');
  narrator.table(accounts);
  const elapsedMs = narrator.elapsedMs();
  return { provider: id, database, keyFile, apiCalls: [answer], accounts, waysToLook: waysToLook(database), elapsedMs };
};

const needsPerson = async (llavero: Llavero, key: string): Promise<boolean> => {
  try {
    const { state } = await llavero.status(key);
    return state === 'unauthorized' || state === 'reauthorization_required';
  } catch (error) {
    if (error instanceof LlaveroError && error.code === 'ERR_UNKNOWN_KEY') return true;
    throw error;
  }
};

const authorize = async (llavero: Llavero, key: string, options: AuthorizeOptions, narrator: Narrator) => {
  const { url, expiresAt } = await llavero.authorize(key, options);
  narrator.say(`open this address in a browser and say yes, before ${expiresAt.toISOString()}:`);
  narrator.verbatim(url.href);
  narrator.say('then paste the whole address it led to, or the code if one is shown instead, and press Enter:');
  const pasted = await firstLine();
  if (pasted === undefined) throw new DemoFailure('nothing was pasted; to try again, run the same command');
  const { generation } = /\bstate=/.test(pasted)
    ? await llavero.callback(pasted)
    : await llavero.exchange(key, { code: pasted });
  narrator.say(`authorized: generation ${generation}`);
};

const firstLine = async (): Promise<string | undefined> => {
  const lines = createInterface({ input: process.stdin });
  try {
    for await (const line of lines) if (line.trim() !== '') return line.trim();
    return undefined;
  } finally {
    lines.close();
    process.stdin.destroy();
  }
};
