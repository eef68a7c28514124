import { flow, pipe } from 'fp-ts/lib/function.js';
import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { AuthorizationMemory } from '../../domain/authorization-memory.js';
import type { CredentialFields } from '../../domain/credential.js';
import type { IssuedToken } from '../../domain/issued-token.js';
import {
  decodeAuthorizationMemory,
  decodeCredentialFields,
  decodeIssuedToken,
  encodeAuthorizationMemory,
  encodeCredentialFields,
  encodeIssuedToken,
} from '../../domain/secrets-codec.js';
import { tokenError, type TokenError } from '../../domain/token-error.js';
import type { Cipher, CipherFailure, SealBinding } from '../../ports/cipher.js';

/** Seals what goes into the store and opens what comes out, each value bound to its row and field. */
export interface RecordEncryption {
  readonly sealCredential: (key: string, fields: CredentialFields) => TE.TaskEither<TokenError, string>;
  readonly openCredential: (key: string, sealed: string) => TE.TaskEither<TokenError, CredentialFields>;
  readonly sealToken: (key: string, token: IssuedToken) => TE.TaskEither<TokenError, string>;
  readonly openToken: (key: string, sealed: string) => TE.TaskEither<TokenError, IssuedToken>;
  /** `id` is the digest of the state: a pending authorization opens under no other state. */
  readonly sealMemory: (key: string, id: string, memory: AuthorizationMemory) => TE.TaskEither<TokenError, string>;
  readonly openMemory: (key: string, id: string, sealed: string) => TE.TaskEither<TokenError, AuthorizationMemory>;
}

/** What a pending authorization's seal is bound to; `id` is the digest of its state. */
export const pendingBinding = (namespace: string, key: string, id: string): SealBinding => ({
  namespace,
  key: `${key} ${id}`,
  field: 'pending',
});

export const decryptionFailed =
  (key: string) =>
  (failure: CipherFailure): TokenError =>
    tokenError('DecryptionFailed', {
      key,
      why: failure.why,
      ...(failure.keyId === undefined ? {} : { keyId: failure.keyId }),
    });

export const makeRecordEncryption = (cipher: Cipher, namespace: string): RecordEncryption => {
  const bindingOf = (key: string, field: SealBinding['field']): SealBinding => ({ namespace, key, field });
  const seal = (key: string, text: string, binding: SealBinding): TE.TaskEither<TokenError, string> =>
    pipe(cipher.seal(text, binding), TE.mapError(decryptionFailed(key)));
  const open = <A>(
    key: string,
    sealed: string,
    decode: (text: string) => E.Either<'unreadable', A>,
    binding: SealBinding,
  ): TE.TaskEither<TokenError, A> =>
    pipe(
      cipher.open(sealed, binding),
      TE.mapError(decryptionFailed(key)),
      TE.flatMap(
        flow(
          decode,
          E.mapLeft((why) => tokenError('DecryptionFailed', { key, why })),
          TE.fromEither,
        ),
      ),
    );
  return {
    sealCredential: (key, fields) => seal(key, encodeCredentialFields(fields), bindingOf(key, 'credential')),
    openCredential: (key, sealed) => open(key, sealed, decodeCredentialFields, bindingOf(key, 'credential')),
    sealToken: (key, token) => seal(key, encodeIssuedToken(token), bindingOf(key, 'token')),
    openToken: (key, sealed) => open(key, sealed, decodeIssuedToken, bindingOf(key, 'token')),
    sealMemory: (key, id, memory) => seal(key, encodeAuthorizationMemory(memory), pendingBinding(namespace, key, id)),
    openMemory: (key, id, sealed) => open(key, sealed, decodeAuthorizationMemory, pendingBinding(namespace, key, id)),
  };
};
