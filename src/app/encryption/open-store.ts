import { pipe } from 'fp-ts/lib/function.js';
import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TokenError } from '../../domain/token-error.js';
import type { TokenStore } from '../../ports/token-store.js';
import { storeFailed } from '../store/store-failed.js';
import type { Fingerprints } from './fingerprints.js';
import type { KeyChecks } from './key-checks.js';

/** Opens the store and proves that the encryption keys fit it, before any network and any other write. */
export type OpenStore = () => TE.TaskEither<TokenError, void>;

export const makeOpenStore = (store: TokenStore, keyChecks: KeyChecks, fingerprints: Fingerprints): OpenStore => {
  const prepare = pipe(
    store.open,
    TE.mapError(storeFailed()),
    TE.flatMap(() => keyChecks.prove),
    TE.flatMap(() => fingerprints.load),
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
