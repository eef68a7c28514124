import { ContainerModule } from 'inversify';
import { keyedFingerprint } from '../../adapters/crypto/fingerprint.js';
import { processName } from '../../adapters/process/process-name.js';
import { makeAccounts } from '../accounts/account-repository.js';
import { makeDrafts } from '../accounts/drafts.js';
import { makeFingerprints } from '../encryption/fingerprints.js';
import { makeVault } from '../encryption/record-encryption.js';
import { guardedCipher, guardedHttpClient, guardedSink, guardedStore } from '../store/guarded-adapters.js';
import { makeKeyChecks } from '../encryption/key-checks.js';
import { makeMakeReady } from '../encryption/open-store.js';
import { makeCommitToken } from '../renewal/commit-token.js';
import { makeAttemptPlaces } from '../renewal/attempt-places.js';
import { makeAwaitConcurrentRenewal } from '../renewal/await-concurrent-renewal.js';
import { makeClientPauses } from '../accounts/client-pauses.js';
import { makeCompareToken } from '../renewal/compare-token.js';
import { makePersist } from '../renewal/persist.js';
import { makeHostTime } from '../store/host-time.js';
import { makeRecordAttempt } from '../renewal/record-attempt.js';
import { makeRenewToken } from '../renewal/renew-token.js';
import { makeSingleFlight } from '../renewal/single-flight.js';
import { makeTokenRenewer } from '../renewal/single-flight-renewal.js';
import { makeRevokeDiscarded } from '../renewal/revoke-discarded.js';
import { makeSendTokenRequest } from '../renewal/send-token-request.js';
import { makeStoreClock, timedStore } from '../store/store-clock.js';
import { makeStorePace, pacedStore } from '../store/store-pace.js';
import { makeTellRevoked } from '../accounts/tell-revoked.js';
import { makeTokenCache } from '../accounts/token-cache.js';
import { makeWriteOutcome } from '../renewal/write-outcome.js';
import { toldStore } from '../store/told-store.js';
import { internals, ports, services } from './identifiers.js';

