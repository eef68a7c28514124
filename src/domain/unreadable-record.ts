import type { AccountRecord } from './account-record.js';
import type { CredentialStatus } from './account-state.js';
import type { PendingAuthorization } from './pending-authorization.js';

/** A stored account that its store cannot give back: somebody else wrote there, or the data is damaged. */
export interface UnreadableRecord {
  readonly key: string;
  readonly provider: string;
  readonly account: string;
  readonly unreadable: true;
  /** A short code of the store, never a value. */
  readonly why: string;
}

/** What a store gives of one account among many: one that cannot be read spoils no other. */
export type FoundRecord = AccountRecord | UnreadableRecord;

/** A pending authorization that its store cannot give back, for the same reasons. */
export interface UnreadablePending {
  readonly id: string;
  readonly key: string;
  readonly unreadable: true;
  /** A short code of the store, never a value. */
  readonly why: string;
}

/** What a store gives of one pending authorization among many. */
export type ListedPending = PendingAuthorization | UnreadablePending;

/** Whether only the name could be read. */
export const isUnreadable = <Found extends FoundRecord | ListedPending>(
  found: Found,
): found is Extract<Found, { readonly unreadable: true }> => 'unreadable' in found;

/** Where an account stands that cannot be read, or whose secrets cannot be opened: somebody should look. */
export const statusOfUnreadable = (
  found: Pick<AccountRecord, 'key' | 'provider' | 'account'> & { readonly generation?: number | undefined },
  code: string,
  nowMs: number,
): CredentialStatus => {
  const { key, provider, account, generation = 0 } = found;
  const lastFailure = Object.freeze({ code, at: new Date(nowMs), count: 1 });
  return Object.freeze({ key, provider, account, generation, state: 'failing', lastFailure });
};
