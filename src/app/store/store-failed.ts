import { tokenError, type TokenError } from '../../domain/token-error.js';
import type { StoreFailure } from '../../ports/token-store.js';

/** What a store's failure is called where tokens are concerned; with the key of the account it was about, if any. */
export const storeFailed =
  (key?: string) =>
  ({ operation, why }: StoreFailure): TokenError =>
    tokenError('StoreFailed', { operation, why, ...(key === undefined ? {} : { key }) });
