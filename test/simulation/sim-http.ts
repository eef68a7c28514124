import { isLeft, isRight, left, right, type Either } from 'fp-ts/lib/Either.js';
import type { Clock } from '../../src/ports/clock.js';
import type { HttpAnswer, HttpClient, HttpFailure, HttpRequest } from '../../src/ports/http-client.js';
import type { Fates, RequestFate, Strike } from './fates.js';
import type { Ledger, Sender, SentRequest } from './ledger.js';
import type { IssuedPair, ProviderOracle, Verdict } from './provider-oracle.js';
import type { PendingEvent, Scheduler } from './scheduler.js';
import type { SimProcess } from './sim-process.js';
import { applicationOf } from './sim-provider.js';

export interface SimHttpDeps {
  readonly scheduler: Scheduler;
  readonly process: SimProcess;
  readonly sender: Sender;
  readonly clock: Clock;
  readonly fates: Fates;
  readonly oracle: ProviderOracle;
  readonly ledger: Ledger;
  readonly settleMs: number;
  readonly accessLifetimeMs: number;
  /** How long refresh tokens live, by the answers. */
  readonly toldLifetimeMs: number | undefined;
  readonly verdict: Verdict;
  /** The provider asked for a rest of so long. */
  readonly named: (ms: number) => void;
  /** Lets misfortune strike this worker's process. */
  readonly strike: (strike: Strike, key: string) => void;
  /** The attempt that this worker says it sends under. */
  readonly attemptOf: (key: string) => string | undefined;
}

type Answer = Omit<HttpAnswer, 'sentAtMs'>;
type Heard = SentRequest['heard'];

interface Processed {
  readonly answer: Answer;
  readonly heard: Heard;
  readonly pair?: IssuedPair;
}

type Headers = Readonly<Record<string, string>>;

const answered = (heard: Heard, status: number, error?: string, headers: Headers = {}): Processed => ({
  answer: { status, headers, json: error === undefined ? undefined : { error } },
  heard,
});

const restOf = ({ retryAfterS }: RequestFate): Headers =>
  retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) };

/** What the provider answers without processing the request; undefined when it processes it. */
const turnedAway = (fate: RequestFate): Processed | undefined => {
  switch (fate.outcome) {
    case 'error-before':
      return answered(fate.status === 503 ? 'turned-away' : 'unknown', fate.status, undefined, restOf(fate));
    case 'error-named':
      return answered('turned-away', fate.status, fate.error);
    case 'page':
      return answered('unknown', 200);
    case 'too-many-requests':
      return answered('turned-away', 429, undefined, restOf(fate));
    case 'redirected':
      return answered('turned-away', 302);
    case 'bad-request':
      return answered('turned-away', 400, 'invalid_request');
    case 'wrong-client':
      return answered('wrong-client', 401, 'invalid_client');
    // A 401 at a token endpoint is a refused client, with a body and without one.
    case 'unauthorized':
      return answered('wrong-client', 401);
    default:
      return undefined;
  }
};

/** 429 is no refusal of the request. */
const isRefusal = ({ status }: HttpAnswer): boolean => status >= 400 && status < 500 && status !== 429;

const fieldOf = ({ form = [] }: HttpRequest, name: string): string | undefined =>
  form.find(([parameter]) => parameter === name)?.[1];

type Subject = Pick<SentRequest, 'key' | 'kind' | 'secret' | 'client'>;