/** What the use cases share: the accounts in the store, the tokens in memory, and the renewal protocol. */
export const renewalModule = (): ContainerModule =>
  new ContainerModule(({ bind }) => {
    bind(internals.lifetime)
      .toResolvedValue(() => ({ closing: false, hurried: false, abandoned: false }))
      .inSingletonScope();
    bind(internals.flights)
      .toResolvedValue(() => makeSingleFlight())
      .inSingletonScope();
    bind(internals.storePace).toResolvedValue(makeStorePace, [ports.clock]).inSingletonScope();
    bind(internals.attemptPlaces)
      .toResolvedValue(makeAttemptPlaces, [internals.storePace, ports.clock])
      .inSingletonScope();
    bind(internals.store)
      .toResolvedValue(
        (store, pace, events, clock, storeClock, timeoutMs) =>
          timedStore(toldStore(pacedStore(guardedStore(store, clock, timeoutMs), pace), events, clock), storeClock),
        [
          ports.tokenStore,
          internals.storePace,
          internals.events,
          ports.clock,
          internals.storeClock,
          internals.storeTimeoutMs,
        ],
      )
      .inSingletonScope();
    bind(internals.storeClock).toResolvedValue(makeStoreClock, [ports.clock]).inSingletonScope();
    bind(internals.hostTime)
      .toResolvedValue(
        (clock, storeClock) => makeHostTime({ nowMs: storeClock.nowMs, monotonicMs: clock.monotonicMs }),
        [ports.clock, internals.storeClock],
      )
      .inSingletonScope();
    bind(internals.http).toResolvedValue(guardedHttpClient, [ports.httpClient]).inSingletonScope();
    bind(internals.cipher).toResolvedValue(guardedCipher, [ports.cipher]).inSingletonScope();
    bind(internals.events).toResolvedValue(guardedSink, [ports.eventSink]).inSingletonScope();
    bind(internals.vault)
      .toResolvedValue((cipher, store) => makeVault(cipher, store.namespace), [internals.cipher, internals.store])
      .inSingletonScope();
    bind(internals.fingerprints)
      .toResolvedValue(
        (store, cipher, randomness) => makeFingerprints({ store, cipher, randomness, keyedBy: keyedFingerprint }),
        [internals.store, internals.cipher, ports.randomness],
      )
      .inSingletonScope();
    bind(internals.drafts)
      .toResolvedValue(
        (store, policy) => makeDrafts({ store, entries: policy.cacheEntries }),
        [internals.store, services.policy],
      )
      .inSingletonScope();
    bind(internals.accounts)
      .toResolvedValue(
        (store, vault, fingerprints, drafts, providers, clock, randomness) =>
          makeAccounts({ store, vault, fingerprints, drafts, providers, clock, randomness }),
        [
          internals.store,
          internals.vault,
          internals.fingerprints,
          internals.drafts,
          services.providers,
          ports.clock,
          ports.randomness,
        ],
      )
      .inSingletonScope();
    bind(internals.tokenCache)
      .toResolvedValue(
        (clock, randomness, policy) =>
          makeTokenCache({ clock, jitter: randomness.fraction, entries: policy.cacheEntries }),
        [ports.clock, ports.randomness, services.policy],
      )
      .inSingletonScope();
    bind(internals.keyChecks).toResolvedValue(makeKeyChecks, [internals.store, internals.cipher]).inSingletonScope();
    bind(internals.makeReady)
      .toResolvedValue(makeMakeReady, [internals.store, internals.keyChecks, internals.fingerprints])
      .inSingletonScope();

    bind(internals.persist)
      .toResolvedValue(
        (clock, randomness, lifetime) =>
          makePersist({
            clock,
            randomness,
            abandoned: (isReplaceable) => lifetime.abandoned || (isReplaceable && lifetime.hurried),
          }),
        [ports.clock, ports.randomness, internals.lifetime],
      )
      .inSingletonScope();
    bind(internals.sendTokenRequest)
      .toResolvedValue((http) => makeSendTokenRequest(http), [internals.http])
      .inSingletonScope();
    bind(internals.tellRevoked)
      .toResolvedValue((http) => makeTellRevoked(http), [internals.http])
      .inSingletonScope();
    bind(internals.revokeDiscarded)
      .toResolvedValue(
        (store, tellRevoked, flights, clock, events) =>
          makeRevokeDiscarded({ store, tellRevoked, flights, clock, events }),
        [internals.store, internals.tellRevoked, internals.flights, ports.clock, internals.events],
      )
      .inSingletonScope();
    bind(internals.commitToken)
      .toResolvedValue(
        (drafts, vault, fingerprints, clock, randomness, events, persist, revokeDiscarded) =>
          makeCommitToken({ drafts, vault, fingerprints, clock, randomness, events, persist, revokeDiscarded }),
        [
          internals.drafts,
          internals.vault,
          internals.fingerprints,
          ports.clock,
          ports.randomness,
          internals.events,
          internals.persist,
          internals.revokeDiscarded,
        ],
      )
      .inSingletonScope();
    bind(internals.clientPauses)
      .toResolvedValue(
        (store, clock, storeClock) => makeClientPauses({ store, clock, storeClock }),
        [internals.store, ports.clock, internals.storeClock],
      )
      .inSingletonScope();
    bind(internals.awaitConcurrentRenewal)
      .toResolvedValue(
        (store, clock, randomness) => makeAwaitConcurrentRenewal({ store, clock, randomness }),
        [internals.store, ports.clock, ports.randomness],
      )
      .inSingletonScope();
    bind(internals.writeOutcome)
      .toResolvedValue(
        (drafts, clock, randomness, persist, pauses) =>
          makeWriteOutcome({ drafts, clock, randomness, persist, pauses }),
        [internals.drafts, ports.clock, ports.randomness, internals.persist, internals.clientPauses],
      )
      .inSingletonScope();
    bind(internals.recordAttempt)
      .toResolvedValue(
        (drafts, clock, hostTime, randomness, places, pauses, persist, { inBackground }) =>
          makeRecordAttempt({
            drafts,
            clock,
            hostTime,
            randomness,
            places,
            pauses,
            persist,
            inBackground,
            owner: processName(),
          }),
        [
          internals.drafts,
          ports.clock,
          internals.hostTime,
          ports.randomness,
          internals.attemptPlaces,
          internals.clientPauses,
          internals.persist,
          internals.flights,
        ],
      )
      .inSingletonScope();
    bind(internals.renewToken)
      .toResolvedValue(
        (accounts, clock, events, pauses, recordAttempt, awaitConcurrentRenewal, send, commit, writeOutcome) =>
          makeRenewToken({
            accounts,
            clock,
            events,
            pauses,
            recordAttempt,
            awaitConcurrentRenewal,
            send,
            commit,
            writeOutcome,
          }),
        [
          internals.accounts,
          ports.clock,
          internals.events,
          internals.clientPauses,
          internals.recordAttempt,
          internals.awaitConcurrentRenewal,
          internals.sendTokenRequest,
          internals.commitToken,
          internals.writeOutcome,
        ],
      )
      .inSingletonScope();
    bind(internals.renewer)
      .toResolvedValue(
        (accounts, cache, flights, renew, clock) => makeTokenRenewer({ accounts, cache, flights, renew, clock }),
        [internals.accounts, internals.tokenCache, internals.flights, internals.renewToken, ports.clock],
      )
      .inSingletonScope();
    bind(internals.compareToken)
      .toResolvedValue(
        (store, accounts, cache, renewer, flights, clock, events) =>
          makeCompareToken({ store, accounts, cache, renewer, flights, clock, events }),
        [
          internals.store,
          internals.accounts,
          internals.tokenCache,
          internals.renewer,
          internals.flights,
          ports.clock,
          internals.events,
        ],
      )
      .inSingletonScope();
  });
