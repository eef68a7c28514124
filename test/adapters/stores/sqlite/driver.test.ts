import { cp, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { buildOnce } from '../../../processes/build-once.js';
import { runProcess } from '../../../processes/run-process.js';

const nodeModules = fileURLToPath(new URL('../../../../node_modules/', import.meta.url));
const script = fileURLToPath(new URL('workers/open-and-tell.mjs', import.meta.url));

let built = '';
beforeAll(async () => {
  built = await buildOnce();
});

/** A copy of the library in a project that has only these packages installed. */
const projectWith = async (packages: readonly string[]): Promise<string> => {
  const project = await mkdtemp(join(tmpdir(), 'llavero-project-'));
  onTestFinished(() => rm(project, { recursive: true }));
  await cp(built, join(project, 'library'), { recursive: true });
  await mkdir(join(project, 'node_modules'));
  for (const name of packages) await symlink(join(nodeModules, name), join(project, 'node_modules', name));
  return project;
};

const openIn = (project: string) => runProcess(script, join(project, 'library'), join(project, 'llavero.db'));

describe('opening sqliteStore in a project of its own', () => {
  it('succeeds where better-sqlite3 is installed', async () => {
    const project = await projectWith(['fp-ts', 'better-sqlite3']);
    expect(await openIn(project)).toEqual({ exitCode: 0, stdout: 'opened\n', stderr: '' });
  });

  it('says that better-sqlite3 is missing, and makes no file', async () => {
    const project = await projectWith(['fp-ts']);
    expect(await openIn(project)).toEqual({ exitCode: 0, stdout: 'better_sqlite3_missing\n', stderr: '' });
    expect(await readdir(project)).toEqual(['library', 'node_modules']);
  });

  it('says that better-sqlite3 was installed but not built', async () => {
    const project = await projectWith(['fp-ts', 'bindings', 'file-uri-to-path']);
    const installed = join(project, 'node_modules', 'better-sqlite3');
    for (const part of ['lib', 'package.json']) {
      await cp(join(nodeModules, 'better-sqlite3', part), join(installed, part), { recursive: true });
    }
    expect(await openIn(project)).toEqual({ exitCode: 0, stdout: 'better_sqlite3_not_built\n', stderr: '' });
  });

  it('says that better-sqlite3 was built for something else', async () => {
    const project = await projectWith(['fp-ts', 'bindings', 'file-uri-to-path']);
    const installed = join(project, 'node_modules', 'better-sqlite3');
    for (const part of ['lib', 'package.json']) {
      await cp(join(nodeModules, 'better-sqlite3', part), join(installed, part), { recursive: true });
    }
    const binding = join(installed, 'build', 'Release', 'better_sqlite3.node');
    await mkdir(dirname(binding), { recursive: true });
    await cp(script, binding);
    expect(await openIn(project)).toEqual({ exitCode: 0, stdout: 'better_sqlite3_not_built\n', stderr: '' });
  });
});
