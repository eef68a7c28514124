import { describe, expect, it } from 'vitest';
import { explore, sample } from './explore.js';
import { seededRandom } from './random.js';

describe('explore', () => {
  it('walks every path once', async () => {
    const walked: string[] = [];
    const paths = await explore(async (turn) => {
      const first = turn(2);
      const second = first === 0 ? turn(3) : turn(1);
      walked.push(`${first}${second}`);
      return 'go on';
    });
    expect(walked).toEqual(['00', '01', '02', '10']);
    expect(paths).toBe(4);
  });

  it('walks once where there is nothing to choose', async () => {
    expect(await explore(async () => 'go on')).toBe(1);
  });

  it('stops when it is told to', async () => {
    let walks = 0;
    await explore(async (turn) => {
      turn(10);
      walks += 1;
      return walks === 3 ? 'stop' : 'go on';
    });
    expect(walks).toBe(3);
  });
});

describe('sample', () => {
  it('walks as many paths as it was asked for, and not always the same', async () => {
    const walked: number[] = [];
    const paths = await sample(50, seededRandom(1), async (turn) => {
      walked.push(turn(3));
      return 'go on';
    });
    expect([paths, walked.length, new Set(walked).size]).toEqual([50, 50, 3]);
  });

  it('stops when it is told to', async () => {
    expect(await sample(50, seededRandom(1), async (turn) => (turn(3) === 2 ? 'stop' : 'go on'))).toBeLessThan(50);
  });
});
