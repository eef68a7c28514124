import { isLeft, isRight, left, map, right, type Either } from 'fp-ts/lib/Either.js';
import type { WriteOptions } from '../../../ports/token-store.js';
import type { SqliteConnection } from './connection.js';
import type { SqliteDatabase } from './database.js';
import type { Patience } from './patience.js';
import type { FileWatch } from './file-watch.js';
import { isPassing, runStep } from './step.js';
import { rollBack, type Decision } from './transaction.js';

/** What a write decides once it holds the write lock; Left is a short code. */
export type Decide<A> = () => Either<string, Decision<A>>;

/** The writes of one connection, which share transactions when several are waiting. */
export interface GroupCommit {
  /**
   * Decides and writes in the order of the calls, urgent writes first. Resolves once the transaction it was part of is on
   * the disk. A write that fails takes no other down with it; a decision may be taken again when its transaction was lost.
   */
  readonly write: <A>(decide: Decide<A>, options?: WriteOptions) => Promise<Either<string, A>>;
}

/** So that no transaction blocks the event loop for longer than 25 ms, its flush to a slow disk included. */
const mostWrites = 64;
/** No further write joins a transaction that has been going on for so long. */
const mostMs = 8;
/** A backlog that has been worked on for so long without a pause lets other processes have the lock. */
const mostAtAStretchMs = 50;

/** One write in the line. */
interface Waiting {
  readonly askedAtMs: number;
  /** Gives what has to be written, and what then tells the caller. */
  readonly decide: Decide<() => void>;
  readonly fail: (why: string) => void;
}

export interface GroupCommitDeps {
  readonly connection: Pick<SqliteConnection, 'database' | 'guard'>;
  readonly patience: Pick<Patience, 'turn' | 'pause' | 'patienceMs' | 'monotonicMs'>;
  readonly watch: Pick<FileWatch, 'check' | 'isLinked'>;
}

/**
 * Writes that wait at the same time share one IMMEDIATE transaction, so that one flush of the disk serves them all. A lone
 * write is a transaction of its own and waits for nobody. A lock that another process holds is waited for without blocking
 * the event loop: a write is given up when `patienceMs` have passed since it was asked for and since the last transaction
 * that got through. Nothing is written to a file that is no longer the one that was opened.
 */
export const makeGroupCommit = ({ connection, patience, watch }: GroupCommitDeps): GroupCommit => {
  const { database, guard } = connection;
  const { monotonicMs, patienceMs } = patience;
  /** Members of a transaction that was lost as a whole: each is tried by itself, before anything else. */
  const alone = new Set<Waiting>();
  const urgent = new Set<Waiting>();
  const others = new Set<Waiting>();
  let isWorking = false;
  let lastThroughAtMs = -Infinity;

  const lines = [alone, urgent, others] as const;
  const waiting = (): number => alone.size + urgent.size + others.size;

  const take = (): Waiting | undefined => {
    for (const line of lines) {
      for (const first of line) {
        line.delete(first);
        return first;
      }
    }
    return undefined;
  };

  /** Gives what tells the members; Left when nothing of the transaction was kept. */
  const decideAll = (members: Waiting[], most: number): Either<string, readonly (() => void)[]> => {
    const startedAtMs = monotonicMs();
    const told: (() => void)[] = [];
    let hasWritten = false;
    while (members.length < most && (members.length === 0 || monotonicMs() - startedAtMs < mostMs)) {
      const next = take();
      if (next === undefined) break;
      members.push(next);
      const decided = runStep(next.decide);
      const written = isLeft(decided) ? decided : writeApart(database, decided.right, most > 1);
      if (isLeft(written) && (most === 1 || isPassing(written.left) || !database.inTransaction)) return written;
      told.push(isLeft(written) ? () => next.fail(written.left) : written.right);
      hasWritten ||= isRight(decided) && decided.right.write !== undefined;
    }
    if (!hasWritten) return right(told);
    database.exec('COMMIT');
    return map(() => told)(watch.check());
  };

  const transaction = (): Either<string, readonly (() => void)[]> => {
    const sound = watch.check();
    if (isLeft(sound)) return sound;
    database.exec('BEGIN IMMEDIATE');
    const members: Waiting[] = [];
    const most = alone.size > 0 ? 1 : Math.min(waiting(), mostWrites);
    const outcome = runStep(() => decideAll(members, most));
    rollBack(database);
    if (isRight(outcome)) return outcome;
    const why = outcome.left;
    const [only, ...more] = members;
    if (only !== undefined && more.length === 0 && !isPassing(why)) return right([() => only.fail(why)]);
    const behind = [...alone];
    alone.clear();
    for (const one of [...members, ...behind]) alone.add(one);
    return isPassing(why) ? outcome : right([]);
  };

  /** Whoever has waited for the lock for too long is told why; the others go on waiting. */
  const giveUp = (why: string): void => {
    const nowMs = monotonicMs();
    for (const line of lines) {
      for (const one of line) {
        const goesOn = isPassing(why) && nowMs - Math.max(one.askedAtMs, lastThroughAtMs) < patienceMs;
        if (!goesOn && line.delete(one)) one.fail(why);
      }
    }
  };

  const work = async (): Promise<void> => {
    let sinceMs = monotonicMs();
    while (waiting() > 0) {
      await patience.turn();
      const outcome = runStep(guard(transaction));
      if (isRight(outcome)) {
        lastThroughAtMs = monotonicMs();
        for (const tell of outcome.right) tell();
      } else {
        giveUp(outcome.left);
      }
      const lets = isLeft(outcome) || monotonicMs() - sinceMs >= mostAtAStretchMs;
      if (!lets || waiting() === 0) continue;
      await patience.pause();
      sinceMs = monotonicMs();
    }
    isWorking = false;
  };

  return {
    write: (decide, options) =>
      new Promise((resolve) => {
        (options?.urgent === true ? urgent : others).add({
          askedAtMs: monotonicMs(),
          decide: () => {
            // What has begun is brought to its end all the same: an answer that has arrived exists nowhere else.
            const decided = options?.urgent !== true && watch.isLinked() ? left('file_linked') : decide();
            if (isLeft(decided)) return decided;
            const { write, result } = decided.right;
            return right({ write, result: () => resolve(right(result)) });
          },
          fail: (why) => resolve(left(why)),
        });
        if (isWorking) return;
        isWorking = true;
        void work();
      }),
  };
};

/** Writes; in a shared transaction so that a failure undoes this write alone. */
const writeApart = <A>(
  database: SqliteDatabase,
  { write, result }: Decision<A>,
  isShared: boolean,
): Either<string, A> => {
  if (write === undefined) return right(result);
  const step = (): Either<string, A> => {
    write();
    return right(result);
  };
  if (!isShared) return runStep(step);
  database.exec('SAVEPOINT llavero_write');
  const written = runStep(step);
  if (!database.inTransaction) return written;
  if (isLeft(written)) database.exec('ROLLBACK TO llavero_write');
  database.exec('RELEASE llavero_write');
  return written;
};
