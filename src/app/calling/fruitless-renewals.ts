import type { Clock } from '../../ports/clock.js';

/**
 * Tokens that an API refused although they were new: another renewal would help as little. An endpoint that answers 401 for
 * want of a permission must not make every call renew, and take the token from everybody else each time.
 */
export interface FruitlessRenewals {
  /** A replay was refused. */
  readonly note: (key: string, generation: number, path: string) => void;
  /** Whether a refusal is one that a renewal has not helped: of this path, or of all while no other was answered. */
  readonly isKnown: (key: string, generation: number, path: string) => boolean;
  /** The API took the token: what it refuses from now on may be worth a renewal again. */
  readonly answered: (key: string, path: string) => void;
}

/** What is known of one account. */
interface Fruitless {
  readonly generation: number;
  readonly untilMonotonicMs: number;
  readonly paths: Set<string>;
  /** Some path took the token, so that it is the paths that are refused. */
  isTaken: boolean;
}

/** After this long a renewal is tried again. */
const rememberedMs = 30_000;

/** More accounts, and more paths of one, are not refused at the same time. */
const mostKeys = 10_000;
const mostPaths = 1_000;

export const makeFruitlessRenewals = (clock: Clock): FruitlessRenewals => {
  const known = new Map<string, Fruitless>();
  return {
    note: (key, generation, path) => {
      if (known.size >= mostKeys) known.clear();
      const before = known.get(key);
      const paths =
        before?.generation === generation && before.paths.size < mostPaths ? before.paths : new Set<string>();
      paths.add(path);
      const isTaken = before?.generation === generation && before.isTaken;
      known.set(key, { generation, untilMonotonicMs: clock.monotonicMs() + rememberedMs, paths, isTaken });
    },
    isKnown: (key, generation, path) => {
      const found = known.get(key);
      if (found === undefined) return false;
      if (found.generation !== generation || clock.monotonicMs() >= found.untilMonotonicMs) {
        known.delete(key);
        return false;
      }
      return !found.isTaken || found.paths.has(path);
    },
    answered: (key, path) => {
      const found = known.get(key);
      if (found === undefined) return;
      found.isTaken = true;
      found.paths.delete(path);
    },
  };
};
