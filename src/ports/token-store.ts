import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { AccountRecord } from '../domain/account-record.js';
import type { PendingAuthorization, PendingChange } from '../domain/pending-authorization.js';
import type { FoundRecord, ListedPending } from '../domain/unreadable-record.js';
import type { RecordChange } from '../domain/record-change.js';
import type { StoreTrouble, StoreWarning } from '../domain/store-trouble.js';

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

/** One page of pending authorizations, in the order of their ids. */
export interface PendingQuery {
  readonly limit: number;
  /** Only ids after this one, in the order of their UTF-8 bytes. */
  readonly after?: string | undefined;
}

/** Accounts that a sweep takes up. */
export interface ClaimQuery {
  readonly provider: string;
  readonly nowMs: number;
  readonly limit: number;
  /** Also those whose access token is due (`warmAt`), not only their refresh token (`keepAliveAt`). */
  readonly keepWarm: boolean;
  /** What `sweepNotBefore` becomes: until then they are given to no other sweep. */
  readonly untilMs: number;
  /** A `sweepNotBefore` later than this was dated by a clock that has been set back since, and counts for nothing. */
  readonly latestNotBeforeMs: number;
  /**
   * Where `obtainedAt` or the failure's `at` is later than this, a clock that has been set back since dated the account: what
   * it has of the due times asked for counts as 0.
   */
  readonly latestDatedMs: number;
}

/** A sweep is done with an account that it had claimed. */
export interface ClaimRelease {
  readonly key: string;
  /** The `untilMs` it was claimed with. */
  readonly claimedUntilMs: number;
  /** What `sweepNotBefore` becomes; undefined: the account may be claimed again at once. */
  readonly notBeforeMs: number | undefined;
}

/** What a store may make use of when several writes wait for it. */
export interface WriteOptions {
  /**
   * A hint: this write ends something that has begun, such as the commit of a token that has arrived, and may overtake writes
   * that begin something. A store whose writes do not stand in a line ignores it.
   */
  readonly urgent?: boolean | undefined;
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
 * - **Claimed once**: of any number of `claimDue` at once no two give the same account, as long as nobody else changes it. A
 *   claim keeps no `update` out. One that is lost, by a change that was decided before it, does no harm: it spares work.
 * - **One bad row spoils no other**: `page` and `claimDue` give an account that cannot be read as an `UnreadableRecord`, in its
 *   place; `read` and `update` of that account end Left. So does `pendings` with an `UnreadablePending`, and `updatePending`.
 * - **Keep writes nothing**; on a Left the record is unchanged, or fully changed where the answer to the commit was lost.
 * - **Taken once**: `updatePending` is as atomic as `update`, so that of any number of callbacks one takes a flow.
 * - **Own clock**: a store whose server has a clock passes it to the change of a record or of a pending authorization; an
 *   embedded one passes undefined.
 * - **Settles**: every operation ends, Right or Left, within seconds; on a store in trouble it ends Left. A caller gives up
 *   after `storeTimeoutMs` (10 s) and takes that for a Left: what was to be written may still be written after it.
 * - **Never blocks** the event loop for more than a single short statement.
 */
export interface TokenStore {
  /** Part of what seals are bound to: a sealed value from another namespace does not open here. */
  readonly namespace: string;
  /** Connects, creates and migrates the schema. Called once, before anything else; calling it again is harmless. */
  readonly open: TaskEither<StoreFailure, void>;
  readonly read: (key: string) => TaskEither<StoreFailure, AccountRecord | undefined>;
  readonly update: <A>(key: string, change: RecordChange<A>, options?: WriteOptions) => TaskEither<StoreFailure, A>;
  readonly page: (query: PageQuery) => TaskEither<StoreFailure, readonly FoundRecord[]>;
  /**
   * Takes up what is due, the most overdue first, and gives it as it stands then; unreadable accounts too. An account is due
   * from the later of its due time and its `sweepNotBefore`, and that is also its place in the order. One short write for all
   * of them, whose cost does not grow with what is not due; none when nothing is due.
   */
  readonly claimDue: (query: ClaimQuery) => TaskEither<StoreFailure, readonly FoundRecord[]>;
  /** In one short write; an account whose `sweepNotBefore` is no longer that of the claim is left alone. */
  readonly releaseClaims: (releases: readonly ClaimRelease[]) => TaskEither<StoreFailure, void>;
  /** Also forgets what has expired by `nowMs`. */
  readonly putPending: (pending: PendingAuthorization, nowMs: number) => TaskEither<StoreFailure, void>;
  /** Same laws as `update`. Where the change gives back the very authorization it was given, nothing is written. */
  readonly updatePending: <A>(
    id: string,
    change: (pending: PendingAuthorization | undefined, serverNowMs?: number) => PendingChange<A>,
  ) => TaskEither<StoreFailure, A>;
  /** What browsers are out on, expired or not. */
  readonly pendings: (query: PendingQuery) => TaskEither<StoreFailure, readonly ListedPending[]>;
  /** A small named text that all processes share, such as the key checks; undefined when there is none. Takes no write lock. */
  readonly readNote: (name: string) => TaskEither<StoreFailure, string | undefined>;
  /** Reads, decides and writes one note; same laws as `update`. A change that gives the text it was shown writes nothing. */
  readonly updateNote: <A>(
    name: string,
    change: (text: string | undefined) => NoteChange<A>,
    options?: WriteOptions,
  ) => TaskEither<StoreFailure, A>;
  /**
   * Copies everything, as it stands at one moment, to a new file while the store goes on being used. A store that is backed
   * up by its server's own tools leaves it out.
   */
  readonly backup?: ((path: string) => TaskEither<StoreFailure, void>) | undefined;
  /** Asked for once the store is open. */
  readonly warnings?: (() => readonly StoreWarning[]) | undefined;
  /**
   * Why it would write nothing, as of the last reading. Readings go on then, so that valid tokens are served: what they give
   * may be older than what other processes see.
   */
  readonly trouble?: (() => StoreTrouble | undefined) | undefined;
  /** Lets go of what it opened itself; what it was handed stays open. */
  readonly close: TaskEither<StoreFailure, void>;
}
