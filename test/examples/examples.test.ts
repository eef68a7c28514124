import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backends, sharedByBackends } from './backends.js';
import { exampleSources, installExamples, type InstalledExamples } from './installed-examples.js';

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
const parts = ['external-key-service/key-service-cipher.ts', 'import-orders/import-orders.ts'];

let installed: InstalledExamples;

beforeAll(() => {
  installed = installExamples([...Object.keys(programs), ...parts], { withFrameworks: false });
});

afterAll(() => installed.remove());

describe('the examples, in a project that has installed the package', () => {
  it('are all known to these tests', () => {
    const known = [...Object.keys(programs), ...parts, ...Object.values(backends).flat(), ...sharedByBackends];
    expect(exampleSources().toSorted()).toEqual(known.toSorted());
  });

  it('satisfy the compiler with the declarations that are published', () => {
    const { status, stdout } = installed.compiling;
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  });

  it.each(Object.entries(programs))('run under plain node to their end: %s', (path, expected) => {
    const program = join('compiled', path.replace(/\.ts$/, '.js'));
    const { status, stdout, stderr } = installed.node('--disable-warning=ExperimentalWarning', program);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const lines = stdout.split('\n').map((line) => line.trim());
    expect(expected.filter((line) => !lines.includes(line))).toEqual([]);
  });
});
