import type { AccountRecord, Attempt, AttemptWay } from '../../src/domain/account-record.js';
import { worldBeganMs } from './sim-clock.js';

/** Which token a request or a caller was about. */
export interface Place {
  readonly key: string;
  readonly incarnation: string;
  readonly generation: number;
}

/** An attempt as the store recorded it, on the world's own time. */
export interface RecordedAttempt extends Place {
  readonly id: string;
  /** When it was written. */
  readonly beganMs: number;
  /** When it was asked for, as the record has it. */
  datedMs: number;
  /** Its place among all attempts and refusals. */
  readonly order: number;
  readonly way: AttemptWay;
  readonly repeat: number;
  /** The client that obtained the token to be spent. */
  readonly obtainedBy: string | undefined;
  /** The attempt it follows, where that one's outcome was not known. */
  readonly follows: RecordedAttempt | undefined;
  /** Its owner wrote down that it does not know the outcome. */
  isReported: boolean;
  /** When a recovery of it was announced. */
  announcedMs: number | undefined;
  /** When an operator last wanted its recovery at once, or that of one it follows. */
  hurriedMs: number;
}

/** The attempts that were recorded, and what became of them as far as the store tells. */
export interface AttemptBook {
  readonly find: (id: string | undefined) => RecordedAttempt | undefined;
  /** Reads a change of a record; gives the attempt that it began. */
  readonly changed: (before: AccountRecord, after: AccountRecord, order: number) => RecordedAttempt | undefined;
}

export interface AttemptBookDeps {
  readonly nowMs: () => number;
  /** An operator may have said "try again now". */
  readonly mayHurry: (key: string) => boolean;
  readonly violation: (text: string) => void;
}

export const makeAttemptBook = ({ nowMs, mayHurry, violation }: AttemptBookDeps): AttemptBook => {
  const attempts = new Map<string, RecordedAttempt>();
  /** The most that was counted for what a record holds, by incarnation: since its last commit, and in all. */
  const counts = new Map<
    string,
    { readonly token: string | undefined; readonly since: number; readonly all: number }
  >();

  /** Counts a request that repeats another: one more than the one before, from the commit on or for the same refresh token. */
  const count = ({ key, incarnation, refreshTokenId: token }: AccountRecord, { way, repeat }: Attempt): void => {
    const known = counts.get(incarnation);
    const { since, all } = known?.token === token && known !== undefined ? known : { since: 0, all: 0 };
    counts.set(incarnation, { token, since: Math.max(since, repeat), all: Math.max(all, repeat) });
    const isRight = way === 'first' ? repeat === 0 : repeat === since + 1 || repeat === all + 1;
    if (!isRight) violation(`I1: request ${repeat} of ${key} was recorded after request ${since}`);
  };

  const began = (before: AccountRecord, after: AccountRecord, attempt: Attempt, order: number): RecordedAttempt => {
    const { key, incarnation, generation, obtainedBy } = after;
    const { id, way, repeat } = attempt;
    const recorded: RecordedAttempt = {
      key,
      incarnation,
      generation,
      id,
      beganMs: nowMs(),
      datedMs: attempt.startedAt - worldBeganMs,
      order,
      way,
      repeat,
      obtainedBy,
      follows: before.attempt === undefined ? undefined : attempts.get(before.attempt.id),
      isReported: false,
      announcedMs: undefined,
      hurriedMs: (before.attempt && attempts.get(before.attempt.id)?.hurriedMs) ?? -Infinity,
    };
    count(after, attempt);
    attempts.set(id, recorded);
    return recorded;
  };

  /** What is written about an attempt that is open already. */
  const told = (known: RecordedAttempt, was: Attempt, is: Attempt): void => {
    known.datedMs = is.startedAt - worldBeganMs;
    known.isReported ||= is.unknown;
    if (is.announcedAt === undefined) known.announcedMs = undefined;
    else known.announcedMs ??= nowMs();
    const isSame = is.startedAt === was.startedAt && is.unknown === was.unknown;
    if (is.settlesAt < was.settlesAt && isSame) {
      known.hurriedMs = nowMs();
      if (!mayHurry(known.key))
        violation(`I1: the settle window of ${known.key} was shortened, and nobody asked for it`);
    }
  };

  return {
    find: (id) => attempts.get(id ?? ''),
    changed: (before, after, order) => {
      const { attempt, incarnation } = after;
      const counted = counts.get(incarnation);
      const isCommit = after.generation !== before.generation;
      if (counted !== undefined && isCommit && attempt === undefined) counts.set(incarnation, { ...counted, since: 0 });
      if (attempt === undefined) return undefined;
      const known = attempts.get(attempt.id);
      if (known === undefined || before.attempt?.id !== attempt.id) return began(before, after, attempt, order);
      told(known, before.attempt, attempt);
      return undefined;
    },
  };
};
