import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../../../scripts/entry-points.mjs';
import tsconfig from '../../../../tsconfig.json' with { type: 'json' };

const shop = "id: 'shop', tokenEndpoint: '/token', clientAuthentication: 'post'";
const code = `${shop}, authorizationEndpoint: '/authorize', pkce: true`;
const client = `${shop}, grant: 'client_credentials'`;

/** What is written, and what the compiler has to say of it: its number, and words of its first sentence. */
const wrong: ReadonlyArray<readonly [program: string, complaint: RegExp]> = [
  [
    `defineProvider({ ${code}, tokenUrl: '/x' })`,
    /TS2353: .*'tokenUrl' does not exist in type 'ProviderDefinition<never>'/,
  ],
  [`defineProvider({ ${code}, answer: { accesToken: 'x' } })`, /TS2561: .*Did you mean to write 'accessToken'/],
  [`defineProvider({ ${code}, answer: { expiresAt: { name: 'x' } } })`, /TS2322/],
  [
    "defineProvider({ id: 'x', grant: 'client_credentials', tokenEndpoint: '/t', clientAuthentication: 'pst' })",
    /TS2820: .*Did you mean '"post"'/,
  ],
  [
    `defineProvider({ ${shop}, authorizationEndpoint: '/a' })`,
    /TS2345: .*not assignable to parameter of type 'ProviderDefinition<never>'/,
  ],
  [`defineProvider({ ${shop}, pkce: true })`, /TS2345/],
  [
    `defineProvider({ ${client}, pkce: true })`,
    /TS2353: .*'pkce' does not exist in type 'ClientCredentialsDefinition<never>'/,
  ],
  [`defineProvider({ ${client}, parameters: { refresh: {} } })`, /TS2353: .*'refresh' does not exist/],
  [`defineProvider({ ${client}, accessTokenLifetimeMs: '3600' })`, /TS2322: Type '"3600"' is not assignable/],
  [`defineProvider({ ${client}, encoding: 'xml' })`, /TS2322: Type '"xml"' is not assignable/],
  [`defineProvider({ ${client}, classifyError: () => 'dead' })`, /TS2322/],
  [`defineProvider({ ${code}, rotation: 'twice' })`, /TS2322: Type '"twice"' is not assignable/],
  [
    `defineProvider({ ${code}, rotation: { graceMs: '5 s' } })`,
    /TS2322: Type 'string' is not assignable to type 'number'/,
  ],
  [`defineProvider({ ${client}, rotation: 'none' })`, /TS2353: .*'rotation' does not exist/],
  [`defineProvider({ ${client}, refreshToken: 'required' })`, /TS2353: .*'refreshToken' does not exist/],
  [`defineProvider({ ${code}, refreshToken: true })`, /TS2322/],
  [`defineProvider({ ${code}, answer: { anyContentType: true } })`, /TS2353: .*'anyContentType' does not exist/],
  [`defineProvider({ ${code}, answer: { bearerTypes: 'bot' } })`, /TS2322/],
  [`defineProvider({ ${code}, retryAfterHeaders: 'X-Retry-After' })`, /TS2322/],
  [
    `defineProvider({ ${client}, classifyError: (answer) => answer.error })`,
    /TS2339: Property 'error' does not exist on type 'RefusedAnswer'/,
  ],
  [`defineProvider({ ${client}, api: { base: '/', placement: { in: 'header', name: 'x' } } })`, /TS2322/],
  [`defineProvider({ ${client}, fields: { key: { part: 'clientID' } } })`, /TS2820: .*Did you mean '"clientId"'/],
  [
    `defineProvider({ ${client}, fields: { key: { part: 'clientId' } } })({ kay: 'x' })`,
    /TS2353: .*'kay' does not exist/,
  ],
  [`defineProvider({ ${client} })({ clientID: 'x' })`, /TS2561: .*Did you mean to write 'clientId'/],
  [
    `defineProvider({ ${client} })({ policy: { requestTimeoutMs: '5 s' } })`,
    /TS2322: Type 'string' is not assignable to type 'number'/,
  ],
  ["defineProvider({ id: 'x', grant: 'password' })", /TS2322: Type '"password"' is not assignable/],
  ["defineProvider({ id: 'x', grant: () => ({ style: 'code' }) })", /TS2322|TS2740|TS2739/],
];

