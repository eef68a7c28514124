import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { projectRoot } from './entry-points.mjs';

const directory = mkdtempSync(join(tmpdir(), 'llavero-package-'));
process.once('exit', () => rmSync(directory, { recursive: true, force: true }));

/** @param {string} command @param {readonly string[]} options */
const run = (command, options) => {
  const { status, stdout, stderr, error } = spawnSync(command, options, {
    cwd: projectRoot,
    encoding: 'utf8',
    env: { ...process.env, PATH: join(projectRoot, 'node_modules', '.bin') + delimiter + process.env['PATH'] },
  });
  if (status === 0) return;
  console.error(`${command} ${options.join(' ')}\n${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}`);
  process.exit(1);
};

run('npm', ['pack', '--ignore-scripts', '--pack-destination', directory]);
const [archive = ''] = readdirSync(directory);
run('publint', ['run', '--strict', join(directory, archive)]);
run('attw', ['--profile', 'esm-only', '--no-definitely-typed', '--no-emoji', join(directory, archive)]);
