import type { AccountRecord, Attempt, AttemptWay, Failure, HostReading, TerminalState } from './account-record.js';
import { coolDownLeftMs } from './cool-down.js';
import { neverDue } from './due-times.js';
import { keep, put, type Change } from './record-change.js';
import type { RefreshPolicy } from './refresh-policy.js';

/**
 * The renewal protocol as rules over one record: begin, then exactly one of commit, reject, release or leave open.
 * Compare-and-set is on the generation, never on a lease: a late holder's answer still carries the only living refresh
 * token. Who may send is decided by the attempt that `beginAttempt` records before anything is sent. An attempt without a
 * known outcome is followed by recoveries without end: only a verdict, the policy `never` or a person ends a grant.
 */

/** Which token of which registration a rule is about. */
export interface Lineage {
  readonly incarnation: string;
  readonly generation: number;
}

/** What a client's other accounts have learned of it. */
export interface ClientStanding {
  /** How often a success has ended the client's failures. */
  readonly epoch: number;
  /** This account is the one that asks, this hour, whether the client is still refused. */
  readonly asksForAll: boolean;
}

export interface BeginRequest extends Lineage, ClientStanding {
  readonly attemptId: string;
  readonly owner: string;
  /** The sealed credential that would be sent. */
  readonly credential: string;
  /** Fingerprint of its client: one that has not been refused yet may ask. */
  readonly client: string;
  readonly policy: Pick<RefreshPolicy, 'attemptTtlMs' | 'settleMs' | 'recoveryNoticeMs' | 'cooldownMinMs' | 'recovery'>;
  /** Asking twice does no harm: an attempt that ended without an outcome is simply taken over. */
  readonly repeatable: boolean;
  /** The first recovery does not wait for the settle window. */
  readonly recoversAtOnce: boolean;
  /** The grant has a second way once its refresh token is dead. */
  readonly hasFallback: boolean;
  /** How long this process has known that a recovery is announced. */
  readonly notice?: Notice | undefined;
  /** This host's clock, for stores without one. */
  readonly nowMs: number;
  /** What an open attempt is judged by where that is another time: this host's clock, less what it was set forward since. */
  readonly attemptNowMs?: number | undefined;
  /** Written down with the attempt, for stores without a clock. */
  readonly hostClock?: HostReading | undefined;
}

/** An announced recovery, and for how long the asking process has known of it: by its monotonic clock, which nobody sets. */
export interface Notice {
  readonly attemptId: string;
  readonly announcedAt: number;
  readonly knownForMs: number;
}

/** What came of beginning. */
export type Begun =
  /** The attempt is recorded; send. */
  | { readonly _tag: 'Began'; readonly record: AccountRecord; readonly way: AttemptWay }
  /** There is a newer token. */
  | { readonly _tag: 'NewerGeneration'; readonly record: AccountRecord }
  /** The credential was changed since it was read: what is known of its client says nothing about the new one's. */
  | { readonly _tag: 'OtherCredential'; readonly record: AccountRecord }
  /** Another attempt is alive; wait for the generation to move. */
  | { readonly _tag: 'RenewingElsewhere'; readonly waitMs: number }
  /** A recovery is announced and may be sent after so long, unless something is committed meanwhile. */
  | ({ readonly _tag: 'RecoveryAnnounced'; readonly waitMs: number } & Omit<Notice, 'knownForMs'>)
  /** An attempt ended without a known outcome, and its recovery is not due for so long. */
  | { readonly _tag: 'Unresolved'; readonly waitMs: number }
  | { readonly _tag: 'CoolingDown'; readonly failure: Failure; readonly waitMs: number }
  /** The last renewal was committed less than a second ago. */
  | { readonly _tag: 'JustRenewed'; readonly waitMs: number }
  | { readonly _tag: 'Stopped'; readonly failure: Failure }
  /** The policy forbids a recovery, and that has just been written down. */
  | { readonly _tag: 'GaveUp'; readonly failure: Failure }
  | { readonly _tag: 'Removed' };

