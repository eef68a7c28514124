import { equalInConstantTime, sha256Hex } from '../../adapters/crypto/digest.js';
import { codeChallengeS256 } from '../../adapters/crypto/pkce.js';
import { processName } from '../../adapters/process/process-name.js';
import type { RefreshPolicy } from '../../domain/refresh-policy.js';
import type { Cipher } from '../../ports/cipher.js';
import type { Clock } from '../../ports/clock.js';
import type { EventSink } from '../../ports/event-sink.js';
import type { HttpClient } from '../../ports/http-client.js';
import type { Randomness } from '../../ports/randomness.js';
import type { RateLimiter } from '../../ports/rate-limiter.js';
import type { TokenStore } from '../../ports/token-store.js';
import { makeAccounts } from '../accounts/account-repository.js';
import { makeClientPauses } from '../accounts/client-pauses.js';
import { makeDrafts } from '../accounts/drafts.js';
import type { ProviderRegistry } from '../accounts/provider-registry.js';
import { makeTellRevoked } from '../accounts/tell-revoked.js';
import { makeTokenCache } from '../accounts/token-cache.js';
import type { Digests } from '../authorizing/start-authorization.js';
import { makeApiAccesses } from '../calling/api-access.js';
import { makeApiRateLimit, noRateLimit, type ApiLimits } from '../calling/api-rate-limit.js';
import { makeNoteUnavailable } from '../calling/note-unavailable.js';
import { makeFingerprints, type KeyedBy } from '../encryption/fingerprints.js';
import { makeKeyChecks } from '../encryption/key-checks.js';
import { makeOpenStore } from '../encryption/open-store.js';
import { makeRecordEncryption } from '../encryption/record-encryption.js';
import type { Lifetime } from '../llavero.js';
import { makeAttemptPlaces } from '../renewal/attempt-places.js';
import { makeAwaitConcurrentRenewal } from '../renewal/await-concurrent-renewal.js';
import { makeCommitToken } from '../renewal/commit-token.js';
import { makeCompareToken } from '../renewal/compare-token.js';
import { makePersist } from '../renewal/persist.js';
import { makeRecordAttempt } from '../renewal/record-attempt.js';
import { makeRenewToken } from '../renewal/renew-token.js';
import { makeRevokeDiscarded } from '../renewal/revoke-discarded.js';
import { makeSendTokenRequest } from '../renewal/send-token-request.js';
import { makeTokenRenewer, type Renewed } from '../renewal/single-flight-renewal.js';
import { makeSingleFlight } from '../renewal/single-flight.js';
import { makeWriteOutcome } from '../renewal/write-outcome.js';
import { guardedCipher, guardedHttpClient, guardedSink, guardedStore } from '../store/guarded-adapters.js';
import { makeHostTime } from '../store/host-time.js';
import { makeStoreClock, timedStore } from '../store/store-clock.js';
import { makeStorePace, pacedStore } from '../store/store-pace.js';
import { toldStore } from '../store/told-store.js';

/** What the options say besides adapters, providers and policy. */
export interface Settings {
  readonly storeTimeoutMs: number;
  readonly apiLimits: ApiLimits | undefined;
  readonly keyedBy: KeyedBy;
}

/** What the parts are made from: adapters as they were bound, the providers, and the numbers. */
export interface Given extends Settings {
  readonly tokenStore: TokenStore;
  readonly httpClient: HttpClient;
  readonly cipher: Cipher;
  readonly eventSink: EventSink;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly providers: ProviderRegistry;
  readonly rateLimiter: RateLimiter;
  readonly policy: RefreshPolicy;
}

const digests: Digests = { stateId: sha256Hex, equal: equalInConstantTime, codeChallenge: codeChallengeS256 };

