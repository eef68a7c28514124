import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { pipe } from 'fp-ts/lib/function.js';
import { flatMap, left, tryCatch } from 'fp-ts/lib/TaskEither.js';
import type { Cipher, CipherFailure, SealBinding } from 'llavero/ports';

/** What is needed of a key service: a cloud's, a vault, a hardware module. Its keys never leave it. */
export interface KeyService {
  /** Encrypts a data key under the key `keyId` of the service, bound to `context`. */
  readonly wrap: (keyId: string, dataKey: Buffer, context: string) => Promise<Buffer>;
  /** Rejects what was wrapped under another key or context, or was changed. */
  readonly unwrap: (keyId: string, wrapped: Buffer, context: string) => Promise<Buffer>;
}

export interface KeyServiceCipherOptions {
  readonly service: KeyService;
  /** The first wraps, all unwrap: letters, digits, hyphens and underscores. */
  readonly keyIds: readonly [newest: string, ...older: string[]];
}

const algorithm = 'aes-256-gcm';
const shape = /^ks1\.(?<keyId>[\w-]+)\.(?<wrapped>[\w-]+)\.(?<body>[\w-]+)$/;

/** JSON keeps the parts apart, whatever is in them. */
const contextOf = (keyId: string, { namespace, key, field }: SealBinding): string =>
  JSON.stringify(['ks1', namespace, key, field, keyId]);

const encrypt = (dataKey: Buffer, text: string, context: string): Buffer => {
  const iv = randomBytes(12);
  const cipher = createCipheriv(algorithm, dataKey, iv).setAAD(Buffer.from(context));
  return Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
};

const decrypt = (dataKey: Buffer, body: Buffer, context: string): string => {
  const decipher = createDecipheriv(algorithm, dataKey, body.subarray(0, 12), { authTagLength: 16 });
  decipher.setAAD(Buffer.from(context)).setAuthTag(body.subarray(-16));
  return Buffer.concat([decipher.update(body.subarray(12, -16)), decipher.final()]).toString('utf8');
};

/**
 * Envelope encryption: each value under a data key of its own, which lies beside it as the service wrapped it,
 * `ks1.<key id>.<wrapped data key>.<iv, text, tag>`. A value opens only where it was sealed, and only with the service.
 */
export const keyServiceCipher = ({ service, keyIds }: KeyServiceCipherOptions): Cipher => {
  const [newestKeyId] = keyIds;
  // What the service says of itself goes no further: it may quote what it was given.
  const failed = (why: CipherFailure['why'], keyId: string) => (): CipherFailure => ({
    _tag: 'CipherFailure',
    why,
    keyId,
  });
  return {
    newestKeyId,
    keyIds,
    seal: (text, binding) =>
      tryCatch(
        async () => {
          const dataKey = randomBytes(32);
          const context = contextOf(newestKeyId, binding);
          const wrapped = await service.wrap(newestKeyId, dataKey, context);
          return `ks1.${newestKeyId}.${wrapped.toString('base64url')}.${encrypt(dataKey, text, context).toString('base64url')}`;
        },
        failed('unreadable', newestKeyId),
      ),
    open: (sealed, binding) => {
      const { keyId, wrapped = '', body = '' } = shape.exec(sealed)?.groups ?? {};
      if (keyId === undefined) return left({ _tag: 'CipherFailure', why: 'not_sealed' });
      if (!keyIds.includes(keyId)) return left(failed('unknown_key_id', keyId)());
      const context = contextOf(keyId, binding);
      return pipe(
        tryCatch(() => service.unwrap(keyId, Buffer.from(wrapped, 'base64url'), context), failed('unreadable', keyId)),
        flatMap((dataKey) =>
          tryCatch(async () => decrypt(dataKey, Buffer.from(body, 'base64url'), context), failed('failed_tag', keyId)),
        ),
      );
    },
    keyIdOf: (sealed) => shape.exec(sealed)?.groups?.['keyId'],
  };
};
