import { describe, expect, it } from 'vitest';
import { makeSemaphore } from '../../../src/app/sweeping/semaphore.js';
import { fakeClock } from '../../../src/testing/fake-clock.js';

describe('a gate', () => {
  it('lets in as many as it has places, and the others in the order they came', async () => {
    const gate = makeSemaphore(2);
    const { advance } = fakeClock();
    const inside: number[] = [];
    for (const visitor of [1, 2, 3, 4]) void gate.enter().then(() => inside.push(visitor));
    await advance(0);
    expect(inside).toEqual([1, 2]);
    gate.leave();
    await advance(0);
    expect(inside).toEqual([1, 2, 3]);
    gate.leave();
    await advance(0);
    expect(inside).toEqual([1, 2, 3, 4]);
  });

  it('keeps a place that nobody waits for', async () => {
    const gate = makeSemaphore(1);
    await gate.enter();
    gate.leave();
    await gate.enter();
    let isIn = false;
    void gate.enter().then(() => {
      isIn = true;
    });
    await fakeClock().advance(0);
    expect(isIn).toBe(false);
  });
});
