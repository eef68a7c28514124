import { afterAll, describe, expect, it } from 'vitest';
import { plantedBugs } from './planted-bugs.js';
import { plantedTree } from './planted-tree.js';

const tree = plantedTree();
afterAll(() => tree.remove());

/** That the named tests pass without the bug is shown by the rest of this suite. */
describe('a planted bug is caught by the test that is named for it', () => {
  it.each(plantedBugs)(
    '$title',
    (bug) => {
      const caught = tree.failuresWith(bug).filter((title) => title.includes(bug.named));
      expect(caught).not.toEqual([]);
    },
    90_000,
  );
});
