import { fork, type ChildProcess } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The guarantees of the README. */
export const guarantees = ['G1', 'G2', 'G3', 'G4', 'G5', 'G6'] as const;
export type Guarantee = (typeof guarantees)[number];

/** One mistake somebody could make in the sources, and the test that has to notice. */
export interface PlantedBug {
  readonly title: string;
  /** The guarantee of the README that it breaks first. */
  readonly breaks?: Guarantee;
  /** Below `src`. */
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  /** The test file that catches it, below `test`. */
  readonly test: string;
  /** The title of the test that catches it, or a part of it. */
  readonly named: string;
}

/** A copy of the sources and tests in which bugs are planted; the tree itself is never touched. */
export interface PlantedTree {
  /** Plants the bug, runs the test named for it, takes the bug out again, and tells which tests failed. */
  readonly failuresWith: (bug: PlantedBug) => Promise<readonly string[]>;
  readonly remove: () => void;
}

const copied = ['src', 'test', 'package.json', 'tsconfig.json', 'vitest.config.ts', 'scripts'] as const;

/** What the runner tells of one run of a test file. */
interface Report {
  readonly ran: number;
  readonly failed: readonly string[];
  readonly errors: readonly string[];
}

const isReport = (value: unknown): value is Report =>
  typeof value === 'object' && value !== null && 'ran' in value && 'failed' in value && 'errors' in value;

const escaped = (title: string): string => title.replaceAll(/[.*+?^${}()|[\]\\]/gu, String.raw`\$&`);

/** A bug may make a test go round for ever. */
const patienceMs = 60_000;

const nextMessage = (runner: ChildProcess): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      runner.kill('SIGKILL');
    }, patienceMs);
    const onExit = (): void => {
      clearTimeout(timer);
      reject(new Error(`the runner of the planted bugs ended, or was ended after ${patienceMs} ms without an answer`));
    };
    runner.once('exit', onExit);
    runner.once('message', (message) => {
      clearTimeout(timer);
      runner.off('exit', onExit);
      resolve(message);
    });
  });

export const plantedTree = (): PlantedTree => {
  const root = mkdtempSync(join(tmpdir(), 'llavero-planted-'));
  for (const name of copied) cpSync(name, join(root, name), { recursive: true });
  symlinkSync(join(process.cwd(), 'node_modules'), join(root, 'node_modules'));
  let running: ChildProcess | undefined;

  /** One vitest runs the tests of all bugs, one after the other: starting it takes longer than most tests. */
  const runner = async (): Promise<ChildProcess> => {
    if (running !== undefined && running.exitCode === null && running.signalCode === null) return running;
    running = fork(join('test', 'planted-bugs', 'plant-runner.mjs'), [root], { stdio: ['ignore', 'ignore', 2, 'ipc'] });
    await nextMessage(running);
    return running;
  };

  const failures = async ({ test, named }: PlantedBug, changed: string): Promise<readonly string[]> => {
    const asked = await runner();
    asked.send({ test: join('test', test), pattern: escaped(named), changed });
    const report = await nextMessage(asked);
    if (!isReport(report)) throw new Error(`the runner gave an odd report for ${test}`);
    if (report.ran === 0) throw new Error(`no test of ${test} is called "${named}": ${report.errors.join('; ')}`);
    return report.failed;
  };

  return {
    failuresWith: async (bug) => {
      const path = join(root, 'src', bug.file);
      const source = readFileSync(path, 'utf8');
      const places = source.split(bug.find).length - 1;
      if (places !== 1) {
        throw new Error(`"${bug.title}" cannot be planted: its text stands ${places} times in src/${bug.file}`);
      }
      writeFileSync(
        path,
        source.replace(bug.find, () => bug.replace),
      );
      try {
        return await failures(bug, path);
      } finally {
        writeFileSync(path, source);
      }
    },
    remove: () => {
      running?.disconnect();
      rmSync(root, { recursive: true });
    },
  };
};
