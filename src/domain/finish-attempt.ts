import type { AccountRecord, Attempt, Failure, TerminalState } from './account-record.js';
import { afterVerdict } from './committing.js';
import { dueAfter, neverDue } from './due-times.js';
import { keep, put, type Change } from './record-change.js';
import { sameLineage, type Lineage } from './renewal-protocol.js';

/** What to write down about a failure; the rule adds when, how often in a row, and until when to cool down. */
export interface FailureNote {
  readonly code: string;
  readonly detail: string;
  readonly terminal?: TerminalState | undefined;
  /** Fingerprint of the client that was refused. */
  readonly client?: string | undefined;
  /** How often a success had ended the client's failures. */
  readonly epoch?: number | undefined;
  /** The provider named the length of the cool-down itself. */
  readonly askedByProvider?: boolean | undefined;
  /** The cool-down after the `count`-th failure in a row; undefined for none. */
  readonly coolDownMs: (count: number) => number | undefined;
}

/** So many refused clients are remembered. */
const mostClients = 8;

const clientsAfter = ({ failure }: AccountRecord, { client, terminal }: FailureNote): readonly string[] | undefined => {
  if (client === undefined) return undefined;
  const known = failure?.terminal !== undefined && failure.terminal === terminal ? (failure.clients ?? []) : [];
  return [...known.filter((other) => other !== client), client].slice(-mostClients);
};

/** The failure that a record is left with. A verdict stays what it is when another client's try ends without one. */
export const failureAfter = (current: AccountRecord, note: FailureNote, nowMs: number): Failure => {
  const count = (current.failure?.count ?? 0) + 1;
  const coolDownMs = note.coolDownMs(count);
  if (current.failure?.terminal === 'reauthorization_required' && note.terminal !== 'reauthorization_required') {
    return afterOthersTry(current.failure, note, coolDownMs === undefined ? undefined : nowMs + coolDownMs);
  }
  return {
    code: note.code,
    detail: note.detail,
    at: nowMs,
    count,
    retryAt: coolDownMs === undefined ? undefined : nowMs + coolDownMs,
    askedByProvider: note.askedByProvider,
    terminal: note.terminal,
    clients: clientsAfter(current, note),
    epoch: note.epoch,
  };
};

/** The client that asked is refused like those before it, or may ask again after its cool-down. */
const afterOthersTry = (
  verdict: Failure,
  { client, terminal, epoch, askedByProvider }: FailureNote,
  retryAt: number | undefined,
): Failure => {
  const isRefused = terminal !== undefined && client !== undefined && verdict.clients !== undefined;
  const clients = isRefused ? [...verdict.clients, client].slice(-mostClients) : verdict.clients;
  return { ...verdict, clients, retryAt, askedByProvider, epoch };
};

export type Finished =
  | { readonly _tag: 'Finished'; readonly record: AccountRecord }
  /** Another attempt is open, or none: what was learned here says nothing about it. */
  | { readonly _tag: 'StaleAttempt'; readonly record: AccountRecord }
  | { readonly _tag: 'NewerGeneration'; readonly record: AccountRecord }
  | { readonly _tag: 'Removed' };

/** Writes down how an attempt ended, where it is still the open one. */
export type FinishAttempt = (
  current: AccountRecord | undefined,
  nowMs: number,
  consumed: Lineage,
  attemptId: string,
  note: FailureNote,
) => Change<Finished>;

/** What an ending is made from. */
interface Ending {
  readonly record: AccountRecord;
  readonly open: Attempt;
  readonly failure: Failure;
  readonly note: FailureNote;
  readonly nowMs: number;
}

