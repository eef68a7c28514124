import type { MakeWorker } from './make-worker.js';
import { runSeed, type RunResult } from './run-seed.js';
import { nothingSeen, together, type Seen } from './seen.js';
import type { Seeds } from './seeds.js';

/** So many lanes share the seeds, each in a process of its own. */
const lanes = 2;

/** What a lane did. */
export interface LaneResult {
  readonly schedules: number;
  readonly failures: readonly RunResult[];
  readonly seen: Seen;
}

/** Runs those of the seeds that fall into this lane, until so many of them have failed. */
export const simulateLane = async (
  lane: number,
  { first, end }: Seeds,
  makeWorker: MakeWorker,
  mostFailures: number,
): Promise<LaneResult> => {
  const failures: RunResult[] = [];
  let schedules = 0;
  let seen = nothingSeen;
  const own = first + ((lane + lanes - (first % lanes)) % lanes);
  for (let seed = own; seed < end && failures.length < mostFailures; seed += lanes) {
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
