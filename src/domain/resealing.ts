import type { AccountRecord } from './account-record.js';
import { keep, put, type Change } from './record-change.js';

/** The sealed values of a record. */
export type SealedValues = Pick<AccountRecord, 'credential' | 'token'>;

export type Resealed =
  | { readonly _tag: 'Resealed' }
  /** Somebody wrote meanwhile: what was resealed is not what stands there now. */
  | { readonly _tag: 'Moved'; readonly record: AccountRecord }
  | { readonly _tag: 'Removed' };

/**
 * The same values under another key, where they still stand as they were read; whatever else changed stays. A sweep that
 * could not open them may be able to from now on.
 */
export const resealRecord = (
  current: AccountRecord | undefined,
  read: SealedValues,
  sealed: SealedValues,
): Change<Resealed> => {
  if (current === undefined) return keep({ _tag: 'Removed' });
  if (current.credential !== read.credential || current.token !== read.token) {
    return keep({ _tag: 'Moved', record: current });
  }
  const record = { ...current, credential: sealed.credential, token: sealed.token, sweepNotBefore: undefined };
  return put(record, { _tag: 'Resealed' });
};
