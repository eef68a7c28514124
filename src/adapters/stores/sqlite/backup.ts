import { left, right, type Either } from 'fp-ts/lib/Either.js';
import { closeSync, existsSync, fchmodSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { SqliteDatabase } from './database.js';
import { failureCode } from '../store-failure.js';

/** So many pages are copied in one turn of the event loop. */
const pagesATurn = 200;
/** A copy that other processes' writes have thrown back so often is finished in one go, in which they have to wait. */
const mostRestarts = 5;

/** How many pages the next turn copies: all that remain, once others have thrown the copy back too often. */
const pacer = (): ((progress: { readonly remainingPages: number }) => number) => {
  let leastRemaining = Infinity;
  let restarts = 0;
  return ({ remainingPages }) => {
    if (remainingPages >= leastRemaining) restarts += 1;
    leastRemaining = Math.min(leastRemaining, remainingPages);
    return restarts > mostRestarts ? Number.MAX_SAFE_INTEGER : pagesATurn;
  };
};

const flushed = (path: string): void => {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
};

const reserve = (path: string): void => {
  const descriptor = openSync(path, 'wx', 0o600);
  try {
    fchmodSync(descriptor, 0o600);
  } finally {
    closeSync(descriptor);
  }
};

/**
 * Copies a database as it stands at one moment into a new file of mode 0600, while it goes on being written. The file has
 * its name once it is complete and on the disk. Left `backup_not_supported`, `backup_target_exists` or a short code.
 */
export const backUp = async (database: SqliteDatabase, path: string): Promise<Either<string, void>> => {
  if (database.backup === undefined) return left('backup_not_supported');
  if (existsSync(path)) return left('backup_target_exists');
  const part = `${path}.part`;
  try {
    reserve(part);
  } catch (thrown) {
    const why = failureCode(thrown);
    return left(why === 'EEXIST' ? 'backup_target_exists' : why);
  }
  try {
    await database.backup(part, { progress: pacer() });
    flushed(part);
    reserve(path);
    renameSync(part, path);
    flushed(dirname(path));
    return right(undefined);
  } catch (thrown) {
    const why = failureCode(thrown);
    return left(why === 'EEXIST' ? 'backup_target_exists' : why);
  } finally {
    rmSync(part, { force: true });
  }
};
