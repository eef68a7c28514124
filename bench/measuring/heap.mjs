import { setTimeout } from 'node:timers/promises';
import { median } from './statistics.mjs';

/** What lives on the heap after everything else was collected, in bytes. Needs `--expose-gc`. */
export const livingBytes = async () => {
  await setTimeout(50);
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
};

/** So few calls that none of what they allocate is collected between the two readings. */
const calls = 1_000;

/**
 * What a call allocates, in bytes: the median of many readings.
 *
 * @param {(calls: number) => unknown} run
 */
export const allocatedBytes = async (run) => {
  const readings = [];
  for (let reading = 0; reading < 51; reading += 1) {
    globalThis.gc?.();
    const before = process.memoryUsage().heapUsed;
    await run(calls);
    readings.push((process.memoryUsage().heapUsed - before) / calls);
  }
  return median(readings);
};
