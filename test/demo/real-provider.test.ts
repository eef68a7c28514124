import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStandIns, walkAuthorization, type StandIns } from '../../src/entry-points/testing.js';
import { runDemo, startDemo } from './run-demo.js';

const patienceMs = 120_000;
const outOfBand = 'urn:ietf:wg:oauth:2.0:oob';

let standIns: StandIns;
let directory = '';
beforeAll(async () => {
  standIns = await startStandIns();
  directory = await mkdtemp(join(tmpdir(), 'llavero-demo-'));
});
afterAll(async () => {
  await standIns.close();
  await rm(directory, { recursive: true, force: true });
});

const centryVariables = () => ({
  CENTRY_CLIENT_ID: standIns.centry.settings.clientId,
  CENTRY_CLIENT_SECRET: standIns.centry.settings.clientSecret,
  CENTRY_REDIRECT_URI: standIns.centry.settings.redirectUri,
  CENTRY_BASE_URL: standIns.centry.url,
});

const asked = (provider: string, database: string): readonly string[] => [
  '--provider',
  provider,
  '--database',
  join(directory, database),
];

describe('npm run demo -- --provider', () => {
  it.each([
    ['centry', 'CENTRY_CLIENT_ID, CENTRY_CLIENT_SECRET, CENTRY_REDIRECT_URI'],
    ['tray', 'TRAY_CONSUMER_KEY, TRAY_CONSUMER_SECRET, TRAY_CALLBACK, TRAY_STORE_URL'],
    ['citrusad', 'CITRUSAD_BASE_URL, CITRUSAD_CLIENT_ID, CITRUSAD_CLIENT_SECRET'],
  ])(
    '%s names the variables it misses',
    async (provider, variables) => {
      const { exitCode, stdout, stderr } = await runDemo(asked(provider, 'none.db'));
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
      expect(stderr).toContain(`to talk to the real ${provider}, set ${variables} in the environment`);
    },
    patienceMs,
  );

  it(
    'takes an empty variable for a missing one',
    async () => {
      const variables = { ...centryVariables(), CENTRY_CLIENT_SECRET: '' };
      const { exitCode, stderr } = await runDemo(asked('centry', 'none.db'), variables);
      expect(exitCode).toBe(2);
      expect(stderr).toContain('set CENTRY_CLIENT_SECRET in the environment');
    },
    patienceMs,
  );

  it(
    'centry takes the address the browser was led to, and fetches with the token',
    async () => {
      const demo = startDemo(asked('centry', 'centry.db'), centryVariables());
      const [, address = ''] = await demo.printed(/^(http.*)$/m);
      demo.paste((await walkAuthorization(new URL(address))).href);
      const { exitCode, stdout } = await demo.ended;
      expect(exitCode).toBe(0);
      expect(stdout).toContain(
        'generation 1: GET /conexion/v1/orders.json with Authorization: Bearer -> 200, orders: 1',
      );

      const again = await runDemo(asked('centry', 'centry.db'), centryVariables());
      expect(again.exitCode).toBe(0);
      expect(again.stdout).toContain('no person is needed');
      expect(again.stdout).toContain('generation 1: GET /conexion/v1/orders.json');
    },
    patienceMs,
  );

  it(
    'ends with 1 when the API refuses the token',
    async () => {
      const { baseUrl, clientId, clientSecret } = standIns.citrusAd.settings;
      const variables = {
        CITRUSAD_BASE_URL: baseUrl,
        CITRUSAD_CLIENT_ID: clientId,
        CITRUSAD_CLIENT_SECRET: clientSecret,
      };
      const first = await runDemo(asked('citrusad', 'refused.db'), variables);
      standIns.citrusAd.revokeEverything();
      const second = await runDemo(asked('citrusad', 'refused.db'), variables);
      expect([first.exitCode, second.exitCode]).toEqual([0, 1]);
      expect(second.stdout).toContain('generation 1: POST /v1/ads/generate with Authorization: Bearer -> 401');
      expect(second.stderr).toContain('not everything held: the API takes the token');
    },
    patienceMs,
  );

  it(
    'centry takes a code that was shown on the screen',
    async () => {
      const variables = { ...centryVariables(), CENTRY_REDIRECT_URI: outOfBand };
      const demo = startDemo(asked('centry', 'code.db'), variables);
      await demo.printed(/^(http.*)$/m);
      demo.paste(standIns.centry.issueCode({ redirectUri: outOfBand }));
      const { exitCode, stdout } = await demo.ended;
      expect(exitCode).toBe(0);
      expect(stdout).toContain('authorized: generation 1');
    },
    patienceMs,
  );

  it(
    'centry ends with 1 when nothing is pasted',
    async () => {
      const { exitCode, stderr } = await runDemo(asked('centry', 'nothing.db'), centryVariables());
      expect(exitCode).toBe(1);
      expect(stderr).toContain('nothing was pasted; to try again, run the same command');
    },
    patienceMs,
  );

  it(
    'tray connects the store it is told',
    async () => {
      const { consumerKey, consumerSecret, callback } = standIns.tray.settings;
      const demo = startDemo(asked('tray', 'tray.db'), {
        TRAY_CONSUMER_KEY: consumerKey,
        TRAY_CONSUMER_SECRET: consumerSecret,
        TRAY_CALLBACK: callback,
        TRAY_STORE_URL: standIns.tray.storeUrl,
      });
      const [, address = ''] = await demo.printed(/^(http.*)$/m);
      demo.paste((await walkAuthorization(new URL(address))).href);
      const { exitCode, stdout } = await demo.ended;
      expect(exitCode).toBe(0);
      expect(stdout).toContain('generation 1: GET /web_api/orders with ?access_token= -> 200, orders: 1');
    },
    patienceMs,
  );

  it(
    'citrusad needs no person, and tells the same as data',
    async () => {
      const { baseUrl, clientId, clientSecret } = standIns.citrusAd.settings;
      const { exitCode, stdout, stderr } = await runDemo([...asked('citrusad', 'citrusad.db'), '--json'], {
        CITRUSAD_BASE_URL: `${baseUrl}/v1`,
        CITRUSAD_CLIENT_ID: clientId,
        CITRUSAD_CLIENT_SECRET: clientSecret,
      });
      expect(exitCode).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({
        provider: 'citrusad',
        apiCalls: [{ key: 'citrusad/default', generation: 1, request: 'POST /v1/ads/generate', status: 200 }],
        accounts: [{ key: 'citrusad/default', state: 'ready', generation: 1 }],
      });
      expect(stdout + stderr).not.toContain(clientSecret);
    },
    patienceMs,
  );
});
