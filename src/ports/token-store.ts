import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { AccountRecord, PendingAuthorization } from '../domain/account-record.js';
import type { RecordChange } from '../domain/record-change.js';

/** A store did not answer or did not commit. `why` is a driver's short code (`SQLITE_BUSY`), never its message. */
export interface StoreFailure {
  readonly _tag: 'StoreFailure';
  readonly operation: string;
  readonly why: string;
}

/** One page of records, in the order of their keys. */
export interface PageQuery {
  readonly limit: number;
  /** Only keys after this one, in the order of their UTF-8 bytes. */
  readonly after?: string | undefined;
  readonly provider?: string | undefined;
}

/** Records that a sweep has to look at. */
export interface DueQuery {
  readonly nowMs: number;
  readonly limit: number;
  readonly provider?: string | undefined;
  /** Also those whose access token is due (`warmAt`), not only their refresh token (`keepAliveAt`). */
  readonly keepWarm: boolean;
}

/** What a change to a note makes of it; `text: undefined` deletes it. */
export interface NoteChange<A> {
  readonly text: string | undefined;
  readonly result: A;
}

/**
 * Where accounts live between processes and restarts. It sees sealed text only.
 *
 * Laws (the contract suite in `llavero/testing` holds every store to them):
 * - **Atomic**: `update` reads, decides and writes one record as if alone with it; two updates of one key never interleave.
 * - **Durable**: when an operation that writes resolves Right, its effect survives the death of this process and, for a
 *   store on disk, of the machine.
 * - **Nothing invented**: a record comes back exactly as it was put: any key, any length of text, times to the millisecond.
 * - **Keep writes nothing**; a Left left the record as it was, or changed it wholly when the answer to a commit was lost.
 * - **Taken once**: of any number of concurrent `takePending` for one id at most one gets it.
 * - **Own clock**: a store whose server has a clock passes it to the change; an embedded one passes undefined.
 * - **Never blocks** the event loop for more than a single short statement.
 */
export interface TokenStore {
  /** Part of what seals are bound to: a sealed value from another namespace does not open here. */
  readonly namespace: string;
  /** Connects, creates and migrates the schema. Called once, before anything else; calling it again is harmless. */
  readonly open: TaskEither<StoreFailure, void>;
  readonly read: (key: string) => TaskEither<StoreFailure, AccountRecord | undefined>;
  readonly update: <A>(key: string, change: RecordChange<A>) => TaskEither<StoreFailure, A>;
  readonly page: (query: PageQuery) => TaskEither<StoreFailure, readonly AccountRecord[]>;
  /** The most overdue first. */
  readonly due: (query: DueQuery) => TaskEither<StoreFailure, readonly AccountRecord[]>;
  /** Also forgets what has expired by `nowMs`. */
  readonly putPending: (pending: PendingAuthorization, nowMs: number) => TaskEither<StoreFailure, void>;
  readonly takePending: (id: string) => TaskEither<StoreFailure, PendingAuthorization | undefined>;
  /** A small named text that all processes share, such as the key checks; same laws as `update`. */
  readonly updateNote: <A>(
    name: string,
    change: (text: string | undefined) => NoteChange<A>,
  ) => TaskEither<StoreFailure, A>;
  /** Lets go of what it opened itself; what it was handed stays open. */
  readonly close: TaskEither<StoreFailure, void>;
}
