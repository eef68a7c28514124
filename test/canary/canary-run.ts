import { testSize, type TestSize } from '../test-size.js';
import type { CanaryPath } from './canary-path.js';
import { canaryPaths } from './canary-paths.js';
import { onStage, type SunkLeak } from './stage.js';

/** What became of one path. */
export interface PathReport {
  readonly about: string;
  readonly vendor: string;
  readonly name: string;
  readonly expected: string;
  readonly end: string;
  /** One line for each sink, form and secret. */
  readonly leaks: readonly string[];
}

/** What became of many. */
export interface RunReport {
  readonly paths: readonly PathReport[];
  readonly sinks: readonly string[];
  readonly texts: number;
}

/** A leak in a line. */
const leakLine = ({ sink, secret, form, piece }: SunkLeak): string => `${sink}: ${form} ${secret} ${piece}`;

const failed = (thrown: unknown): string => (thrown instanceof Error ? `it threw ${thrown.message}` : 'it threw');

const play = async (
  about: string,
  path: CanaryPath,
): Promise<{ report: PathReport; sinks: Iterable<string>; texts: number }> => {
  const { name, vendor, ends: expected } = path;
  try {
    const { result: end, findings } = await onStage(vendor, path.play);
    const leaks = [...new Set(findings.leaks.map(leakLine))];
    return { report: { about, vendor, name, expected, end, leaks }, sinks: findings.sinks, texts: findings.texts };
  } catch (thrown) {
    return { report: { about, vendor, name, expected, end: failed(thrown), leaks: [] }, sinks: [], texts: 0 };
  }
};

/** Plays paths one after the other. */
export const playPaths = async (paths: readonly (readonly [about: string, path: CanaryPath])[]): Promise<RunReport> => {
  const reports: PathReport[] = [];
  const sinks = new Set<string>();
  let texts = 0;
  for (const [about, path] of paths) {
    const played = await play(about, path);
    reports.push(played.report);
    for (const sink of played.sinks) sinks.add(sink);
    texts += played.texts;
  }
  return { paths: reports, sinks: [...sinks].toSorted(), texts };
};

const everyPath = Object.entries(canaryPaths).flatMap(([about, paths]) => paths.map((path) => [about, path] as const));

/** What the fourth vendor is there for: PKCE, revocation and a whole life. */
const ofStandard: readonly string[] = ['everyday life', 'what a browser brings back'];

const isTaken: Readonly<Record<TestSize, (about: string, path: CanaryPath, at: number) => boolean>> = {
  short: (about, _path, at) => at % 9 === 0 || about === 'the command line',
  normal: (about, { vendor }, at) => vendor !== 'standard' || ofStandard.includes(about) || at % 5 === 0,
  long: () => true,
};

/** The paths a run of this size plays: all at length, all of the three presets in `npm test`, a ninth for the time zones. */
export const pathsToPlay = (size = testSize()): readonly (readonly [about: string, path: CanaryPath])[] =>
  everyPath.filter(([about, path], at) => isTaken[size](about, path, at));
