import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { AccountRecord } from '../../../domain/account-record.js';
import { dueSince } from '../../../domain/due-times.js';
import type { PendingAuthorization } from '../../../domain/pending-authorization.js';
import type { Change } from '../../../domain/record-change.js';
import type { ClaimQuery, PageQuery, TokenStore } from '../../../ports/token-store.js';
import { runChange } from '../run-change.js';
import { storeFailure } from '../store-failure.js';
import { storeNamespace } from '../store-namespace.js';

export interface MemoryStoreOptions {
  /** Part of what seals are bound to; `llavero` when left out. */
  readonly namespace?: string | undefined;
}

/**
 * A store in this process's memory, for tests and for a single process whose accounts may be lost with it.
 *
 * One store may be shared by several llaveros of a process. `close` therefore forgets nothing and shuts nobody out:
 * the data lives as long as the store object does.
 */
export const memoryStore = (options: MemoryStoreOptions = {}): TokenStore => {
  const namespace = storeNamespace(options.namespace);
  const accounts = new Map<string, AccountRecord>();
  const pending = new Map<string, PendingAuthorization>();
  const notes = new Map<string, string>();

  const apply = <A>(key: string, change: Change<A>): A => {
    if (change._tag === 'Put') accounts.set(key, snapshot(change.record));
    if (change._tag === 'Drop') accounts.delete(key);
    return change.result;
  };

  const postponed = (record: AccountRecord, sweepNotBefore: number | undefined): AccountRecord => {
    const next = Object.freeze({ ...record, sweepNotBefore });
    accounts.set(record.key, next);
    return next;
  };

  return Object.freeze<TokenStore>({
    namespace,
    open: TE.right(undefined),
    close: TE.right(undefined),
    read: (key) => TE.fromIO(() => accounts.get(key)),
    update: (key, change) =>
      TE.fromIOEither(() =>
        pipe(
          runChange(() => change(accounts.get(key), undefined)),
          E.bimap(
            (why) => storeFailure('update', why),
            (decided) => apply(key, decided),
          ),
        ),
      ),
    page: (query) => TE.fromIO(() => pageOf([...accounts.values()], query)),
    claimDue: (query) =>
      TE.fromIO(() => dueOf(accounts.values(), query).map((record) => postponed(record, query.untilMs))),
    releaseClaims: (releases) =>
      TE.fromIO(() => {
        for (const { key, claimedUntilMs, notBeforeMs } of releases) {
          const record = accounts.get(key);
          if (record?.sweepNotBefore === claimedUntilMs) postponed(record, notBeforeMs);
        }
      }),
    putPending: (authorization, nowMs) =>
      TE.fromIO(() => {
        for (const { id, expiresAt } of pending.values()) if (expiresAt <= nowMs) pending.delete(id);
        pending.set(authorization.id, pendingSnapshot(authorization));
      }),
    pendings: ({ limit, after }) =>
      TE.fromIO(() =>
        [...pending.values()]
          .filter(({ id }) => after === undefined || byBytes(id, after) > 0)
          .toSorted((one, other) => byBytes(one.id, other.id))
          .slice(0, limit),
      ),
    readNote: (name) => TE.fromIO(() => notes.get(name)),
    updatePending: (id, change) =>
      TE.fromIOEither(() =>
        pipe(
          runChange(() => change(pending.get(id))),
          E.bimap(
            (why) => storeFailure('updatePending', why),
            ({ pending: next, result }) => {
              if (next === undefined) pending.delete(id);
              else pending.set(id, pendingSnapshot(next));
              return result;
            },
          ),
        ),
      ),
    updateNote: (name, change) =>
      TE.fromIOEither(() =>
        pipe(
          runChange(() => change(notes.get(name))),
          E.bimap(
            (why) => storeFailure('updateNote', why),
            ({ text, result }) => {
              if (text === undefined) notes.delete(name);
              else notes.set(name, text);
              return result;
            },
          ),
        ),
      ),
  });
};

const snapshot = (record: AccountRecord): AccountRecord =>
  Object.freeze({
    ...record,
    ...(record.attempt !== undefined && { attempt: Object.freeze({ ...record.attempt }) }),
    ...(record.failure !== undefined && { failure: Object.freeze({ ...record.failure }) }),
  });

const pendingSnapshot = (pending: PendingAuthorization): PendingAuthorization =>
  Object.freeze({
    ...pending,
    ...(pending.delivery !== undefined && { delivery: Object.freeze({ ...pending.delivery }) }),
  });

const byBytes = (one: string, other: string): number => Buffer.compare(Buffer.from(one), Buffer.from(other));

const pageOf = (records: readonly AccountRecord[], { limit, after, provider }: PageQuery): readonly AccountRecord[] =>
  records
    .filter((record) => provider === undefined || record.provider === provider)
    .filter((record) => after === undefined || byBytes(record.key, after) > 0)
    .toSorted((one, other) => byBytes(one.key, other.key))
    .slice(0, limit);

/** The most overdue `limit` of any number of records, without sorting them all. */
const dueOf = (records: Iterable<AccountRecord>, query: ClaimQuery): readonly AccountRecord[] => {
  const { provider, nowMs, keepWarm, limit, latestNotBeforeMs, latestDatedMs } = query;
  const first: { readonly record: AccountRecord; readonly at: number }[] = [];
  for (const record of records) {
    const { sweepNotBefore = -Infinity } = record;
    const at = Math.max(
      dueSince(record, keepWarm, latestDatedMs),
      sweepNotBefore > latestNotBeforeMs ? -Infinity : sweepNotBefore,
    );
    if (record.provider !== provider || at > nowMs) continue;
    const isBefore = (other: { readonly record: AccountRecord; readonly at: number }): boolean =>
      at < other.at || (at === other.at && byBytes(record.key, other.record.key) < 0);
    const last = first.at(-1);
    if (first.length >= limit && last !== undefined && !isBefore(last)) continue;
    const place = first.findLastIndex((other) => !isBefore(other)) + 1;
    first.splice(place, 0, { record, at });
    if (first.length > limit) first.pop();
  }
  return first.map(({ record }) => record);
};
