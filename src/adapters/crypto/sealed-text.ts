import { left, right, type Either } from 'fp-ts/lib/Either.js';
import type { CipherFailure } from '../../ports/cipher.js';

/** What every sealed text starts with; it names the format. */
export const sealedPrefix = 'lv1.';

/** A sealed text taken apart, not opened. */
export interface SealedText {
  readonly keyId: string;
  /** IV, ciphertext and tag. */
  readonly body: Buffer;
}

const shape = /^lv1\.(?<keyId>[A-Za-z0-9_-]{1,64})\.(?<body>[A-Za-z0-9_-]+)$/;

/**
 * Takes `lv1.<key id>.<base64url>` apart. Without the prefix it is `not_sealed`; with it but otherwise misshapen, or in a
 * base64url that no encoder writes (padding, stray bits), it is `unreadable`.
 */
export const parseSealedText = (sealed: string): Either<CipherFailure, SealedText> => {
  if (!sealed.startsWith(sealedPrefix)) return left({ _tag: 'CipherFailure', why: 'not_sealed' });
  const { keyId, body: encoded } = shape.exec(sealed)?.groups ?? {};
  if (keyId === undefined || encoded === undefined) return left({ _tag: 'CipherFailure', why: 'unreadable' });
  const body = Buffer.from(encoded, 'base64url');
  if (body.toString('base64url') !== encoded) return left({ _tag: 'CipherFailure', why: 'unreadable', keyId });
  return right({ keyId, body });
};

/** The id of the key a text was sealed with, without opening or checking it; undefined when it is not sealed. */
export const sealedKeyId = (sealed: string): string | undefined => shape.exec(sealed)?.groups?.['keyId'];
