import { map, right, type Either } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { AccountRecord, PendingAuthorization } from '../../domain/account-record.js';
import type { Change, RecordChange } from '../../domain/record-change.js';
import type { DueQuery, NoteChange, PageQuery } from '../../ports/token-store.js';
import { runChange } from './run-change.js';
import { cellsOf } from './sqlite-cells.js';
import type { SqliteStatement } from './sqlite-database.js';
import { accountRecord, accountRow, pendingAuthorization } from './sqlite-rows.js';
import { statements } from './sqlite-statements.js';
import type { Decision } from './sqlite-transaction.js';

/** What a transaction came to; Left is a short code. */
type Decided<A> = Either<string, Decision<A>>;

/**
 * The store's operations as synchronous work on one namespace of one connection. Reads run by themselves; the others
 * decide inside a transaction what it is to write.
 */
export interface SqliteOperations {
  readonly read: (key: string) => AccountRecord | undefined;
  readonly page: (query: PageQuery) => readonly AccountRecord[];
  readonly due: (query: DueQuery) => readonly AccountRecord[];
  readonly update: <A>(key: string, change: RecordChange<A>) => Decided<A>;
  readonly putPending: (pending: PendingAuthorization, nowMs: number) => Decided<void>;
  readonly takePending: (id: string) => Decided<PendingAuthorization | undefined>;
  readonly updateNote: <A>(name: string, change: (text: string | undefined) => NoteChange<A>) => Decided<A>;
}

export const sqliteOperations = (namespace: string, prepare: (source: string) => SqliteStatement): SqliteOperations => {
  const statement = (name: keyof typeof statements): SqliteStatement => prepare(statements[name]);

  const read = (key: string): AccountRecord | undefined => {
    const row = statement('readAccount').get({ namespace, key });
    return row === undefined ? undefined : accountRecord(row);
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

  return {
    read,
    page: ({ limit, after = '', provider }) =>
      statement(provider === undefined ? 'page' : 'pageOfProvider')
        .all({ namespace, after, limit, provider })
        .map(accountRecord),
    due: ({ nowMs, limit, provider, keepWarm }) =>
      statement(keepWarm ? 'dueOrWarm' : 'due')
        .all({ namespace, now: nowMs, limit, provider: provider ?? null })
        .map(accountRecord),
    update: (key, change) => {
      const current = read(key);
      return pipe(
        runChange(() => change(current, undefined)),
        map((decided) => ({ result: decided.result, write: writeOf(key, decided) })),
      );
    },
    putPending: (pending, nowMs) =>
      right({
        result: undefined,
        write: () => {
          statement('forgetPending').run({ namespace, now: nowMs });
          statement('putPending').run({ ...pending, namespace });
        },
      }),
    takePending: (id) => {
      const row = statement('readPending').get({ namespace, id });
      return row === undefined
        ? right({ result: undefined })
        : right({
            result: pendingAuthorization(row),
            write: () => void statement('dropPending').run({ namespace, id }),
          });
    },
    updateNote: (name, change) => {
      const row = statement('readNote').get({ namespace, name });
      const before = row === undefined ? undefined : cellsOf(row).text('text');
      return pipe(
        runChange(() => change(before)),
        map(({ text, result }) => ({ result, write: noteWrite(name, before, text) })),
      );
    },
  };
};
