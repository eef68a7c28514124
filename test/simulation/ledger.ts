import type { AccountRecord, Attempt } from '../../src/domain/account-record.js';
import type { RecoveryPolicy } from '../../src/domain/refresh-policy.js';
import { leaks } from './canary.js';
import type { IssuedPair, ProviderOracle } from './provider-oracle.js';
import type { SimCipher } from './sim-cipher.js';

/** Which token a request or a caller was about. */
export interface Place {
  readonly key: string;
  readonly incarnation: string;
  readonly generation: number;
}

/** What stands behind a sealed token. */
export interface StoredTokens {
  readonly accessToken: string | undefined;
  readonly refreshToken: string | undefined;
}

/** An attempt as the store recorded it, on the world's own time. */
interface RecordedAttempt extends Place {
  readonly beganMs: number;
  /** Its place among all attempts and refusals. */
  readonly order: number;
  readonly recovery: boolean;
}

/** The worker that sent a request. */
export interface Sender {
  readonly name: string;
  /** Which process it belongs to. */
  readonly slot: number;
  readonly isAlive: () => boolean;
  /** It was closed, and gave up on what it could not write by then. */
  readonly wasAbandoned: () => boolean;
}

/** A request that left. What the client knows of it changes when it hears of it. */
export interface SentRequest {
  readonly key: string;
  readonly kind: 'renewal' | 'second-way' | 'code' | 'client';
  /** The refresh token or the code; empty for client credentials. */
  readonly secret: string;
  readonly attempt: string | undefined;
  readonly leftMs: number;
  readonly by: Sender;
  /** `silent` until it hears of it; `unknown` when what it heard does not tell. */
  heard: 'silent' | 'unknown' | 'turned-away' | 'wrong-client' | 'refused' | 'issued';
  heardMs: number;
  pair: IssuedPair | undefined;
  /** Its access token cannot be used. */
  isUnusable: boolean;
}

export interface LedgerDeps {
  readonly oracle: ProviderOracle;
  readonly cipher: SimCipher;
  readonly nowMs: () => number;
  readonly policy: { readonly attemptTtlMs: number; readonly settleMs: number; readonly recovery: RecoveryPolicy };
  /** The store's clock may run ahead of the world's, so that its windows are not the world's. */
  readonly windowsHold: () => boolean;
  /** A spent refresh token may come back in the next answer, so that requests are told apart by generation. */
  readonly refreshTokensStay: boolean;
  readonly violation: (text: string) => void;
}

/** Watches the store and the wire, and says what must not be. */
export interface Ledger {
  readonly changed: (key: string, before: AccountRecord | undefined, after: AccountRecord | undefined) => void;
  readonly left: (request: Omit<SentRequest, 'heard' | 'heardMs' | 'pair' | 'isUnusable'>) => SentRequest;
  readonly requests: readonly SentRequest[];
  /** Which token a request spends, by the attempt it was sent under. */
  readonly placeOf: (request: SentRequest) => Place | undefined;
  /** When the attempt of a request was recorded. */
  readonly beganMs: (request: SentRequest) => number;
  readonly tokensOf: (record: AccountRecord | undefined) => StoredTokens;
  /** Where an access token was committed; undefined when it never was. */
  readonly committedAt: (accessToken: string) => readonly Place[];
  readonly wasCommitted: (token: string) => boolean;
  readonly isDead: (incarnation: string) => boolean;
  /** The incarnations that have ended by now. */
  readonly dead: () => ReadonlySet<string>;
  /** When the key was last removed or its token forgotten. */
  readonly lastRemovalMs: (key: string) => number;
  /** An answer was committed whose access token could not be used. */
  readonly hadUnusable: (key: string) => boolean;
  readonly commits: () => number;
}

const nothing: StoredTokens = { accessToken: undefined, refreshToken: undefined };

const textIn = (value: unknown, name: string): string | undefined => {
  if (typeof value !== 'object' || value === null) return undefined;
  const found: unknown = Object.getOwnPropertyDescriptor(value, name)?.value;
  return typeof found === 'string' ? found : undefined;
};

/** 429, redirects and errors that are no `invalid_grant` spend nothing. */
const mayBeProcessed = ({ heard }: SentRequest): boolean => heard !== 'turned-away' && heard !== 'wrong-client';

/** The shortest cool-down there is. */
const shortestRestMs = 1_000;

