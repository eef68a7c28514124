import type { Clock } from '../../ports/clock.js';

/**
 * Tokens that an API refused although they were new: another renewal would help as little. An endpoint that answers 401 for
 * want of a permission must not make every call renew, and take the token from everybody else each time.
 */
export interface FruitlessRenewals {
  readonly note: (key: string, generation: number) => void;
  readonly isKnown: (key: string, generation: number) => boolean;
}

/** After this long a renewal is tried again. */
const rememberedMs = 30_000;

/** More accounts than that are not refused at the same time. */
const mostKeys = 10_000;

export const makeFruitlessRenewals = (clock: Clock): FruitlessRenewals => {
  const known = new Map<string, { readonly generation: number; readonly untilMonotonicMs: number }>();
  return {
    note: (key, generation) => {
      if (known.size >= mostKeys) known.clear();
      known.set(key, { generation, untilMonotonicMs: clock.monotonicMs() + rememberedMs });
    },
    isKnown: (key, generation) => {
      const found = known.get(key);
      if (found === undefined) return false;
      if (found.generation === generation && clock.monotonicMs() < found.untilMonotonicMs) return true;
      known.delete(key);
      return false;
    },
  };
};
