import type { Owner } from './scheduler.js';

/** A process of ours. A crash ends it; what starts in its place is another one. */
export interface SimProcess extends Owner {
  readonly name: string;
  /** How wrong its wall clock is. */
  readonly wallOffsetMs: () => number;
  readonly isAlive: () => boolean;
}
