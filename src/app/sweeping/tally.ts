import type { Clock } from '../../ports/clock.js';
import { fates, type Fate } from './fate.js';
import type { SweepReport } from './sweep-report.js';

/** Counts what becomes of the accounts of one sweep, and takes no more of them than its limit allows. */
export interface Tally {
  /** Makes sure of room for one account; false at the limit. */
  readonly take: () => boolean;
  /** There was no account for it. */
  readonly giveBack: () => void;
  /** Takes up an account that there is room for; it is counted later. */
  readonly begin: () => void;
  readonly count: (fate: Fate) => void;
  readonly hasRoom: () => boolean;
  /** The report so far; accounts under way and the `ahead` ones that were found are due as well. */
  readonly progress: (ahead: number) => SweepReport;
  /** Frozen. */
  readonly report: () => SweepReport;
}

export const makeTally = (clock: Clock, limit: number): Tally => {
  const startedMs = clock.monotonicMs();
  const counts = { renewed: 0, failed: 0, skipped: 0 };
  let taken = 0;
  let underWay = 0;

  const progress = (ahead: number): SweepReport => ({
    due: counts.renewed + counts.failed + counts.skipped + underWay + Math.min(ahead, limit - taken),
    ...counts,
    durationMs: Math.round(clock.monotonicMs() - startedMs),
  });

  return {
    take: () => {
      if (taken >= limit) return false;
      taken += 1;
      return true;
    },
    giveBack: () => {
      taken -= 1;
    },
    begin: () => {
      underWay += 1;
    },
    count: (fate) => {
      const { counted, limited } = fates[fate];
      underWay -= 1;
      if (counted !== undefined) counts[counted] += 1;
      if (!limited) taken -= 1;
    },
    hasRoom: () => taken < limit,
    progress,
    report: () => Object.freeze(progress(0)),
  };
};
