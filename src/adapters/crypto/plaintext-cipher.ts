import { left, right, type Either } from 'fp-ts/lib/Either.js';
import { fromEither } from 'fp-ts/lib/TaskEither.js';
import type { Cipher, CipherFailure, SealBinding } from '../../ports/cipher.js';
import { sealedKeyId } from './sealed-text.js';

const prefix = 'plain.';

/** No encryption key can have this id, so resealing always tells clear values from sealed ones. */
const plaintextKeyId = '(plaintext)';

/**
 * Seals nothing: everything stands in clear in the store as `plain.["namespace","key","field","text"]`. A value still opens
 * under its own binding only, but whoever can write the store can forge one, and two seals of one text are the same. A value
 * sealed by another cipher is `unknown_key_id`, never plaintext.
 */
export const plaintextCipher = (): Cipher =>
  Object.freeze({
    newestKeyId: plaintextKeyId,
    keyIds: Object.freeze([plaintextKeyId]),
    seal: (text: string, binding: SealBinding) => fromEither(right(bound(text, binding))),
    open: (sealed: string, binding: SealBinding) => fromEither(open(sealed, binding)),
    keyIdOf: (sealed: string) => (sealed.startsWith(prefix) ? plaintextKeyId : sealedKeyId(sealed)),
  });

const bound = (text: string, { namespace, key, field }: SealBinding): string =>
  prefix + JSON.stringify([namespace, key, field, text]);

const open = (sealed: string, binding: SealBinding): Either<CipherFailure, string> => {
  const keyId = sealedKeyId(sealed);
  if (keyId !== undefined) return left({ _tag: 'CipherFailure', why: 'unknown_key_id', keyId });
  if (!sealed.startsWith(prefix)) return left({ _tag: 'CipherFailure', why: 'not_sealed' });
  const text = lastOf(parseJson(sealed.slice(prefix.length)));
  if (text === undefined) return left({ _tag: 'CipherFailure', why: 'unreadable', keyId: plaintextKeyId });
  if (bound(text, binding) === sealed) return right(text);
  return left({ _tag: 'CipherFailure', why: 'failed_tag', keyId: plaintextKeyId });
};

/** The text of four strings in a row; undefined for any other value. */
const lastOf = (value: unknown): string | undefined => {
  if (!Array.isArray(value) || value.length !== 4) return undefined;
  const strings = value.filter((part) => typeof part === 'string');
  return strings.length === 4 ? strings[3] : undefined;
};

/** Undefined instead of the parser's error, which would quote the value. */
const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
