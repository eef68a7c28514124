/** Numbers that look random and are the same for the same seed. */
export interface Random {
  /** In [0, 1). */
  readonly fraction: () => number;
  /** A whole number from 0 to `end - 1`. */
  readonly below: (end: number) => number;
  readonly chance: (probability: number) => boolean;
  readonly pick: <A>(items: readonly [A, ...A[]]) => A;
}

/** The generator known as mulberry32, on a scrambled seed so that neighbouring seeds have nothing in common. */
export const seededRandom = (seed: number): Random => {
  let state = Math.imul(seed ^ 0x5bd1e995, 0x9e3779b1) ^ (seed >>> 7);
  const fraction = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (end: number): number => Math.floor(fraction() * end);
  return {
    fraction,
    below,
    chance: (probability) => fraction() < probability,
    pick: (items) => items[below(items.length)] ?? items[0],
  };
};

/** Picks by weight; what weighs nothing is never picked. */
export const pickWeighted = <A>(random: Random, items: readonly (readonly [weight: number, item: A])[], none: A): A => {
  let left = random.fraction() * items.reduce((sum, [weight]) => sum + weight, 0);
  for (const [weight, item] of items) {
    left -= weight;
    if (left < 0) return item;
  }
  return none;
};
