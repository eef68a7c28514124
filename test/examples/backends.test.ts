import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { centry, createLlavero, type Llavero } from 'llavero';
import { sqliteStore } from 'llavero/stores/sqlite';
import { standInCentry, standInCitrusAd, walkAuthorization, type StandInCentry } from 'llavero/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backends, sharedByBackends } from './backends.js';
import { installExamples, type InstalledExamples } from './installed-examples.js';
import { freePort, startBackend, type StartedBackend } from './started-backend.js';

let installed: InstalledExamples;

beforeAll(() => {
  installed = installExamples([...Object.values(backends).flat(), ...sharedByBackends], { withFrameworks: true });
}, 600_000);

afterAll(() => installed.remove());

const secret = randomBytes(32).toString('base64');
let files = 0;
const newDatabase = (): string => join(installed.directory, `llavero-${(files += 1)}.db`);

const start = (name: keyof typeof backends, env: NodeJS.ProcessEnv): StartedBackend => {
  const program = join('compiled', (backends[name].at(-1) ?? '').replace(/\.ts$/, '.js'));
  return startBackend(program, installed.directory, { LLAVERO_KEY: secret, ...env });
};

const centryEnv = ({ settings }: StandInCentry, database: string): NodeJS.ProcessEnv => ({
  CENTRY_URL: settings.baseUrl,
  CENTRY_CLIENT_ID: settings.clientId,
  CENTRY_CLIENT_SECRET: settings.clientSecret,
  LLAVERO_DB: database,
});

const manual = { redirect: 'manual' } as const;

/** A browser's first step at a backend: where it is sent, and the cookie that it is given. */
const connect = async (url: string): Promise<{ readonly provider: URL; readonly cookie: string }> => {
  const response = await fetch(`${url}/shops/acme/connect`, manual);
  expect(response.status).toBe(303);
  const [cookie = ''] = (response.headers.get('set-cookie') ?? '').split(';');
  return { provider: new URL(response.headers.get('location') ?? ''), cookie };
};

describe('the examples', () => {
  it('satisfy the compiler, with the frameworks they are for', () => {
    const { status, stdout } = installed.compiling;
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  });
});

describe.each([
  ['express', 0],
  ['fastify', 0],
  ['nestjs', 'SIGTERM'], // when all is closed, Nest lets the signal end the process
] as const)('the example for %s', (name, exit) => {
  it('connects a shop, reads its orders, says what is wrong, and stops when it is told to', async () => {
    await using provider = await standInCentry();
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const env = { PORT: String(port), PUBLIC_URL: url, ...centryEnv(provider, newDatabase()) };
    await using backend = start(name, env);
    await backend.says('ready');

    const before = await fetch(`${url}/shops/acme/orders`);
    expect([before.status, await before.json()]).toEqual([
      409,
      { error: 'ERR_REAUTHORIZATION_REQUIRED', connect: '/shops/acme/connect' },
    ]);

    const { provider: consent, cookie } = await connect(url);
    const callback = await walkAuthorization(consent);
    const stranger = await fetch(callback, manual);
    expect(stranger.status).toBe(403);
    const back = await fetch(callback, { ...manual, headers: { cookie } });
    const shown = ['location', 'cache-control', 'referrer-policy'].map((header) => back.headers.get(header));
    expect([back.status, ...shown]).toEqual([303, '/shops/acme/orders', 'no-store', 'no-referrer']);

    const orders = await fetch(`${url}/shops/acme/orders`);
    expect([orders.status, await orders.json()]).toMatchObject([200, [{ status_origin: 'paid' }]]);

    const again = await fetch(callback, { ...manual, headers: { cookie } });
    expect([again.status, await again.json()]).toEqual([403, { error: 'ERR_STATE_MISMATCH' }]);
    expect(again.headers.get('referrer-policy')).toBe('no-referrer');

    expect(await backend.stop()).toEqual({ exit, stderr: '' });
  });
});

describe('the example of a worker', () => {
  const connected = async (provider: StandInCentry, database: string): Promise<Llavero> => {
    const llavero = createLlavero({
      providers: [centry(provider.settings)],
      store: sqliteStore({ path: database }),
      encryption: { keys: [{ id: '2026-11', secret }] },
      allowHttpOnLoopback: true,
    });
    const { url } = await llavero.authorize('centry/acme');
    await llavero.callback(await walkAuthorization(url));
    return llavero;
  };

  it('imports every connected shop, round after round, names those to connect again, and stops when it is told to', async () => {
    await using provider = await standInCentry();
    const database = newDatabase();
    await using llavero = await connected(provider, database);
    await llavero.register({ provider: 'centry', account: 'nobody' });
    await using worker = start('worker', { ROUND_MS: '20', ...centryEnv(provider, database) });
    expect(await worker.says('centry/acme')).toMatch(/^centry\/acme: \d+ orders$/);
    expect(await worker.says('centry/nobody')).toBe('centry/nobody: somebody has to connect this shop again');
    const atFirst = provider.requests.length;
    await expect.poll(() => provider.requests.length, { timeout: 120_000 }).toBeGreaterThan(atFirst);
    expect(await worker.stop()).toEqual({ exit: 0, stderr: '' });
  });
});

describe('the example of a CommonJS monolith', () => {
  it('uses the token where the path wants it and the API key where it wants that, and stops when it is told to', async () => {
    await using provider = await standInCitrusAd();
    const port = await freePort();
    const { baseUrl, clientId, clientSecret, apiKey } = provider.settings;
    await using backend = start('commonjs', {
      PORT: String(port),
      CITRUSAD_URL: baseUrl,
      CITRUSAD_CLIENT_ID: clientId,
      CITRUSAD_CLIENT_SECRET: clientSecret,
      CITRUSAD_API_KEY: apiKey,
      LLAVERO_DB: newDatabase(),
    });
    await backend.says('ready');
    const banners: unknown = await (await fetch(`http://127.0.0.1:${port}/banners`)).json();
    expect(banners).toMatchObject({ banners: [] });
    const orders: unknown = await (await fetch(`http://127.0.0.1:${port}/orders`)).json();
    expect(orders).toEqual({ citrusAd: 200 });
    const { exit, stderr } = await backend.stop();
    // Node 20.19 warns of requiring an ES module.
    expect([exit, stderr.split('\n').filter((line) => line.includes('Error'))]).toEqual([0, []]);
  });
});
