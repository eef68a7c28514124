import type { AccountRecord, Attempt, Failure, TerminalState } from './account-record.js';
import { dueAfter, neverDue } from './due-times.js';
import { keep, put, type Change } from './record-change.js';
import { sameLineage, type Lineage } from './renewal-protocol.js';

/** What to write down about a failure; the rule adds when, how often in a row, and until when to rest. */
export interface FailureNote {
  readonly code: string;
  readonly detail: string;
  readonly terminal?: TerminalState | undefined;
  readonly client?: string | undefined;
  /** The rest after the `count`-th failure in a row; undefined for none. */
  readonly restMs: (count: number) => number | undefined;
  /** Nobody may ask again before an open attempt has settled. */
  readonly untilSettled?: boolean | undefined;
}

/** The failure that a record is left with. */
export const failureAfter = (current: AccountRecord, note: FailureNote, nowMs: number): Failure => {
  const count = (current.failure?.count ?? 0) + 1;
  const restMs = note.restMs(count);
  return {
    code: note.code,
    detail: note.detail,
    at: nowMs,
    count,
    retryAt: restMs === undefined ? undefined : nowMs + restMs,
    terminal: note.terminal,
    client: note.client,
  };
};

export type Settled =
  | { readonly _tag: 'Settled'; readonly record: AccountRecord }
  /** Somebody else's attempt is open or has ended: what was learned here says nothing about it. */
  | { readonly _tag: 'NotOurs'; readonly record: AccountRecord }
  | { readonly _tag: 'Moved'; readonly record: AccountRecord }
  | { readonly _tag: 'Removed' };

/** Writes down how an attempt ended, where it is still ours. */
export type EndAttempt = (
  current: AccountRecord | undefined,
  nowMs: number,
  consumed: Lineage,
  attemptId: string,
  note: FailureNote,
) => Change<Settled>;

/** What an ending is made from. */
interface Ended {
  readonly record: AccountRecord;
  readonly open: Attempt;
  readonly failure: Failure;
  readonly note: FailureNote;
  readonly nowMs: number;
}

/** An attempt that is marked unknown was settled by an earlier try whose answer was lost: settling twice would clear it. */
const ending =
  (changesOf: (ended: Ended) => Partial<AccountRecord>): EndAttempt =>
  (current, nowMs, consumed, attemptId, note) => {
    if (!sameLineage(current, consumed)) return keep({ _tag: 'Removed' });
    if (current.generation !== consumed.generation) return keep({ _tag: 'Moved', record: current });
    if (current.attempt?.id !== attemptId) return keep({ _tag: 'NotOurs', record: current });
    if (current.attempt.unknown) return keep({ _tag: 'Settled', record: current });
    const failure = failureAfter(current, note, nowMs);
    const changes = changesOf({ record: current, open: current.attempt, failure, note, nowMs });
    const record = { ...current, failure, ...changes, updatedAt: nowMs };
    return put(record, { _tag: 'Settled', record });
  };

/**
 * What is left of an attempt whose request spent nothing. A recovery has resolved nothing then: the request before it may
 * still have been processed, and the one recovery is still to come.
 */
const unresolvedStill = (attempt: Attempt, nowMs: number): Attempt | undefined =>
  attempt.recovery ? { ...attempt, recovery: false, unknown: true, settlesAt: nowMs } : undefined;

/** The provider said no. Believed only while the generation has not moved and the attempt is still ours; nothing is deleted. */
export const rejectAttempt: EndAttempt = ending(({ record, open, failure, note, nowMs }) => {
  const attempt = note.terminal === 'reauthorization_required' ? undefined : unresolvedStill(open, nowMs);
  return { ...dueAfter(record, failure, attempt), attempt };
});

/** The request was not processed: nothing was spent, so the attempt goes; a recovery or a second way that never left may be tried again. */
export const releaseAttempt: EndAttempt = ending(({ record, open, failure, note, nowMs }) => {
  const attempt = unresolvedStill(open, nowMs);
  const secondWay = note.terminal !== undefined;
  const due = secondWay ? { ...neverDue, keepAliveAt: failure.retryAt } : dueAfter(record, failure, attempt);
  return { ...due, attempt, fallbackTried: !secondWay && record.fallbackTried };
});

/** It may have been processed: the attempt stays open, marked, until it has settled. */
export const leaveAttemptOpen: EndAttempt = ending(({ record, open, failure: { retryAt = 0, ...rest }, note }) => {
  const failure = { ...rest, retryAt: note.untilSettled === true ? Math.max(retryAt, open.settlesAt) : retryAt };
  return { ...dueAfter(record, failure, open), attempt: { ...open, unknown: true }, failure };
});