/** Whether a record is still of the registration that the rule is about. */
export const sameLineage = (record: AccountRecord | undefined, lineage: Lineage): record is AccountRecord =>
  record !== undefined && record.incarnation === lineage.incarnation;

const hourMs = 3_600_000;

/** Who asks: a client, and what is known of it. */
export type Asking = Pick<BeginRequest, 'client' | 'epoch' | 'asksForAll'>;

/** A refusal concerns the clients that got it; what it says about any other client is not known until that one has asked. */
const concerns = ({ clients }: Failure, client: string): boolean => clients === undefined || clients.includes(client);

/** Other clients were told that the account is unavailable; this one asks for itself, and waits for none of their hour. */
const isOthers = (failure: Failure, client: string): boolean =>
  failure.terminal === 'account_unavailable' && !concerns(failure, client);

/** Why renewals of this record are stopped for this client at `nowMs`; undefined when they are not. */
export const stoppedBy = (
  record: AccountRecord,
  { client, epoch, asksForAll }: Asking,
  nowMs: number,
): (Failure & { readonly terminal: TerminalState }) | undefined => {
  const { failure } = record;
  if (failure?.terminal === undefined) return undefined;
  const stopped = { ...failure, terminal: failure.terminal };
  switch (failure.terminal) {
    case 'reauthorization_required':
      return concerns(failure, client) ? stopped : undefined;
    case 'client_rejected':
      return concerns(failure, client) && epoch <= (failure.epoch ?? 0) && !asksForAll ? stopped : undefined;
    case 'account_unavailable':
      return isOthers(failure, client) || nowMs >= (failure.retryAt ?? 0) || nowMs < failure.at - hourMs
        ? undefined
        : stopped;
  }
};

/** When what is known of an open attempt was written down. */
export const attemptDatedAt = (record: AccountRecord | undefined): number | undefined =>
  record?.attempt?.unknown === true ? record.updatedAt : record?.attempt?.startedAt;

/**
 * The time by the clock that dated an attempt, as its owner's host tells it without asking that clock: whoever sets it, the
 * attempt is as old as it is. Undefined where the owner was another host or another boot of this one.
 */
export const nowByOwnersClock = (
  record: AccountRecord | undefined,
  reading: HostReading | undefined,
): number | undefined => {
  const { attempt } = record ?? {};
  if (attempt?.hostClock === undefined || attempt.unknown || reading?.bootId !== attempt.hostClock.bootId)
    return undefined;
  const ageMs = reading.sinceBootMs - attempt.hostClock.sinceBootMs;
  return ageMs < 0 ? undefined : attempt.startedAt + ageMs;
};

/** Whether an attempt has ended without a known outcome by `nowMs`. */
export const hasEnded = (attempt: Attempt, nowMs: number): boolean => attempt.unknown || nowMs >= attempt.expiresAt;

/** A renewal of one key follows the last one no sooner. */
const leastBetweenRenewalsMs = 1_000;

const newAttempt = (current: AccountRecord, request: BeginRequest, nowMs: number, way: AttemptWay): Attempt => ({
  id: request.attemptId,
  owner: request.owner,
  way,
  repeat: way === 'first' ? 0 : (current.repeats ?? 0) + 1,
  ...spanOf(request, nowMs),
  unknown: false,
});

const spanOf = ({ policy, hostClock }: BeginRequest, nowMs: number) => ({
  startedAt: nowMs,
  hostClock,
  expiresAt: nowMs + policy.attemptTtlMs,
  settlesAt: nowMs + policy.attemptTtlMs + policy.settleMs,
});

/** Whether what follows this attempt waits for no settle window. */
const isRecoveredAtOnce = ({ repeat }: Attempt, { recoversAtOnce, policy }: BeginRequest): boolean =>
  recoversAtOnce && repeat === 0 && policy.recovery !== 'never';

/** When an attempt whose owner has died makes its account due. */
const settledAt = (attempt: Attempt, request: BeginRequest): number =>
  isRecoveredAtOnce(attempt, request) ? attempt.expiresAt : attempt.settlesAt;

const earlier = (at: number | undefined, other: number): number => Math.min(at ?? Infinity, other);

