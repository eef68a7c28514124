import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import { findImports, type FoundImport } from './find-imports.js';
import type { SourceFile } from './source-files.js';

/** The layers, and which layers each may import. */
export const layers: Readonly<Record<string, readonly string[]>> = {
  domain: ['domain'],
  ports: ['ports', 'domain'],
  adapters: ['adapters', 'ports', 'domain'],
  app: ['app', 'adapters', 'ports', 'domain'],
  testing: ['testing', 'app', 'adapters', 'ports', 'domain'],
  'entry-points': ['entry-points', 'testing', 'app', 'adapters', 'ports', 'domain'],
};

/** The packages that are used, and below which directory each may be imported. */
const packages: Readonly<Record<string, string>> = {
  'fp-ts': 'src/',
  inversify: 'src/app/',
  'reflect-metadata': 'src/app/',
  got: 'src/adapters/http/',
  'rate-limiter-flexible': 'src/adapters/limits/',
  'better-sqlite3': 'src/adapters/stores/',
  pg: 'src/adapters/stores/',
  redis: 'src/adapters/stores/',
  '@opentelemetry/api': 'src/adapters/events/',
};

/** The parts of fp-ts that are used; the domain waits for nothing. */
const fpTs = { everywhere: ['Either', 'function'], outsideTheDomain: ['IOEither', 'TaskEither'] } as const;

const pureLayers = ['domain', 'ports'];

const layerOf = (path: string): string | undefined => /^src\/([^/]+)\//.exec(path)?.[1];

const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

const objectionToRelative = (file: SourceFile, layer: string, specifier: string): string | undefined => {
  const target = posix.join(posix.dirname(file.path), specifier);
  const reached = layerOf(target);
  if (reached === undefined || layers[reached] === undefined) return 'it is in no layer';
  return layers[layer]?.includes(reached) === true ? undefined : `${layer} may not import ${reached}`;
};

const objectionToPackage = (file: SourceFile, layer: string, specifier: string): string | undefined => {
  if (isBuiltin(specifier)) return pureLayers.includes(layer) ? `${layer} has no I/O` : undefined;
  const place = packages[packageOf(specifier)];
  if (place === undefined) return 'no layer may import this package';
  if (!file.path.startsWith(place)) return `only ${place} may import this package`;
  if (packageOf(specifier) !== 'fp-ts') return undefined;
  const modules: readonly string[] =
    layer === 'domain' ? fpTs.everywhere : [...fpTs.everywhere, ...fpTs.outsideTheDomain];
  return modules.includes(/^fp-ts\/lib\/(\w+)\.js$/.exec(specifier)?.[1] ?? '')
    ? undefined
    : `${layer} uses of fp-ts only ${modules.map((name) => `fp-ts/lib/${name}.js`).join(', ')}`;
};

const objectionTo = (file: SourceFile, layer: string, { specifier, typeOnly }: FoundImport): string | undefined => {
  if (specifier === undefined) return 'what is imported has to be written down';
  if (layer === 'ports' && !typeOnly) return 'ports have no code: import type';
  return specifier.startsWith('.')
    ? objectionToRelative(file, layer, specifier)
    : objectionToPackage(file, layer, specifier);
};

/** Every import that breaks the layer rule, as a sentence. */
export const layerViolations = (files: readonly SourceFile[]): readonly string[] =>
  files.flatMap((file) => {
    const layer = layerOf(file.path);
    if (layer === undefined || layers[layer] === undefined) return [`${file.path} is in no layer`];
    return findImports(file.text).flatMap((found) => {
      const objection = objectionTo(file, layer, found);
      const what = found.specifier ?? 'something computed';
      return objection === undefined ? [] : [`${file.path}:${found.line} imports ${what}: ${objection}`];
    });
  });
