import { describe, expect, it } from 'vitest';
import { plantedBugs } from './planted-bugs.js';
import { guarantees } from './planted-tree.js';

describe('every guarantee of the README', () => {
  it.each(guarantees)('(%s) has bugs planted that would break it', (guarantee) => {
    expect(plantedBugs.filter(({ breaks }) => breaks === guarantee).length).toBeGreaterThanOrEqual(2);
  });
});
