import type { AccountRecord } from '../../src/domain/account-record.js';
import { makeAttemptBook, type Place, type RecordedAttempt } from './attempt-book.js';
import { leaks } from './canary.js';
import { judgeCommit } from './judge-commit.js';
import { judgeRepeat, type RepeatRules } from './judge-repeats.js';
import { makeRestJudge } from './judge-rests.js';
import type { IssuedPair, ProviderOracle, Verdict } from './provider-oracle.js';
import type { SimCipher } from './sim-cipher.js';

/** What stands behind a sealed token. */
export interface StoredTokens {
  readonly accessToken: string | undefined;
  readonly refreshToken: string | undefined;
}

/** The worker that sent a request. */
export interface Sender {
  readonly name: string;
  /** Which process it belongs to. */
  readonly slot: number;
  readonly isAlive: () => boolean;
  /** It was closed, and gave up on what it could not write by then; sooner on what could be had again. */
  readonly wasAbandoned: (isReplaceable: boolean) => boolean;
}

/** A request that left. What the client knows of it changes when it hears of it. */
export interface SentRequest {
  readonly key: string;
  readonly kind: 'renewal' | 'second-way' | 'code' | 'client';
  /** The refresh token or the code; empty for client credentials. */
  readonly secret: string;
  /** The client secret that it carries. */
  readonly client: string;
  readonly attempt: string | undefined;
  /** When it was handed to the HTTP client. */
  readonly sentMs: number;
  readonly leftMs: number;
  readonly by: Sender;
  /** `silent` until it hears of it; `unknown` when what it heard does not tell. */
  heard: 'silent' | 'unknown' | 'turned-away' | 'wrong-client' | 'refused' | 'issued';
  heardMs: number;
  /** How long the answer asked to wait. */
  namedMs: number | undefined;
  pair: IssuedPair | undefined;
  /** It was refused, and the answer said nothing of the client or the grant. */
  isUndecided: boolean;
  /** Its access token cannot be used. */
  isUnusable: boolean;
}

/** What a request is before anything was heard of it. */
export type Departure = Omit<SentRequest, 'heard' | 'heardMs' | 'namedMs' | 'pair' | 'isUndecided' | 'isUnusable'>;

export interface LedgerDeps {
  readonly oracle: ProviderOracle;
  readonly cipher: SimCipher;
  readonly nowMs: () => number;
  readonly rules: RepeatRules;
  readonly verdict: Verdict;
  /** The fingerprint of the client with this secret. */
  readonly fingerprintOf: (clientSecret: string) => string;
  /** The fingerprint of the application that a client secret belongs to. */
  readonly applicationOf: (clientSecret: string) => string;
  /** When a code was granted. */
  readonly grantedMs: (code: string) => number;
  /** An operator has asked for another try of this account at some time. */
  readonly mayHurry: (key: string) => boolean;
  /** The store's clock may run ahead of the world's, so that its windows are not the world's. */
  readonly windowsHold: () => boolean;
  /** The first committed token of a key that nobody registered creates its account. */
  readonly tokenCreates: boolean;
  /** No wall clock was ever wrong. */
  readonly clocksAgree: () => boolean;
  /** A spent refresh token may come back in the next answer, so that requests are told apart by generation. */
  readonly refreshTokensStay: boolean;
  readonly violation: (text: string) => void;
}

