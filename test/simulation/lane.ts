import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeWorkerMaker } from './make-worker.js';
import { seedAsked, simulateLane, storyOf } from './simulate.js';

const hours = 3_600_000;

/** The tests of one lane. Every lane is a file of its own, so that vitest gives it a process of its own. */
export const describeLane = (name: string, lane: number): void => {
  describe(`simulated processes, stores, networks and providers, ${name} seeds`, () => {
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

    it('keep every promise under every schedule', { timeout: 12 * hours }, async () => {
      const makeWorker = makeWorkerMaker();
      const { schedules, failures, seen } = await simulateLane(lane, makeWorker);
      const told = Object.entries(seen).map(([what, times]) => `${times} ${what}`);
      process.stdout.write(
        `simulation: ${schedules} schedules of ${name} seeds, ${failures.length} with violations; ${told.join(', ')}\n`,
      );
      const [worst] = failures;
      const isAsked = seedAsked() !== undefined && schedules > 0;
      if (worst !== undefined || isAsked) {
        process.stdout.write(`${await storyOf(worst?.seed ?? seedAsked() ?? 0, makeWorker)}\n`);
      }
      expect(failures.map(({ seed, violations }) => ({ seed, violations }))).toEqual([]);
      expect(stray).toEqual([]);
      if (seedAsked() !== undefined) return;
      expect(seen.recoveries).toBeGreaterThan(schedules / 20);
      expect(seen.discarded).toBeGreaterThan(schedules / 40);
      expect(seen.unknown).toBeGreaterThan(schedules / 20);
      expect(seen.refused).toBeGreaterThan(schedules / 40);
      expect(seen.deaths).toBeGreaterThan(schedules / 10);
    });
  });
};
