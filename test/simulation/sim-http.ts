import { isLeft, left, right, type Either } from 'fp-ts/lib/Either.js';
import type { Clock } from '../../src/ports/clock.js';
import type { HttpAnswer, HttpClient, HttpFailure, HttpRequest } from '../../src/ports/http-client.js';
import type { Fates, RequestFate, Strike } from './fates.js';
import type { Ledger, Sender, SentRequest } from './ledger.js';
import type { IssuedPair, ProviderOracle } from './provider-oracle.js';
import type { PendingEvent, Scheduler } from './scheduler.js';
import type { SimProcess } from './sim-process.js';

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
  readonly refreshLifetimeMs: number | undefined;
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

const turnedAway = (status: number, headers: Readonly<Record<string, string>> = {}, error?: string): Processed => ({
  answer: { status, headers, json: error === undefined ? undefined : { error } },
  heard: 'turned-away',
});

const fieldOf = ({ form = [] }: HttpRequest, name: string): string | undefined =>
  form.find(([parameter]) => parameter === name)?.[1];

/** One worker's way to the provider: requests leave or not, are processed or not, are answered or not. */
export const simHttp = (deps: SimHttpDeps): HttpClient => {
  const { scheduler, process, sender, clock, fates, oracle, ledger, attemptOf } = deps;
  const who = sender.name;

  /** What a request is about, from what it carries. */
  const subjectOf = (request: HttpRequest): Pick<SentRequest, 'key' | 'kind' | 'secret'> => {
    const secret = fieldOf(request, 'refresh_token') ?? fieldOf(request, 'code');
    if (secret === undefined) return { key: fieldOf(request, 'scope') ?? '', kind: 'client', secret: '' };
    const key = oracle.keyOf(secret) ?? '';
    if (fieldOf(request, 'grant_type') === 'refresh_token') return { key, kind: 'renewal', secret };
    return { key, kind: fieldOf(request, 'again') === undefined ? 'code' : 'second-way', secret };
  };

  const redeem = ({ kind, secret, key }: Pick<SentRequest, 'key' | 'kind' | 'secret'>) => {
    if (kind === 'client') return right(oracle.forClient(key));
    return kind === 'renewal' ? oracle.renew(secret) : oracle.spendCode(secret);
  };

  const membersOf = (pair: IssuedPair, { outcome }: RequestFate): Readonly<Record<string, unknown>> => ({
    access_token: pair.accessToken,
    ...(pair.named && pair.refreshToken !== undefined ? { refresh_token: pair.refreshToken } : {}),
    ...(deps.refreshLifetimeMs === undefined ? {} : { refresh_token_expires_in: deps.refreshLifetimeMs / 1_000 }),
    expires_in: outcome === 'odd' ? 'soon' : deps.accessLifetimeMs / 1_000,
    ...(outcome === 'odd' ? {} : { token_type: outcome === 'unusable' ? 'mac' : 'bearer' }),
  });

  /** The provider's side of one request. */
  const processed = (request: HttpRequest, fate: RequestFate): Processed => {
    switch (fate.outcome) {
      case 'error-before':
        return { answer: { status: 503, headers: {}, json: undefined }, heard: 'unknown' };
      case 'too-many-requests':
        return turnedAway(429, fate.retryAfterS === undefined ? {} : { 'retry-after': String(fate.retryAfterS) });
      case 'redirected':
        return turnedAway(302);
      case 'bad-request':
        return turnedAway(400, {}, 'invalid_request');
      case 'wrong-client':
        return { ...turnedAway(401, {}, 'invalid_client'), heard: 'wrong-client' };
      default:
        break;
    }
    if (request.url.endsWith('/revoke')) {
      oracle.revoke(fieldOf(request, 'token') ?? '');
      return { answer: { status: 200, headers: {}, json: undefined }, heard: 'turned-away' };
    }
    const redeemed = redeem(subjectOf(request));
    if (fate.outcome === 'error-after')
      return { answer: { status: 500, headers: {}, json: undefined }, heard: 'unknown' };
    if (fate.outcome === 'unreadable')
      return { answer: { status: 200, headers: {}, json: undefined }, heard: 'unknown' };
    if (isLeft(redeemed)) {
      return { answer: { status: 400, headers: {}, json: { error: redeemed.left } }, heard: 'refused' };
    }
    const pair = redeemed.right;
    return { answer: { status: 200, headers: {}, json: membersOf(pair, fate) }, heard: 'issued', pair };
  };

  /** A request that has left goes its way whatever becomes of the process. */
  const leave = (
    request: HttpRequest,
    fate: RequestFate,
    sent: SentRequest | undefined,
    sentAtMs: number,
    settle: (result: Either<HttpFailure, HttpAnswer>, heard: Heard, pair?: IssuedPair) => void,
  ): void => {
    const lost = fate.outcome === 'request-lost';
    const isLate = fate.outcome === 'processed-late';
    const back = (what: string, afterMs: number, run: () => void): void =>
      scheduler.add({ what: `${who} ${what}`, atMs: scheduler.nowMs() + afterMs, owner: process, isTimer: false, run });
    const broken = (): void => settle(left({ _tag: 'Unknown', why: 'connection_reset' }), 'unknown');
    const subject = sent === undefined ? 'revocation' : `${sent.kind} of ${sent.key}`;
    const travelsMs = isLate ? request.timeoutMs + fate.lateness * 0.6 * deps.settleMs : fate.travelsMs;
    const arrive = (): void => {
      const result = lost ? undefined : processed(request, fate);
      if (result === undefined || isLate || fate.outcome === 'answer-lost') {
        if (fate.breaks && !isLate) back('loses the connection', fate.returnsMs, broken);
        return;
      }
      const answer = { ...result.answer, sentAtMs };
      back(`is answered ${answer.status}`, fate.returnsMs, () => settle(right(answer), result.heard, result.pair));
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
      const deadlineMs = clock.monotonicMs() + request.timeoutMs;
      let sent: SentRequest | undefined;
      let isOver = false;
      const settle = (result: Either<HttpFailure, HttpAnswer>, heard: Heard, pair?: IssuedPair): void => {
        isOver = true;
        scheduler.cancel(deadline);
        if (sent !== undefined && sent.heard === 'silent') {
          sent.heard = heard;
          sent.heardMs = scheduler.nowMs();
          sent.pair = pair;
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
        if (clock.monotonicMs() >= deadlineMs) {
          return settle(left({ _tag: 'Unsent', why: 'connect_timeout' }), 'turned-away');
        }
        if (!request.url.endsWith('/revoke')) {
          const subject = subjectOf(request);
          sent = ledger.left({
            ...subject,
            attempt: subject.kind === 'code' ? undefined : attemptOf(subject.key),
            leftMs: scheduler.nowMs(),
            by: sender,
          });
        }
        leave(request, fate, sent, sentAtMs, settle);
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
