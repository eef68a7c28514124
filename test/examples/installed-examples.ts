import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { manifest, projectRoot } from '../../scripts/entry-points.mjs';
import { installPackage, type Ended, type InstalledPackage } from '../package/installed-package.js';

/** What the examples are written for, besides what llavero brings along. */
const frameworks = [
  '@nestjs/common',
  '@nestjs/core',
  '@nestjs/platform-express',
  '@types/express',
  'better-sqlite3',
  'express',
  'fastify',
  'rxjs',
];

/** Every example that is no test, as a path inside `examples`. */
export const exampleSources = (): readonly string[] =>
  readdirSync(join(projectRoot, 'examples'), { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => /\.[cm]?[jt]s$/.test(path) && !path.endsWith('.test.ts'));

/** The examples in a project that has installed the package, compiled to plain JavaScript in its directory `compiled`. */
export interface InstalledExamples extends InstalledPackage {
  /** What the compiler said. */
  readonly compiling: Ended;
}

const compiler = join(projectRoot, 'node_modules', 'typescript', 'bin', 'tsc');
const options = ['--strict', '--allowJs', '--checkJs', '--target', 'es2022', '--module', 'nodenext', '--types', 'node'];
/** The declarations of the frameworks are not ours to check, and Nest's decorators are the older ones. */
const forFrameworks = ['--skipLibCheck', '--experimentalDecorators'];

/** Installs the package, and compiles these examples against the declarations that are published. */
export const installExamples = (
  sources: readonly string[],
  { withFrameworks }: { readonly withFrameworks: boolean },
): InstalledExamples => {
  const packages = [...Object.keys(manifest().dependencies), '@types/node', ...(withFrameworks ? frameworks : [])];
  const installed = installPackage(packages);
  installed.write('package.json', '{ "type": "module" }\n');
  cpSync(join(projectRoot, 'examples'), join(installed.directory, 'examples'), { recursive: true });
  const files = sources.map((path) => join('examples', path));
  const all = [...options, ...(withFrameworks ? forFrameworks : [])];
  const compiling = installed.node(compiler, ...all, '--rootDir', 'examples', '--outDir', 'compiled', ...files);
  return { ...installed, compiling };
};
