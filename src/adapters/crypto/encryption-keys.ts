import { createSecretKey, type KeyObject } from 'node:crypto';

/** One key of the store's encryption. */
export interface EncryptionKey {
  /** 1 to 64 letters, digits, hyphens and underscores; it stands in clear in every value the key seals. */
  readonly id: string;
  /** 32 random bytes as base64 or base64url. */
  readonly secret: string;
}

/** An encryption key, decoded. The key object prints nothing of itself. */
export interface DecodedKey {
  readonly id: string;
  readonly key: KeyObject;
}

/** Encryption keys, checked; the newest seals. */
export interface KeyRing {
  readonly newest: DecodedKey;
  readonly byId: ReadonlyMap<string, KeyObject>;
}

/** AES-256 takes keys of this size. */
export const keyBytes = 32;
const howToMakeOne = 'make one with: npx llavero keygen';

/**
 * Checks and decodes encryption keys; the first is the newest. Throws `TypeError`, which names a bad key by its place and
 * quotes nothing of it (who swaps id and secret has the secret for an id).
 */
export const makeKeyRing = (keys: readonly EncryptionKey[] | undefined): KeyRing => {
  const decoded = (keys ?? []).map((key, index): DecodedKey => ({
    id: parseKeyId(key?.id, index),
    key: parseKeySecret(key?.secret, index),
  }));
  const [newest] = decoded;
  if (newest === undefined) {
    throw new TypeError(`encryption.keys is empty: give at least one { id, secret }; ${howToMakeOne}`);
  }
  const repeated = decoded.findIndex(({ id }, index) => decoded.findIndex((other) => other.id === id) < index);
  if (repeated !== -1) {
    throw new TypeError(`encryption.keys[${repeated}].id is the id of an earlier key: give every key an id of its own`);
  }
  return { newest, byId: new Map(decoded.map(({ id, key }) => [id, key])) };
};

const parseKeyId = (id: unknown, index: number): string => {
  if (typeof id === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(id)) return id;
  throw new TypeError(
    `encryption.keys[${index}].id must be 1 to 64 letters, digits, hyphens or underscores, such as '2026-11'`,
  );
};

const parseKeySecret = (secret: unknown, index: number): KeyObject => {
  // Files of secrets end in a line break.
  const text = typeof secret === 'string' ? secret.trim() : undefined;
  if (text === '') {
    throw new TypeError(
      `encryption.keys[${index}].secret is empty: is its environment variable set? To ${howToMakeOne}`,
    );
  }
  const bytes = text === undefined ? undefined : decode(text);
  if (bytes?.length === keyBytes) return createSecretKey(bytes);
  throw new TypeError(`encryption.keys[${index}].secret must be 32 random bytes as base64; ${howToMakeOne}`);
};

/** Only what an encoder writes: a lost or mistyped character must not make another key. */
const decode = (text: string): Buffer | undefined => {
  const bytes = Buffer.from(text, 'base64');
  const base64 = bytes.toString('base64');
  const written = [base64, base64.replace(/=+$/, ''), bytes.toString('base64url')];
  return written.includes(text) ? bytes : undefined;
};
