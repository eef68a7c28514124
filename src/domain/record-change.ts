import type { AccountRecord } from './account-record.js';

/** What a change makes of one record, and what it tells its caller. */
export type Change<A> =
  | { readonly _tag: 'Keep'; readonly result: A }
  | { readonly _tag: 'Put'; readonly record: AccountRecord; readonly result: A }
  | { readonly _tag: 'Drop'; readonly result: A };

/**
 * A pure rule over one record. A store may run it several times before one run counts, so it does nothing but decide.
 * `serverNowMs` is the time of the store's own server, where it has one.
 */
export type RecordChange<A> = (current: AccountRecord | undefined, serverNowMs: number | undefined) => Change<A>;

/** Leave the record as it is; nothing is written. */
export const keep = <A>(result: A): Change<A> => ({ _tag: 'Keep', result });
/** Create or replace the record. */
export const put = <A>(record: AccountRecord, result: A): Change<A> => ({ _tag: 'Put', record, result });
/** Delete the record. */
export const drop = <A>(result: A): Change<A> => ({ _tag: 'Drop', result });
