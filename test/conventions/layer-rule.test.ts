import { describe, expect, it } from 'vitest';
import { layers, layerViolations } from './layer-rule.js';
import { sourceFilesIn } from './source-files.js';

const judged = (path: string, text: string): readonly string[] => layerViolations([{ path, text }]);

describe('the layers of src', () => {
  it('import only what their layer may', () => {
    expect(layerViolations(sourceFilesIn('src'))).toEqual([]);
  });

  it.each(Object.keys(layers))('include %s, which is not empty', (layer) => {
    expect(sourceFilesIn(`src/${layer}`).length).toBeGreaterThan(0);
  });
});

describe('layerViolations', () => {
  it.each([
    ['src/domain/a.ts', '../ports/clock.js', 'domain may not import ports'],
    ['src/domain/a.ts', '../adapters/time/system-clock.js', 'domain may not import adapters'],
    ['src/domain/answers/a.ts', '../../app/b.js', 'domain may not import app'],
    ['src/ports/a.ts', '../adapters/time/system-clock.js', 'ports may not import adapters'],
    ['src/adapters/time/a.ts', '../../app/b.js', 'adapters may not import app'],
    ['src/adapters/time/a.ts', '../../testing/b.js', 'adapters may not import testing'],
    ['src/app/a.ts', '../testing/b.js', 'app may not import testing'],
    ['src/app/a.ts', '../entry-points/llavero.js', 'app may not import entry-points'],
    ['src/testing/a.ts', '../entry-points/llavero.js', 'testing may not import entry-points'],
    ['src/app/a.ts', '../../test/b.js', 'it is in no layer'],
    ['src/app/a.ts', '../b.js', 'it is in no layer'],
    ['src/domain/a.ts', 'node:crypto', 'domain has no I/O'],
    ['src/domain/a.ts', 'fs', 'domain has no I/O'],
    ['src/ports/a.ts', 'node:http', 'ports has no I/O'],
    ['src/domain/a.ts', 'inversify', 'only src/app/ may import this package'],
    ['src/adapters/http/a.ts', 'inversify', 'only src/app/ may import this package'],
    ['src/adapters/grants/a.ts', 'got', 'only src/adapters/http/ may import this package'],
    ['src/app/a.ts', 'got', 'only src/adapters/http/ may import this package'],
    ['src/app/a.ts', 'better-sqlite3', 'only src/adapters/stores/ may import this package'],
    ['src/app/a.ts', '@opentelemetry/api', 'only src/adapters/events/ may import this package'],
    ['src/app/a.ts', 'lodash', 'no layer may import this package'],
    ['src/app/a.ts', '@scope/name/part', 'no layer may import this package'],
    [
      'src/domain/a.ts',
      'fp-ts/lib/TaskEither.js',
      'domain uses of fp-ts only fp-ts/lib/Either.js, fp-ts/lib/function.js',
    ],
  ])('objects when %s imports %s', (path, specifier, objection) => {
    expect(judged(path, `import type { x } from '${specifier}';`)).toEqual([
      `${path}:1 imports ${specifier}: ${objection}`,
    ]);
  });

  it.each([
    'fp-ts',
    'fp-ts/function',
    'fp-ts/Either',
    'fp-ts/lib/Either',
    'fp-ts/es6/Either.js',
    'fp-ts/lib/Option.js',
  ])('objects to %s wherever it stands', (specifier) => {
    expect(judged('src/adapters/time/a.ts', `import { x } from '${specifier}';`)).toEqual([
      `src/adapters/time/a.ts:1 imports ${specifier}: adapters uses of fp-ts only ` +
        'fp-ts/lib/Either.js, fp-ts/lib/function.js, fp-ts/lib/IOEither.js, fp-ts/lib/TaskEither.js',
    ]);
  });

  it.each([
    "import type { X } from '../app/x.js';",
    "export { x } from '../app/x.js';",
    "export * from '../app/x.js';",
    "export type { X } from '../app/x.js';",
    "type X = import('../app/x.js').X;",
    "const x = import('../app/x.js');",
    "const x = require('../app/x.js');",
    "import '../app/x.js';",
  ])('sees %j', (text) => {
    expect(judged('src/domain/a.ts', text)).toEqual([
      'src/domain/a.ts:1 imports ../app/x.js: domain may not import app',
    ]);
  });

  it('objects to an import that cannot be read', () => {
    expect(judged('src/adapters/time/a.ts', '\nawait import(name);')).toEqual([
      'src/adapters/time/a.ts:2 imports something computed: what is imported has to be written down',
    ]);
  });

  it('objects when a port imports a value', () => {
    expect(judged('src/ports/a.ts', "import { secret } from '../domain/secret.js';")).toEqual([
      'src/ports/a.ts:1 imports ../domain/secret.js: ports have no code: import type',
    ]);
  });

  it('objects to a file outside the layers', () => {
    expect(judged('src/a.ts', '')).toEqual(['src/a.ts is in no layer']);
    expect(judged('src/shared/a.ts', '')).toEqual(['src/shared/a.ts is in no layer']);
  });

  it.each([
    ['src/domain/a.ts', "import { left } from 'fp-ts/lib/Either.js';"],
    ['src/ports/a.ts', "import type { TaskEither } from 'fp-ts/lib/TaskEither.js';"],
    ['src/adapters/http/a.ts', "import { request } from 'node:http'; void import('got');"],
    ['src/app/a.ts', "import { Container } from 'inversify'; import { x } from '../adapters/time/x.js';"],
    ['src/entry-points/a.ts', "export * from '../testing/x.js';"],
  ])('lets %s say %j', (path, text) => {
    expect(judged(path, text)).toEqual([]);
  });
});
