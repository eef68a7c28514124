import type { TaskEither } from 'fp-ts/lib/TaskEither.js';

/** What a sealed value belongs to; it opens nowhere else. */
export interface SealBinding {
  readonly namespace: string;
  /** `provider/account`, or the name of a note. */
  readonly key: string;
  readonly field: 'credential' | 'token' | 'pending' | 'key_check' | 'fingerprint_key';
}

/** Why a sealed value did not open. */
export interface CipherFailure {
  readonly _tag: 'CipherFailure';
  readonly why: 'unknown_key_id' | 'failed_tag' | 'not_sealed' | 'unreadable';
  readonly keyId?: string;
}

/**
 * Seals what a store may see. The default keeps its keys in memory; a key service can stand behind the same port.
 *
 * Laws: `open(seal(text, b), b)` is `text`; a value opens under no other binding; a value that is not sealed is an error,
 * never plaintext; two seals of one text differ; no secret is in a failure.
 */
export interface Cipher {
  /** The id of the key that seals; new values carry it. */
  readonly newestKeyId: string;
  readonly keyIds: readonly string[];
  readonly seal: (text: string, binding: SealBinding) => TaskEither<CipherFailure, string>;
  readonly open: (sealed: string, binding: SealBinding) => TaskEither<CipherFailure, string>;
  /** The id of the key a sealed value was sealed with; undefined when it is not sealed. Needs no key. */
  readonly keyIdOf: (sealed: string) => string | undefined;
}
