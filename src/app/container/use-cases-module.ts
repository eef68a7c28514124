import { ContainerModule } from 'inversify';
import { equalInConstantTime, sha256Hex } from '../../adapters/crypto/digest.js';
import { codeChallengeS256 } from '../../adapters/crypto/pkce.js';
import { makeKeepSweeping } from '../keep-sweeping.js';
import { makeLlavero } from '../llavero.js';
import { makeRequestPace } from '../renewal/request-pace.js';
import { makeRenewDue } from '../sweeping/renew-due.js';
import { makeStillDue } from '../sweeping/still-due.js';
import { makeCompleteAuthorization } from '../use-cases/complete-authorization.js';
import { makeGetStatus } from '../use-cases/get-status.js';
import { makeGetToken } from '../use-cases/get-token.js';
import { makeInvalidateToken } from '../use-cases/invalidate-token.js';
import { makeListStatuses } from '../use-cases/list-statuses.js';
import { makeRegisterAccount } from '../use-cases/register-account.js';
import { makeRemoveAccount } from '../use-cases/remove-account.js';
import { makeResealAccounts } from '../use-cases/reseal-accounts.js';
import { makeRevokeToken } from '../use-cases/revoke-token.js';
import { makeStartAuthorization } from '../use-cases/start-authorization.js';
import { makeSweepAccounts } from '../use-cases/sweep-accounts.js';
import { internals, ports, services } from './identifiers.js';

