import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { testSize, type TestSize } from '../test-size.js';

/** Inputs of one kind, and the laws that hold for each of them. */
export interface Family {
  /** What its inputs are called in the count. */
  readonly name: string;
  /** Its test file, without `.test.ts`. */
  readonly file: string;
  /** How many inputs a normal run tries; a short one tries a tenth, a long one fifty times as many. */
  readonly inputs: number;
  /** Tries what one seed makes, the same every time; throws where a law is broken. */
  readonly tryOut: (seed: number, tally: Tally) => void | Promise<void>;
  /** What at least this share of the inputs has to come to, so that they are not all turned away at the door. */
  readonly atLeast: Readonly<Record<string, number>>;
}

/** What a family says about its inputs while it tries them. */
export interface Tally {
  /** One input begins; `describe` shows it should it break a law. */
  readonly input: (describe: () => string) => void;
  /** The input came to this. */
  readonly saw: (what: string) => void;
}

const times: Readonly<Record<TestSize, number>> = { short: 0.1, normal: 1, long: 50 };

const hours = 3_600_000;

/** A whole run may leave this much behind, whatever it tried. */
const leftBehindBytes = 8 * 1024 * 1024;

/** `LLAVERO_FUZZ_SEED=123` tries what that seed makes and nothing else, and prints it. The only place that reads it. */
const seedAsked = (): number | undefined => {
  const asked = process.env['LLAVERO_FUZZ_SEED'];
  if (asked === undefined || asked === '') return undefined;
  const seed = Number(asked);
  if (Number.isSafeInteger(seed) && seed >= 0) return seed;
  throw new TypeError(`LLAVERO_FUZZ_SEED is a whole number; it was ${asked}`);
};

/** Bytes that are still in use after everything that can go is gone. */
const heapInUse = (): number => {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') Reflect.apply(collect, undefined, []);
  return process.memoryUsage().heapUsed;
};

const shown = (text: string): string => (text.length > 1_500 ? `${text.slice(0, 1_500)} … (${text.length})` : text);

/** What a law that does not hold says. */
const brokenLaw = async (tryIt: () => void | Promise<void>): Promise<string | undefined> => {
  try {
    await tryIt();
    return undefined;
  } catch (error) {
    return String(error);
  }
};

/** The test of one family. Every family is a file of its own, so that vitest gives it a process of its own. */
export const describeFamily = ({ name, file, inputs, tryOut, atLeast }: Family): void => {
  describe(`fuzzed ${name}`, () => {
    it('keep every law', { timeout: 12 * hours }, async () => {
      const asked = seedAsked();
      const wanted = asked === undefined ? inputs * times[testSize()] : 1;
      const seen = new Map<string, number>();
      const done = { inputs: 0, last: (): string => 'nothing yet' };
      const tally: Tally = {
        input: (describeInput) => {
          done.inputs += 1;
          done.last = describeInput;
          if (asked !== undefined) process.stdout.write(`${shown(describeInput())}\n`);
        },
        saw: (what) => void seen.set(what, (seen.get(what) ?? 0) + 1),
      };
      let halfway: number | undefined;
      for (let seed = asked ?? 0; done.inputs < wanted; seed += 1) {
        const broken = await brokenLaw(() => tryOut(seed, tally));
        if (broken !== undefined) {
          const again = `LLAVERO_FUZZ_SEED=${seed} npx vitest run test/fuzz/${file}.test.ts`;
          throw new Error(`${shown(broken)}\nseed ${seed}: ${shown(done.last())}\nagain: ${again}`);
        }
        // A test that never lets the event loop turn is taken for dead.
        if (seed % 500 === 0) await setImmediate();
        if (done.inputs >= wanted / 2) halfway ??= heapInUse();
      }
      const leftBehind = heapInUse() - (halfway ?? 0);
      const told = [...seen].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([what, n]) => `${n} ${what}`);
      process.stdout.write(`fuzz: ${done.inputs} ${name}, 0 against the law; ${told.join(', ')}\n`);
      if (asked !== undefined) return;
      expect(leftBehind).toBeLessThan(leftBehindBytes);
      const rare = Object.entries(atLeast).filter(([what, share]) => (seen.get(what) ?? 0) < share * done.inputs);
      expect(rare).toEqual([]);
    });
  });
};
