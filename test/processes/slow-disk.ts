import { buildPreloaded } from './disk-log.js';

/** What makes a process's disk take so long for each flush. */
export const slowDiskEnvironment = async (flushMs: number): Promise<NodeJS.ProcessEnv> => ({
  ...process.env,
  LD_PRELOAD: await buildPreloaded('slow-disk.cpp'),
  SLOW_DISK_MS: String(flushMs),
});
