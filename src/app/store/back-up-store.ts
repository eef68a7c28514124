import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { misuse } from '../../domain/misuse.js';
import { tokenError } from '../../domain/token-error.js';
import type { TokenStore } from '../../ports/token-store.js';
import { storeFailed } from './store-failed.js';
import type { UseCase } from '../use-case/use-case-error.js';

/** Copies a store to a new file, where it is a store that can. */
export const backUpStore = (store: TokenStore, path: string): UseCase<void> => {
  if (typeof path !== 'string' || path.trim() === '' || path.includes('\0')) {
    return TE.left(misuse("backup(path): pass the path of a new file, such as backup('/backups/llavero.db')"));
  }
  return store.backup === undefined
    ? TE.left(tokenError('StoreFailed', { operation: 'back up', why: 'backup_not_supported' }))
    : pipe(store.backup(path), TE.mapError(storeFailed()));
};
