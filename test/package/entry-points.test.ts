import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entryPoints, manifest } from '../../scripts/entry-points.mjs';
import { valuesInSnapshot } from './api-snapshot.js';
import { installPackage, type InstalledPackage } from './installed-package.js';

/** Notes in `asked.txt` whatever is imported or required, whether it is installed or not. */
const probe = `
import { appendFileSync, writeFileSync } from 'node:fs';
import Module, { register } from 'node:module';
writeFileSync('asked.txt', '');
register('data:text/javascript,' + encodeURIComponent(\`
  import { appendFileSync } from 'node:fs';
  export const resolve = (specifier, context, next) => {
    appendFileSync('asked.txt', specifier + '\\\\n');
    return next(specifier, context);
  };
\`));
const resolveFilename = Module._resolveFilename;
Module._resolveFilename = (request, ...others) => {
  appendFileSync('asked.txt', request + '\\n');
  return resolveFilename(request, ...others);
};
`;

const importing = `
process.stdout.write(Object.keys(await import(process.argv[2])).toSorted().join('\\n'));
`;

const requiring = `
process.stdout.write(Object.keys(require(process.argv[2])).toSorted().join('\\n'));
`;

/** Packages that are slow, native or optional, and the only entry point that may load each when it is imported, if any. */
const loadedLater: Readonly<Record<string, string>> = {
  got: 'llavero/got',
  'rate-limiter-flexible': 'none',
  'better-sqlite3': 'llavero/stores/sqlite',
  pg: 'llavero/stores/postgres',
  redis: 'llavero/stores/redis',
  '@opentelemetry/api': 'llavero/opentelemetry',
};

const lines = (text: string): readonly string[] => text.split('\n').filter((line) => line !== '');

/** What Node 20.19 says of requiring an ES module; later ones say nothing. */
const toleratedWarning = /using require\(\)\.$|ES Module in require\(\)|^\(Use `node --trace-warnings/;

const complaints = (stderr: string): readonly string[] => lines(stderr).filter((line) => !toleratedWarning.test(line));

const { version, dependencies } = manifest();
let installed: InstalledPackage;

beforeAll(() => {
  installed = installPackage(Object.keys(dependencies));
  installed.write('probe.mjs', probe);
  installed.write('importing.mjs', importing);
  installed.write('requiring.cjs', requiring);
});

afterAll(() => installed.remove());

describe.each(entryPoints())('$specifier, installed with nothing but its dependencies', ({ specifier, name }) => {
  it('is imported by plain node, and exports what its snapshot says', () => {
    const { stdout, stderr, status } = installed.node('importing.mjs', specifier);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(lines(stdout)).toEqual(valuesInSnapshot(name));
  });

  it('is required by plain node, and exports the same', () => {
    const { stdout, stderr, status } = installed.node('requiring.cjs', specifier);
    expect({ status, complaints: complaints(stderr) }).toEqual({ status: 0, complaints: [] });
    expect(lines(stdout)).toEqual(valuesInSnapshot(name));
  });

  it('loads no package that it can do without', () => {
    installed.node('--import', './probe.mjs', 'importing.mjs', specifier);
    const asked = lines(readFileSync(join(installed.directory, 'asked.txt'), 'utf8'));
    expect(asked).toContain(specifier);
    expect(asked.filter((one) => (loadedLater[one] ?? specifier) !== specifier)).toEqual([]);
  });
});

describe('llavero/package.json', () => {
  it('can be required', () => {
    const { stdout } = installed.node('-p', "require('llavero/package.json').version");
    expect(stdout.trim()).toBe(version);
  });
});

describe('what is not an entry point', () => {
  it('cannot be imported', () => {
    const { stderr, status } = installed.node('importing.mjs', 'llavero/dist/entry-points/llavero.js');
    expect(status).toBe(1);
    expect(stderr).toContain('ERR_PACKAGE_PATH_NOT_EXPORTED');
  });
});
