import { describe, expect, it } from 'vitest';
import type { SweepOutcome } from '../../../src/app/sweeping/sweep-outcome.js';
import { makeSweepCounts, type SweepCounts } from '../../../src/app/sweeping/sweep-counts.js';
import { fakeClock } from '../../../src/testing/fake-clock.js';

const anyNumber = (): number => Infinity;

const countsOf = (limit: number, ...atMostLeft: readonly (() => number)[]): SweepCounts =>
  makeSweepCounts(fakeClock(), limit, atMostLeft);

const countOf = (limit: number, ...outcomes: readonly SweepOutcome[]) => {
  const counts = countsOf(limit, anyNumber);
  for (const outcome of outcomes) {
    counts.take(0);
    counts.begin();
    counts.count(outcome);
  }
  return counts;
};

/** Takes from the sources in turn until none has room; gives how many each has had. */
const takenBy = (counts: SweepCounts, sources: readonly number[]): readonly number[] => {
  const taken = sources.map(() => 0);
  let hasTaken = true;
  while (hasTaken) {
    hasTaken = false;
    for (const [place, source] of sources.entries()) {
      if (!counts.take(source)) continue;
      taken[place] = (taken[place] ?? 0) + 1;
      hasTaken = true;
    }
  }
  return taken;
};

describe('the counts of a sweep', () => {
  it.each<readonly [SweepOutcome, readonly number[]]>([
    ['renewed', [1, 1, 0, 0]],
    ['failed', [1, 0, 1, 0]],
    ['unreadable', [1, 0, 1, 0]],
    ['skipped', [1, 0, 0, 1]],
    ['cooling_down', [1, 0, 0, 1]],
    ['not_due', [0, 0, 0, 0]],
  ])('counts an account that was %s', (outcome, counts) => {
    const { due, renewed, failed, skipped } = countOf(5, outcome).report();
    expect([due, renewed, failed, skipped]).toEqual(counts);
  });

  it.each<SweepOutcome>(['renewed', 'failed', 'skipped', 'unreadable', 'cooling_down', 'not_due'])(
    'has no room after as many accounts as its limit, though one was %s',
    (outcome) => {
      expect(countOf(1, outcome).hasRoom()).toBe(false);
      expect(countOf(1, outcome).take(0)).toBe(false);
    },
  );

  it('has room again when there was no account for it', () => {
    const counts = countsOf(1, anyNumber);
    expect([counts.take(0), counts.take(0)]).toEqual([true, false]);
    counts.giveBack(0);
    expect(counts.take(0)).toBe(true);
  });

  it('keeps for each source its share of the limit, and gives the rest to whoever comes', () => {
    const counts = countsOf(10, anyNumber, anyNumber, anyNumber);
    expect(counts.roomFor(0)).toBe(4);
    expect(takenBy(counts, [0])).toEqual([4]);
    expect(takenBy(counts, [1, 2])).toEqual([3, 3]);
    expect(counts.hasRoom()).toBe(false);
  });

  it('shares among the others what a source has no accounts for', () => {
    const counts = countsOf(
      12,
      anyNumber,
      () => 0,
      () => 1,
    );
    expect(takenBy(counts, [0])).toEqual([11]);
    expect(takenBy(counts, [2])).toEqual([1]);
  });

  it('has room for somebody with a limit below its sources', () => {
    expect(takenBy(countsOf(1, anyNumber, anyNumber), [1])).toEqual([1]);
  });

  it('shows what is under way and ahead as due, as far as the limit goes', () => {
    const counts = countOf(5, 'renewed', 'failed');
    counts.take(0);
    counts.begin();
    expect(counts.progress(1)).toMatchObject({ due: 4, renewed: 1, failed: 1 });
    expect(counts.progress(100)).toMatchObject({ due: 5 });
  });

  it('reports a frozen value, with the time it took in whole milliseconds', async () => {
    const clock = fakeClock();
    const counts = makeSweepCounts(clock, 1, [anyNumber]);
    await clock.advance(12.6);
    expect(counts.report()).toEqual({ due: 0, renewed: 0, failed: 0, skipped: 0, durationMs: 13 });
    expect(Object.isFrozen(counts.report())).toBe(true);
  });
});
