import type { AccountRecord, Attempt, Failure, TerminalState } from './account-record.js';
import { neverDue } from './due-times.js';
import { keep, put, type Change } from './record-change.js';
import type { RefreshPolicy } from './refresh-policy.js';

/**
 * The renewal protocol as rules over one record: begin, then exactly one of commit, reject, release or leave open.
 * Compare-and-set is on the generation, never on a lease: a late holder's answer still carries the only living refresh
 * token. Who may send is decided by the attempt that `beginAttempt` records before anything is sent.
 */

/** Which token of which registration a rule is about. */
export interface Lineage {
  readonly incarnation: string;
  readonly generation: number;
}

export interface BeginRequest extends Lineage {
  readonly attemptId: string;
  readonly owner: string;
  /** Fingerprint of the client that would be sent; another one lifts `client_rejected`. */
  readonly client: string;
  readonly policy: Pick<RefreshPolicy, 'attemptTtlMs' | 'settleMs' | 'recovery'>;
  /** Asking twice does no harm: an attempt that ended without an outcome is simply taken over. */
  readonly repeatable: boolean;
  /** The grant has a second way once its refresh token is dead. */
  readonly hasFallback: boolean;
  /** This host's clock, for stores without one. */
  readonly nowMs: number;
}

/** What came of beginning. */
export type Begun =
  /** The attempt is recorded; send. */
  | { readonly _tag: 'Began'; readonly record: AccountRecord; readonly way: 'first' | 'recovery' | 'fallback' }
  /** The generation moved: there is a newer token. */
  | { readonly _tag: 'Moved'; readonly record: AccountRecord }
  /** Somebody else's attempt is alive; wait for the generation to move. */
  | { readonly _tag: 'Busy'; readonly waitMs: number }
  /** An attempt ended without a known outcome, and the policy forbids another try for so long. */
  | { readonly _tag: 'Unresolved'; readonly waitMs: number }
  | { readonly _tag: 'Resting'; readonly failure: Failure; readonly waitMs: number }
  | { readonly _tag: 'Stopped'; readonly failure: Failure }
  /** What stayed unresolved has just been written down as lost. */
  | { readonly _tag: 'GaveUp'; readonly failure: Failure }
  | { readonly _tag: 'Removed' };

/** Whether a record is still of the registration that the rule is about. */
export const sameLineage = (record: AccountRecord | undefined, lineage: Lineage): record is AccountRecord =>
  record !== undefined && record.incarnation === lineage.incarnation;

const hourMs = 3_600_000;

/** Why renewals of this record are stopped for this client at `nowMs`; undefined when they are not. */
export const stoppedBy = (
  record: AccountRecord,
  client: string,
  nowMs: number,
): (Failure & { readonly terminal: TerminalState }) | undefined => {
  const { failure } = record;
  if (failure?.terminal === undefined) return undefined;
  if (failure.terminal === 'client_rejected' && failure.client !== client) return undefined;
  const over = nowMs >= (failure.retryAt ?? 0) || nowMs < failure.at - hourMs;
  if (failure.terminal === 'account_unavailable' && over) return undefined;
  return { ...failure, terminal: failure.terminal };
};

/** How an open attempt looks at `nowMs`. */
const attemptState = (attempt: Attempt, nowMs: number): 'alive' | 'settling' | 'settled' => {
  if (!attempt.unknown && nowMs < attempt.expiresAt) return 'alive';
  return nowMs < attempt.settlesAt ? 'settling' : 'settled';
};

const newAttempt = (request: BeginRequest, nowMs: number, recovery: boolean): Attempt => ({
  id: request.attemptId,
  owner: request.owner,
  startedAt: nowMs,
  expiresAt: nowMs + request.policy.attemptTtlMs,
  settlesAt: nowMs + request.policy.attemptTtlMs + request.policy.settleMs,
  recovery,
  unknown: false,
});

const earlier = (at: number | undefined, other: number): number => Math.min(at ?? Infinity, other);

/**
 * Step 3: one atomic, durable write that records who may send, judged by the store's own clock where it has one. Should its
 * owner die, a sweep looks at it as soon as it has settled: whatever can be recovered can be recovered best then.
 */
