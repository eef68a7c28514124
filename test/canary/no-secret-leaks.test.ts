import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProcessReport } from './canary-process.js';
import { canaryPaths } from './canary-paths.js';
import { canarySearch } from './canary-search.js';
import { pathsToPlay } from './canary-run.js';
import { plantedSecret, processPlants } from './process-plants.js';
import { compileCanaryProcess, type CanaryProcess, type CompiledProcess } from './start-canary-process.js';

/** A process may take this long for all its paths on a busy machine. */
const longMs = 1_200_000;

let compiled: CompiledProcess;
let ended: CanaryProcess;
let report: ProcessReport;

beforeAll(async () => {
  compiled = await compileCanaryProcess();
  ended = await compiled.run();
  if (ended.report === undefined) throw new Error(`the process told nothing: ${ended.stderr}`);
  report = ended.report;
}, longMs);

afterAll(() => compiled.remove());

/** What the process itself shows, beside what its paths show. */
const processSinks = ['stdout', 'stderr', 'warnings and unhandled rejections'] as const;

/*
 * What is not searched: Node's own channels (`http.client.request.start`, `undici:*`) hand every subscriber in the process
 * the whole request, as they do for any HTTP client; a heap dump holds what is in memory.
 */
describe('no secret leaks, in a process that plays every path', () => {
  it.each(Object.keys(canaryPaths))('of %s', (about) => {
    const played = report.paths.filter((path) => path.about === about);
    expect(played.filter(({ leaks }) => leaks.length > 0)).toEqual([]);
    expect(played).toHaveLength(pathsToPlay().filter(([of]) => of === about).length);
  });

  it.each(Object.keys(canaryPaths))('and every path ends as it has to: %s', (about) => {
    const played = report.paths.filter((path) => path.about === about);
    const wrong = played.filter(({ expected, end }) => end !== expected);
    expect(wrong.map(({ vendor, name, expected, end }) => `${vendor}: ${name}: ${end} instead of ${expected}`)).toEqual(
      [],
    );
    expect(played.length).toBeGreaterThan(0);
  });

  it('and it prints nothing, warns of nothing and leaves no rejection unhandled', () => {
    const { exitCode, stdout, stderr } = ended;
    expect({ exitCode, stdout, stderr, complaints: report.complaints }).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: '',
      complaints: [],
    });
  });

  it('and says how much was searched', () => {
    const { sinks, paths, texts } = report;
    const hits = paths.reduce((sum, { leaks }) => sum + leaks.length, 0);
    const counted = `${sinks.length + processSinks.length} sinks, ${paths.length} paths, ${texts} texts searched`;
    process.stdout.write(`canary: ${counted}, ${hits} hits\n`);
    expect(hits).toBe(0);
    for (const sink of ['database.db-wal while open', 'database.db-shm while open', 'database.db after close']) {
      expect(sinks).toContain(sink);
    }
  });
});

describe('a leak that is planted in a process is found', () => {
  const search = canarySearch();
  search.add('planted secret', plantedSecret);

  it.each([
    ['a debug print to stderr', 'stderr', 'raw'],
    ['a line on stdout in base64', 'stdout', 'base64'],
    ['a warning', 'stderr', 'raw'],
    ['a warning', 'complaints', 'raw'],
    ['a rejection that nobody handles', 'complaints', 'raw'],
  ] as const)('%s, in %s, as %s', async (plant, sink, form) => {
    expect(Object.keys(processPlants)).toContain(plant);
    const { stdout, stderr, report: told } = await compiled.run(plant);
    const shown = { stdout, stderr, complaints: (told?.complaints ?? []).join('\n') };
    const found = Object.entries(shown).flatMap(([in_, text]) =>
      search.find(text).map((leak) => `${in_} ${leak.form}`),
    );
    expect(found).toContain(`${sink} ${form}`);
  });
});
