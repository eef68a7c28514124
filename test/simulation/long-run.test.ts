import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const directory = mkdtempSync(join(tmpdir(), 'llavero-long-run-'));
afterAll(() => rmSync(directory, { recursive: true }));

interface Run {
  readonly code: number | null;
  readonly said: string;
}

/** Runs the script to its end; `stopAt` is what it says when it is stopped by Ctrl+C. */
const simulate = (options: readonly string[], stopAt?: string): Promise<Run> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [join('scripts', 'simulate.mjs'), ...options]);
    let said = '';
    let isStopped = false;
    const hear = (chunk: Buffer): void => {
      said += chunk.toString();
      if (stopAt === undefined || isStopped || !said.includes(stopAt)) return;
      isStopped = true;
      child.kill('SIGINT');
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('close', (code) => resolve({ code, said }));
  });

const firstLine = /^\d+ seeds from .*$/mu;

/** Thirty seeds that are all done, and what stands in their state. */
const finished = async (name: string): Promise<readonly [file: string, state: string]> => {
  const file = join(directory, name);
  const { code, said } = await simulate(['--base', '10', '--seeds', '30', '--state', file]);
  expect(said).toContain('simulation: 30 schedules of 30 seeds from 10, 0 with violations; ');
  expect(code).toBe(0);
  return [file, readFileSync(file, 'utf8')];
};

describe('a long run of the simulation', { timeout: 1_800_000 }, () => {
  it('runs each of its seeds once, and goes on where it stood', async () => {
    const [file, state] = await finished('goes-on.json');
    const [own] = /"next":40,"schedules":15,"seen":.*?\}/u.exec(state) ?? [''];
    writeFileSync(file, state.replace(own, '"next":30,"schedules":10,"seen":{}'));
    const { code, said } = await simulate(['--state', file]);
    expect(firstLine.exec(said)?.[0]).toContain('30 seeds from 10, of which 25 are done;');
    expect(said).toContain('simulation: 30 schedules of 30 seeds from 10, 0 with violations; ');
    expect(code).toBe(0);
  });

  it('fails for every violation, of before a stop too', async () => {
    const [file, state] = await finished('fails.json');
    writeFileSync(file, state.replace('"failures":[]', '"failures":[{"seed":12,"violations":["I0: a test"]}]'));
    const { code, said } = await simulate(['--state', file]);
    expect(said).toContain('simulation: 30 schedules of 30 seeds from 10, 1 with violations; ');
    expect(said).toContain('violations: 12\n');
    expect(code).toBe(1);
  });

  it('begins anew when the sources have changed, and touches no state of other seeds', async () => {
    const [file, state] = await finished('other.json');
    writeFileSync(
      file,
      state.replace(/"sources":"\w+"/u, '"sources":"older"').replaceAll('"schedules":15', '"schedules":99'),
    );
    expect((await simulate(['--state', file])).said).toContain('simulation: 30 schedules of 30 seeds from 10, 0 with');
    const { code, said } = await simulate(['--base', '11', '--seeds', '30', '--state', file]);
    expect(said).toContain('is of 30 seeds from 10');
    expect(code).toBe(2);
    expect(readFileSync(file, 'utf8')).toBe(state);
  });

  it('is stopped by Ctrl+C, and says how to go on', async () => {
    const file = join(directory, 'stopped.json');
    const { code, said } = await simulate(['--base', '7', '--seeds', '100000', '--state', file], 'seeds from 7');
    expect(said).toContain(`to go on: npm run simulate -- --base 7 --seeds 100000 --state ${file}`);
    expect(code).toBe(130);
  });
});
