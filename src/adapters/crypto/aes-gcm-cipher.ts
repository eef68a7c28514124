import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { flatMap, left, right, tryCatch, type Either } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { fromIOEither } from 'fp-ts/lib/TaskEither.js';
import type { Cipher, CipherFailure, SealBinding } from '../../ports/cipher.js';
import { makeKeyRing, type DecodedKey, type EncryptionKey, type KeyRing } from './encryption-keys.js';
import { parseSealedText, sealedKeyId, sealedPrefix, type SealedText } from './sealed-text.js';

export interface AesGcmCipherOptions {
  /** The first seals, all open. To rotate, put a new one in front and keep the old until everything is resealed. */
  readonly keys: readonly EncryptionKey[];
}

const algorithm = 'aes-256-gcm';
const ivBytes = 12;
const tagBytes = 16;

/**
 * Seals with AES-256-GCM (NIST SP 800-38D: a random 96-bit IV, a full 128-bit tag) as
 * `lv1.<key id>.<base64url(iv, ciphertext, tag)>`. Format, namespace, key, field and key id are authenticated with it, so a
 * sealed value opens nowhere else. Throws `TypeError` on keys that cannot be used. Renew a key before it has sealed 2^32 values.
 */
export const aesGcmCipher = ({ keys }: AesGcmCipherOptions): Cipher => {
  const ring = makeKeyRing(keys);
  return Object.freeze({
    newestKeyId: ring.newest.id,
    keyIds: Object.freeze([...ring.byId.keys()]),
    seal: (text: string, binding: SealBinding) => fromIOEither(() => seal(ring.newest, text, binding)),
    open: (sealed: string, binding: SealBinding) =>
      fromIOEither(() =>
        pipe(
          parseSealedText(sealed),
          flatMap((parsed) => open(ring, parsed, binding)),
        ),
      ),
    keyIdOf: sealedKeyId,
  });
};

const seal = ({ id, key }: DecodedKey, text: string, binding: SealBinding): Either<CipherFailure, string> => {
  // UTF-8 has no form for half a surrogate pair: it would open as another text.
  if (/\p{Cs}/u.test(text)) return left({ _tag: 'CipherFailure', why: 'unreadable', keyId: id });
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv(algorithm, key, iv, { authTagLength: tagBytes });
  cipher.setAAD(additionalData(id, binding));
  const body = Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return right(`${sealedPrefix}${id}.${body.toString('base64url')}`);
};

const open = (ring: KeyRing, { keyId, body }: SealedText, binding: SealBinding): Either<CipherFailure, string> => {
  const key = ring.byId.get(keyId);
  if (key === undefined) return left({ _tag: 'CipherFailure', why: 'unknown_key_id', keyId });
  if (body.length < ivBytes + tagBytes) return left({ _tag: 'CipherFailure', why: 'unreadable', keyId });
  const failedTag: CipherFailure = { _tag: 'CipherFailure', why: 'failed_tag', keyId };
  return tryCatch(
    () => {
      const decipher = createDecipheriv(algorithm, key, body.subarray(0, ivBytes), { authTagLength: tagBytes });
      decipher.setAAD(additionalData(keyId, binding));
      decipher.setAuthTag(body.subarray(-tagBytes));
      const text = decipher.update(body.subarray(ivBytes, -tagBytes));
      return Buffer.concat([text, decipher.final()]).toString('utf8');
    },
    () => failedTag,
  );
};

/** JSON keeps the parts apart, whatever characters are in them. */
const additionalData = (keyId: string, { namespace, key, field }: SealBinding): Buffer =>
  Buffer.from(JSON.stringify([sealedPrefix, namespace, key, field, keyId]), 'utf8');
