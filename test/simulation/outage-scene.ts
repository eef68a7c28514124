import { isRight, left, right, type Either } from 'fp-ts/lib/Either.js';
import { centry } from '../../src/adapters/providers/centry/centry.js';
import { tray } from '../../src/adapters/providers/tray/tray.js';
import { swapPorts } from '../../src/app/container/swap-ports.js';
import { createLlavero } from '../../src/app/create-llavero.js';
import { LlaveroError } from '../../src/app/llavero-error.js';
import type { Llavero } from '../../src/app/llavero.js';
import type { AccountState } from '../../src/domain/account-state.js';
import type { LlaveroEvent } from '../../src/domain/llavero-event.js';
import type { HttpAnswer, HttpClient, HttpFailure, HttpRequest } from '../../src/ports/http-client.js';
import type { ProviderPreset } from '../../src/ports/provider.js';
import { fakeClock, type FakeClock } from '../../src/testing/fake-clock.js';
import { memoryStore } from '../../src/testing/memory-store.js';
import { centryAnswer, trayAnswer } from '../app/provider-answers.js';
import { seededRandom } from './random.js';

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;

/** What a token endpoint that is down does with the `n`-th request; `Hang` never answers. */
export type DownForm = (
  n: number,
) => { readonly _tag: 'Hang' } | HttpFailure | Omit<HttpAnswer, 'headers' | 'sentAtMs'>;

/** A provider for which an outage is played. */
export interface OutageProvider {
  readonly preset: ProviderPreset;
  readonly accessLifetimeMs: number;
  readonly answer: (n: number, nowMs: number) => Readonly<Record<string, unknown>>;
  readonly apiAddress?: string;
}

/** A Centry, of which no rate is documented. */
export const outageCentry: OutageProvider = {
  preset: centry({
    clientId: 'client',
    clientSecret: 'client-secret',
    redirectUri: 'https://app.example.com/centry',
    scope: 'read_orders',
  }),
  accessLifetimeMs: 2 * hourMs,
  answer: (n) => centryAnswer(n).json ?? {},
};

/** A Tray, which says that an application may send 180 requests a minute. */
export const outageTray: OutageProvider = {
  preset: tray({
    consumerKey: 'client',
    consumerSecret: 'client-secret',
    callback: 'https://app.example.com/tray',
  }),
  accessLifetimeMs: 3 * hourMs,
  answer: (n, nowMs) => trayAnswer(n, nowMs).json ?? {},
  apiAddress: 'https://shop.example.com/web_api',
};

/** What came of the calls that were made while the provider was down. */
export interface CallsWhileDown {
  readonly served: number;
  readonly turnedAway: number;
  /** Calls for a token that was still valid, and that were turned away all the same. */
  readonly wronged: number;
}

/** What came once the provider was well. */
export interface Recovery {
  /** When each account whose caller asked was served, in milliseconds since the provider was well, in order. */
  readonly servedAtMs: readonly number[];
  readonly calls: number;
}

/** Accounts of one client whose provider is going to be down, with two processes that hold them. */
export interface OutageScene {
  readonly clock: FakeClock;
  /** When each renewal was sent, by the monotonic clock. */
  readonly requestsMs: readonly number[];
  readonly goDown: (form: DownForm) => void;
  /** All accounts are asked for at once, and then so many, picked by chance, each second, for so long. */
  readonly askWhileDown: (forMs: number, perSecond: number) => Promise<CallsWhileDown>;
  /** The provider is well; the caller of each of the first so many accounts asks again and again until it is served. */
  readonly recover: (callers: number, mostMs: number) => Promise<Recovery>;
  /** How many accounts wait for a person or for other credentials, by what `list` says. */
  readonly terminal: () => Promise<number>;
  /** How many events told so of an account. */
  readonly toldTerminal: () => number;
  /** Refresh tokens that the provider saw after it had answered with a newer one. */
  readonly spentTwice: () => number;
  /** Ends the sweeps. */
  readonly close: () => Promise<void>;
}

const terminalStates: readonly (AccountState | undefined)[] = [
  'unauthorized',
  'reauthorization_required',
  'client_rejected',
  'account_unavailable',
];
const isTerminal = (state: AccountState | undefined): boolean => terminalStates.includes(state);

const valueOf = ({ form = [], query = [] }: HttpRequest, wanted: string): string | undefined =>
  [...form, ...query].find(([name]) => name === wanted)?.[1];

/** So many moments, spread over an access token's life, at which accounts were connected: they fall due one after the other. */
const cohorts = 20;

/** Whoever was turned away asks again when he was told to, or after this at the latest. */
export const callersReturnMs = 15 * secondMs;

