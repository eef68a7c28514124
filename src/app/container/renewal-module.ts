import { ContainerModule } from 'inversify';
import { processName } from '../../adapters/process/process-name.js';
import { makeAccounts } from '../accounts/accounts.js';
import { makeVault } from '../accounts/vault.js';
import { guardedCipher, guardedHttpClient, guardedSink, guardedStore } from '../guarded-adapters.js';
import { makeKeyChecks } from '../key-checks.js';
import { makeMakeReady } from '../make-ready.js';
import { makeCommitToken } from '../renewal/commit-token.js';
import { makeFlights } from '../renewal/flights.js';
import { makePersist } from '../renewal/persist.js';
import { makeProviderRests } from '../renewal/provider-rests.js';
import { makeRecordRefusal } from '../renewal/record-refusal.js';
import { makeRefreshToken } from '../renewal/refresh-token.js';
import { makeRenewToken } from '../renewal/renew-token.js';
import { makeSendTokenRequest } from '../renewal/send-token-request.js';
import { makeTokenCache } from '../renewal/token-cache.js';
import { makeWaitForOther } from '../renewal/wait-for-other.js';
import { internals, ports, services } from './identifiers.js';

/** What the use cases share: the accounts in the store, the tokens in memory, and the renewal protocol. */
export const renewalModule = (): ContainerModule =>
  new ContainerModule(({ bind }) => {
    bind(internals.lifetime)
      .toResolvedValue(() => ({ closing: false, abandoned: false }))
      .inSingletonScope();
    bind(internals.flights)
      .toResolvedValue(() => makeFlights())
      .inSingletonScope();
    bind(internals.store).toResolvedValue(guardedStore, [ports.tokenStore]).inSingletonScope();
    bind(internals.http).toResolvedValue(guardedHttpClient, [ports.httpClient]).inSingletonScope();
    bind(internals.cipher).toResolvedValue(guardedCipher, [ports.cipher]).inSingletonScope();
    bind(internals.events).toResolvedValue(guardedSink, [ports.eventSink]).inSingletonScope();
    bind(internals.vault)
      .toResolvedValue((cipher, store) => makeVault(cipher, store.namespace), [internals.cipher, internals.store])
      .inSingletonScope();
    bind(internals.accounts)
      .toResolvedValue(
        (store, vault, cipher, providers, clock, randomness) =>
          makeAccounts({ store, vault, cipher, providers, clock, randomness }),
        [internals.store, internals.vault, internals.cipher, services.providers, ports.clock, ports.randomness],
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
    bind(internals.makeReady).toResolvedValue(makeMakeReady, [internals.store, internals.keyChecks]).inSingletonScope();

    bind(internals.persist)
      .toResolvedValue(
        (clock, randomness, lifetime) => makePersist({ clock, randomness, abandoned: () => lifetime.abandoned }),
        [ports.clock, ports.randomness, internals.lifetime],
      )
      .inSingletonScope();
    bind(internals.sendTokenRequest)
      .toResolvedValue((http) => makeSendTokenRequest(http), [internals.http])
      .inSingletonScope();
    bind(internals.commitToken)
      .toResolvedValue(
        (store, vault, cipher, clock, randomness, events, persist) =>
          makeCommitToken({ store, vault, cipher, clock, randomness, events, persist }),
        [
          internals.store,
          internals.vault,
          internals.cipher,
          ports.clock,
          ports.randomness,
          internals.events,
          internals.persist,
        ],
      )
      .inSingletonScope();
    bind(internals.providerRests)
      .toResolvedValue((store, clock) => makeProviderRests({ store, clock }), [internals.store, ports.clock])
      .inSingletonScope();
    bind(internals.waitForOther)
      .toResolvedValue(
        (store, clock, randomness) => makeWaitForOther({ store, clock, randomness }),
        [internals.store, ports.clock, ports.randomness],
      )
      .inSingletonScope();
    bind(internals.recordRefusal)
      .toResolvedValue(
        (store, clock, randomness, persist, rests) => makeRecordRefusal({ store, clock, randomness, persist, rests }),
        [internals.store, ports.clock, ports.randomness, internals.persist, internals.providerRests],
      )
      .inSingletonScope();
    bind(internals.renewToken)
      .toResolvedValue(
        (store, accounts, clock, randomness, events, rests, waitForOther, send, commit, recordRefusal) =>
          makeRenewToken({
            store,
            accounts,
            clock,
            randomness,
            events,
            rests,
            waitForOther,
            send,
            commit,
            recordRefusal,
            owner: processName(),
          }),
        [
          internals.store,
          internals.accounts,
          ports.clock,
          ports.randomness,
          internals.events,
          internals.providerRests,
          internals.waitForOther,
          internals.sendTokenRequest,
          internals.commitToken,
          internals.recordRefusal,
        ],
      )
      .inSingletonScope();
    bind(internals.refreshToken)
      .toResolvedValue(
        (accounts, cache, flights, renew, clock) => makeRefreshToken({ accounts, cache, flights, renew, clock }),
        [internals.accounts, internals.tokenCache, internals.flights, internals.renewToken, ports.clock],
      )
      .inSingletonScope();
  });
