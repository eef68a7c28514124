import { isRight, map, type Either } from 'fp-ts/lib/Either.js';
import type { SqliteDatabase } from './database.js';

/** What a transaction came to: its result, and what it has to write for it. */
export interface Decision<A> {
  readonly write?: (() => void) | undefined;
  readonly result: A;
}

/**
 * Takes the write lock, then decides, then writes and commits. A decision that writes nothing, a Left and a throw all roll
 * back. IMMEDIATE because a transaction that starts by reading cannot become a writer once another has written.
 */
export const transact = <E, A>(db: SqliteDatabase, decide: () => Either<E, Decision<A>>): Either<E, A> => {
  db.exec('BEGIN IMMEDIATE');
  try {
    const decided = decide();
    if (isRight(decided) && decided.right.write !== undefined) {
      decided.right.write();
      db.exec('COMMIT');
    }
    return map<Decision<A>, A>(({ result }) => result)(decided);
  } finally {
    rollBack(db);
  }
};

/** Ends a transaction that is still open. SQLite closes it even when it reports an error for that. */
export const rollBack = (db: SqliteDatabase): void => {
  if (!db.inTransaction) return;
  try {
    db.exec('ROLLBACK');
  } catch {
    return;
  }
};
