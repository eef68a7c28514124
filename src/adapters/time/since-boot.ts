import { readFileSync, readlinkSync } from 'node:fs';
import type { Clock } from '../../ports/clock.js';

/**
 * The monotonic clock. On Linux it counts from the boot (`clock_gettime(2)`: `CLOCK_MONOTONIC`), in every process of one boot
 * and one time namespace (`time_namespaces(7)`) alike, and is named after both. Elsewhere nothing names the boot, and what
 * another process counted is compared with nothing.
 */
export const sinceBoot = (): Pick<Clock, 'monotonicMs' | 'bootId'> => {
  const bootId = readBootId();
  if (bootId === undefined) return { monotonicMs: () => performance.now() };
  const startedMs = Number(process.hrtime.bigint()) / 1e6 - performance.now();
  return { monotonicMs: () => startedMs + performance.now(), bootId };
};

const readBootId = (): string | undefined => {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return boot === '' ? undefined : `${boot} ${readlinkSync('/proc/self/ns/time')}`;
  } catch {
    return undefined;
  }
};
