import { describe, expect, it } from 'vitest';
import type { Fate } from '../../../src/app/sweeping/fate.js';
import { makeTally } from '../../../src/app/sweeping/tally.js';
import { fakeClock } from '../../../src/testing/fake-clock.js';

const countOf = (limit: number, ...fates: readonly Fate[]) => {
  const tally = makeTally(fakeClock(), limit);
  for (const fate of fates) {
    tally.take();
    tally.begin();
    tally.count(fate);
  }
  return tally;
};

describe('the tally of a sweep', () => {
  it.each<readonly [Fate, readonly number[]]>([
    ['renewed', [1, 1, 0, 0]],
    ['failed', [1, 0, 1, 0]],
    ['unreadable', [1, 0, 1, 0]],
    ['skipped', [1, 0, 0, 1]],
    ['resting', [1, 0, 0, 1]],
    ['not_due', [0, 0, 0, 0]],
  ])('counts an account that was %s', (fate, counts) => {
    const { due, renewed, failed, skipped } = countOf(5, fate).report();
    expect([due, renewed, failed, skipped]).toEqual(counts);
  });

  it.each<readonly [Fate, boolean]>([
    ['renewed', false],
    ['failed', false],
    ['skipped', false],
    ['unreadable', true],
    ['resting', true],
    ['not_due', true],
  ])('after one that was %s has room for another of one: %s', (fate, room) => {
    expect(countOf(1, fate).hasRoom()).toBe(room);
    expect(countOf(1, fate).take()).toBe(room);
  });

  it('has room again when there was no account for it', () => {
    const tally = makeTally(fakeClock(), 1);
    expect([tally.take(), tally.take()]).toEqual([true, false]);
    tally.giveBack();
    expect(tally.take()).toBe(true);
  });

  it('shows what is under way and ahead as due, as far as the limit goes', () => {
    const tally = countOf(5, 'renewed', 'failed');
    tally.take();
    tally.begin();
    expect(tally.progress(1)).toMatchObject({ due: 4, renewed: 1, failed: 1 });
    expect(tally.progress(100)).toMatchObject({ due: 5 });
  });

  it('reports a frozen value, with the time it took in whole milliseconds', async () => {
    const clock = fakeClock();
    const tally = makeTally(clock, 1);
    await clock.advance(12.6);
    expect(tally.report()).toEqual({ due: 0, renewed: 0, failed: 0, skipped: 0, durationMs: 13 });
    expect(Object.isFrozen(tally.report())).toBe(true);
  });
});