/** One worker's way to the provider: requests leave or not, are processed or not, are answered or not. */
export const simHttp = (deps: SimHttpDeps): HttpClient => {
  const { scheduler, process, sender, clock, fates, oracle, ledger, attemptOf } = deps;
  const who = sender.name;

  /** What a request is about, from what it carries. */
  const subjectOf = (request: HttpRequest): Subject => {
    const client = fieldOf(request, 'client_secret') ?? '';
    const secret = fieldOf(request, 'refresh_token') ?? fieldOf(request, 'code');
    if (secret === undefined) return { key: fieldOf(request, 'scope') ?? '', kind: 'client', secret: '', client };
    const key = oracle.keyOf(secret) ?? '';
    if (fieldOf(request, 'grant_type') === 'refresh_token') return { key, kind: 'renewal', secret, client };
    return { key, kind: fieldOf(request, 'again') === undefined ? 'code' : 'second-way', secret, client };
  };

  const redeem = ({ kind, secret, key, client }: Subject) => {
    if (kind === 'client') return right(oracle.forClient(key));
    const application = applicationOf(client);
    return kind === 'renewal' ? oracle.renew(secret, application) : oracle.spendCode(secret, application);
  };

  const membersOf = (pair: IssuedPair, { outcome }: RequestFate): Readonly<Record<string, unknown>> => ({
    access_token: pair.accessToken,
    ...(pair.named && pair.refreshToken !== undefined ? { refresh_token: pair.refreshToken } : {}),
    ...(deps.toldLifetimeMs === undefined ? {} : { refresh_token_expires_in: deps.toldLifetimeMs / 1_000 }),
    expires_in: outcome === 'odd' ? 'soon' : deps.accessLifetimeMs / 1_000,
    ...(outcome === 'odd' ? {} : { token_type: outcome === 'unusable' ? 'mac' : 'bearer' }),
  });

  /** How a dead refresh token or code is refused: only the verdict, told to the client that obtained it, ends a grant. */
  const refusal = (sent: SentRequest | undefined): Processed => {
    if (deps.verdict === 'invalid_grant') {
      const isTheirs = sent === undefined || sent.kind !== 'renewal' || ledger.obtained(sent);
      return answered(isTheirs ? 'refused' : 'wrong-client', 400, 'invalid_grant');
    }
    return answered('turned-away', 400, deps.verdict === 'nothing' ? undefined : deps.verdict);
  };

  /** The provider's side of one request. */
  const processed = (request: HttpRequest, fate: RequestFate, sent: SentRequest | undefined): Processed => {
    const unread = turnedAway(fate);
    if (unread !== undefined) return unread;
    if (request.url.endsWith('/revoke')) {
      oracle.revoke(fieldOf(request, 'token') ?? '');
      return answered('turned-away', 200);
    }
    const redeemed = redeem(subjectOf(request));
    if (fate.outcome === 'error-after') {
      // A 503 says that nothing was done, and DESIGN's law takes it at its word.
      return answered('unknown', fate.status === 503 ? 500 : fate.status, undefined, restOf(fate));
    }
    if (fate.outcome === 'unreadable') return answered('unknown', 200);
    if (isLeft(redeemed)) return refusal(sent);
    const pair = redeemed.right;
    return { answer: { status: 200, headers: {}, json: membersOf(pair, fate) }, heard: 'issued', pair };
  };

  /** A request that has left goes its way whatever becomes of the process. */
  const leave = (
    request: HttpRequest,
    fate: RequestFate,
    sent: SentRequest | undefined,
    sentAtMs: number,
    sentMs: number,
    settle: (result: Either<HttpFailure, HttpAnswer>, heard: Heard, pair?: IssuedPair) => void,
  ): void => {
    const lost = fate.outcome === 'request-lost';
    const isLate = fate.outcome === 'processed-late';
    const back = (what: string, afterMs: number, run: () => void): void =>
      scheduler.add({ what: `${who} ${what}`, atMs: scheduler.nowMs() + afterMs, owner: process, isTimer: false, run });
    const broken = (): void => settle(left({ _tag: 'Unknown', why: 'connection_reset' }), 'unknown');
    const subject = sent === undefined ? 'revocation' : `${sent.kind} of ${sent.key}`;
    const spentMs = scheduler.nowMs() - sentMs;
    const lateMs = request.timeoutMs + Math.floor(fate.lateness * Math.max(0, deps.settleMs - request.timeoutMs));
    const travelsMs = isLate ? Math.max(0, lateMs - spentMs) : fate.travelsMs;
    const named = (ms: number): void => {
      deps.named(ms);
      if (sent?.heard === 'silent') sent.namedMs = ms;
    };
    const arrive = (): void => {
      const result = lost ? undefined : processed(request, fate, sent);
      if (result === undefined || isLate || fate.outcome === 'answer-lost') {
        if (fate.breaks && !isLate) back('loses the connection', fate.returnsMs, broken);
        return;
      }
      const answer = { ...result.answer, sentAtMs };
      const { 'retry-after': seconds } = answer.headers;
      back(`is answered ${answer.status}`, fate.returnsMs, () => {
        if (seconds !== undefined) named(Number(seconds) * 1_000);
        settle(right(answer), result.heard, result.pair);
      });
    };
    scheduler.add({
      what: `provider: ${subject} from ${who} is ${fate.outcome}`,
      atMs: scheduler.nowMs() + travelsMs,
      owner: undefined,
      isTimer: isLate,
      run: arrive,
    });
  };

  const send = (request: HttpRequest): Promise<Either<HttpFailure, HttpAnswer>> =>
    new Promise((resolve) => {
      const fate = fates.ofRequest();
      const sentAtMs = clock.nowMs();
      const sentMs = scheduler.nowMs();
      const mostMs = (request.leavesBeforeMonotonicMs ?? Infinity) - clock.monotonicMs();
      const leavesBeforeMs = sentMs + Math.min(request.timeoutMs, mostMs);
      let sent: SentRequest | undefined;
      let isOver = false;
      const settle = (result: Either<HttpFailure, HttpAnswer>, heard: Heard, pair?: IssuedPair): void => {
        isOver = true;
        scheduler.cancel(deadline);
        if (sent !== undefined && sent.heard === 'silent') {
          sent.heard = heard;
          sent.heardMs = scheduler.nowMs();
          sent.pair = pair;
          sent.isUndecided = heard === 'turned-away' && isRight(result) && isRefusal(result.right);
          sent.isUnusable = fate.outcome === 'unusable';
        }
        resolve(result);
      };
      const deadline: PendingEvent = {
        what: `${who} gives up on its request`,
        atMs: scheduler.nowMs() + request.timeoutMs,
        owner: process,
        isTimer: true,
        run: () => settle(left({ _tag: sent === undefined ? 'Unsent' : 'Unknown', why: 'timeout' }), 'unknown'),
      };
      const depart = (): void => {
        if (isOver) return;
        if (fate.outcome === 'unsent')
          return settle(left({ _tag: 'Unsent', why: 'connection_refused' }), 'turned-away');
        if (scheduler.nowMs() >= leavesBeforeMs) {
          return settle(left({ _tag: 'Unsent', why: 'connect_timeout' }), 'turned-away');
        }
        if (!request.url.endsWith('/revoke')) {
          const subject = subjectOf(request);
          sent = ledger.left({
            ...subject,
            attempt: subject.kind === 'code' ? undefined : attemptOf(subject.key),
            sentMs,
            leftMs: scheduler.nowMs(),
            by: sender,
          });
        }
        leave(request, fate, sent, sentAtMs, sentMs, settle);
        if (fate.strike !== undefined) deps.strike(fate.strike, sent?.key ?? '');
      };
      scheduler.add(deadline);
      if (fate.connectsMs === undefined) return depart();
      scheduler.add({
        what: `${who} is connected`,
        atMs: scheduler.nowMs() + fate.connectsMs,
        owner: process,
        isTimer: false,
        run: depart,
      });
    });

  return { send: (request) => () => send(request) };
};
