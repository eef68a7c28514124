import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { tokenError, type TokenError } from '../../domain/token-error.js';
import type { Cipher, SealBinding } from '../../ports/cipher.js';
import type { Randomness } from '../../ports/randomness.js';
import type { TokenStore } from '../../ports/token-store.js';
import { storeFailed } from '../store/store-failed.js';
import { decryptionFailed } from './record-encryption.js';

/**
 * Short keyed digests of secrets: equal for equal texts in every process on one store, and telling nothing else about them.
 * Their key is a random secret of the store's own, sealed in its note, so that they stay the same whichever encryption key
 * is newest.
 */
export interface Fingerprints {
  /** Reads the store's secret, or makes it; once. Left `DecryptionFailed` when no key of this process opens it. */
  readonly load: TE.TaskEither<TokenError, void>;
  /** Only after `load`: before that it throws `TypeError`. */
  readonly of: (text: string) => string;
  /** Moves the store's secret to the newest encryption key; the fingerprints stay the same. */
  readonly reseal: TE.TaskEither<TokenError, void>;
}

/** The digest of texts under a secret. */
export type KeyedBy = (secret: string) => (text: string) => string;

export interface FingerprintsDeps {
  readonly store: TokenStore;
  readonly cipher: Cipher;
  readonly randomness: Randomness;
  readonly keyedBy: KeyedBy;
}

export const fingerprintNote = 'fingerprint-key';
const secretBytes = 32;

export const makeFingerprints = ({ store, cipher, randomness, keyedBy }: FingerprintsDeps): Fingerprints => {
  const binding: SealBinding = { namespace: store.namespace, key: fingerprintNote, field: 'fingerprint_key' };
  let loaded: ((text: string) => string) | undefined;

  const seal = (secret: string): TE.TaskEither<TokenError, string> =>
    pipe(cipher.seal(secret, binding), TE.mapError(decryptionFailed(fingerprintNote)));

  const open = (sealed: string): TE.TaskEither<TokenError, string> =>
    pipe(
      cipher.open(sealed, binding),
      TE.mapError(decryptionFailed(fingerprintNote)),
      TE.flatMap((secret) =>
        secret === ''
          ? TE.left(tokenError('DecryptionFailed', { key: fingerprintNote, why: 'unreadable' }))
          : TE.right(secret),
      ),
    );

  const stored = pipe(store.readNote(fingerprintNote), TE.mapError(storeFailed()));

  /** Whoever writes first wins: the others use what stands there by then. */
  const replace = (expected: string | undefined, sealed: string): TE.TaskEither<TokenError, string> =>
    pipe(
      store.updateNote(fingerprintNote, (text) => {
        const next = text === expected || text === undefined ? sealed : text;
        return { text: next, result: next };
      }),
      TE.mapError(storeFailed()),
    );

  const create: TE.TaskEither<TokenError, string> = pipe(
    TE.fromIO(() => randomness.token(secretBytes)),
    TE.flatMap(seal),
    TE.flatMap((sealed) => replace(undefined, sealed)),
  );

  const read = pipe(
    stored,
    TE.flatMap((sealed) => (sealed === undefined ? create : TE.right(sealed))),
    TE.flatMap(open),
    TE.map((secret) => {
      loaded ??= keyedBy(secret);
    }),
  );

  return {
    load: () => (loaded === undefined ? read : TE.right(undefined))(),
    of: (text) => {
      if (loaded === undefined)
        throw new TypeError('fingerprints are known only once the store is ready: await ready()');
      return loaded(text);
    },
    reseal: pipe(
      stored,
      TE.flatMap((before) =>
        before === undefined || cipher.keyIdOf(before) === cipher.newestKeyId
          ? TE.right(undefined)
          : pipe(
              open(before),
              TE.flatMap(seal),
              TE.flatMap((sealed) => replace(before, sealed)),
              TE.map(() => undefined),
            ),
      ),
    ),
  };
};