/** Watches the store and the wire, and says what must not be. */
export interface Ledger {
  readonly changed: (key: string, before: AccountRecord | undefined, after: AccountRecord | undefined) => void;
  readonly left: (request: Departure) => SentRequest;
  /** An operator has asked for another try. */
  readonly hurried: () => void;
  readonly requests: readonly SentRequest[];
  /** The attempt that a request was sent under. */
  readonly attemptOf: (request: SentRequest) => RecordedAttempt | undefined;
  /** Whether a request came from the client that obtained what it spends. */
  readonly obtained: (request: SentRequest) => boolean;
  /** When the attempt of a request was recorded. */
  readonly beganMs: (request: SentRequest) => number;
  readonly tokensOf: (record: AccountRecord | undefined) => StoredTokens;
  /** Where an access token was committed; undefined when it never was. */
  readonly committedAt: (accessToken: string) => readonly CommittedPlace[];
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

/** Where a token was committed, and whether it was not to be handed out there. */
export interface CommittedPlace extends Place {
  readonly invalidated: boolean;
}

const nothing: StoredTokens = { accessToken: undefined, refreshToken: undefined };

const textIn = (value: unknown, name: string): string | undefined => {
  if (typeof value !== 'object' || value === null) return undefined;
  const found: unknown = Object.getOwnPropertyDescriptor(value, name)?.value;
  return typeof found === 'string' ? found : undefined;
};

/** 429, redirects and errors that are no `invalid_grant` spend nothing. */
const mayBeProcessed = ({ heard }: SentRequest): boolean => heard !== 'turned-away' && heard !== 'wrong-client';

const nameOf = ({ key, incarnation, generation }: Place): string => `${key} ${incarnation} ${generation}`;

/** A refusal that was written down: about which clients, and when. */
interface Refusal {
  readonly order: number;
  /** When the provider last gave its verdict: a try of another client may have ended without one since. */
  readonly verdictOrder: number;
  readonly clients: readonly string[] | undefined;
}

export const makeLedger = (deps: LedgerDeps): Ledger => {
  const {
    oracle,
    cipher,
    nowMs,
    rules,
    windowsHold,
    tokenCreates,
    refreshTokensStay,
    fingerprintOf,
    mayHurry,
    violation,
  } = deps;
  const opened = new Map<string, StoredTokens>();
  const committed = new Map<string, CommittedPlace[]>();
  const everCommitted = new Set<string>();
  const deadIncarnations = new Set<string>();
  const unusable = new Set<string>();
  const removals = new Map<string, number>();
  const refusals = new Map<string, Refusal>();
  const requests: SentRequest[] = [];
  const bySpent = new Map<string, SentRequest[]>();
  const attempts = makeAttemptBook({ nowMs, mayHurry, violation });
  const rests = makeRestJudge({
    ...deps,
    clientOf: (record) => {
      const { accessToken } = tokensOf(record);
      return requests.find(({ pair }) => pair !== undefined && pair.accessToken === accessToken)?.client;
    },
    attemptOf: ({ attempt }) => attempts.find(attempt),
    requests,
  });
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

  /** I4, and what I5 and I2 are judged by. */
  const tokenChanged = (before: AccountRecord, after: AccountRecord): void => {
    for (const wrong of judgeCommit(before, after, { ...deps, requests, tokensOf })) violation(wrong);
    const is = tokensOf(after);
    commits += 1;
    for (const token of [is.accessToken, is.refreshToken]) if (token !== undefined) everCommitted.add(token);
    if (is.accessToken === undefined) unusable.add(after.key);
    if (is.accessToken === undefined) return;
    const { key, incarnation, generation, invalidated } = after;
    const place = { key, incarnation, generation, invalidated };
    committed.set(is.accessToken, [...(committed.get(is.accessToken) ?? []), place]);
  };

  /** I9: nobody is told to authorize again while the provider would take the refresh token, and no date tells so. */
  const judgeDeath = (after: AccountRecord): void => {
    const { refreshToken } = tokensOf(after);
    if (after.failure?.terminal !== 'reauthorization_required' || rules.recovery === 'never') return;
    if (refreshToken !== undefined && oracle.lives(refreshToken)) {
      violation(`I9: ${after.key} is told to authorize again although its refresh token lives`);
    }
    if (deps.verdict !== 'invalid_grant') {
      violation(`I9: ${after.key} is told to authorize again, and no provider said so`);
    }
  };

  const failureChanged = (before: AccountRecord, after: AccountRecord): void => {
    if (after.failure?.terminal === 'reauthorization_required') {
      const { clients } = after.failure;
      const known = refusals.get(nameOf(after));
      order += 1;
      const isVerdict = known === undefined || clients?.length !== known.clients?.length || after.attempt === undefined;
      refusals.set(nameOf(after), { order, clients, verdictOrder: isVerdict ? order : known.verdictOrder });
    }
    const isForgotten =
      before.failure !== undefined &&
      after.failure === undefined &&
      before.token === after.token &&
      before.credential === after.credential;
    if (!isForgotten) return;
    if (!mayHurry(after.key)) violation(`${after.key} forgot a failure, and nobody asked for it`);
    const { verdictOrder = -Infinity } = refusals.get(nameOf(after)) ?? {};
    refusals.delete(nameOf(after));
    // What was given up, or refused, is asked for anew because a person wants it; what a verdict resolved stays so.
    const isForgiven = ({ key, heard, attempt }: SentRequest): boolean =>
      key === after.key &&
      (heard === 'refused' || after.attempt === undefined || (attempts.find(attempt)?.order ?? 0) < verdictOrder);
    for (const [spent, sent] of bySpent)
      bySpent.set(
        spent,
        sent.filter((one) => !isForgiven(one)),
      );
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
      if (after.token === undefined) return;
      if (before === undefined && tokenCreates) {
        tokenChanged({ ...after, token: undefined, generation: 0 }, after);
        rests.began(after);
      } else violation(`I7: ${key} began its life with a token`);
      return;
    }
    if (after.generation < before.generation) violation(`I4: the generation of ${key} fell`);
    if (after.token !== before.token) tokenChanged(before, after);
    order += 1;
    attempts.changed(before, after, order);
    rests.changed(before, after);
    if (after.failure !== before.failure) failureChanged(before, after);
    judgeDeath(after);
  };

