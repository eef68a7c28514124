import { pieceIndex } from './piece-index.js';
import { unwrappedForms } from './unwrapped-forms.js';

/** How a secret, or a piece of it, was written. */
export type LeakForm =
  | 'raw'
  | 'other case'
  | 'base64'
  | 'base64url'
  | 'hex'
  | 'percent-encoded'
  | 'escaped'
  | 'bytes'
  | 'two bytes a character';

/** A piece of a secret that stands in a text. */
export interface Leak {
  /** The name the secret was added under. */
  readonly secret: string;
  readonly form: LeakForm;
  readonly piece: string;
  readonly at: number;
}

/** Looks for secrets in texts and bytes. */
export interface CanarySearch {
  /** A text shorter than eight characters, or of digits alone, cannot be looked for and throws. */
  readonly add: (secret: string, text: string) => void;
  /** Every run of pieces of a secret in a text, in whichever form. */
  readonly find: (text: string | Uint8Array) => readonly Leak[];
}

interface Written {
  readonly secret: string;
  readonly form: LeakForm;
}

/** A piece of a secret that counts: characters, and in each form what eight of them take at least. */
const rawLength = 8;
const hexLength = 2 * rawLength;
/** Eight bytes fill ten characters of base64; where they begin inside one, nine of those are theirs alone. */
const base64Length = 9;
/** Without case there are few enough letters for eight of them to meet by chance. */
const caselessLength = 14;

/** A piece of digits alone is no sign of a secret: times and counts are made of them. Sixteen of them, in hex, are none. */
const isTelling = (piece: string): boolean => /[^0-9]/.test(piece);

const bytesAsText = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

/** The characters of a secret's base64 that are the same whatever stands before and after it, at each of the three offsets. */
const inBase64 = (text: string): readonly string[] =>
  [0, 1, 2].map((offset) => {
    const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(text, 'utf8')]);
    const whole = Math.floor((bytes.length * 8) / 6);
    return bytes.toString('base64').slice(Math.ceil((offset * 8) / 6), whole);
  });

const toUrl = (base64: string): string => base64.replaceAll('+', '-').replaceAll('/', '_');

/**
 * A search that finds any piece of eight characters of a secret as it is, in base64 and base64url at any offset, in hex of
 * either case, behind percent signs and escapes, as a list of bytes, and longer pieces in another case. In random text it
 * takes a piece for another by chance less than once in ten thousand whole runs of these tests.
 */
export const canarySearch = (): CanarySearch => {
  const raw = pieceIndex<Written>(rawLength, isTelling);
  const caseless = pieceIndex<Written & { readonly whole: string }>(caselessLength, isTelling);
  const base64 = pieceIndex<Written>(base64Length);
  const hex = pieceIndex<Written>(hexLength);

  const findPlain = (text: string): readonly Leak[] => {
    const lower = text.toLowerCase();
    const asItIs = [raw, base64].flatMap((index) => index.find(text));
    const otherCase = caseless
      .find(lower)
      .filter(({ what, piece, at }) => !what.whole.includes(text.slice(at, at + piece.length)));
    return [...asItIs, ...otherCase, ...hex.find(lower)].map(({ what: { secret, form }, piece, at }) => ({
      secret,
      form,
      piece,
      at,
    }));
  };

  return {
    add: (secret, text) => {
      if (text.length < rawLength || /^\d+$/.test(text)) {
        throw new TypeError(`${secret} is too short, or too plain, to be looked for`);
      }
      const utf8 = bytesAsText(Buffer.from(text, 'utf8'));
      raw.add(text, { secret, form: 'raw' });
      if (utf8 !== text) raw.add(utf8, { secret, form: 'raw' });
      caseless.add(text.toLowerCase(), { secret, form: 'other case', whole: text });
      hex.add(Buffer.from(text, 'utf8').toString('hex'), { secret, form: 'hex' });
      for (const written of inBase64(text)) {
        base64.add(written, { secret, form: 'base64' });
        base64.add(toUrl(written), { secret, form: 'base64url' });
      }
    },
    find: (given) => {
      const text = typeof given === 'string' ? given : bytesAsText(given);
      const plain = findPlain(text);
      const wrapped = unwrappedForms(text).flatMap(({ form, text: unwrapped }) =>
        findPlain(unwrapped)
          .filter(({ secret }) => !plain.some((found) => found.secret === secret))
          .map((found) => ({ ...found, form })),
      );
      return [...plain, ...wrapped];
    },
  };
};