export const makeLedger = (deps: LedgerDeps): Ledger => {
  const { oracle, cipher, nowMs, policy, windowsHold, refreshTokensStay, violation } = deps;
  const opened = new Map<string, StoredTokens>();
  const committed = new Map<string, Place[]>();
  const everCommitted = new Set<string>();
  const deadIncarnations = new Set<string>();
  const unusable = new Set<string>();
  const removals = new Map<string, number>();
  const attempts = new Map<string, RecordedAttempt>();
  const refusedPlaces = new Map<string, number>();
  const requests: SentRequest[] = [];
  const lastAt = new Map<string, SentRequest>();
  const bySpent = new Map<string, SentRequest[]>();
  let commits = 0;
  let order = 0;

  const tokensOf = (record: AccountRecord | undefined): StoredTokens => {
    if (record?.token === undefined) return nothing;
    const known = opened.get(record.token);
    if (known !== undefined) return known;
    const value: unknown = JSON.parse(cipher.textOf(record.token) ?? '{}');
    const tokens = { accessToken: textIn(value, 'accessToken'), refreshToken: textIn(value, 'refreshToken') };
    opened.set(record.token, tokens);
    return tokens;
  };

  /** Whether one token is older than another of the same authorization. */
  const isOlder = (one: StoredTokens, other: StoredTokens): boolean => {
    if (one.refreshToken === undefined || other.refreshToken === undefined) return false;
    if (oracle.familyOf(one.refreshToken) !== oracle.familyOf(other.refreshToken)) return false;
    const refreshed = serialOf(one.refreshToken) - serialOf(other.refreshToken);
    if (refreshed !== 0 || one.accessToken === undefined || other.accessToken === undefined) return refreshed < 0;
    return serialOf(one.accessToken) < serialOf(other.accessToken);
  };

  const serialOf = (token: string): number => oracle.serialOf(token) ?? Infinity;

  const nameOf = ({ key, incarnation, generation }: Place): string => `${key} ${incarnation} ${generation}`;

  /** I4, and what I5 and I2 are judged by. */
  const tokenChanged = (before: AccountRecord, after: AccountRecord): void => {
    const was = tokensOf(before);
    const is = tokensOf(after);
    if (after.generation !== before.generation + 1) {
      violation(`I4: a token was put at generation ${after.generation} over generation ${before.generation}`);
    }
    if (isOlder(is, was)) violation(`I4: an older token of ${after.key} replaced a newer one`);
    commits += 1;
    for (const token of [is.accessToken, is.refreshToken]) if (token !== undefined) everCommitted.add(token);
    if (is.accessToken === undefined) unusable.add(after.key);
    if (is.accessToken === undefined) return;
    const { key, incarnation, generation } = after;
    committed.set(is.accessToken, [...(committed.get(is.accessToken) ?? []), { key, incarnation, generation }]);
  };

  /** Marked dead only when it is, or when what may be tried is used up. */
  const markedDead = (before: AccountRecord, after: AccountRecord): void => {
    order += 1;
    refusedPlaces.set(nameOf(after), order);
    const { refreshToken } = tokensOf(after);
    if (refreshToken === undefined || !oracle.lives(refreshToken)) return;
    const spent = before.attempt !== undefined && (before.attempt.recovery || policy.recovery === 'never');
    if (!spent) violation(`${after.key} was marked dead although its refresh token lives`);
  };

  const attemptChanged = (after: AccountRecord, attempt: Attempt): void => {
    const { key, incarnation, generation } = after;
    order += 1;
    attempts.set(attempt.id, { key, incarnation, generation, beganMs: nowMs(), order, recovery: attempt.recovery });
  };

  const changed: Ledger['changed'] = (key, before, after) => {
    if (before !== undefined && before.incarnation !== after?.incarnation) {
      deadIncarnations.add(before.incarnation);
      removals.set(key, nowMs());
    }
    if (after === undefined) return;
    if (leaks(JSON.stringify(after))) violation(`I8: a secret of ${key} stands in the store`);
    if (deadIncarnations.has(after.incarnation)) violation(`I7: ${key} was resurrected after its removal`);
    if (before === undefined || before.incarnation !== after.incarnation) {
      if (after.token !== undefined) violation(`I7: ${key} began its life with a token`);
      return;
    }
    if (after.generation < before.generation) violation(`I4: the generation of ${key} fell`);
    if (after.token !== before.token) tokenChanged(before, after);
    if (after.attempt !== undefined && after.attempt.id !== before.attempt?.id) attemptChanged(after, after.attempt);
    const isTerminal = after.failure?.terminal === 'reauthorization_required';
    if (isTerminal && before.failure?.terminal !== 'reauthorization_required') markedDead(before, after);
  };

  /** I1 and I3, in the moment a refresh token leaves. */
  const judgeRenewal = (request: SentRequest): void => {
    const attempt = attempts.get(request.attempt ?? '');
    if (attempt === undefined) {
      violation(`I1: a refresh token of ${request.key} was sent under no recorded attempt`);
      return;
    }
    const refused = refusedPlaces.get(nameOf(attempt));
    if (refused !== undefined && refused < attempt.order) {
      violation(`I3: a refresh token of ${request.key} was sent again after it had been refused`);
    }
    const spent = refreshTokensStay ? nameOf(attempt) : request.secret;
    const all = bySpent.get(spent) ?? [];
    const earlier = all.filter(mayBeProcessed);
    bySpent.set(spent, [...all, request]);
    const first = earlier[0];
    if (first === undefined) return;
    if (earlier.length > 1) violation(`I1: a refresh token of ${request.key} was sent ${earlier.length + 1} times`);
    const recoveries = [...earlier, request].filter((one) => attempts.get(one.attempt ?? '')?.recovery === true);
    if (recoveries.length !== 1)
      violation(`I1: a refresh token of ${request.key} was sent again without a recorded recovery`);
    if (policy.recovery === 'never') violation(`I1: the policy of ${request.key} forbids recovery`);
    const firstBeganMs = attempts.get(first.attempt ?? '')?.beganMs ?? first.leftMs;
    const waits = policy.recovery === 'retry' && first.heard === 'unknown' ? 0 : policy.attemptTtlMs;
    const settles = policy.recovery === 'retry' ? 0 : policy.settleMs;
    if (windowsHold() && (!attempt.recovery || nowMs() < firstBeganMs + waits + settles)) {
      violation(`I1: a refresh token of ${request.key} was sent again ${nowMs() - firstBeganMs} ms after it was begun`);
    }
  };

  /** After a failure the provider is left alone for a while, by all processes together. */
  const judgeRest = (request: SentRequest): void => {
    const attempt = attempts.get(request.attempt ?? '');
    if (attempt === undefined) return;
    const last = lastAt.get(nameOf(attempt));
    lastAt.set(nameOf(attempt), request);
    const failed = last?.heard === 'turned-away' || (last?.kind === 'client' && last.heard === 'unknown');
    if (last === undefined || !failed || request.kind === 'second-way') return;
    const isOwned = nowMs() < (attempts.get(last.attempt ?? '')?.beganMs ?? 0) + policy.attemptTtlMs;
    if (!isOwned) return;
    if (windowsHold() && nowMs() < last.heardMs + shortestRestMs) {
      violation(`${request.key} was asked for again ${nowMs() - last.heardMs} ms after a failure`);
    }
  };

  /** A code that may be spent again is, once a generation. */
  const judgeSecondWay = ({ key, attempt }: SentRequest): void => {
    const place = attempts.get(attempt ?? '');
    if (place === undefined) {
      violation(`I1: a code of ${key} was sent again under no recorded attempt`);
      return;
    }
    const spent = `${nameOf(place)} second way`;
    const times = (bySpent.get(spent) ?? []).filter(mayBeProcessed).length;
    if (times > 0) violation(`I1: a code of ${key} was sent again ${times + 1} times`);
  };

  return {
    changed,
    requests,
    tokensOf,
    left: (request) => {
      const sent: SentRequest = { ...request, heard: 'silent', heardMs: Infinity, pair: undefined, isUnusable: false };
      requests.push(sent);
      judgeRest(sent);
      if (sent.kind === 'renewal') judgeRenewal(sent);
      if (sent.kind === 'second-way') judgeSecondWay(sent);
      return sent;
    },
    placeOf: ({ attempt }) => attempts.get(attempt ?? ''),
    beganMs: ({ attempt, leftMs }) => attempts.get(attempt ?? '')?.beganMs ?? leftMs,
    committedAt: (accessToken) => committed.get(accessToken) ?? [],
    wasCommitted: (token) => everCommitted.has(token),
    dead: () => new Set(deadIncarnations),
    isDead: (incarnation) => deadIncarnations.has(incarnation),
    lastRemovalMs: (key) => removals.get(key) ?? -Infinity,
    hadUnusable: (key) => unusable.has(key),
    commits: () => commits,
  };
};
