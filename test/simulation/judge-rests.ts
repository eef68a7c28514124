import type { AccountRecord } from '../../src/domain/account-record.js';
import type { RecordedAttempt } from './attempt-book.js';
import type { RepeatRules } from './judge-repeats.js';
import type { SentRequest } from './ledger.js';

export interface RestJudgeDeps {
  readonly nowMs: () => number;
  readonly rules: RepeatRules;
  readonly windowsHold: () => boolean;
  readonly clocksAgree: () => boolean;
  readonly fingerprintOf: (clientSecret: string) => string;
  /** The client secret that the token was obtained with, where a request is known that did. */
  readonly clientOf: (record: AccountRecord) => string | undefined;
  readonly attemptOf: (request: SentRequest) => RecordedAttempt | undefined;
  readonly requests: readonly SentRequest[];
  readonly violation: (text: string) => void;
}

/** Judges how long the provider is left alone after a failure, by all processes together. */
export interface RestJudge {
  /** An operator asked for another try of an account: all accounts of its client are asked for. */
  readonly hurried: () => void;
  readonly changed: (before: AccountRecord, after: AccountRecord) => void;
  /** An account came to be with a token: its client is taken. */
  readonly began: (record: AccountRecord) => void;
  readonly left: (request: SentRequest) => void;
}

/** The shortest cool-down there is, and the least between two renewals of one account. */
const shortestRestMs = 1_000;
/** The longest Retry-After that is believed. */
const longestRestMs = 3_600_000;
/** A refused client is asked about once in so long, counted from when it was written down. */
const hourMs = 3_600_000;
const toleranceMs = 60_000;
const slowestCallMs = 25_000;

export const makeRestJudge = (deps: RestJudgeDeps): RestJudge => {
  const { nowMs, rules, windowsHold, clocksAgree, fingerprintOf, clientOf, attemptOf, requests, violation } = deps;
  const lastOf = new Map<string, SentRequest>();
  const all: SentRequest[] = [];
  /** The attempts whose failure stands in the store. */
  const written = new Set<string>();
  /** The attempts that were begun although a client had been refused. */
  const stopped = new Set<string>();
  const renewedMs = new Map<string, number>();
  /** When a client was first refused since its last success, or last asked about. */
  const refusedMs = new Map<string, number>();
  /** When a client last had a success. */
  const liftedMs = new Map<string, number>();
  let hurriedMs = -Infinity;
  /** When somebody last changed the credential or asked for another try. */
  const changedMs = new Map<string, number>();

  const succeeded = (client: string | undefined): void => {
    if (client === undefined) return;
    refusedMs.delete(client);
    liftedMs.set(client, nowMs());
  };

  const began = (record: AccountRecord): void => {
    const obtainedWith = clientOf(record);
    if (obtainedWith !== undefined) succeeded(fingerprintOf(obtainedWith));
  };

  const changed = (before: AccountRecord, after: AccountRecord): void => {
    const { key, incarnation, failure } = after;
    if (after.token !== before.token) began(after);
    if (after.renewedAt !== before.renewedAt && after.renewedAt !== undefined) renewedMs.set(incarnation, nowMs());
    if (failure?.terminal === 'reauthorization_required' && failure !== before.failure)
      succeeded(failure.clients?.at(-1));
    if (failure !== before.failure && failure !== undefined && before.attempt !== undefined)
      written.add(before.attempt.id);
    const refused =
      failure?.terminal === 'client_rejected' && failure !== before.failure ? failure.clients?.at(-1) : undefined;
    if (refused !== undefined && !refusedMs.has(refused)) refusedMs.set(refused, nowMs());
    if (failure === undefined && before.failure !== undefined) changedMs.set(key, nowMs());
    if (after.credential !== before.credential) changedMs.set(key, nowMs());
    const { attempt } = after;
    if (attempt === undefined || attempt.id === before.attempt?.id) return;
    if (before.failure?.terminal === 'client_rejected') stopped.add(attempt.id);
    if (attempt.way !== 'first') return;
    const sinceMs = nowMs() - (renewedMs.get(incarnation) ?? -Infinity);
    if (windowsHold() && sinceMs < shortestRestMs) violation(`${key} was renewed again ${sinceMs} ms after a renewal`);
  };

  const left = (request: SentRequest): void => {
    all.push(request);
    const attempt = attemptOf(request);
    if (attempt === undefined) return;
    const { key, incarnation, generation } = attempt;
    const place = `${key} ${incarnation} ${generation}`;
    const last = lastOf.get(place);
    lastOf.set(place, request);
    if (last === undefined || last.heard === 'silent' || request.kind === 'second-way') return;
    const sinceMs = nowMs() - last.heardMs;
    const isWritten = written.has(last.attempt ?? '');
    const isOwned = nowMs() < (attemptOf(last)?.beganMs ?? 0) + rules.attemptTtlMs;
    if (!isWritten && !isOwned) return;
    if ((changedMs.get(key) ?? -Infinity) >= last.heardMs) return;
    const failed = last.heard === 'turned-away' || (rules.repeatable && last.heard === 'unknown');
    if (failed && windowsHold() && sinceMs < shortestRestMs) {
      violation(`${key} was asked for again ${sinceMs} ms after a failure`);
    }
    const namedMs = Math.min(longestRestMs, last.namedMs ?? 0);
    if (windowsHold() && clocksAgree() && sinceMs < namedMs) {
      violation(`${key} was asked for again ${sinceMs} ms after the provider had asked for ${namedMs} ms`);
    }
    const lastLiftedMs = Math.max(hurriedMs, liftedMs.get(fingerprintOf(request.client)) ?? -Infinity);
    // Leave to ask is read before the attempt is written, and a store may be slow.
    const isLifted = lastLiftedMs >= (attemptOf(last)?.beganMs ?? 0) - slowestCallMs || wasTakenSince(last);
    const isSame = last.heard === 'wrong-client' && last.client === request.client;
    if (isSame && stopped.has(attempt.id) && !isLifted) judgeRefused(request);
  };

  /** Whether a token or a verdict was heard since, in an answer that may have been given after this refusal. */
  const wasTakenSince = ({ client, leftMs, heardMs: refusedAtMs }: SentRequest): boolean =>
    requests.some(
      (one) =>
        one.client === client &&
        (one.heard === 'issued' || one.heard === 'refused') &&
        one.heardMs >= leftMs &&
        one.leftMs + rules.attemptTtlMs >= refusedAtMs,
    );

  /** Whether one who asked for all since was refused itself, and nothing was said of the client. */
  const wasLeftUndecided = (client: string, sinceMs: number): boolean =>
    requests.some(
      (one) => one.client === client && one.isUndecided && one.heardMs >= sinceMs && stopped.has(one.attempt ?? ''),
    );

  /**
   * One account of a refused client asks, an hour after the first refusal and then once an hour, for all of them; and the next
   * one at once where nothing was learned of the client.
   */
  const judgeRefused = ({ key, client: secret }: SentRequest): void => {
    const client = fingerprintOf(secret);
    const askedMs = refusedMs.get(client);
    if (askedMs === undefined) return;
    const sinceMs = nowMs() - askedMs;
    refusedMs.set(client, nowMs());
    if (wasLeftUndecided(secret, askedMs)) return;
    if (clocksAgree() && sinceMs < hourMs - toleranceMs) {
      violation(`${key} was asked for again ${sinceMs} ms after its client had been refused`);
    }
  };

  return {
    changed,
    began,
    left,
    hurried: () => {
      hurriedMs = nowMs();
      refusedMs.clear();
    },
  };
};
