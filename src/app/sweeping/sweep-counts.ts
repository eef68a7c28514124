import type { Clock } from '../../ports/clock.js';
import { countedAs, type SweepOutcome } from './sweep-outcome.js';
import type { SweepReport } from './sweep-report.js';

/** Counts what becomes of the accounts of one sweep, and takes no more of them than its limit allows. */
export interface SweepCounts {
  /** Makes sure of room for one account of a source; false at the limit, and where the rest is other sources' share. */
  readonly take: (source: number) => boolean;
  /** There was no account for it. */
  readonly giveBack: (source: number) => void;
  /** For how many more accounts of a source there is room. */
  readonly roomFor: (source: number) => number;
  /** Takes up an account that there is room for; it is counted later. */
  readonly begin: () => void;
  readonly count: (outcome: SweepOutcome) => void;
  readonly hasRoom: () => boolean;
  /** The report so far; accounts under way and the `ahead` ones that were found are due as well. */
  readonly progress: (ahead: number) => SweepReport;
  /** Frozen. */
  readonly report: () => SweepReport;
}

/**
 * Each source has an equal share of the limit: one with any number of accounts for which nothing can be sent takes nothing
 * from the others. What a source has no accounts for (`atMostLeft`) is shared by the others.
 */
export const makeSweepCounts = (clock: Clock, limit: number, atMostLeft: readonly (() => number)[]): SweepCounts => {
  const startedMs = clock.monotonicMs();
  const share = Math.floor(limit / atMostLeft.length);
  const takenOf = atMostLeft.map(() => 0);
  const counts = { renewed: 0, failed: 0, skipped: 0 };
  let taken = 0;
  let underWay = 0;

  const add = (source: number, count: number): void => {
    takenOf[source] = (takenOf[source] ?? 0) + count;
    taken += count;
  };

  const roomFor = (source: number): number => {
    const others = atMostLeft.map((left, other) =>
      other === source ? 0 : Math.min(left(), Math.max(0, share - (takenOf[other] ?? 0))),
    );
    return Math.max(0, limit - taken - others.reduce((sum, one) => sum + one, 0));
  };

  const progress = (ahead: number): SweepReport => ({
    due: counts.renewed + counts.failed + counts.skipped + underWay + Math.min(ahead, limit - taken),
    ...counts,
    durationMs: Math.round(clock.monotonicMs() - startedMs),
  });

  return {
    take: (source) => {
      if (roomFor(source) === 0) return false;
      add(source, 1);
      return true;
    },
    giveBack: (source) => add(source, -1),
    roomFor,
    begin: () => {
      underWay += 1;
    },
    count: (outcome) => {
      const counted = countedAs[outcome];
      underWay -= 1;
      if (counted !== undefined) counts[counted] += 1;
    },
    hasRoom: () => taken < limit,
    progress,
    report: () => Object.freeze(progress(0)),
  };
};