export const beginAttempt = (
  current: AccountRecord | undefined,
  serverNowMs: number | undefined,
  request: BeginRequest,
): Change<Begun> => {
  const nowMs = serverNowMs ?? request.nowMs;
  if (!sameLineage(current, request)) return keep({ _tag: 'Removed' });
  if (current.generation !== request.generation) return keep({ _tag: 'Moved', record: current });

  const began = (way: 'first' | 'recovery' | 'fallback'): Change<Begun> => {
    const attempt = newAttempt(request, nowMs, way === 'recovery');
    const leavesNothing = request.repeatable || way === 'fallback';
    const record: AccountRecord = {
      ...current,
      attempt,
      fallbackTried: current.fallbackTried || way === 'fallback',
      keepAliveAt: leavesNothing ? current.keepAliveAt : earlier(current.keepAliveAt, attempt.settlesAt),
      updatedAt: nowMs,
    };
    return put(record, { _tag: 'Began', record, way });
  };
  const { attempt } = current;
  if (attempt !== undefined && attempt.startedAt > nowMs + request.policy.attemptTtlMs) {
    return dateAnew(current, attempt, nowMs, request);
  }
  const state = attempt === undefined ? 'settled' : attemptState(attempt, nowMs);
  if (attempt !== undefined && state === 'alive') return keep({ _tag: 'Busy', waitMs: attempt.expiresAt - nowMs });

  const restMs = restOf(current.failure, nowMs, request.policy);
  const stopped = stoppedBy(current, request.client, nowMs);
  if (stopped !== undefined) {
    const lastWay = stopped.terminal === 'reauthorization_required' && request.hasFallback && !current.fallbackTried;
    if (!lastWay) return keep({ _tag: 'Stopped', failure: stopped });
    return restMs > 0 ? keep({ _tag: 'Resting', failure: stopped, waitMs: restMs }) : began('fallback');
  }

  const spent = attempt !== undefined && !request.repeatable;
  if (spent && state === 'settling' && (request.policy.recovery !== 'retry' || attempt.recovery)) {
    return keep({ _tag: 'Unresolved', waitMs: attempt.settlesAt - nowMs });
  }
  if (spent && (request.policy.recovery === 'never' || attempt.recovery)) {
    return giveUp(current, nowMs, request);
  }
  const { failure } = current;
  if (failure !== undefined && failure.terminal !== 'reauthorization_required' && restMs > 0) {
    return keep({ _tag: 'Resting', failure, waitMs: restMs });
  }
  return began(spent ? 'recovery' : 'first');
};

/** An attempt from the future was dated by a clock that has been set back since: its ttl and settle window begin now. */
const dateAnew = (current: AccountRecord, attempt: Attempt, nowMs: number, request: BeginRequest): Change<Begun> => {
  const { startedAt, expiresAt, settlesAt } = newAttempt(request, nowMs, attempt.recovery);
  const record = { ...current, attempt: { ...attempt, startedAt, expiresAt, settlesAt }, updatedAt: nowMs };
  return attempt.unknown
    ? put(record, { _tag: 'Unresolved', waitMs: settlesAt - nowMs })
    : put(record, { _tag: 'Busy', waitMs: expiresAt - nowMs });
};

/** What is left of the rest after a failure; nothing when the failure was dated by a clock that has been set back since. */
const restOf = (failure: Failure | undefined, nowMs: number, policy: Pick<RefreshPolicy, 'attemptTtlMs'>): number =>
  failure === undefined || failure.at > nowMs + policy.attemptTtlMs ? 0 : (failure.retryAt ?? 0) - nowMs;

/** Step 9's end: what stayed unresolved needs a person, and says so. */
const giveUp = (current: AccountRecord, nowMs: number, request: BeginRequest): Change<Begun> => {
  const failure: Failure = {
    code: 'ERR_REAUTHORIZATION_REQUIRED',
    detail: 'outcome_unresolved',
    at: nowMs,
    count: (current.failure?.count ?? 0) + 1,
    terminal: 'reauthorization_required',
  };
  const record: AccountRecord = { ...current, ...neverDue, attempt: undefined, failure, updatedAt: nowMs };
  return request.hasFallback && !current.fallbackTried
    ? beginAttempt(record, nowMs, request)
    : put(record, { _tag: 'GaveUp', failure });
};
