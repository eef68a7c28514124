import { execFile } from 'node:child_process';
import { readFile, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Story } from '../../demo/demo.js';
import { manifest, projectRoot } from '../../scripts/entry-points.mjs';
import { startStandIns } from '../../src/entry-points/testing.js';
import { cellsOf } from '../../src/adapters/stores/sqlite/cells.js';
import { openDatabase } from '../adapters/stores/sqlite/open-database.js';
import type { EndedProcess } from '../processes/run-process.js';
import { runDemo, startDemo } from './run-demo.js';

const patienceMs = 120_000;

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'llavero-demo-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** The clients' secrets, which the stand-ins of the demo share with these. */
const clientSecrets = async (): Promise<readonly string[]> => {
  await using standIns = await startStandIns();
  const { centry, tray, citrusAd } = standIns;
  return [
    centry.settings.clientSecret,
    tray.settings.consumerSecret,
    citrusAd.settings.clientSecret,
    citrusAd.settings.apiKey,
  ];
};

/** Tokens, codes and states as the stand-ins and llavero make them. */
const tokenShapes = [/[0-9a-f]{64}/, /APP_ID-/, /[\w-]{12}\.[\w-]{44}\./, /\b[\w-]{43}\b/];

describe('npm run demo', () => {
  it('is what these tests start', () => {
    expect(manifest().scripts['demo']).toBe('node demo/run.mjs');
  });

  it(
    'tells how it is called',
    async () => {
      const { exitCode, stdout, stderr } = await runDemo(['--help']);
      expect(exitCode).toBe(0);
      expect(stdout).toContain('npm run demo -- --json');
      expect(stdout).toContain('CENTRY_CLIENT_ID CENTRY_CLIENT_SECRET CENTRY_REDIRECT_URI');
      expect(stderr.replace('Compiling the demo ...\n', '')).toBe('');
    },
    patienceMs,
  );

  it.each([[['--nonsense']], [['--provider', 'nobody']], [['more']]])(
    'refuses %j with exit code 2',
    async (parameters) => {
      const { exitCode, stdout } = await runDemo(parameters);
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    },
    patienceMs,
  );

  it(
    'leaves no process behind when it is stopped half way',
    async () => {
      const demo = startDemo(['--database', join(directory, 'stopped.db')]);
      const [, standIn = ''] = await demo.printed(/centry +(http\S+)/);
      const [, backend = ''] = await demo.printed(/is the backend, at (http\S+)/);
      demo.signal('SIGTERM');
      const { exitCode } = await demo.ended;
      expect(exitCode).toBe(143);
      await gone(standIn);
      await gone(backend);
    },
    patienceMs,
  );
});

/** Waits until nothing answers there any more. */
const gone = async (address: string): Promise<void> => {
  for (;;) {
    try {
      const response = await fetch(address, { redirect: 'manual' });
      await response.body?.cancel();
    } catch {
      return;
    }
  }
};

const isStory = (data: unknown): data is Story => typeof data === 'object' && data !== null && 'claims' in data;

/** The one JSON document that stdout is. */
const storyIn = ({ stdout, stderr }: EndedProcess): Story => {
  const data: unknown = stdout.startsWith('{') ? JSON.parse(stdout) : undefined;
  if (!isStory(data)) throw new Error(`the demo told no story: ${stdout}${stderr}`);
  return data;
};

