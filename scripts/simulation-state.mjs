import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * What a lane has done of its seeds: all before `next`.
 *
 * @typedef {object} LaneState
 * @property {number} next
 * @property {number} schedules
 * @property {Record<string, number>} seen how often the runs came to what the protocol is for
 * @property {{ seed: number, violations: string[] }[]} failures
 */

/**
 * How far a long run of the simulation is. `sources` changes with what is simulated: a seed means another story then.
 *
 * @typedef {object} SimulationState
 * @property {number} base
 * @property {number} seeds
 * @property {string} sources
 * @property {LaneState[]} lanes
 */

/**
 * A run that has not begun yet.
 *
 * @param {number} base
 * @param {number} seeds
 * @param {string} sources
 * @param {number} lanes
 * @returns {SimulationState}
 */
export const newState = (base, seeds, sources, lanes) => ({
  base,
  seeds,
  sources,
  lanes: Array.from({ length: lanes }, () => ({ next: base, schedules: 0, seen: {}, failures: [] })),
});

/**
 * What the file says, undefined when there is none.
 *
 * @param {string} file
 * @returns {SimulationState | undefined}
 */
export const readState = (file) => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined);

/**
 * Writes it so that whoever is stopped on the way leaves the earlier one.
 *
 * @param {string} file
 * @param {SimulationState} state
 */
export const writeState = (file, state) => {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.draft`, JSON.stringify(state));
  renameSync(`${file}.draft`, file);
};

/**
 * Adds what a lane reported.
 *
 * @param {LaneState} lane
 * @param {LaneState} report `next` is where the lane is now, all else what came since its last report
 */
export const addReport = (lane, report) => {
  lane.next = report.next;
  lane.schedules += report.schedules;
  lane.failures.push(...report.failures);
  for (const [what, times] of Object.entries(report.seen)) lane.seen[what] = (lane.seen[what] ?? 0) + times;
};

/**
 * All lanes together.
 *
 * @param {SimulationState} state
 */
export const totalOf = ({ lanes }) => {
  /** @type {Record<string, number>} */
  const seen = {};
  for (const lane of lanes) {
    for (const [what, times] of Object.entries(lane.seen)) seen[what] = (seen[what] ?? 0) + times;
  }
  const failures = lanes.flatMap((lane) => lane.failures).toSorted((one, other) => one.seed - other.seed);
  return { schedules: lanes.reduce((sum, lane) => sum + lane.schedules, 0), failures, seen };
};
