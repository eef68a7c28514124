import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeWorkerMaker } from './make-worker.js';
import { fixedSeeds, freshSeeds, seedAsked } from './seeds.js';
import { simulateLane, storyOf, type LaneResult } from './simulate.js';

const hours = 3_600_000;

/** More failing seeds than that tell nothing new. */
const mostFailures = 5;

/** What a run of a lane came to, in one line. */
const summary = (what: string, { schedules, failures, seen }: LaneResult): string => {
  const told = Object.entries(seen).map(([name, times]) => `${times} ${name}`);
  return `simulation: ${schedules} schedules of ${what}, ${failures.length} with violations; ${told.join(', ')}\n`;
};

/** The tests of one lane. Every lane is a file of its own, so that vitest gives it a process of its own. */
export const describeLane = (name: string, lane: number): void => {
  describe(`simulated processes, stores, networks and providers, ${name} seeds`, () => {
    const makeWorker = makeWorkerMaker();
    const stray: unknown[] = [];
    const keep = (reason: unknown): void => {
      stray.push(reason);
    };
    beforeAll(() => {
      process.on('unhandledRejection', keep);
    });
    afterAll(() => {
      process.off('unhandledRejection', keep);
    });

    /** Fails with what was violated, after the story of the first seed that violated something, or of the seed asked for. */
    const judge = async ({ schedules, failures }: LaneResult): Promise<void> => {
      const told = failures[0]?.seed ?? (schedules > 0 ? seedAsked() : undefined);
      if (told !== undefined) process.stdout.write(`${await storyOf(told, makeWorker)}\n`);
      expect(failures.map(({ seed, violations }) => ({ seed, violations }))).toEqual([]);
      expect(stray).toEqual([]);
    };

    it('keep every promise under every schedule', { timeout: 12 * hours }, async () => {
      const result = await simulateLane(lane, fixedSeeds(), makeWorker, mostFailures);
      process.stdout.write(summary(`${name} seeds`, result));
      await judge(result);
      if (seedAsked() !== undefined) return;
      const { schedules, seen } = result;
      expect(seen.recoveries).toBeGreaterThan(schedules / 20);
      expect(seen.discarded).toBeGreaterThan(schedules / 40);
      expect(seen.unknown).toBeGreaterThan(schedules / 20);
      expect(seen.refused).toBeGreaterThan(schedules / 40);
      expect(seen.deaths).toBeGreaterThan(schedules / 10);
      expect(seen.outages).toBeGreaterThan(schedules / 20);
      expect(seen.swaps).toBeGreaterThan(schedules / 40);
      expect(seen.wrongClients).toBeGreaterThan(schedules / 40);
      expect(seen.noVerdicts).toBeGreaterThan(schedules / 40);
    });

    it('keep every promise under fresh schedules, which nobody has seen', { timeout: 12 * hours }, async () => {
      if (seedAsked() !== undefined) return;
      const seeds = freshSeeds();
      const result = await simulateLane(lane, seeds, makeWorker, mostFailures);
      process.stdout.write(
        `${summary(`fresh ${name} seeds from ${seeds.first}`, result)}again: LLAVERO_SEED_BASE=${seeds.first} npx vitest run test/simulation/${name}-seeds.test.ts -t fresh\n`,
      );
      expect(result.schedules).toBeGreaterThan(0);
      await judge(result);
    });
  });
};