/** When a sweep can first do something about an attempt whose owner has died: take it over, or announce its recovery. */
const abandonedAt = (attempt: Attempt, request: BeginRequest): number =>
  isRecoveredAtOnce(attempt, request)
    ? attempt.expiresAt
    : Math.max(attempt.expiresAt, attempt.settlesAt - request.policy.recoveryNoticeMs);

/**
 * Records the attempt. Should its owner die, a sweep looks at the account as soon as the attempt has settled: whatever can
 * be recovered can be recovered best then; or as soon as it has ended, where its recovery waits for no settling. Until then
 * no sweep has anything to do there.
 */
const begin = (current: AccountRecord, request: BeginRequest, nowMs: number, way: AttemptWay): Change<Begun> => {
  const attempt = newAttempt(current, request, nowMs, way);
  const leavesNothing = request.repeatable || way === 'fallback';
  const record: AccountRecord = {
    ...current,
    attempt,
    repeats: Math.max(current.repeats ?? 0, attempt.repeat),
    fallbackTried: current.fallbackTried || way === 'fallback',
    keepAliveAt: leavesNothing ? current.keepAliveAt : earlier(current.keepAliveAt, settledAt(attempt, request)),
    sweepNotBefore: leavesNothing ? attempt.expiresAt : abandonedAt(attempt, request),
    updatedAt: nowMs,
  };
  return put(record, { _tag: 'Began', record, way });
};

/**
 * Step 3: one atomic, durable write that records who may send, judged by the store's own clock where it has one. Asked again
 * with the id of the attempt that is open, because the answer to the first write was lost, it says again that it began. Where
 * that attempt was taken back meanwhile, nobody waits for this write any more, and it begins nothing.
 */
export const beginAttempt = (
  current: AccountRecord | undefined,
  serverNowMs: number | undefined,
  request: BeginRequest,
): Change<Begun> => {
  const nowMs = serverNowMs ?? request.nowMs;
  const attemptNowMs = serverNowMs ?? request.attemptNowMs ?? nowMs;
  if (!sameLineage(current, request)) return keep({ _tag: 'Removed' });
  const { attempt } = current;
  if (attempt?.id === request.attemptId) {
    return attempt.unknown
      ? keep({ _tag: 'Unresolved', waitMs: Math.max(0, attempt.settlesAt - nowMs) })
      : keep({ _tag: 'Began', record: current, way: attempt.way });
  }
  if (current.generation !== request.generation) return keep({ _tag: 'NewerGeneration', record: current });
  if (current.credential !== request.credential) return keep({ _tag: 'OtherCredential', record: current });
  if (attempt !== undefined && isDatedAhead(attempt, request, nowMs)) {
    return dateAnew(current, attempt, request, nowMs);
  }
  if (attempt !== undefined && !hasEnded(attempt, attemptNowMs)) {
    return keep({ _tag: 'RenewingElsewhere', waitMs: attempt.expiresAt - attemptNowMs });
  }
  const { failure } = current;
  const isFree = failure === undefined || isOthers(failure, request.client);
  const waitMs = isFree ? 0 : coolDownLeftMs(failure, nowMs, request);
  const stopped = stoppedBy(current, request, nowMs);
  if (stopped !== undefined) {
    const lastWay = stopped.terminal === 'reauthorization_required' && request.hasFallback && !current.fallbackTried;
    if (!lastWay) return keep({ _tag: 'Stopped', failure: stopped });
    return waitMs > 0
      ? keep({ _tag: 'CoolingDown', failure: stopped, waitMs })
      : begin(current, request, nowMs, 'fallback');
  }
  if (attempt !== undefined && !request.repeatable) {
    return recover(current, attempt, request, { nowMs, attemptNowMs, coolDownMs: waitMs });
  }
  if (failure !== undefined && waitMs > 0) return keep({ _tag: 'CoolingDown', failure, waitMs });
  const sinceRenewalMs = nowMs - (current.renewedAt ?? -Infinity);
  if (sinceRenewalMs >= 0 && sinceRenewalMs < leastBetweenRenewalsMs) {
    return keep({ _tag: 'JustRenewed', waitMs: leastBetweenRenewalsMs - sinceRenewalMs });
  }
  return begin(current, request, nowMs, 'first');
};