describe('npm run demo -- --json', () => {
  let run: EndedProcess = { exitCode: undefined, stdout: '', stderr: '' };
  let story: Story;
  let database = '';
  beforeAll(async () => {
    database = join(directory, 'llavero-demo.db');
    run = await runDemo(['--json', '--database', database]);
    story = storyIn(run);
  }, patienceMs);

  it('exits with 0, all claims borne out', () => {
    const eachOnce: unknown = expect.stringMatching(/^\d+ refresh tokens were sent, each once$/);
    expect(run.exitCode).toBe(0);
    expect(story.claims).toEqual([
      { claim: 'a callback works once; loaded again it is refused, ERR_STATE_MISMATCH', holds: true },
      { claim: 'a callback works once; loaded again it is refused, ERR_STATE_MISMATCH', holds: true },
      { claim: 'every API takes its token', holds: true },
      { claim: 'each token was renewed by one request, without a person', holds: true },
      { claim: '1000 callers cost one token request', holds: true },
      { claim: 'no access token was lost', holds: true },
      { claim: 'no refresh token was lost', holds: true },
      { claim: eachOnce, holds: true },
    ]);
  });

  it('walks both authorizations by redirects, from the backend to the provider and back', () => {
    const { centry, tray } = story.standIns;
    const backend = /http:\/\/127\.0\.0\.1:\d+/.exec(story.connections[0]?.steps[0] ?? '')?.[0] ?? '';
    expect(story.connections).toEqual([
      {
        key: 'centry/demo',
        steps: [
          `302 ${backend}/connect/centry`,
          `302 ${centry}/oauth/authorize?response_type&client_id&redirect_uri&scope&state`,
          `200 ${backend}/callback?code&state`,
        ],
        answer: 'centry/demo is connected, generation 1',
        replayed: 'refused, ERR_STATE_MISMATCH',
      },
      {
        key: 'tray/demo',
        steps: [
          `302 ${backend}/connect/tray`,
          `302 ${tray}/auth.php?response_type&consumer_key&callback`,
          `200 ${backend}/callback?state&code&store&api_address&store_host&adm_user`,
        ],
        answer: 'tray/demo is connected, generation 1',
        replayed: 'refused, ERR_STATE_MISMATCH',
      },
    ]);
  });

  it('fetches one resource from each API, each token in its own place', () => {
    const bearer = 'Authorization: Bearer';
    expect(story.apiCalls).toEqual([
      apiCall('centry/demo', 'GET /conexion/v1/orders.json', bearer, 'orders: 1'),
      apiCall('tray/demo', 'GET /web_api/orders', '?access_token=', 'orders: 1'),
      apiCall('citrusad/demo', 'POST /v1/ads/generate', bearer, 'ads: 1'),
    ]);
  });

  it('renews each token once after it had expired', () => {
    const numbers = { statusOfOldToken: 401, status: 200, generationBefore: 1, generation: 2, tokenRequests: 1 };
    expect(story.renewals).toEqual([
      { key: 'centry/demo', ...numbers },
      { key: 'tray/demo', ...numbers },
      { key: 'citrusad/demo', ...numbers },
    ]);
  });

  it('sends one token request for a thousand callers', () => {
    const numbers = { callers: 1000, differentTokens: 1, generationBefore: 2, generation: 3, tokenRequests: 1 };
    expect(story.crowds).toEqual([
      { key: 'centry/demo', ...numbers },
      { key: 'tray/demo', ...numbers },
      { key: 'citrusad/demo', ...numbers },
    ]);
  });

  it('finds every token again after a SIGKILL, and renews with the refresh tokens it finds', () => {
    const { killed, started, found, refreshed } = story.restart;
    expect(killed).not.toBe(started);
    expect(found.map(({ key, status, generationBefore }) => ({ key, status, generationBefore }))).toEqual([
      { key: 'centry/demo', status: 200, generationBefore: 3 },
      { key: 'tray/demo', status: 200, generationBefore: 3 },
      { key: 'citrusad/demo', status: 200, generationBefore: 3 },
    ]);
    for (const { generation, tokenRequests } of found) {
      expect([3, 4]).toContain(generation);
      expect([generation - 3, 1]).toContain(tokenRequests);
    }
    expect(refreshed.map(({ key }) => key)).toEqual(['centry/demo', 'tray/demo']);
    for (const { generationBefore, generation } of refreshed) expect(generation).toBe(generationBefore + 1);
  });

  it('sends no refresh token twice', () => {
    expect(story.refreshTokens.mostUses).toBe(1);
  });

  it('ends with a table of the accounts', () => {
    const last = new Map(
      [...story.restart.found, ...story.restart.refreshed].map(({ key, generation }) => [key, generation]),
    );
    const date: unknown = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    const row = (key: string) => ({ key, state: 'ready', generation: last.get(key), accessTokenExpiresAt: date });
    expect(story.accounts).toEqual([
      row('centry/demo'),
      { ...row('tray/demo'), refreshTokenExpiresAt: date },
      row('citrusad/demo'),
    ]);
  });

  it('tells what it does on stderr while it does it', () => {
    expect(run.stderr).toMatch(/^ +\d+\.\d s {2}waiting: the last token expires in \d\.\d s$/m);
    expect(run.stderr).toMatch(/^ {2}key +state +generation +expiry +refresh expiry$/m);
  });

  it('prints no secret', async () => {
    const output = run.stdout + run.stderr;
    const key = (await readFile(story.keyFile, 'utf8')).trim();
    expect([...(await clientSecrets()), key].filter((secret) => output.includes(secret))).toEqual([]);
    expect(tokenShapes.filter((shape) => shape.test(output))).toEqual([]);
  });

  it('leaves a database in which every secret is sealed, readable by its owner only', async () => {
    const content = await readFile(database, 'latin1');
    expect((await clientSecrets()).filter((secret) => content.includes(secret))).toEqual([]);
    // The digests of used states lie in clear until they expire: they look like tokens of the stand-ins, and tell nothing.
    const digests = (await openDatabase(database, { readonly: true })).prepare('SELECT id FROM llavero_pending').all();
    expect(digests.length).toBeGreaterThan(0);
    const rest = digests.reduce<string>((text, row) => text.replaceAll(cellsOf(row).text('id'), ''), content);
    expect([/[0-9a-f]{64}/, /APP_ID-/].filter((shape) => shape.test(rest))).toEqual([]);
    expect([database, story.keyFile].map((path) => path.slice(directory.length))).toEqual([
      '/llavero-demo.db',
      '/llavero-demo.key',
    ]);
    for (const path of [database, story.keyFile]) expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('says how to look at it, in words that work', async () => {
    const command = story.waysToLook.find((way) => way.startsWith('node -e ')) ?? '';
    const { stdout } = await promisify(execFile)('sh', ['-c', command], { cwd: projectRoot });
    for (const { key, generation } of story.accounts) {
      expect(stdout).toMatch(new RegExp(`'${key}' +│ ${generation} .*'lv1\\.demo\\.`));
    }
  });
});

const apiCall = (key: string, request: string, tokenIn: string, result: string) => ({
  key,
  generation: 1,
  request,
  tokenIn,
  status: 200,
  result,
});
