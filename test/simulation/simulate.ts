import { testSize, type TestSize } from '../test-size.js';
import type { MakeWorker } from './make-worker.js';
import { runSeed, type RunResult, type Seen } from './run-seed.js';

/** How many seeds all lanes run together. */
const seedsOf: Readonly<Record<TestSize, number>> = { short: 5_000, normal: 50_000, long: 2_000_000 };

/** So many lanes share the seeds, each in a process of its own. */
const lanes = 2;

/** More failing seeds than that tell nothing new. */
const mostFailures = 5;

/** `LLAVERO_SEED=123` runs that seed and no other, and prints what happened. The only place that reads it. */
export const seedAsked = (): number | undefined => {
  const asked = process.env['LLAVERO_SEED'];
  if (asked === undefined || asked === '') return undefined;
  const seed = Number(asked);
  if (Number.isSafeInteger(seed) && seed >= 0) return seed;
  throw new TypeError(`LLAVERO_SEED is a whole number; it was ${asked}`);
};

/** What a lane did. */
export interface LaneResult {
  readonly schedules: number;
  readonly failures: readonly RunResult[];
  readonly seen: Seen;
}

const nothingSeen: Seen = {
  requests: 0,
  commits: 0,
  recoveries: 0,
  discarded: 0,
  deaths: 0,
  unknown: 0,
  refused: 0,
};

const together = (one: Seen, other: Seen): Seen => ({
  requests: one.requests + other.requests,
  commits: one.commits + other.commits,
  recoveries: one.recoveries + other.recoveries,
  discarded: one.discarded + other.discarded,
  deaths: one.deaths + other.deaths,
  unknown: one.unknown + other.unknown,
  refused: one.refused + other.refused,
});

/** Runs the seeds of one lane: those of the size asked for, or the one seed asked for where it falls into this lane. */
export const simulateLane = async (lane: number, makeWorker: MakeWorker): Promise<LaneResult> => {
  const asked = seedAsked();
  const [first, end] = asked === undefined ? [lane, seedsOf[testSize()]] : [asked, asked + 1];
  const failures: RunResult[] = [];
  let schedules = 0;
  let seen = nothingSeen;
  for (let seed = first; seed < end && seed % lanes === lane && failures.length < mostFailures; seed += lanes) {
    const result = await runSeed(seed, makeWorker);
    schedules += 1;
    seen = together(seen, result.seen);
    if (result.violations.length > 0) failures.push(result);
  }
  return { schedules, failures, seen };
};

/** Everything that happened in a seed's run, with what was violated at the end. */
export const storyOf = async (seed: number, makeWorker: MakeWorker): Promise<string> => {
  const { trace, violations } = await runSeed(seed, makeWorker, true);
  return [`seed ${seed}`, ...trace, ...violations, `again: LLAVERO_SEED=${seed} vitest run test/simulation`].join('\n');
};
