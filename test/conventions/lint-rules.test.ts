import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../scripts/entry-points.mjs';

const promised = 'declare const promised: () => Promise<number>;';

/** Each rule that the house relies on, and code that breaks it. */
const plants: ReadonlyArray<readonly [rule: string, code: string]> = [
  ['eslint(eqeqeq)', 'export const same = (a: unknown, b: unknown): boolean => a == b;'],
  ['eslint(no-console)', "console.log('a');"],
  ['eslint(no-param-reassign)', 'export const f = (a: number): number => { a = 2; return a; };'],
  ['eslint(no-unused-vars)', 'const unused = 1;'],
  ['eslint(no-var)', 'export var a = 1;'],
  ['eslint(prefer-const)', 'let a = 1; export const b = a;'],
  ['eslint(max-lines)', Array.from({ length: 251 }, (_, n) => `export const a${n} = 1;`).join('\n')],
  ['import(no-cycle)', "import { b } from './circle.js'; export const a = b;"],
  ['import(no-unassigned-import)', "import './sound.js';"],
  ['import(no-default-export)', 'const a = 1; export default a;'],
  ['typescript(await-thenable)', 'export const f = async (): Promise<number> => await 1;'],
  ['typescript(ban-ts-comment)', '// @ts-ignore\nexport const a = 1;'],
  ['typescript(consistent-type-assertions)', 'declare const a: unknown; export const b = a as string;'],
  ['typescript(consistent-type-assertions)', 'declare const a: unknown; export const b = <string>a;'],
  ['typescript(consistent-type-exports)', "import type { A } from './sound.js'; export { A };"],
  ['typescript(consistent-type-imports)', "import { A } from './sound.js'; export type B = A;"],
  ['typescript(no-base-to-string)', 'export const f = (a: object): string => String(a);'],
  ['typescript(no-deprecated)', '/** @deprecated */ const a = 1; export const b = a;'],
  ['typescript(no-empty-object-type)', 'export type A = {};'],
  ['typescript(no-explicit-any)', 'export const f = (a: any): string => typeof a;'],
  ['typescript(no-floating-promises)', `${promised} export const f = (): void => { promised(); };`],
  ['typescript(no-import-type-side-effects)', "import { type A } from './sound.js'; export type B = A;"],
  [
    'typescript(no-misused-promises)',
    `${promised} export const f = (): number => { if (promised()) return 1; return 2; };`,
  ],
  ['typescript(no-namespace)', 'export namespace A { export const b = 1; }'],
  ['typescript(no-non-null-assertion)', 'export const f = (a?: string): string => a!;'],
  ['typescript(no-unsafe-argument)', "export const f = (): number => Math.abs(JSON.parse('1'));"],
  ['typescript(no-unsafe-assignment)', "export const a = JSON.parse('1');"],
  ['typescript(no-unsafe-call)', "export const f = (): void => { JSON.parse('1')(); };"],
  ['typescript(no-unsafe-function-type)', 'export type A = Function;'],
  ['typescript(no-unsafe-member-access)', "export const f = (): void => { void JSON.parse('1').a; };"],
  ['typescript(no-unsafe-return)', "export const f = () => JSON.parse('1');"],
  ['typescript(only-throw-error)', "export const f = (): void => { throw 'a'; };"],
  ['typescript(parameter-properties)', 'export class A { constructor(readonly a: string) {} }'],
  ['typescript(prefer-promise-reject-errors)', "export const f = (): Promise<void> => Promise.reject('a');"],
  ['typescript(restrict-plus-operands)', 'export const f = (a: unknown, b: string): unknown => a + b;'],
  ['typescript(restrict-template-expressions)', 'export const f = (a: object): string => `${a}`;'],
  [
    'typescript(return-await)',
    `${promised} export const f = async (): Promise<number> => { try { return promised(); } catch { return 1; } };`,
  ],
  [
    'typescript(switch-exhaustiveness-check)',
    "export const f = (a: 'b' | 'c'): void => { switch (a) { case 'b': break; } };",
  ],
  [
    'typescript(use-unknown-in-catch-callback-variable)',
    `${promised} export const f = promised().catch((a: Error) => a.name);`,
  ],
  ['unicorn(no-null)', 'export const a = null;'],
  ['unicorn(prefer-node-protocol)', "import { join } from 'path'; export const a = join('b');"],
];

const testPlants: typeof plants = [
  ['vitest(no-disabled-tests)', "import { it } from 'vitest'; it.skip('a', () => {});"],
  ['vitest(no-focused-tests)', "import { it } from 'vitest'; it.only('a', () => {});"],
  ['vitest(no-identical-title)', "import { it } from 'vitest'; it('a', () => {}); it('a', () => {});"],
  ['typescript(no-non-null-assertion)', 'export const f = (a?: string): string => a!;'],
  ['typescript(consistent-type-assertions)', 'declare const a: unknown; export const b = a as string;'],
];

const sound = "/** A. */\nexport type A = 'a';\n/** B. */\nexport const a = ['b', 'c'] as const;\n";
const directory = mkdtempSync(join(tmpdir(), 'llavero-lint-'));
let found: readonly string[] = [];

const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(directory, path)), { recursive: true });
  writeFileSync(join(directory, path), text);
};

beforeAll(() => {
  for (const name of ['.oxlintrc.json', 'tsconfig.json', 'package.json'])
    copyFileSync(join(projectRoot, name), join(directory, name));
  symlinkSync(join(projectRoot, 'node_modules'), join(directory, 'node_modules'));
  for (const [at, [, code]] of plants.entries()) write(`src/plant-${at}.ts`, code);
  for (const [at, [, code]] of testPlants.entries()) write(`test/plant-${at}.test.ts`, code);
  write(
    'src/circle.ts',
    `import { a } from './plant-${plants.findIndex(([rule]) => rule === 'import(no-cycle)')}.js'; export const b = a;`,
  );
  write('src/sound.ts', sound);
  write('src/notKebab.ts', sound);
  write('plant.config.ts', 'const a = 1;\nexport default a;\n');
  const oxlint = join(projectRoot, 'node_modules', '.bin', 'oxlint');
  const options = ['--type-aware', '-f', 'unix', 'src', 'test', 'plant.config.ts'];
  const { stdout } = spawnSync(oxlint, options, { cwd: directory, encoding: 'utf8', maxBuffer: 1e8 });
  found = stdout.split('\n');
});

afterAll(() => rmSync(directory, { recursive: true }));

const rulesIn = (path: string): readonly string[] =>
  found.filter((line) => line.startsWith(`${path}:`)).map((line) => /\[Error\/(.*)\]$/.exec(line)?.[1] ?? line);

describe('the linter', () => {
  it.each(plants.map(([rule, code], at) => ({ rule, code, path: `src/plant-${at}.ts` })))(
    'reports $rule for $code',
    ({ rule, path }) => {
      expect(rulesIn(path)).toContain(rule);
    },
  );

  it.each(testPlants.map(([rule, code], at) => ({ rule, code, path: `test/plant-${at}.test.ts` })))(
    'reports $rule in a test for $code',
    ({ rule, path }) => {
      expect(rulesIn(path)).toContain(rule);
    },
  );

  it('reports a file that is not named in kebab case', () => {
    expect(rulesIn('src/notKebab.ts')).toEqual(['unicorn(filename-case)']);
  });

  it('has nothing against code that keeps the rules', () => {
    expect(rulesIn('src/sound.ts')).toEqual([]);
    expect(rulesIn('plant.config.ts')).toEqual([]);
  });
});
