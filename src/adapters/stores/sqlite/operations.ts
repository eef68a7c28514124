import { map, right, type Either } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { AccountRecord } from '../../../domain/account-record.js';
import type { PendingAuthorization, PendingChange } from '../../../domain/pending-authorization.js';
import { isUnreadable, type FoundRecord, type ListedPending } from '../../../domain/unreadable-record.js';
import type { Change, RecordChange } from '../../../domain/record-change.js';
import type { ClaimQuery, ClaimRelease, NoteChange, PageQuery, PendingQuery } from '../../../ports/token-store.js';
import { runChange } from '../run-change.js';
import { cellsOf } from './cells.js';
import type { SqliteStatement } from './database.js';
import { listedPending, pendingAuthorization, pendingRow } from './pending-rows.js';
import { accountRecord, accountRow, foundRecord } from './rows.js';
import { statements } from './statements.js';
import type { Decision } from './transaction.js';

/** What a transaction came to; Left is a short code. */
type Decided<A> = Either<string, Decision<A>>;

/**
 * The store's operations as synchronous work on one namespace of one connection. Reads run by themselves; the others
 * decide inside a transaction what it is to write.
 */
export interface SqliteOperations {
  readonly read: (key: string) => AccountRecord | undefined;
  readonly page: (query: PageQuery) => readonly FoundRecord[];
  readonly pendings: (query: PendingQuery) => readonly ListedPending[];
  readonly readNote: (name: string) => string | undefined;
  readonly update: <A>(key: string, change: RecordChange<A>) => Decided<A>;
  readonly claimDue: (query: ClaimQuery) => Decided<readonly FoundRecord[]>;
  readonly releaseClaims: (releases: readonly ClaimRelease[]) => Decided<void>;
  readonly putPending: (pending: PendingAuthorization, nowMs: number) => Decided<void>;
  readonly updatePending: <A>(
    id: string,
    change: (pending: PendingAuthorization | undefined) => PendingChange<A>,
  ) => Decided<A>;
  readonly updateNote: <A>(name: string, change: (text: string | undefined) => NoteChange<A>) => Decided<A>;
}

export const sqliteOperations = (namespace: string, prepare: (source: string) => SqliteStatement): SqliteOperations => {
  const statement = (name: keyof typeof statements): SqliteStatement => prepare(statements[name]);

  const read = (key: string): AccountRecord | undefined => {
    const row = statement('readAccount').get({ namespace, key });
    return row === undefined ? undefined : accountRecord(row);
  };

  const readNote = (name: string): string | undefined => {
    const row = statement('readNote').get({ namespace, name });
    return row === undefined ? undefined : cellsOf(row).text('text');
  };

  const writeOf = <A>(key: string, change: Change<A>): (() => void) | undefined => {
    switch (change._tag) {
      case 'Keep':
        return undefined;
      case 'Put':
        return () => void statement('putAccount').run({ ...accountRow(change.record), namespace });
      case 'Drop':
        return () => void statement('dropAccount').run({ namespace, key });
    }
  };

  const noteWrite = (name: string, before: string | undefined, text: string | undefined): (() => void) | undefined => {
    if (text === before) return undefined;
    return text === undefined
      ? () => void statement('dropNote').run({ namespace, name })
      : () => void statement('putNote').run({ namespace, name, text });
  };

  const pendingWrite = (
    id: string,
    before: PendingAuthorization | undefined,
    pending: PendingAuthorization | undefined,
  ): (() => void) | undefined => {
    if (pending === before) return undefined;
    return pending === undefined
      ? () => void statement('dropPending').run({ namespace, id })
      : () => void statement('putPending').run({ ...pendingRow(pending), namespace });
  };

  return {
    read,
    page: ({ limit, after = '', provider }) =>
      statement(provider === undefined ? 'page' : 'pageOfProvider')
        .all({ namespace, after, limit, provider })
        .map(foundRecord),
    update: (key, change) => {
      const current = read(key);
      return pipe(
        runChange(() => change(current, undefined)),
        map((decided) => ({ result: decided.result, write: writeOf(key, decided) })),
      );
    },
    claimDue: ({ provider, nowMs, limit, keepWarm, untilMs, latestNotBeforeMs, latestDatedMs }) => {
      const due = statement(keepWarm ? 'dueOrWarm' : 'due')
        .all({ namespace, provider, now: nowMs, limit, latest: latestNotBeforeMs, dated: latestDatedMs })
        .map(foundRecord);
      const write = (): void => {
        for (const { key } of due) statement('claim').run({ namespace, key, until: untilMs });
      };
      const result = due.map((found) => (isUnreadable(found) ? found : { ...found, sweepNotBefore: untilMs }));
      return right({ result, write: due.length === 0 ? undefined : write });
    },
    releaseClaims: (releases) => {
      const write = (): void => {
        for (const { key, claimedUntilMs, notBeforeMs } of releases) {
          const bound = { namespace, key, until: claimedUntilMs, notBefore: notBeforeMs ?? null };
          statement('releaseClaim').run(bound);
        }
      };
      return right({ result: undefined, write: releases.length === 0 ? undefined : write });
    },
    putPending: (pending, nowMs) =>
      right({
        result: undefined,
        write: () => {
          statement('forgetPending').run({ namespace, now: nowMs });
          statement('putPending').run({ ...pendingRow(pending), namespace });
        },
      }),
    updatePending: (id, change) => {
      const row = statement('readPending').get({ namespace, id });
      const before = row === undefined ? undefined : pendingAuthorization(row);
      return pipe(
        runChange(() => change(before)),
        map(({ pending, result }) => ({ result, write: pendingWrite(id, before, pending) })),
      );
    },
    pendings: ({ limit, after = '' }) => statement('pendings').all({ namespace, after, limit }).map(listedPending),
    readNote,
    updateNote: (name, change) => {
      const before = readNote(name);
      return pipe(
        runChange(() => change(before)),
        map(({ text, result }) => ({ result, write: noteWrite(name, before, text) })),
      );
    },
  };
};
