import type { Stage } from './stage.js';
import type { VendorName } from './vendors.js';

/** One way in which things go wrong, or right, for one vendor. */
export interface CanaryPath {
  readonly name: string;
  readonly vendor: VendorName;
  /** How its last call has to end: the code of an error, `TypeError`, or `ok`. */
  readonly ends: string;
  /** Plays it and tells how its last call ended. */
  readonly play: (stage: Stage) => Promise<string>;
}
