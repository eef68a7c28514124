import { isLeft } from 'fp-ts/lib/Either.js';
import { flow, pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { unknownProviderKey } from '../domain/account-key.js';
import type { CredentialStatus } from '../domain/account-state.js';
import { tokenError } from '../domain/token-error.js';
import type { Token } from '../domain/token.js';
import type { Clock } from '../ports/clock.js';
import type { TokenStore } from '../ports/token-store.js';
import type { ProviderRegistry } from './accounts/provider-registry.js';
import type { ApiAccesses } from './calling/api-access.js';
import type { ApiCaller } from './calling/api-caller.js';
import { apiCalls, promisedCalls, type Calling } from './calling/promised-calls.js';
import type { CallFailure } from './calling/call-failure.js';
import type { KeepSweeping, StartOptions } from './sweeping/keep-sweeping.js';
import { LlaveroError } from './llavero-error.js';
import type { OpenStore } from './encryption/open-store.js';
import type { SingleFlight } from './renewal/single-flight.js';
import type { Renewed } from './renewal/single-flight-renewal.js';
import type { TokenCache } from './accounts/token-cache.js';
import { makeShareCall } from './share-call.js';
import { checkSweepOptions } from './sweeping/check-sweep-options.js';
import type { SweepReport } from './sweeping/sweep-report.js';
import type { UseCaseError } from './use-case/use-case-error.js';
import type { CompleteAuthorization } from './authorizing/complete-authorization.js';
import type { ExchangeInput } from './authorizing/exchange-code.js';
import type { CallbackOptions } from './authorizing/receive-callback.js';
import { backUpStore } from './store/back-up-store.js';
import type { CallApi } from './calling/call-api.js';
import type { GetStatus } from './accounts/get-status.js';
import type { GetToken, TokenNeed } from './renewal/get-token.js';
import type { InvalidateToken } from './renewal/invalidate-token.js';
import type { ListFilter, ListStatuses } from './accounts/list-statuses.js';
import type { CredentialInput, RegisterAccount, RegisterOptions } from './accounts/register-account.js';
import type { RemoveAccount } from './accounts/remove-account.js';
import type { ResealAccounts, ResealOptions, ResealReport } from './encryption/reseal-accounts.js';
import type { RetryAccount } from './accounts/retry-account.js';
import type { RevokeOptions, RevokeToken } from './accounts/revoke-token.js';
import type { SweepAccounts, SweepOptions } from './sweeping/sweep-accounts.js';
import type { AuthorizeOptions, StartAuthorization, StartedAuthorization } from './authorizing/start-authorization.js';
import { withSignal } from './use-case/with-signal.js';

export interface TokenOptions extends TokenNeed {
  /** Ends this caller's wait with `ERR_ABORTED`; a renewal that others share goes on. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Obtains, stores, renews and hands out access tokens. Every method rejects with a {@link LlaveroError}, or with a
 * `TypeError` when it was called wrongly. Keys are `provider/account`; `provider` alone means its account `default`.
 */
export interface Llavero extends AsyncDisposable {
  /**
   * Creates an account or updates the fields given; sends nothing. A changed client secret keeps the token. A token is sent to
   * nobody but the server or shop that issued it: with other addresses the account asks for a new authorization, unless
   * `keepToken` says that they lead to the same one.
   */
  register(input: CredentialInput, options?: RegisterOptions): Promise<CredentialStatus>;
  /** Where to send a person's browser. May be called again at any time: the old token works until a new one is committed. */
  authorize(key: string, options?: AuthorizeOptions): Promise<StartedAuthorization>;
  /**
   * What the browser brought back: a URL, its query, or its parameters. Finds the key by the state, which works once. With
   * `provider`, a state of any other provider's is refused.
   */
  callback(returned: string | URL | URLSearchParams, options?: CallbackOptions): Promise<Token>;
  /** A code pasted by an operator. Checks no state, so never feed it from a browser. */
  exchange(key: string, input: ExchangeInput): Promise<Token>;
  /** A token that is valid now: from memory, from the store, or by one renewal that all callers share. */
  token(key: string, options?: TokenOptions): Promise<Token>;
  /**
   * The token in memory if it is fresh; no promise, no I/O. Undefined too for one that was not compared with the store for
   * `recheckMs`: `token` compares it.
   */
  peek(key: string): Token | undefined;
  /** An API answered 401 to this very token: it is not served again. Leaves a newer one alone. */
  invalidate(key: string, rejected: Token): Promise<void>;
  /**
   * `fetch` with the account's credential: relative paths resolve on the API's base, a 401 renews the token and asks once
   * more. Nothing of it goes to another origin. Fails as `fetch` does, and with a {@link LlaveroError} for want of a token.
   */
  fetch(key: string, input: string | URL | Request, init?: RequestInit): Promise<Response>;
  /** Tells the provider where it can be told, then forgets the token. The account stays registered. */
  revoke(key: string, options?: RevokeOptions): Promise<void>;
  /** Forgets the account. Other processes may serve its token from memory for up to `recheckMs`, never longer. */
  remove(key: string): Promise<void>;
  /** An operator's "try again now": forgets cool-downs and refusals, so that the next call asks the provider. Sends nothing. */
  retry(key: string): Promise<CredentialStatus>;
  /** Where an account stands; reads the store, sends nothing. */
  status(key: string): Promise<CredentialStatus>;
  /** Every account in the order of their keys. */
  list(filter?: ListFilter): AsyncIterable<CredentialStatus>;
  /** Renews what is due, once. Any number of processes may do so on one store: each account is renewed by one of them. */
  sweep(options?: SweepOptions): Promise<SweepReport>;
  /** Keeps sweeping until `close`; its timers never hold the process open. Throws `TypeError` when called twice. */
  start(options?: StartOptions): void;
  /**
   * Moves everything stored to the newest encryption key, while renewals go on. Run it once every process has that key in
   * front; when it has failed at nothing, the older ones can be dropped.
   */
  reseal(options?: ResealOptions): Promise<ResealReport>;
  /**
   * Copies the store, as it stands at one moment, to a new file of mode 0600, while renewals go on: for SQLite. A copy made in
   * any other way by this very process takes away the locks that keep the store whole.
   */
  backup(path: string): Promise<void>;
  /** Opens and migrates the store and checks the encryption keys; without it the first call does. */
  ready(): Promise<void>;
  /** Finishes what is in flight, then lets go of the store. */
  close(): Promise<void>;
}

export interface LlaveroDeps {
  readonly providers: ProviderRegistry;
  readonly cache: TokenCache;
  readonly flights: SingleFlight<Renewed>;
  readonly clock: Clock;
  readonly store: TokenStore;
  readonly lifetime: Lifetime;
  readonly openStore: OpenStore;
  readonly getToken: GetToken;
  readonly registerAccount: RegisterAccount;
  readonly startAuthorization: StartAuthorization;
  readonly completeAuthorization: CompleteAuthorization;
  readonly invalidateToken: InvalidateToken;
  readonly callApi: CallApi;
  readonly apiCaller: ApiCaller;
  readonly accesses: ApiAccesses;
  readonly revokeToken: RevokeToken;
  readonly removeAccount: RemoveAccount;
  readonly getStatus: GetStatus;
  readonly listStatuses: ListStatuses;
  readonly sweepAccounts: SweepAccounts;
  readonly resealAccounts: ResealAccounts;
  readonly keepSweeping: KeepSweeping;
  readonly retryAccount: RetryAccount;
}

/** Whether a llavero takes new work, and whether anybody still waits for its old work. */
export interface Lifetime {
  closing: boolean;
  /** Nobody waits any longer for what could be had again. */
  hurried: boolean;
  abandoned: boolean;
}

/** How long `close` waits for answers that are under way and for a store that does not take them. */
const drainMs = 30_000;
/** How long it waits for a store that does not take what could be had again, such as a token for client credentials. */
const drainReplaceableMs = 2_000;

const thrown = (error: UseCaseError | CallFailure): unknown => {
  switch (error._tag) {
    case 'Misuse':
      return new TypeError(error.message);
    case 'FetchFailed':
      return Object.assign(new TypeError(`fetch failed: ${error.code}`), { code: error.code });
    case 'AbortedBySignal':
      return error.reason;
    default:
      return new LlaveroError(error);
  }
};

/** The Promise façade: the one place, besides tests, where use cases are run. */
export const makeLlavero = (deps: LlaveroDeps): Llavero & Calling => {
  const { providers, cache, flights, clock, store, lifetime, openStore } = deps;
  const underWay = new Set<Promise<unknown>>();
  const shareCall = makeShareCall<Token>(clock);

  const closed = TE.left(tokenError('StoreFailed', { operation: 'answer', why: 'closed' }));

  const run = async <A>(useCase: TE.TaskEither<UseCaseError | CallFailure, A>): Promise<A> => {
    const work = (
      lifetime.closing
        ? closed
        : pipe(
            openStore(),
            TE.flatMap(() => useCase),
          )
    )();
    underWay.add(work);
    try {
      const result = await work;
      if (isLeft(result)) throw thrown(result.left);
      return result.right;
    } finally {
      underWay.delete(work);
    }
  };

  /** The account's whole key for a key that names only a provider. */
  const whole = (key: string): string => {
    const resolved = providers.resolve(key);
    if (isLeft(resolved)) {
      if (resolved.left._tag === 'Misuse') throw thrown(resolved.left);
      return key;
    }
    return resolved.right.key.key;
  };

  const tokenFor = ({ signal, ...need }: TokenOptions, key: string): Promise<Token> =>
    withSignal(
      signal,
      () => new LlaveroError(tokenError('Aborted', { key: isLeft(providers.resolve(key)) ? unknownProviderKey : key })),
      () => run(deps.getToken(key, need)),
    );

  /** Rejects with the caller's own reason when its signal aborts, as `fetch` does. */
  const fetch: Llavero['fetch'] = (key, input, init) =>
    withSignal(
      init?.signal === undefined && input instanceof Request ? input.signal : init?.signal,
      ({ reason }): unknown => reason,
      () => run(deps.callApi(key, input, init)),
    );

  const stopSweeping = new AbortController();
  let sweeping = false;
  const start = (options: StartOptions): void => {
    checkSweepOptions('start', options, providers.ids);
    if (sweeping) throw new TypeError('start() was called before; one llavero sweeps once at a time, until close()');
    sweeping = true;
    flights.inBackground(TE.fromTask(() => deps.keepSweeping(options, stopSweeping.signal)));
  };

  const close = async (): Promise<void> => {
    lifetime.closing = true;
    stopSweeping.abort();
    const drained = new AbortController();
    void clock.sleep(drainReplaceableMs, drained.signal).then(() => {
      lifetime.hurried = true;
    });
    const limit = clock.sleep(drainMs, drained.signal).then(() => {
      lifetime.abandoned = true;
    });
    // Calls first: one that has only begun may still start a flight.
    await Promise.race([Promise.allSettled(underWay).then(flights.drained), limit]);
    drained.abort();
    cache.clear();
    await pipe(
      store.close,
      TE.match(
        () => undefined,
        () => undefined,
      ),
    )();
  };

  const pages = async function* (filter: ListFilter): AsyncGenerator<CredentialStatus, void, undefined> {
    let after: string | undefined;
    do {
      const page = await run(deps.listStatuses(filter, after));
      yield* page.statuses;
      after = page.after;
    } while (after !== undefined);
  };

  return {
    register: (input, options = {}) =>
      run(
        pipe(
          deps.registerAccount(input, options),
          TE.tapIO(() => deps.accesses.clear),
        ),
      ),
    authorize: (key, options = {}) => run(deps.startAuthorization(key, options)),
    callback: (returned, options = {}) => run(deps.completeAuthorization.fromCallback(returned, options)),
    exchange: flow(deps.completeAuthorization.fromCode, run),
    token: (key, options) =>
      options === undefined
        ? (cache.fresh(key)?.promise ?? shareCall(key, () => tokenFor({}, key)))
        : tokenFor(options, key),
    peek: (key) => (cache.fresh(key) ?? cache.peek(key) ?? cache.peek(whole(key)))?.token,
    invalidate: async (key, rejected) => {
      await run(deps.invalidateToken(key, rejected));
    },
    fetch,
    [apiCalls]: promisedCalls(deps.apiCaller, run, thrown),
    revoke: (key, options = {}) => run(deps.revokeToken(key, options)),
    remove: flow(
      deps.removeAccount,
      TE.tapIO(() => deps.accesses.clear),
      run,
    ),
    retry: flow(deps.retryAccount, run),
    status: flow(deps.getStatus, run),
    list: (filter = {}) => pages(filter),
    sweep: async (options = {}) => {
      checkSweepOptions('sweep', options, providers.ids);
      return run(deps.sweepAccounts(options, { stop: stopSweeping.signal, sleep: clock.sleep }));
    },
    start: (options = {}) => start(options),
    reseal: (options = {}) => run(deps.resealAccounts(options, stopSweeping.signal)),
    backup: (path) => run(backUpStore(store, path)),
    ready: () => run(TE.right(undefined)),
    close,
    [Symbol.asyncDispose]: close,
  };
};