/** The adapters as every use case calls them: what they throw is an ordinary failure, and what hangs ends. */
const guard = ({ tokenStore, httpClient, cipher, eventSink, clock, storeTimeoutMs }: Given) => {
  const events = guardedSink(eventSink);
  const storeClock = makeStoreClock(clock);
  const pace = makeStorePace(clock);
  const guarded = guardedStore(tokenStore, clock, storeTimeoutMs);
  return {
    events,
    storeClock,
    pace,
    hostTime: makeHostTime({ nowMs: storeClock.nowMs, monotonicMs: clock.monotonicMs }),
    store: timedStore(toldStore(pacedStore(guarded, pace), events, clock), storeClock),
    http: guardedHttpClient(httpClient),
    cipher: guardedCipher(cipher),
  };
};

/**
 * Everything that several use cases share, in the order in which it stands on each other: the accounts in the store, the tokens
 * in memory, and the renewal protocol. One llavero has one of each.
 */
export const compose = (given: Given) => {
  const { clock, randomness, providers, policy, keyedBy, apiLimits, rateLimiter: limiter } = given;
  const { events, storeClock, pace, hostTime, store, http, cipher } = guard(given);
  const lifetime: Lifetime = { closing: false, hurried: false, abandoned: false };
  const flights = makeSingleFlight<Renewed>();

  const recordEncryption = makeRecordEncryption(cipher, store.namespace);
  const fingerprints = makeFingerprints({ store, cipher, randomness, keyedBy });
  const keyChecks = makeKeyChecks(store, cipher);
  const openStore = makeOpenStore(store, keyChecks, fingerprints);

  const drafts = makeDrafts({ store, entries: policy.cacheEntries });
  const accounts = makeAccounts({ store, recordEncryption, fingerprints, drafts, providers, clock, randomness });
  const cache = makeTokenCache({ clock, jitter: randomness.fraction, entries: policy.cacheEntries });
  const pauses = makeClientPauses({ store, clock, storeClock });
  const tellRevoked = makeTellRevoked(http);

  const persist = makePersist({
    clock,
    randomness,
    abandoned: (isReplaceable) => lifetime.abandoned || (isReplaceable && lifetime.hurried),
  });
  const send = makeSendTokenRequest(http);
  const revokeDiscarded = makeRevokeDiscarded({ store, tellRevoked, flights, clock, events });
  const commit = makeCommitToken({
    drafts,
    recordEncryption,
    fingerprints,
    clock,
    randomness,
    events,
    persist,
    revokeDiscarded,
  });
  const recordAttempt = makeRecordAttempt({
    drafts,
    clock,
    hostTime,
    randomness,
    places: makeAttemptPlaces(pace, clock),
    pauses,
    persist,
    inBackground: flights.inBackground,
    owner: processName(),
  });
  const renew = makeRenewToken({
    accounts,
    clock,
    events,
    pauses,
    recordAttempt,
    awaitConcurrentRenewal: makeAwaitConcurrentRenewal({ store, clock, randomness }),
    send,
    commit,
    writeOutcome: makeWriteOutcome({ drafts, clock, randomness, persist, pauses }),
  });
  const renewer = makeTokenRenewer({ accounts, cache, flights, renew, clock });
  const compare = makeCompareToken({ store, accounts, cache, renewer, flights, clock, events });

  const accesses = makeApiAccesses({ providers, accounts, putInCache: renewer.putInCache, clock });
  const turns = apiLimits === undefined ? noRateLimit : makeApiRateLimit({ limits: apiLimits, limiter, clock });
  const noteUnavailable = makeNoteUnavailable({ store, clock, events });

  return {
    clock,
    randomness,
    providers,
    digests,
    events,
    hostTime,
    store,
    cipher,
    lifetime,
    flights,
    recordEncryption,
    fingerprints,
    keyChecks,
    openStore,
    drafts,
    accounts,
    cache,
    pauses,
    tellRevoked,
    persist,
    send,
    commit,
    renewer,
    compare,
    accesses,
    turns,
    noteUnavailable,
  };
};

export type Parts = ReturnType<typeof compose>;