/** Idempotent: an attempt already marked unknown was finished by an earlier try whose answer was lost, and is left alone. */
const finishing =
  (changesOf: (ending: Ending) => Partial<AccountRecord>): FinishAttempt =>
  (current, nowMs, consumed, attemptId, note) => {
    if (!sameLineage(current, consumed)) return keep({ _tag: 'Removed' });
    if (current.attempt?.id !== attemptId) {
      const _tag = current.generation === consumed.generation ? 'StaleAttempt' : 'NewerGeneration';
      return keep({ _tag, record: current });
    }
    if (current.attempt.unknown) return keep({ _tag: 'Finished', record: current });
    const failure = failureAfter(current, note, nowMs);
    const changes = changesOf({ record: current, open: current.attempt, failure, note, nowMs });
    const record = { ...current, failure, sweepNotBefore: undefined, ...changes, updatedAt: nowMs };
    return put(record, { _tag: 'Finished', record });
  };

/**
 * What is left of an attempt whose request spent nothing. A recovery has resolved nothing then: the request before it may
 * still have been processed.
 */
const stillUnresolved = (attempt: Attempt, nowMs: number): Attempt | undefined =>
  attempt.way === 'recovery' ? { ...attempt, unknown: true, settlesAt: nowMs } : undefined;

/** The provider said no. Believed only while the attempt is the open one; nothing is deleted. */
export const rejectAttempt: FinishAttempt = finishing(({ record, open, failure, note, nowMs }) => {
  const attempt = note.terminal === 'reauthorization_required' ? undefined : stillUnresolved(open, nowMs);
  return { ...dueAfter(record, failure, attempt), attempt };
});

/**
 * The provider said no to the recovery that is the `repeat`-th of its generation. Where the answer to an earlier request was
 * committed just before, the provider may have ended that pair too, for a refresh token that it saw again: its access token
 * is not handed out before a renewal has shown that it lives.
 */
export const rejectRecovery =
  (repeat: number): FinishAttempt =>
  (current, nowMs, consumed, attemptId, note) => {
    const change = rejectAttempt(current, nowMs, consumed, attemptId, note);
    if (change.result._tag !== 'NewerGeneration' || note.terminal !== 'reauthorization_required') return change;
    const { answered } = change.result.record;
    if (answered?.generation !== consumed.generation || answered.repeat >= repeat) return change;
    const record = { ...afterVerdict(change.result.record, nowMs), updatedAt: nowMs };
    return put(record, { _tag: 'NewerGeneration', record });
  };

/** The request was not processed: nothing was spent, so the attempt goes. A second way that never left may be tried again. */
export const releaseAttempt: FinishAttempt = finishing(({ record, open, failure, note, nowMs }) => {
  const attempt = stillUnresolved(open, nowMs);
  const secondWay = note.terminal !== undefined;
  const due = secondWay ? { ...neverDue, keepAliveAt: failure.retryAt } : dueAfter(record, failure, attempt);
  return { ...due, attempt, fallbackTried: !secondWay && record.fallbackTried };
});

/**
 * It may have been processed: the attempt stays open, marked, and its recovery is due once the provider cannot be processing
 * the request any more, `settlesInMs` from now, or after the cool-down where that is later.
 */
export const leaveAttemptOpen =
  (settlesInMs: number): FinishAttempt =>
  (current, nowMs, consumed, attemptId, note) =>
    finishing(({ record, open, failure }) => {
      const settlesAt = nowMs + settlesInMs;
      const attempt = { ...open, unknown: true, settlesAt };
      const later = { ...failure, retryAt: Math.max(settlesAt, failure.retryAt ?? 0) };
      return { ...dueAfter(record, later, attempt), attempt, failure: later };
    })(current, nowMs, consumed, attemptId, note);

/**
 * Takes back an attempt under which nothing was sent, because the answer to the write that recorded it never came. What was
 * unresolved before it still is. Gives whether there was anything to take back.
 */
export const withdrawAttempt = (
  current: AccountRecord | undefined,
  nowMs: number,
  consumed: Lineage,
  attemptId: string,
): Change<boolean> => {
  if (!sameLineage(current, consumed) || current.attempt?.id !== attemptId || current.attempt.unknown) {
    return keep(false);
  }
  const { attempt: open } = current;
  const attempt = stillUnresolved(open, nowMs);
  const fallbackTried = open.way === 'fallback' ? false : current.fallbackTried;
  return put({ ...current, attempt, fallbackTried, sweepNotBefore: undefined, updatedAt: nowMs }, true);
};
