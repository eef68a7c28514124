import { median } from './statistics.mjs';

/** One contender's loop. @typedef {{ name: string, run: (calls: number) => unknown }} Runner */

/**
 * Lets contenders run in short turns, one after the other, in rounds. The time is the process's own processor time, so
 * that turns which other processes took do not count. Gives for each contender its nanoseconds a call and its ratio to the
 * first contender, both as medians of all rounds.
 *
 * @param {readonly Runner[]} runners the first is the one the others are compared with
 * @param {{ rounds: number, turns: number, calls: number }} size a round has so many turns of so many calls each
 * @returns {Promise<ReadonlyMap<string, { ns: number, ratio: number }>>}
 */
export const race = async (runners, { rounds, turns, calls }) => {
  for (const { run } of runners) for (let turn = 0; turn < 3; turn += 1) await run(calls);
  /** @type {Map<string, number>[]} */
  const spent = [];
  for (let round = 0; round < rounds; round += 1) {
    const inRound = new Map(runners.map(({ name }) => [name, 0]));
    for (let turn = 0; turn < turns; turn += 1) {
      for (const { name, run } of turn % 2 === 0 ? runners : runners.toReversed()) {
        const since = process.cpuUsage();
        await run(calls);
        const { user, system } = process.cpuUsage(since);
        inRound.set(name, (inRound.get(name) ?? 0) + user + system);
      }
    }
    spent.push(inRound);
  }
  const [{ name: first } = { name: '' }] = runners;
  return new Map(
    runners.map(({ name }) => {
      const microseconds = spent.map((inRound) => inRound.get(name) ?? 0);
      const ratios = spent.map((inRound) => (inRound.get(name) ?? 0) / (inRound.get(first) ?? 0));
      return [name, { ns: (median(microseconds) * 1000) / (turns * calls), ratio: median(ratios) }];
    }),
  );
};