/** Connects the accounts and starts the sweeps of both processes; the accounts connected first have just fallen due. */
export const outageScene = async (
  provider: OutageProvider,
  accounts: number,
  sweepEveryMs: number,
): Promise<OutageScene> => {
  const { preset, accessLifetimeMs, answer, apiAddress } = provider;
  const clock = fakeClock();
  const random = seededRandom(accounts);
  const store = memoryStore();
  const alive = new Set<string>();
  const validUntilMs = new Map<string, number>();
  const requestsMs: number[] = [];
  let issued = 0;
  let randoms = 0;
  let spentTwice = 0;
  let toldTerminal = 0;
  let down: DownForm | undefined;

  const issue = (): Either<HttpFailure, HttpAnswer> => {
    const json = answer((issued += 1), clock.nowMs());
    alive.add(String(json['refresh_token']));
    return right({ status: 200, headers: {}, json, sentAtMs: clock.nowMs() });
  };
  const fail = async (form: DownForm, timeoutMs: number): Promise<Either<HttpFailure, HttpAnswer>> => {
    const sentAtMs = clock.nowMs();
    const said = form(requestsMs.length);
    if (!('_tag' in said)) return right({ ...said, headers: {}, sentAtMs });
    if (said._tag !== 'Hang') return left(said);
    await clock.sleep(timeoutMs);
    return left({ _tag: 'Unknown', why: 'timeout' });
  };
  const httpClient: HttpClient = {
    send: (request) => async () => {
      const refreshToken = valueOf(request, 'refresh_token');
      if (refreshToken === undefined) return issue();
      requestsMs.push(clock.monotonicMs());
      if (down !== undefined) return fail(down, request.timeoutMs);
      if (alive.delete(refreshToken)) return issue();
      spentTwice += 1;
      return right({ status: 400, headers: {}, json: { error: 'invalid_grant' }, sentAtMs: clock.nowMs() });
    },
  };
  const note = (event: LlaveroEvent): void => {
    if (event.type === 'renewal_failed' && isTerminal(event.state)) toldTerminal += 1;
  };
  const another = (): Llavero =>
    createLlavero({
      providers: [preset],
      store,
      encryption: 'plaintext',
      overrides: [
        swapPorts({
          clock,
          httpClient,
          eventSink: { emit: note },
          randomness: { token: () => `random-${(randoms += 1)}`, fraction: random.fraction },
        }),
      ],
    });
  const processes = [another(), another()] as const;
  const keys = Array.from({ length: accounts }, (_, account) => `${preset.id}/${account}`);

  for (const [at, key] of keys.entries()) {
    const token = await processes[0].exchange(key, {
      code: 'code',
      ...(apiAddress === undefined ? {} : { apiAddress }),
    });
    validUntilMs.set(key, Number(token.expiresAt));
    if ((at + 1) % Math.ceil(accounts / cohorts) === 0) await clock.advance(accessLifetimeMs / cohorts);
  }
  for (const process of processes) process.start({ keepWarm: true, limit: accounts, intervalMs: sweepEveryMs });

  /** One call, by one of the processes; gives when to call again where it was turned away. */
  const call = async (key: string): Promise<Either<number, void>> => {
    try {
      await random.pick(processes).token(key);
      return right(undefined);
    } catch (error) {
      if (error instanceof LlaveroError) return left(error.retryAfterMs ?? Infinity);
      throw error;
    }
  };

  return {
    clock,
    requestsMs,
    goDown: (form) => {
      down = form;
    },
    askWhileDown: async (forMs, perSecond) => {
      const said = { served: 0, turnedAway: 0, wronged: 0 };
      const ask = async (key: string): Promise<void> => {
        const isValid = clock.nowMs() < (validUntilMs.get(key) ?? 0);
        if (isRight(await call(key))) said.served += 1;
        else if (isValid) said.wronged += 1;
        else said.turnedAway += 1;
      };
      const open = keys.map(ask);
      for (let ms = 0; ms < forMs; ms += secondMs) {
        for (let at = 0; at < perSecond; at += 1) open.push(ask(keys[random.below(accounts)] ?? ''));
        await clock.advance(secondMs);
      }
      return said;
    },
    recover: async (callers, mostMs) => {
      down = undefined;
      const wellMs = clock.monotonicMs();
      const askAgainMs = new Map(keys.slice(0, callers).map((key) => [key, wellMs]));
      const servedAtMs: number[] = [];
      let calls = 0;
      const ask = async (key: string): Promise<void> => {
        askAgainMs.set(key, Infinity);
        calls += 1;
        const outcome = await call(key);
        if (isRight(outcome)) {
          askAgainMs.delete(key);
          servedAtMs.push(clock.monotonicMs() - wellMs);
        } else askAgainMs.set(key, clock.monotonicMs() + Math.min(outcome.left, callersReturnMs));
      };
      const asked: Promise<void>[] = [];
      while (askAgainMs.size > 0 && clock.monotonicMs() < wellMs + mostMs) {
        for (const [key, atMs] of askAgainMs) if (atMs <= clock.monotonicMs()) asked.push(ask(key));
        await clock.advance(secondMs);
      }
      return { servedAtMs, calls };
    },
    terminal: async () => {
      let found = 0;
      for await (const { state } of processes[0].list()) if (isTerminal(state)) found += 1;
      return found;
    },
    toldTerminal: () => toldTerminal,
    spentTwice: () => spentTwice,
    close: async () => {
      await Promise.all(processes.map((process) => process.close()));
    },
  };
};
