import { spawnSync } from 'node:child_process';
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
  readonly failuresWith: (bug: PlantedBug) => readonly string[];
  readonly remove: () => void;
}

const copied = ['src', 'test', 'package.json', 'tsconfig.json', 'vitest.config.ts', 'scripts'] as const;

interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

const isReport = (value: unknown): value is Report =>
  typeof value === 'object' && value !== null && 'testResults' in value && Array.isArray(value.testResults);

const escaped = (title: string): string => title.replaceAll(/[.*+?^${}()|[\]\\]/gu, String.raw`\$&`);

export const plantedTree = (): PlantedTree => {
  const root = mkdtempSync(join(tmpdir(), 'llavero-planted-'));
  for (const name of copied) cpSync(name, join(root, name), { recursive: true });
  symlinkSync(join(process.cwd(), 'node_modules'), join(root, 'node_modules'));

  const failures = ({ test, named }: PlantedBug): readonly string[] => {
    const output = join(root, 'report.json');
    const wanted = ['-t', escaped(named), '--reporter=json', `--outputFile=${output}`, '--testTimeout=8000'];
    const { stderr } = spawnSync(
      process.execPath,
      [join(root, 'node_modules/vitest/vitest.mjs'), 'run', join('test', test), ...wanted],
      { cwd: root, encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'], timeout: 60_000 },
    );
    let report: unknown;
    try {
      report = JSON.parse(readFileSync(output, 'utf8'));
    } catch {
      throw new Error(`vitest gave no report for ${test}: ${stderr}`);
    } finally {
      rmSync(output, { force: true });
    }
    if (!isReport(report)) throw new Error(`vitest gave an odd report for ${test}`);
    return report.testResults
      .flatMap(({ assertionResults }) => assertionResults)
      .filter(({ status }) => status === 'failed')
      .map(({ fullName }) => fullName);
  };

  return {
    failuresWith: (bug) => {
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
        return failures(bug);
      } finally {
        writeFileSync(path, source);
      }
    },
    remove: () => rmSync(root, { recursive: true }),
  };
};