/** The use cases, and the façade over them. */
export const useCasesModule = (): ContainerModule =>
  new ContainerModule(({ bind }) => {
    bind(internals.digests).toConstantValue({
      stateId: sha256Hex,
      equal: equalInConstantTime,
      codeChallenge: codeChallengeS256,
    });
    bind(services.getToken)
      .toResolvedValue(
        (store, providers, accounts, cache, flights, refreshToken, clock, events) =>
          makeGetToken({ store, providers, accounts, cache, flights, refreshToken, clock, events }),
        [
          internals.store,
          services.providers,
          internals.accounts,
          internals.tokenCache,
          internals.flights,
          internals.refreshToken,
          ports.clock,
          internals.events,
        ],
      )
      .inSingletonScope();
    bind(services.registerAccount)
      .toResolvedValue(
        (providers, accounts, clock, events) => makeRegisterAccount({ providers, accounts, clock, events }),
        [services.providers, internals.accounts, ports.clock, internals.events],
      )
      .inSingletonScope();
    bind(services.startAuthorization)
      .toResolvedValue(
        (store, accounts, vault, clock, randomness, events, digests) =>
          makeStartAuthorization({ store, accounts, vault, clock, randomness, events, digests }),
        [
          internals.store,
          internals.accounts,
          internals.vault,
          ports.clock,
          ports.randomness,
          internals.events,
          internals.digests,
        ],
      )
      .inSingletonScope();
    bind(services.completeAuthorization)
      .toResolvedValue(
        (store, accounts, vault, cache, flights, send, commit, clock, randomness, events, digests) =>
          makeCompleteAuthorization({
            store,
            accounts,
            vault,
            cache,
            flights,
            send,
            commit,
            clock,
            randomness,
            events,
            digests,
          }),
        [
          internals.store,
          internals.accounts,
          internals.vault,
          internals.tokenCache,
          internals.flights,
          internals.sendTokenRequest,
          internals.commitToken,
          ports.clock,
          ports.randomness,
          internals.events,
          internals.digests,
        ],
      )
      .inSingletonScope();
    bind(services.invalidateToken)
      .toResolvedValue(
        (store, accounts, cache, clock, events) => makeInvalidateToken({ store, accounts, cache, clock, events }),
        [internals.store, internals.accounts, internals.tokenCache, ports.clock, internals.events],
      )
      .inSingletonScope();
    bind(services.revokeToken)
      .toResolvedValue(
        (store, accounts, cache, http, clock, randomness, events) =>
          makeRevokeToken({ store, accounts, cache, http, clock, randomness, events }),
        [
          internals.store,
          internals.accounts,
          internals.tokenCache,
          internals.http,
          ports.clock,
          ports.randomness,
          internals.events,
        ],
      )
      .inSingletonScope();
    bind(services.removeAccount)
      .toResolvedValue(
        (store, providers, cache, clock, events) => makeRemoveAccount({ store, providers, cache, clock, events }),
        [internals.store, services.providers, internals.tokenCache, ports.clock, internals.events],
      )
      .inSingletonScope();
    bind(services.getStatus)
      .toResolvedValue((accounts, clock) => makeGetStatus({ accounts, clock }), [internals.accounts, ports.clock])
      .inSingletonScope();
    bind(services.listStatuses)
      .toResolvedValue(
        (store, accounts, providers, clock) => makeListStatuses({ store, accounts, providers, clock }),
        [internals.store, internals.accounts, services.providers, ports.clock],
      )
      .inSingletonScope();

    bind(internals.requestPace)
      .toResolvedValue((store, clock) => makeRequestPace({ store, clock }), [internals.store, ports.clock])
      .inSingletonScope();
    bind(internals.renewDue)
      .toResolvedValue(
        (accounts, refreshToken, rests, pace, clock, events) =>
          makeRenewDue({
            stillDue: makeStillDue({ accounts, refreshToken, clock, events }),
            refreshToken,
            rests,
            pace,
          }),
        [
          internals.accounts,
          internals.refreshToken,
          internals.providerRests,
          internals.requestPace,
          ports.clock,
          internals.events,
        ],
      )
      .inSingletonScope();
    bind(services.sweepAccounts)
      .toResolvedValue(
        (store, providers, renewDue, clock, events, randomness) =>
          makeSweepAccounts({ store, providers, renewDue, clock, events, fraction: randomness.fraction }),
        [internals.store, services.providers, internals.renewDue, ports.clock, internals.events, ports.randomness],
      )
      .inSingletonScope();
    bind(services.resealAccounts)
      .toResolvedValue(
        (store, cipher, keyChecks, clock, events) => makeResealAccounts({ store, cipher, keyChecks, clock, events }),
        [internals.store, internals.cipher, internals.keyChecks, ports.clock, internals.events],
      )
      .inSingletonScope();
    bind(internals.keepSweeping)
      .toResolvedValue(
        (makeReady, sweep, clock, events, randomness) =>
          makeKeepSweeping({ makeReady, sweep, clock, events, fraction: randomness.fraction }),
        [internals.makeReady, services.sweepAccounts, ports.clock, internals.events, ports.randomness],
      )
      .inSingletonScope();

    bind(services.llavero)
      .toResolvedValue(
        (
          providers,
          cache,
          flights,
          clock,
          store,
          lifetime,
          makeReady,
          getToken,
          registerAccount,
          startAuthorization,
          completeAuthorization,
          invalidateToken,
          callApi,
          apiCaller,
          accesses,
          revokeToken,
          removeAccount,
          getStatus,
          listStatuses,
          sweepAccounts,
          resealAccounts,
          keepSweeping,
        ) =>
          makeLlavero({
            providers,
            cache,
            flights,
            clock,
            store,
            lifetime,
            makeReady,
            getToken,
            registerAccount,
            startAuthorization,
            completeAuthorization,
            invalidateToken,
            callApi,
            apiCaller,
            accesses,
            revokeToken,
            removeAccount,
            getStatus,
            listStatuses,
            sweepAccounts,
            resealAccounts,
            keepSweeping,
          }),
        [
          services.providers,
          internals.tokenCache,
          internals.flights,
          ports.clock,
          internals.store,
          internals.lifetime,
          internals.makeReady,
          services.getToken,
          services.registerAccount,
          services.startAuthorization,
          services.completeAuthorization,
          services.invalidateToken,
          services.callApi,
          internals.apiCaller,
          internals.accesses,
          services.revokeToken,
          services.removeAccount,
          services.getStatus,
          services.listStatuses,
          services.sweepAccounts,
          services.resealAccounts,
          internals.keepSweeping,
        ],
      )
      .inSingletonScope();
  });
