import type { SealBinding } from '../../src/ports/cipher.js';
import type { Random } from '../simulation/random.js';

/** A sealed value, what is in it, and the row and field it belongs to. */
export interface Sealed {
  readonly text: string;
  readonly sealed: string;
  readonly binding: SealBinding;
}

type Change = (random: Random, sealed: string, other: Sealed) => string;

const partsOf = (sealed: string): { readonly head: string; readonly body: Buffer } => {
  const dot = sealed.lastIndexOf('.') + 1;
  return { head: sealed.slice(0, dot), body: Buffer.from(sealed.slice(dot), 'base64url') };
};

const withBody =
  (change: (random: Random, body: Buffer, other: Buffer) => Buffer): Change =>
  (random, sealed, other) => {
    const { head, body } = partsOf(sealed);
    return head + change(random, body, partsOf(other.sealed).body).toString('base64url');
  };

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** The same bytes in a base64url that no encoder writes: the last character's unused bits are set. */
const strayBits: Change = (random, sealed) => {
  const length = sealed.length - sealed.lastIndexOf('.') - 1;
  const unused = [0, 0, 4, 2][length % 4] ?? 0;
  const last = alphabet.indexOf(sealed.at(-1) ?? '');
  return sealed.slice(0, -1) + (alphabet[last | random.below(2 ** unused)] ?? '');
};

const inserted = (random: Random, sealed: string, texts: readonly [string, ...string[]]): string => {
  const at = random.pick([0, sealed.length, random.below(sealed.length)]);
  return sealed.slice(0, at) + random.pick(texts) + sealed.slice(at);
};

const keyIds = [
  'old',
  'test',
  'none',
  '',
  'TEST',
  ' test',
  'test ',
  'x'.repeat(64),
  'x'.repeat(65),
  '..',
  '__proto__',
] as const;

const changes: readonly [Change, ...Change[]] = [
  withBody((random, body) => {
    const at = random.below(body.length);
    return Buffer.concat([
      body.subarray(0, at),
      Buffer.from([(body[at] ?? 0) ^ (1 << random.below(8))]),
      body.subarray(at + 1),
    ]);
  }),
  withBody((random, body) => body.subarray(0, body.length - 1 - random.below(12))),
  withBody((random, body) => body.subarray(random.below(body.length))),
  withBody((random, body) => Buffer.concat([body, Buffer.alloc(1 + random.below(16))])),
  withBody((random, body) => Buffer.concat([body.subarray(0, -16), Buffer.alloc(random.below(17))])),
  withBody((_random, body, other) => Buffer.concat([body.subarray(0, -16), other.subarray(-16)])),
  withBody((_random, body, other) => Buffer.concat([other.subarray(0, 12), body.subarray(12)])),
  (random, sealed) => sealed.replace(/^lv1\.[^.]*/, () => `lv1.${random.pick(keyIds)}`),
  strayBits,
  (random, sealed) =>
    inserted(random, sealed, [' ', '\n', '\r\n', '\t', '=', '==', '.', '\u0000', '+', '/', '\u200b', 'A']),
  (random, sealed) => sealed.replaceAll('-', '+').replaceAll('_', '/') + random.pick(['', '=', '==']),
  (random, sealed) => sealed.slice(0, random.below(sealed.length)),
  (random, sealed) => random.pick(['LV1.', 'lv2.', 'lv1', '.lv1.', 'lv1..', '']) + sealed.slice(4),
  (random, sealed) => (random.chance(0.5) ? sealed.toUpperCase() : sealed.toLowerCase()),
  (random, sealed, other) => random.pick([sealed + other.sealed, sealed + sealed, `${sealed}\n${other.sealed}`]),
  (_random, _sealed, other) => other.text,
  (_random, _sealed, { text, binding: { namespace, key, field } }) =>
    `plain.${JSON.stringify([namespace, key, field, text])}`,
  (random) => random.pick(['', 'null', '{}', '0', '[object Object]', 'lv1.test.', 'lv1.test.AAAA', '\ud800', '\u0000']),
  (_random, sealed) => sealed,
];

/** A sealed value after somebody had their hands on it; now and then nobody had. */
export const oddSeal = (random: Random, { sealed }: Sealed, other: Sealed): string =>
  random.pick(changes)(random, sealed, other);
