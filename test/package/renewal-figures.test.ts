import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { projectRoot } from '../../scripts/entry-points.mjs';

const program = join(projectRoot, 'scripts', 'renewal-figures.mjs');

/** What it runs today, with little room: lowered when a renewal runs less. The aim is 55 files and 250 functions. */
const mostFiles = 100;
const mostFunctions = 470;

const figureIn = (stdout: string, name: string): number =>
  Number(new RegExp(String.raw`"${name}":(\d+)`).exec(stdout)?.[1]);

it('a renewal on SQLite takes two write locks, both of which write, and runs no more of llavero than it is allowed', () => {
  const { stdout, stderr, status } = spawnSync(process.execPath, [program, '--json'], { encoding: 'utf8' });
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  expect([figureIn(stdout, 'writeLocks'), figureIn(stdout, 'writes')]).toEqual([2, 2]);
  const files = figureIn(stdout, 'files');
  const functions = figureIn(stdout, 'functions');
  expect(files).toBeGreaterThan(0);
  expect(files).toBeLessThanOrEqual(mostFiles);
  expect(functions).toBeGreaterThan(files);
  expect(functions).toBeLessThanOrEqual(mostFunctions);
});
