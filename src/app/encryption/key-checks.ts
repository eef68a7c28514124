import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { tokenError, type TokenError } from '../../domain/token-error.js';
import type { Cipher } from '../../ports/cipher.js';
import type { TokenStore } from '../../ports/token-store.js';
import { storeFailed } from '../store/store-failed.js';
import { decryptionFailed } from './record-encryption.js';

/** What the store says about encryption keys: one value sealed by each that may still be needed, oldest first. */
export interface KeyChecks {
  /**
   * Left when a key is wrong, and when one is missing that sealed before this process's newest. A key that is newer than
   * that belongs to processes that were updated earlier, and is their business.
   */
  readonly prove: TE.TaskEither<TokenError, void>;
  /** Nothing stored is sealed with this process's older keys any more: from now on nobody needs them. */
  readonly retireOlder: TE.TaskEither<TokenError, void>;
}

const noteName = 'key-checks';
const checkText = 'llavero';

const linesOf = (text: string | undefined): readonly string[] => text?.split('\n') ?? [];

export const makeKeyChecks = (store: TokenStore, cipher: Cipher): KeyChecks => {
  const binding = { namespace: store.namespace, key: noteName, field: 'key_check' } as const;

  const isOurs = (sealed: string): boolean => cipher.keyIds.includes(cipher.keyIdOf(sealed) ?? '');
  const isOfNewest = (sealed: string): boolean => cipher.keyIdOf(sealed) === cipher.newestKeyId;

  const stored = pipe(store.readNote(noteName), TE.bimap(storeFailed(), linesOf));

  const verify = (sealed: string): TE.TaskEither<TokenError, void> =>
    pipe(
      cipher.open(sealed, binding),
      TE.mapError(decryptionFailed(noteName)),
      TE.flatMap((text) =>
        text === checkText
          ? TE.right(undefined)
          : TE.left(tokenError('DecryptionFailed', { key: noteName, why: 'unreadable' })),
      ),
    );

  const verifyAll = (found: readonly string[]): TE.TaskEither<TokenError, void> => {
    const newest = found.findIndex(isOfNewest);
    const older = newest === -1 ? found : found.slice(0, newest);
    return pipe(
      TE.sequenceSeqArray([...older, ...found.slice(older.length).filter(isOurs)].map(verify)),
      TE.map(() => undefined),
    );
  };

  /** Another process may have added its own check meanwhile, with another key of the same id: so verify again. */
  const addNewest = (found: readonly string[]): TE.TaskEither<TokenError, void> =>
    found.some(isOfNewest)
      ? TE.right(undefined)
      : pipe(
          cipher.seal(checkText, binding),
          TE.mapError(decryptionFailed(noteName)),
          TE.flatMap((sealed) =>
            pipe(
              store.updateNote(noteName, (text) => {
                const present = linesOf(text);
                const mayAdd = present.every(isOurs) && !present.some(isOfNewest);
                const next = mayAdd ? [...present, sealed] : present;
                return { text: next.join('\n'), result: next };
              }),
              TE.mapError(storeFailed()),
            ),
          ),
          TE.flatMap(verifyAll),
        );

  /**
   * Older than this process's newest is what stands before it. Where somebody with another newest has let that go, both kinds
   * of process are at work: it is put back, and nothing goes.
   */
  const retired = (found: readonly string[], sealed: string): readonly string[] => {
    const newest = found.findIndex(isOfNewest);
    return newest === -1 ? [...found, sealed] : found.filter((line, at) => at >= newest || !isOurs(line));
  };

  return {
    prove: pipe(stored, TE.tap(verifyAll), TE.flatMap(addNewest)),
    retireOlder: pipe(
      cipher.seal(checkText, binding),
      TE.mapError(decryptionFailed(noteName)),
      TE.flatMap((sealed) =>
        pipe(
          store.updateNote(noteName, (text) => ({
            text: retired(linesOf(text), sealed).join('\n'),
            result: undefined,
          })),
          TE.mapError(storeFailed()),
        ),
      ),
    ),
  };
};
