import { left, right } from 'fp-ts/lib/Either.js';
import { fromEither } from 'fp-ts/lib/TaskEither.js';
import type { Cipher, SealBinding } from '../../src/ports/cipher.js';

/** A cipher whose seals hold nothing at all, and the only one who can look behind them. */
export interface SimCipher extends Cipher {
  readonly textOf: (sealed: string) => string | undefined;
}

const place = ({ namespace, key, field }: SealBinding): string => `${namespace}|${key}|${field}`;

const digestOf = (text: string): string => {
  let digest = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) digest = Math.imul(digest ^ text.charCodeAt(at), 0x01000193);
  return `digest-${(digest >>> 0).toString(36)}`;
};

/** One for a whole world: all its processes hold the same key. */
export const simCipher = (): SimCipher => {
  const kept = new Map<string, { readonly text: string; readonly place: string }>();
  return {
    newestKeyId: 'sim',
    keyIds: ['sim'],
    keyIdOf: (sealed) => (kept.has(sealed) ? 'sim' : undefined),
    fingerprint: digestOf,
    textOf: (sealed) => kept.get(sealed)?.text,
    seal: (text, binding) => {
      const sealed = `sealed-${kept.size + 1}`;
      kept.set(sealed, { text, place: place(binding) });
      return fromEither(right(sealed));
    },
    open: (sealed, binding) => {
      const found = kept.get(sealed);
      if (found === undefined) return fromEither(left({ _tag: 'CipherFailure', why: 'not_sealed' }));
      return fromEither(
        found.place === place(binding) ? right(found.text) : left({ _tag: 'CipherFailure', why: 'failed_tag' }),
      );
    },
  };
};
