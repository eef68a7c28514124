import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { manifest, projectRoot } from '../../scripts/entry-points.mjs';
import { installPackage, type Ended, type InstalledPackage } from '../package/installed-package.js';

/** Lines that each program prints when it works. */
const programs: Readonly<Record<string, readonly string[]>> = {
  'commonjs/require.cjs': ["key: 'citrusad/default',", 'generation: 1,', "accessToken: '[secret]',"],
  'first-program.ts': [
    "key: 'centry/acme',",
    'generation: 1,',
    "accessToken: '[secret]',",
    '200 [',
    "status_origin: 'paid',",
  ],
};
/** What is no program; the tests beside it run it. */
const parts = ['import-orders/import-orders.ts'];

const compiler = join(projectRoot, 'node_modules', 'typescript', 'bin', 'tsc');
const sources = readdirSync(join(projectRoot, 'examples'), { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => /\.[cm]?[jt]s$/.test(path) && !path.endsWith('.test.ts'));

let installed: InstalledPackage;
let compiled: Ended;

beforeAll(() => {
  installed = installPackage([...Object.keys(manifest().dependencies), '@types/node']);
  installed.write('package.json', '{ "type": "module" }\n');
  cpSync(join(projectRoot, 'examples'), join(installed.directory, 'examples'), { recursive: true });
  const options = ['--strict', '--allowJs', '--checkJs', '--target', 'es2022', '--module', 'nodenext'];
  const files = sources.map((path) => join('examples', path));
  compiled = installed.node(compiler, ...options, '--types', 'node', '--outDir', 'compiled', ...files);
});

afterAll(() => installed.remove());

describe('the examples, in a project that has installed the package', () => {
  it('are all known to this test', () => {
    expect(sources.toSorted()).toEqual([...Object.keys(programs), ...parts].toSorted());
  });

  it('satisfy the compiler with the declarations that are published', () => {
    expect({ status: compiled.status, stdout: compiled.stdout }).toEqual({ status: 0, stdout: '' });
  });

  it.each(Object.entries(programs))('run under plain node to their end: %s', (path, expected) => {
    const program = join('compiled', path.replace(/\.ts$/, '.js'));
    const { status, stdout, stderr } = installed.node('--disable-warning=ExperimentalWarning', program);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const lines = stdout.split('\n').map((line) => line.trim());
    expect(expected.filter((line) => !lines.includes(line))).toEqual([]);
  });
});
