import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { simulationBugs, type SimulationBug } from './simulation-bugs.js';

const root = mkdtempSync(join(tmpdir(), 'llavero-simulated-'));
for (const name of ['src', 'test', 'scripts', 'package.json']) cpSync(name, join(root, name), { recursive: true });
symlinkSync(join(process.cwd(), 'node_modules'), join(root, 'node_modules'));
afterAll(() => rmSync(root, { recursive: true }));

/** Seeds that violate nothing in the sources as they are: every run of the simulation runs them. */
const seeds = ['--base', '2000', '--seeds', '1000'];

/** The first violation of the kind in a run of the seeds, which is stopped there. */
const firstViolation = (kind: RegExp): Promise<string | undefined> =>
  new Promise((resolve) => {
    const state = ['--state', join(root, 'state.json')];
    const child = spawn(process.execPath, [join(root, 'scripts', 'simulate.mjs'), ...seeds, ...state]);
    let said = '';
    let found: string | undefined;
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      found ??= kind.exec(said)?.[0];
      if (found !== undefined) child.kill('SIGINT');
    });
    child.on('close', () => resolve(found));
  });

/** What the simulation says with the bug planted; it is taken out again. */
const violationWith = async ({ title, file, find, replace, violation }: SimulationBug): Promise<string | undefined> => {
  const path = join(root, 'src', file);
  const source = readFileSync(path, 'utf8');
  const places = source.split(find).length - 1;
  if (places !== 1) throw new Error(`"${title}" cannot be planted: its text stands ${places} times in src/${file}`);
  writeFileSync(
    path,
    source.replace(find, () => replace),
  );
  try {
    return await firstViolation(violation);
  } finally {
    writeFileSync(path, source);
    rmSync(join(root, 'state.json'), { force: true });
  }
};

describe('a planted bug is caught by the simulation itself', () => {
  it.each(simulationBugs)('$title', { timeout: 3_600_000 }, async (bug) => {
    const violation = await violationWith(bug);
    process.stdout.write(`planted: ${bug.title}: ${violation}\n`);
    expect(violation).toBeDefined();
  });
});
