import { afterAll, describe, expect, it } from 'vitest';
import { plantedBugs } from './planted-bugs.js';
import { guarantees, plantedTree } from './planted-tree.js';

const tree = plantedTree();
afterAll(() => tree.remove());

/** That the named tests pass without the bug is shown by the rest of this suite. */
describe('a planted bug is caught by the test that is named for it', () => {
  it.each(plantedBugs.map((bug) => [bug.title, bug] as const))(
    '%s',
    (_title, bug) => {
      const caught = tree.failuresWith(bug).filter((title) => title.includes(bug.named));
      expect(caught).not.toEqual([]);
    },
    90_000,
  );
});

describe('every guarantee of the README', () => {
  it.each(guarantees)('(%s) has bugs planted that would break it', (guarantee) => {
    expect(plantedBugs.filter(({ breaks }) => breaks === guarantee).length).toBeGreaterThanOrEqual(2);
  });
});