  /** I3: a refresh token that was refused to a client is not sent by it again. */
  const judgeRefused = ({ key, client }: SentRequest, attempt: RecordedAttempt): void => {
    const refused = refusals.get(nameOf(attempt));
    if (refused === undefined || refused.order > attempt.order) return;
    if (refused.clients === undefined || refused.clients.includes(fingerprintOf(client))) {
      violation(`I3: a refresh token of ${key} was sent again after it had been refused`);
    }
  };

  /** I1 and I3, in the moment a refresh token leaves. */
  const judgeRenewal = (request: SentRequest): void => {
    const attempt = attempts.find(request.attempt);
    if (attempt === undefined) {
      violation(`I1: a refresh token of ${request.key} was sent under no recorded attempt`);
      return;
    }
    judgeRefused(request, attempt);
    const spent = refreshTokensStay ? nameOf(attempt) : request.secret;
    const all = bySpent.get(spent) ?? [];
    bySpent.set(spent, [...all, request]);
    // A verdict resolves what was unclear before it: another client may ask, as I3 has it.
    const unclear = refusals.has(nameOf(attempt)) ? [] : all.filter(mayBeProcessed);
    const earlier = unclear.map((one) => ({ request: one, attempt: attempts.find(one.attempt) }));
    const repeat = { request, attempt, earlier, windowsHold: windowsHold(), nowMs: nowMs() };
    for (const wrong of judgeRepeat(repeat, rules)) violation(wrong);
  };

  /** A code that may be spent again is, once a generation. */
  const judgeSecondWay = (request: SentRequest): void => {
    const place = attempts.find(request.attempt);
    if (place === undefined) {
      violation(`I1: a code of ${request.key} was sent again under no recorded attempt`);
      return;
    }
    const spent = `${nameOf(place)} second way`;
    const all = bySpent.get(spent) ?? [];
    bySpent.set(spent, [...all, request]);
    const times = all.filter(mayBeProcessed).length;
    // Of a provider that does not rotate DESIGN's step 7 takes an unknown outcome as not processed.
    if (times > 0 && !rules.repeatable && !mayHurry(place.key))
      violation(`I1: a code of ${place.key} was sent again ${times + 1} times`);
  };

  return {
    changed,
    hurried: rests.hurried,
    requests,
    tokensOf,
    left: (request) => {
      const heard = {
        heard: 'silent',
        heardMs: Infinity,
        namedMs: undefined,
        pair: undefined,
        isUndecided: false,
        isUnusable: false,
      } as const;
      const sent: SentRequest = { ...request, ...heard };
      requests.push(sent);
      rests.left(sent);
      if (sent.kind === 'renewal') judgeRenewal(sent);
      if (sent.kind === 'second-way') judgeSecondWay(sent);
      return sent;
    },
    attemptOf: ({ attempt }) => attempts.find(attempt),
    obtained: ({ attempt, client }) => {
      const obtainedBy = attempts.find(attempt)?.obtainedBy;
      return obtainedBy === undefined || obtainedBy === deps.applicationOf(client);
    },
    beganMs: ({ attempt, leftMs }) => attempts.find(attempt)?.beganMs ?? leftMs,
    committedAt: (accessToken) => committed.get(accessToken) ?? [],
    wasCommitted: (token) => everCommitted.has(token),
    dead: () => new Set(deadIncarnations),
    isDead: (incarnation) => deadIncarnations.has(incarnation),
    lastRemovalMs: (key) => removals.get(key) ?? -Infinity,
    hadUnusable: (key) => unusable.has(key),
    commits: () => commits,
  };
};
