import { afterAll, describe, expect, it } from 'vitest';
import { plantedBugs } from './planted-bugs.js';
import { testSize } from '../test-size.js';
import { plantedTree } from './planted-tree.js';

/** The short size plants every third of them; `npm run test:all` and what is run before a merge plant all. */
const planted = plantedBugs.filter((_bug, place) => testSize() !== 'short' || place % 3 === 0);

/** The bugs of one test file stay together, and the test files are dealt to the lanes in turn. */
const ofLane = (lane: number, lanes: number) => {
  const files = [...new Set(planted.map(({ test }) => test))].toSorted();
  return planted.filter(({ test }) => files.indexOf(test) % lanes === lane);
};

/** The tests of one lane. Every lane is a file of its own, so that vitest runs them at the same time. */
export const describePlantedBugs = (lane: number, lanes: number): void => {
  const tree = plantedTree();
  afterAll(() => tree.remove());
  process.stdout.write(
    `planted: ${ofLane(lane, lanes).length} bugs in lane ${lane + 1}; there are ${plantedBugs.length} in all\n`,
  );

  /** That the named tests pass without the bug is shown by the rest of this suite. */
  describe('a planted bug is caught by the test that is named for it', () => {
    it.each(
      ofLane(lane, lanes)
        .toSorted((one, other) => one.test.localeCompare(other.test))
        .map((bug) => [bug.title, bug] as const),
    )(
      '%s',
      async (_title, bug) => {
        const caught = (await tree.failuresWith(bug)).filter((title) => title.includes(bug.named));
        expect(caught).not.toEqual([]);
      },
      150_000,
    );
  });
};
