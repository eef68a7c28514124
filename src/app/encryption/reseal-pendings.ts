import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { beganAt, type PendingAuthorization, type PendingChange } from '../../domain/pending-authorization.js';
import { tokenError, type TokenError } from '../../domain/token-error.js';
import { isUnreadable, type ListedPending } from '../../domain/unreadable-record.js';
import type { Cipher } from '../../ports/cipher.js';
import type { TokenStore } from '../../ports/token-store.js';
import { storeFailed } from '../store/store-failed.js';
import type { HostTime } from '../store/host-time.js';
import { decryptionFailed, pendingBinding } from './record-encryption.js';

/** How many authorizations that browsers are out on were moved, and how many could not be read or opened. */
export interface ResealedPendings {
  readonly resealed: number;
  readonly failed: number;
}

/**
 * Moves every pending authorization to the newest encryption key; what has expired is left to be forgotten. One that is taken
 * meanwhile is gone, and stays so.
 */
export type ResealPendings = (stop: AbortSignal) => TE.TaskEither<TokenError, ResealedPendings>;

export interface ResealPendingsDeps {
  readonly store: TokenStore;
  readonly cipher: Cipher;
  readonly hostTime: HostTime;
  /** Told of each that cannot be read, or does not open. */
  readonly failed: (key: string, error: TokenError) => void;
}

type Fate = 'left' | 'resealed' | 'failed';

const pageSize = 20;

const resealed =
  (read: PendingAuthorization, sealed: string) =>
  (current: PendingAuthorization | undefined): PendingChange<Fate> =>
    current?.sealed === read.sealed
      ? { pending: { ...current, sealed }, result: 'resealed' }
      : { pending: current, result: 'left' };

export const makeResealPendings = ({ store, cipher, hostTime, failed }: ResealPendingsDeps): ResealPendings => {
  const sealedAnew = ({ key, id, sealed }: PendingAuthorization): TE.TaskEither<TokenError, string> => {
    const binding = pendingBinding(store.namespace, key, id);
    return pipe(
      cipher.open(sealed, binding),
      TE.flatMap((text) => cipher.seal(text, binding)),
      TE.mapError(decryptionFailed(key)),
    );
  };

  const one = (pending: PendingAuthorization): TE.TaskEither<TokenError, Fate> => {
    const { key, sealed, expiresAt } = pending;
    if (expiresAt <= hostTime.nowMsFor(beganAt(pending)) || cipher.keyIdOf(sealed) === cipher.newestKeyId)
      return TE.right('left');
    return pipe(
      sealedAnew(pending),
      TE.matchE(
        (error): TE.TaskEither<TokenError, Fate> => {
          failed(key, error);
          return TE.right('failed');
        },
        (anew) => pipe(store.updatePending(pending.id, resealed(pending, anew)), TE.mapError(storeFailed(key))),
      ),
    );
  };

  const anyOne = (found: ListedPending): TE.TaskEither<TokenError, Fate> =>
    isUnreadable(found)
      ? TE.fromIO(() => {
          const { key, why } = found;
          failed(key, tokenError('StoreFailed', { operation: 'read', why, key }));
          return 'failed';
        })
      : one(found);

  const pass = (
    after: string | undefined,
    before: ResealedPendings,
    stop: AbortSignal,
  ): TE.TaskEither<TokenError, ResealedPendings> =>
    pipe(
      store.pendings({ limit: pageSize, after }),
      TE.mapError(storeFailed()),
      TE.flatMap((pendings) =>
        pipe(
          TE.sequenceArray(pendings.map(anyOne)),
          TE.flatMap((fates) => {
            const count = (fate: Fate): number => fates.filter((found) => found === fate).length;
            const sum = { resealed: before.resealed + count('resealed'), failed: before.failed + count('failed') };
            const last = pendings.at(-1)?.id;
            const isOver = last === undefined || pendings.length < pageSize || stop.aborted;
            return isOver ? TE.right(sum) : pass(last, sum, stop);
          }),
        ),
      ),
    );

  return (stop) => pass(undefined, { resealed: 0, failed: 0 }, stop);
};
