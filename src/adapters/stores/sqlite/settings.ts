import { left, right, type Either } from 'fp-ts/lib/Either.js';
import type { SqliteDatabase } from './database.js';

const level = { full: 2, extra: 3 } as const;

const simple = (db: SqliteDatabase, pragma: string): unknown => db.pragma(pragma, { simple: true });

/**
 * Switches the file to write-ahead logging, which stays with it. Left `wal_unavailable` where SQLite cannot: in memory and
 * on network file systems.
 */
export const useWriteAheadLog = (db: SqliteDatabase): Either<'wal_unavailable', void> =>
  simple(db, 'journal_mode = WAL') === 'wal' ? right(undefined) : left('wal_unavailable');

/**
 * Makes every commit of this connection reach the disk before it returns. This is a setting of the connection, not of the
 * file, and it has to be made even where it reads FULL already: that may be a default, which SQLite lowers to NORMAL by
 * itself once it sees that the file has a write-ahead log. EXTRA, which is stricter, is left alone. Left
 * `synchronous_not_full` when the setting did not take.
 */
export const commitToDisk = (db: SqliteDatabase): Either<'synchronous_not_full', void> => {
  if (Number(simple(db, 'synchronous')) !== level.extra) db.pragma('synchronous = FULL');
  return Number(simple(db, 'synchronous')) >= level.full ? right(undefined) : left('synchronous_not_full');
};

/** On macOS fsync alone leaves data in the disk's cache; elsewhere these two do nothing. */
export const flushDiskCache = (db: SqliteDatabase): void => {
  db.pragma('fullfsync = ON');
  db.pragma('checkpoint_fullfsync = ON');
};

/** For a connection of our own: no code from the schema runs, and what is deleted is overwritten with zeros. */
export const harden = (db: SqliteDatabase): void => {
  db.pragma('trusted_schema = OFF');
  db.pragma('secure_delete = ON');
};

/**
 * Runs one step on somebody else's connection without its busy timeout, which would hold up the whole event loop, and gives
 * the timeout back afterwards.
 */
export const withoutBusyTimeout = <A>(db: SqliteDatabase, step: () => A): A => {
  const timeoutMs = Number(simple(db, 'busy_timeout'));
  db.pragma('busy_timeout = 0');
  try {
    return step();
  } finally {
    db.pragma(`busy_timeout = ${timeoutMs}`);
  }
};
