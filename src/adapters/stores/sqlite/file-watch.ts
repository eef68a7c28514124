import { left, right, type Either } from 'fp-ts/lib/Either.js';
import type { StoreTrouble } from '../../../domain/store-trouble.js';
import { realpathSync, statSync } from 'node:fs';

/** Tells whether a database, its write-ahead log and the index of that are still the files that were opened: by device and inode. */
export interface FileWatch {
  /** Costs one look at each of the three. Once it is Left it stays so: what an open connection holds is no longer what others see. */
  readonly check: () => Either<StoreTrouble, void>;
  /** As of the last check: the file has a second name. A log stands beside each name, and two logs make two histories. */
  readonly isLinked: () => boolean;
  /** The log is gone and nothing has taken its place. */
  readonly isLogAbsent: () => boolean;
  /** There is a log without an index beside it. */
  readonly isIndexAbsent: () => boolean;
}

interface Identity {
  readonly id: string;
  readonly links: number;
}

const identityOf = (path: string): Identity | undefined => {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? undefined : { id: `${stats.dev}/${stats.ino}`, links: Number(stats.nlink) };
};

/** Whether a file has more than one name; false for one that is not there. */
export const hasSecondName = (path: string): boolean => (identityOf(path)?.links ?? 1) > 1;

/** To be called while the connection is open: only then can no other file have the same inode. */
export const watchFile = (path: string): FileWatch => {
  const opened = identityOf(path);
  const realPath = realpathSync(path);
  const logPath = `${realPath}-wal`;
  const indexPath = `${realPath}-shm`;
  let log: string | undefined;
  let index: string | undefined;
  let linked = false;
  let trouble: StoreTrouble | undefined;

  const look = (): StoreTrouble | undefined => {
    const file = identityOf(path);
    linked = (file?.links ?? 1) > 1;
    if (file === undefined || file.id !== opened?.id) return 'file_replaced';
    const seenLog = identityOf(logPath)?.id;
    const seenIndex = identityOf(indexPath)?.id;
    // The first transaction makes them.
    log ??= seenLog;
    index ??= seenIndex;
    if (seenLog !== log) return 'wal_replaced';
    // By another index others append to the same log what this connection never sees.
    return seenIndex === index ? undefined : 'shm_replaced';
  };

  return {
    check: () => {
      trouble ??= look();
      return trouble === undefined ? right(undefined) : left(trouble);
    },
    isLinked: () => linked,
    isLogAbsent: () => identityOf(logPath) === undefined,
    isIndexAbsent: () => identityOf(logPath) !== undefined && identityOf(indexPath) === undefined,
  };
};

/** A database that is no file, or whose file nobody has named: there is nothing to look at. */
export const unwatched: FileWatch = {
  check: () => right(undefined),
  isLinked: () => false,
  isLogAbsent: () => false,
  isIndexAbsent: () => false,
};
