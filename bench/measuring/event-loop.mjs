import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { quantile } from './statistics.mjs';

/** Linux counts how long this process's main thread was ready to run and had to wait for a processor. */
const schedule = '/proc/self/schedstat';

const buffer = Buffer.alloc(128);

/** @param {number | undefined} file @returns {number} in milliseconds; 0 where nobody counts */
const waitedMs = (file) => {
  if (file === undefined) return 0;
  const [, waited] = buffer.toString('latin1', 0, readSync(file, buffer, 0, buffer.length, 0)).split(' ');
  return Number(waited) / 1e6;
};

/**
 * How long the event loop is blocked while `work` goes on: a timer is set to go off each millisecond, and a block is what
 * it comes late. `own` leaves out the time in which other processes had the processor.
 *
 * @template A
 * @param {() => Promise<A>} work
 */
export const blocksDuring = async (work) => {
  const file = existsSync(schedule) ? openSync(schedule, 'r') : undefined;
  /** @type {number[]} */
  const late = [];
  /** @type {number[]} */
  const own = [];
  let since = performance.now();
  let waitedBefore = waitedMs(file);
  const look = () => {
    const now = performance.now();
    const waited = waitedMs(file);
    const lateMs = Math.max(0, now - since - 1);
    late.push(lateMs);
    own.push(Math.max(0, lateMs - (waited - waitedBefore)));
    since = performance.now();
    waitedBefore = waited;
    timer = setTimeout(look, 1);
  };
  let timer = setTimeout(look, 1);
  try {
    const result = await work();
    return { result, late: summary(late), own: summary(own) };
  } finally {
    clearTimeout(timer);
    if (file !== undefined) closeSync(file);
  }
};

/** @param {readonly number[]} ms */
const summary = (ms) => ({ longestMs: quantile(ms, 1), p99Ms: quantile(ms, 0.99) });

/** @typedef {ReturnType<typeof summary>} Blocks */
