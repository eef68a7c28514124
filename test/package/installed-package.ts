import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isBuildFresh } from '../../scripts/build-freshness.mjs';
import { manifest, projectRoot } from '../../scripts/entry-points.mjs';

/** How a child process ended. */
export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A project of somebody else's, in a directory of its own, that has installed llavero. */
export interface InstalledPackage {
  readonly directory: string;
  /** What is in the package, as paths inside it. */
  readonly files: readonly string[];
  readonly write: (path: string, text: string) => void;
  /** Runs plain Node there. */
  readonly node: (...options: readonly string[]) => Ended;
  readonly remove: () => void;
}

const spawn = (command: string, options: readonly string[], cwd: string): Ended => {
  const { NODE_OPTIONS: _options, NODE_PATH: _path, ...env } = process.env;
  const { status, stdout, stderr, error } = spawnSync(command, options, { cwd, env, encoding: 'utf8' });
  if (error !== undefined) throw new Error(`${command} did not start: ${error.message}`);
  return { status, stdout, stderr };
};

const must = (command: string, options: readonly string[], cwd: string): void => {
  const { status, stdout, stderr } = spawn(command, options, cwd);
  if (status !== 0) throw new Error(`${command} ${options.join(' ')} failed:\n${stdout}${stderr}`);
};

const listed = (archive: string, cwd: string): readonly string[] =>
  spawn('tar', ['-tzf', archive], cwd)
    .stdout.split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replace(/^package\//, ''));

/**
 * Packs llavero as it would be published and puts it where an installation would, beside links to `packages` of ours:
 * nothing is fetched and nothing is compiled.
 */
export const installPackage = (packages: readonly string[]): InstalledPackage => {
  if (!isBuildFresh()) throw new Error('dist is missing or older than src. To build it: npm run build');
  const { name, version } = manifest();
  const directory = mkdtempSync(join(tmpdir(), 'llavero-installed-'));
  const archive = `${name}-${version}.tgz`;
  const target = join(directory, 'node_modules', name);
  mkdirSync(target, { recursive: true });
  must('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', directory], projectRoot);
  must('tar', ['-xzf', archive, '-C', target, '--strip-components', '1'], directory);
  for (const dependency of packages) {
    const link = join(directory, 'node_modules', dependency);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(projectRoot, 'node_modules', dependency), link);
  }
  return {
    directory,
    files: listed(archive, directory),
    write: (path, text) => writeFileSync(join(directory, path), text),
    node: (...options) => spawn(process.execPath, options, directory),
    remove: () => rmSync(directory, { recursive: true }),
  };
};
