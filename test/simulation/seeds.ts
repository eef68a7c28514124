import { randomInt } from 'node:crypto';
import { testSize, type TestSize } from '../test-size.js';

/** The seeds from `first` up to and without `end`. */
export interface Seeds {
  readonly first: number;
  readonly end: number;
}

/** How many seeds every run runs, the same ones each time. */
const fixedOf: Readonly<Record<TestSize, number>> = { short: 1_500, normal: 50_000, long: 2_000_000 };

/** How many more a run runs that no run has run before. */
const freshOf: Readonly<Record<TestSize, number>> = { short: 150, normal: 2_000, long: 100_000 };

/** Fresh seeds begin somewhere between these: beyond the fixed ones, and within the 32 bits that a plan is made of. */
const [lowestBase, highestBase] = [2 ** 24, 2 ** 31 - 2 ** 24];

const wholeNumber = (name: string): number | undefined => {
  const asked = process.env[name];
  if (asked === undefined || asked === '') return undefined;
  const number = Number(asked);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  throw new TypeError(`${name} is a whole number; it was ${asked}`);
};

/** `LLAVERO_SEED=123` runs that seed and no other, and prints what happened. The only place that reads it. */
export const seedAsked = (): number | undefined => wholeNumber('LLAVERO_SEED');

/** The seeds of the size asked for, or the one seed asked for. */
export const fixedSeeds = (): Seeds => {
  const asked = seedAsked();
  return asked === undefined ? { first: 0, end: fixedOf[testSize()] } : { first: asked, end: asked + 1 };
};

/** Seeds from a base that `LLAVERO_SEED_BASE=123` names, else from a random one. The only place that reads it. */
export const freshSeeds = (): Seeds => {
  const first = wholeNumber('LLAVERO_SEED_BASE') ?? randomInt(lowestBase, highestBase);
  return { first, end: first + freshOf[testSize()] };
};
