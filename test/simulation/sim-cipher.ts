import { left, right } from 'fp-ts/lib/Either.js';
import { fromEither } from 'fp-ts/lib/TaskEither.js';
import type { Cipher, SealBinding } from '../../src/ports/cipher.js';

/** A cipher whose seals hold nothing at all, and the only one who can look behind them. */
export interface SimCipher extends Cipher {
  readonly textOf: (sealed: string) => string | undefined;
}

const place = ({ namespace, key, field }: SealBinding): string => `${namespace}|${key}|${field}`;

/** One for a whole world: all its processes hold the same key. */
export const simCipher = (): SimCipher => {
  const kept = new Map<string, { readonly text: string; readonly place: string }>();
  return {
    newestKeyId: 'sim',
    keyIds: ['sim'],
    keyIdOf: (sealed) => (kept.has(sealed) ? 'sim' : undefined),
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
