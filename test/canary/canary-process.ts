import { inspect } from 'node:util';
import { pathsToPlay, playPaths, type RunReport } from './canary-run.js';
import { processPlants } from './process-plants.js';

/** What the process tells its parent at the end. */
export interface ProcessReport extends RunReport {
  /** Warnings, and rejections that nobody handled. */
  readonly complaints: readonly string[];
}

// A whole process of its own, so that all it prints and complains of can be searched. With an argument it plays one planted
// leak instead of the paths.
const complaints: string[] = [];
const complain = (reason: unknown): void =>
  void complaints.push(inspect(reason, { depth: Infinity, showHidden: true }));
process.on('warning', complain);
process.on('unhandledRejection', complain);

const [, , plant] = process.argv;
const planted = plant === undefined ? undefined : processPlants[plant];
const report = await playPaths(planted === undefined ? pathsToPlay() : [['planted', planted]]);
const told: ProcessReport = { ...report, complaints };
await new Promise((resolve) => setImmediate(resolve));
process.send?.(told, () => process.disconnect());