const right: readonly string[] = [
  `defineProvider({ ${code}, rotation: 'none', refreshToken: 'required', retryAfterHeaders: ['X-Retry-After'], answer: { bearerTypes: ['bot'] } })`,
  `defineProvider({ ${code}, rotation: { graceMs: 60_000 } })`,
  `defineProvider({ ${code}, classifyError: ({ text, headers, step }) => (step === 'renew' && text === '' && headers['x-code'] === '7' ? 'account_rate_limited' : undefined) })`,
  `createLlavero({ providers: [defineProvider({ ${code} })({ clientId: 'x' })], store: memoryStore(), encryption: 'plaintext' })`,
  `defineProvider({ ${client}, fields: { key: { part: 'clientId' } } })({ key: 'x', clientSecret: new Secret('y') })`,
  `defineProvider({ ${code}, answer: { expiresAt: { name: 'at', read: (value) => new Date(Number(value)) } } })`,
  `defineProvider({ ${code}, classifyError: ({ status, body }) => (body?.['code'] === 7 && status === 400 ? 'invalid_grant' : undefined) })`,
  `defineProvider({ ${code}, api: { base: '/', placement: (path) => path === '/a' ? { credential: 'none' } : { credential: 'token', in: 'query', name: 't' } } })`,
  "defineProvider({ id: 'x', grant: (rules): Grant => { throw new Error(String(rules.allowHttpOnLoopback)); } })",
];

const imports = [
  "import { createLlavero, defineProvider, Secret } from 'llavero';",
  "import type { Grant } from 'llavero/ports';",
  "import { memoryStore } from 'llavero/stores/memory';",
].join('\n');

let complaints: ReadonlyMap<string, readonly string[]>;
let directory = '';

/** Compiles every program at once, against the sources as they are: what is said of each, by its file. */
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'llavero-settings-'));
  symlinkSync(join(projectRoot, 'node_modules'), join(directory, 'node_modules'));
  const programs = [...wrong.map(([program]) => program), ...right];
  const files = programs.map((program, at) => {
    writeFileSync(
      join(directory, `setting-${at}.mts`),
      `${imports}\nexport const made = ${program};\nexport type Used = [typeof createLlavero, typeof Secret, Grant, typeof memoryStore];\n`,
    );
    return `setting-${at}.mts`;
  });
  const paths = Object.fromEntries(
    Object.entries(tsconfig.compilerOptions.paths).map(([name, targets]) => [
      name,
      targets.map((target) => join(projectRoot, target)),
    ]),
  );
  writeFileSync(
    join(directory, 'tsconfig.json'),
    JSON.stringify({
      extends: join(projectRoot, 'tsconfig.json'),
      compilerOptions: { paths },
      include: [join(projectRoot, 'src', '**', '*.d.ts')],
      files,
    }),
  );
  const compiler = join(projectRoot, 'node_modules', 'typescript', 'bin', 'tsc');
  const { stdout } = spawnSync(process.execPath, [compiler, '--pretty', 'false', '-p', directory], {
    cwd: directory,
    encoding: 'utf8',
  });
  const told = new Map<string, string[]>();
  for (const line of stdout.split('\n')) {
    const [, file, complaint] = /^(setting-\d+\.mts)\(\d+,\d+\): error (.*)$/.exec(line) ?? [];
    if (file !== undefined && complaint !== undefined) told.set(file, [...(told.get(file) ?? []), complaint]);
  }
  complaints = told;
});

afterAll(() => rmSync(directory, { recursive: true }));

describe('the types of defineProvider', () => {
  it.each(wrong.map(([program, complaint], at) => [program, complaint, `setting-${at}.mts`] as const))(
    'tell a wrong setting: %s',
    (_program, complaint, file) => {
      const told = complaints.get(file) ?? [];
      expect(told).toHaveLength(1);
      expect(told[0]).toMatch(complaint);
    },
  );

  it.each(right.map((program, at) => [program, `setting-${wrong.length + at}.mts`] as const))(
    'have nothing against a right one, without a cast: %s',
    (_program, file) => {
      expect(complaints.get(file) ?? []).toEqual([]);
    },
  );
});
