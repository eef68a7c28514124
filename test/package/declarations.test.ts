import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entryPoints, manifest, projectRoot } from '../../scripts/entry-points.mjs';
import { installPackage, type InstalledPackage } from './installed-package.js';

const tsc = join(projectRoot, 'node_modules', 'typescript', 'bin', 'tsc');

/** The strictest a user is likely to be, with the standard library of the oldest supported Node. */
const options = [
  '--noEmit',
  '--strict',
  '--exactOptionalPropertyTypes',
  '--target',
  'es2022',
  '--module',
  'nodenext',
  '--types',
  'node',
];

const everyEntryPoint = (line: (specifier: string, at: number) => string): string =>
  entryPoints()
    .map(({ specifier }, at) => `${line(specifier, at)}\nexport type Entry${at} = typeof entry${at};\n`)
    .join('');

let installed: InstalledPackage;

beforeAll(() => {
  installed = installPackage([...Object.keys(manifest().dependencies), '@types/node']);
  installed.write(
    'module.mts',
    everyEntryPoint((specifier, at) => `import * as entry${at} from '${specifier}';`),
  );
  installed.write(
    'commonjs.cts',
    everyEntryPoint((specifier, at) => `import entry${at} = require('${specifier}');`),
  );
});

afterAll(() => installed.remove());

describe('the declarations of the published package', () => {
  it.each(['module.mts', 'commonjs.cts'])('satisfy the compiler of a user who writes %s', (file) => {
    const { status, stdout } = installed.node(tsc, ...options, file);
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  });
});
