import { describe, expect, it } from 'vitest';
import { explore } from './explore.js';

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