interface RecoveryTimes {
  /** What is written down. */
  readonly nowMs: number;
  /** What the attempt is judged by. */
  readonly attemptNowMs: number;
  readonly coolDownMs: number;
}

/**
 * Step 9: what follows an attempt that ended without a known outcome. An owner that said so holds no answer. One that said
 * nothing may hold one that the store would not take: the recovery is announced first, and a living owner commits meanwhile.
 * Whoever sends it has known of the notice for its whole length, counted from when it stood in the store.
 */
const recover = (
  current: AccountRecord,
  attempt: Attempt,
  request: BeginRequest,
  { nowMs, attemptNowMs, coolDownMs }: RecoveryTimes,
): Change<Begun> => {
  const { recovery } = request.policy;
  const endedAt = attempt.unknown ? attemptNowMs : attempt.expiresAt;
  const dueAt = Math.max(
    isRecoveredAtOnce(attempt, request) ? Math.min(endedAt, attempt.settlesAt) : attempt.settlesAt,
    attemptNowMs + coolDownMs,
  );
  if (recovery === 'never') {
    return attemptNowMs < attempt.settlesAt
      ? keep({ _tag: 'Unresolved', waitMs: attempt.settlesAt - attemptNowMs })
      : giveUp(current, request, nowMs);
  }
  if (attempt.unknown) {
    return attemptNowMs < dueAt
      ? keep({ _tag: 'Unresolved', waitMs: dueAt - attemptNowMs })
      : begin(current, request, nowMs, 'recovery');
  }
  const noticeMs = request.policy.recoveryNoticeMs;
  const dueInMs = dueAt - attemptNowMs;
  if (dueInMs > noticeMs) return keep({ _tag: 'Unresolved', waitMs: dueInMs - noticeMs });
  const { id: attemptId, announcedAt } = attempt;
  if (announcedAt === undefined) {
    const record = { ...current, attempt: { ...attempt, announcedAt: nowMs }, updatedAt: nowMs };
    const waitMs = Math.max(dueInMs, noticeMs);
    return put(record, { _tag: 'RecoveryAnnounced', waitMs, attemptId, announcedAt: nowMs });
  }
  const { notice } = request;
  const isKnown = notice?.attemptId === attemptId && notice.announcedAt === announcedAt;
  const waitMs = Math.max(dueInMs, noticeMs - (isKnown ? notice.knownForMs : 0));
  return waitMs > 0
    ? keep({ _tag: 'RecoveryAnnounced', waitMs, attemptId, announcedAt })
    : begin(current, request, nowMs, 'recovery');
};

/**
 * An attempt from the future was dated by a clock that has been set back since; so was an unknown outcome that settles later
 * than one that is reported now, for the clock may have been wrong only when its answer was lost.
 */
const isDatedAhead = ({ startedAt, unknown, settlesAt }: Attempt, { policy }: BeginRequest, nowMs: number): boolean =>
  startedAt > nowMs + policy.attemptTtlMs || (unknown && settlesAt > nowMs + policy.attemptTtlMs + policy.settleMs);

/** The ttl and settle window of what was dated ahead begin now. */
const dateAnew = (current: AccountRecord, attempt: Attempt, request: BeginRequest, nowMs: number): Change<Begun> => {
  const span = spanOf(request, nowMs);
  const dated = { ...attempt, ...span, announcedAt: undefined };
  const keepAliveAt = current.keepAliveAt && Math.min(current.keepAliveAt, span.settlesAt);
  const record = { ...current, attempt: dated, keepAliveAt, sweepNotBefore: undefined, updatedAt: nowMs };
  return attempt.unknown
    ? put(record, { _tag: 'Unresolved', waitMs: span.settlesAt - nowMs })
    : put(record, { _tag: 'RenewingElsewhere', waitMs: span.expiresAt - nowMs });
};

/** The policy `never`: what stayed unresolved needs a person, and says so. */
const giveUp = (current: AccountRecord, request: BeginRequest, nowMs: number): Change<Begun> => {
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
