import { pipe } from 'fp-ts/lib/function.js';
import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { tokenError, type TokenError } from '../domain/token-error.js';
import type { Cipher } from '../ports/cipher.js';
import type { TokenStore } from '../ports/token-store.js';
import { storeFailed } from './accounts/accounts.js';
import { decryptionFailed } from './accounts/vault.js';

/** Opens the store and proves that the encryption keys fit it, before any network and any other write. */
export type MakeReady = () => TE.TaskEither<TokenError, void>;

/** One value sealed by each key that ever sealed here: a wrong key is found out by it at the start. */
const noteName = 'key-checks';
const checkText = 'llavero';

export const makeMakeReady = ({
  store,
  cipher,
}: {
  readonly store: TokenStore;
  readonly cipher: Cipher;
}): MakeReady => {
  const binding = { namespace: store.namespace, key: noteName, field: 'key_check' } as const;

  const checks = pipe(
    store.updateNote(noteName, (text) => ({ text, result: text?.split('\n') ?? [] })),
    TE.mapError(storeFailed()),
  );

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

  /** Keys this process does not have are somebody else's business, unless it has none of those in use. */
  const verifyKnown = (found: readonly string[]): TE.TaskEither<TokenError, void> => {
    const ours = found.filter(isOurs);
    const checked = ours.length === 0 ? found.slice(0, 1) : ours;
    return pipe(
      TE.sequenceSeqArray(checked.map(verify)),
      TE.map(() => undefined),
    );
  };

  const isOurs = (sealed: string): boolean => cipher.keyIds.includes(cipher.keyIdOf(sealed) ?? '');
  const isOfNewestKey = (sealed: string): boolean => cipher.keyIdOf(sealed) === cipher.newestKeyId;

  /** Another process may have added its own check meanwhile, with another key of the same id: so verify again. */
  const addNewest = (found: readonly string[]): TE.TaskEither<TokenError, void> =>
    found.some(isOfNewestKey)
      ? TE.right(undefined)
      : pipe(
          cipher.seal(checkText, binding),
          TE.mapError(decryptionFailed(noteName)),
          TE.flatMap((sealed) =>
            pipe(
              store.updateNote(noteName, (text) => {
                const present = text?.split('\n') ?? [];
                const mayAdd = present.length === 0 || (present.some(isOurs) && !present.some(isOfNewestKey));
                const next = mayAdd ? [...present, sealed] : present;
                return { text: next.join('\n'), result: next };
              }),
              TE.mapError(storeFailed()),
            ),
          ),
          TE.flatMap(verifyKnown),
        );

  const prepare = pipe(
    store.open,
    TE.mapError(storeFailed()),
    TE.flatMap(() => checks),
    TE.tap(verifyKnown),
    TE.flatMap(addNewest),
  );

  let running: Promise<E.Either<TokenError, void>> | undefined;
  /** Success is remembered; a failure is tried again by the next call. */
  return () => async () => {
    running ??= prepare();
    const result = await running;
    if (E.isLeft(result)) running = undefined;
    return result;
  };
};
