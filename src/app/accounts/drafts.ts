import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { AccountRecord } from '../../domain/account-record.js';
import type { RecordChange } from '../../domain/record-change.js';
import type { TokenError } from '../../domain/token-error.js';
import type { TokenStore, WriteOptions } from '../../ports/token-store.js';
import { storeFailed } from '../store/store-failed.js';

/**
 * Records of accounts that nobody registered and whose grant needs no person: asking for a token must not create the
 * account, its first committed token does. Until then its attempts and failures are kept here, in this process's memory:
 * such a request may be repeated without harm, so no other process has to know of it.
 */
export interface Drafts {
  readonly find: (key: string) => AccountRecord | undefined;
  readonly keep: (draft: AccountRecord) => void;
  /** The account was removed, or somebody stored it: a token that is still on its way to this draft is not committed. */
  readonly forget: (key: string) => void;
  /** Changes a stored record; of a draft, what is remembered here. */
  readonly update: <A>(
    record: AccountRecord,
    change: RecordChange<A>,
    options?: WriteOptions,
  ) => TE.TaskEither<TokenError, A>;
  /** Changes a stored record, urgently; where none is stored, the change sees the draft, and what it puts is stored. */
  readonly commit: <A>(record: AccountRecord, change: RecordChange<A>) => TE.TaskEither<TokenError, A>;
}

export interface DraftsDeps {
  readonly store: TokenStore;
  /** So many are remembered; the oldest goes first. */
  readonly entries: number;
}

export const makeDrafts = ({ store, entries }: DraftsDeps): Drafts => {
  const byKey = new Map<string, AccountRecord>();

  const draftOf = ({ key, incarnation }: AccountRecord): AccountRecord | undefined => {
    const draft = byKey.get(key);
    return draft?.incarnation === incarnation ? draft : undefined;
  };

  const keep = (draft: AccountRecord): void => {
    byKey.delete(draft.key);
    for (const oldest of byKey.keys()) if (byKey.size >= entries) byKey.delete(oldest);
    byKey.set(draft.key, draft);
  };

  const stored = <A>(key: string, change: RecordChange<A>, options?: WriteOptions): TE.TaskEither<TokenError, A> =>
    pipe(store.update(key, change, options), TE.mapError(storeFailed(key)));

  const remembered = <A>(draft: AccountRecord, change: RecordChange<A>): A => {
    const decided = change(draft, undefined);
    if (decided._tag === 'Put') keep(decided.record);
    if (decided._tag === 'Drop') byKey.delete(draft.key);
    return decided.result;
  };

  return {
    find: (key) => byKey.get(key),
    keep,
    forget: (key) => void byKey.delete(key),
    update: (record, change, options) => async () => {
      const draft = draftOf(record);
      return draft === undefined ? stored(record.key, change, options)() : TE.right(remembered(draft, change))();
    },
    commit: (record, change) =>
      pipe(
        stored(record.key, (current, serverNowMs) => change(current ?? draftOf(record), serverNowMs), { urgent: true }),
        TE.tapIO(() => () => {
          if (draftOf(record) !== undefined) byKey.delete(record.key);
        }),
      ),
  };
};
