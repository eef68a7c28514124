import type { Random } from '../simulation/random.js';
import { moments, planted, texts, tokens } from './odd-texts.js';

/** One member of a JSON object as it is written: the name in its quotes, and the raw text of the value. */
export type RawMember = readonly [name: string, value: string];

const numbers = [
  '0',
  '-0',
  '-1',
  '-3600',
  '1',
  '0.001',
  '0.0000001',
  '1e-400',
  '3600.5',
  '7200',
  '31536000',
  '31536001',
  '2147483648',
  '4294967296',
  '9007199254740993',
  '1e21',
  '1e308',
  '1e400',
  '-1e400',
  '8640000000000000',
  '8640000000000001',
] as const;

/** Numbers that JSON does not know: whatever reads them reads no JSON. */
const noNumbers = ['NaN', 'Infinity', '-Infinity', '0x10', '01', '1_000', '+1', '.5', '1.', 'undefined'] as const;

const literals = ['null', 'true', 'false', '[]', '{}', '[3600]', '{"$numberInt":"3600"}', '[null]', '[[]]'] as const;

/** A text as JSON, plainly or with every character escaped. */
export const quoted = (random: Random, text: string): string =>
  random.chance(0.9) ? JSON.stringify(text) : `"${text.split('').map(escaped).join('')}"`;

const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;

const nested = (random: Random, depth: number): string =>
  random.chance(0.5) ? '['.repeat(depth) + ']'.repeat(depth) : '{"a":'.repeat(depth) + '1' + '}'.repeat(depth);

/** Any value but the one that is expected. */
export const oddValue = (random: Random): string => {
  switch (random.below(12)) {
    case 0:
    case 1:
    case 2:
      return random.pick(numbers);
    case 3:
      return random.chance(0.2) ? random.pick(noNumbers) : random.pick(numbers);
    case 4:
    case 5:
    case 6:
      return quoted(random, random.pick(texts));
    case 7:
      return quoted(random, random.pick(tokens));
    case 8:
      return quoted(random, random.pick(moments));
    case 9:
      return random.chance(0.05) ? nested(random, random.pick([2, 20, 50, 300, 3_000, 60_000])) : random.pick(literals);
    case 10:
      return random.chance(0.1)
        ? quoted(random, planted.repeat(random.pick([100, 100, 500, 2_000, 20_000])))
        : random.pick(literals);
    default:
      return `{"__proto__":{"refresh_token":"${planted}-inherited"},"refresh_token":"${planted}-inside"}`;
  }
};

/** An odd value of the kind that stands under such a name. */
export const oddValueFor = (random: Random, name: string): string => {
  if (random.chance(0.3)) return oddValue(random);
  if (name.includes('date')) return quoted(random, random.pick(moments));
  if (name.includes('token') && !name.includes('type') && !name.includes('expires')) {
    return quoted(random, random.pick(tokens));
  }
  if (name.includes('expires')) {
    return random.chance(0.7) ? random.pick(numbers) : quoted(random, random.pick(texts));
  }
  return quoted(random, random.pick(texts));
};
