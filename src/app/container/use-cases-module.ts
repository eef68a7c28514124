import { ContainerModule } from 'inversify';
import { sha256Hex } from '../../adapters/crypto/digest.js';
import { codeChallengeS256 } from '../../adapters/crypto/pkce.js';
import { makeKeepSweeping } from '../keep-sweeping.js';
import { makeLlavero } from '../llavero.js';
import { makeRequestPace } from '../renewal/request-pace.js';
import { makeCompleteAuthorization } from '../use-cases/complete-authorization.js';
import { makeGetStatus } from '../use-cases/get-status.js';
import { makeGetToken } from '../use-cases/get-token.js';
import { makeInvalidateToken } from '../use-cases/invalidate-token.js';
import { makeListStatuses } from '../use-cases/list-statuses.js';
import { makeRegisterAccount } from '../use-cases/register-account.js';
import { makeRemoveAccount } from '../use-cases/remove-account.js';
import { makeRevokeToken } from '../use-cases/revoke-token.js';
import { makeStartAuthorization } from '../use-cases/start-authorization.js';
import { makeSweepAccounts } from '../use-cases/sweep-accounts.js';
import { internals, ports, services } from './identifiers.js';

/** The use cases, and the façade over them. */
export const useCasesModule = (): ContainerModule =>
  new ContainerModule(({ bind }) => {
    bind(internals.digests).toConstantValue({ stateId: sha256Hex, codeChallenge: codeChallengeS256 });
    bind(services.getToken).toResolvedValue(
      (store, providers, accounts, cache, flights, refreshToken, clock, events) =>
        makeGetToken({ store, providers, accounts, cache, flights, refreshToken, clock, events }),
      [
        ports.tokenStore,
        services.providers,
        internals.accounts,
        internals.tokenCache,
        internals.flights,
        internals.refreshToken,
        ports.clock,
        ports.eventSink,
      ],
    );
    bind(services.registerAccount).toResolvedValue(
      (providers, accounts, clock, events) => makeRegisterAccount({ providers, accounts, clock, events }),
      [services.providers, internals.accounts, ports.clock, ports.eventSink],
    );
    bind(services.startAuthorization).toResolvedValue(
      (store, accounts, vault, clock, randomness, events, digests) =>
        makeStartAuthorization({ store, accounts, vault, clock, randomness, events, digests }),
      [
        ports.tokenStore,
        internals.accounts,
        internals.vault,
        ports.clock,
        ports.randomness,
        ports.eventSink,
        internals.digests,
      ],
    );
    bind(services.completeAuthorization).toResolvedValue(
      (store, accounts, vault, cache, send, commit, clock, events, digests) =>
        makeCompleteAuthorization({ store, accounts, vault, cache, send, commit, clock, events, digests }),
      [
        ports.tokenStore,
        internals.accounts,
        internals.vault,
        internals.tokenCache,
        internals.sendTokenRequest,
        internals.commitToken,
        ports.clock,
        ports.eventSink,
        internals.digests,
      ],
    );
    bind(services.invalidateToken).toResolvedValue(
      (store, accounts, cache, clock, events) => makeInvalidateToken({ store, accounts, cache, clock, events }),
      [ports.tokenStore, internals.accounts, internals.tokenCache, ports.clock, ports.eventSink],
    );
    bind(services.revokeToken).toResolvedValue(
      (store, accounts, cache, http, clock, randomness, events) =>
        makeRevokeToken({ store, accounts, cache, http, clock, randomness, events }),
      [
        ports.tokenStore,
        internals.accounts,
        internals.tokenCache,
        ports.httpClient,
        ports.clock,
        ports.randomness,
        ports.eventSink,
      ],
    );
    bind(services.removeAccount).toResolvedValue(
      (store, providers, cache, clock, events) => makeRemoveAccount({ store, providers, cache, clock, events }),
      [ports.tokenStore, services.providers, internals.tokenCache, ports.clock, ports.eventSink],
    );
    bind(services.getStatus).toResolvedValue(
      (accounts, clock) => makeGetStatus({ accounts, clock }),
      [internals.accounts, ports.clock],
    );
    bind(services.listStatuses).toResolvedValue(
      (store, accounts, providers, clock) => makeListStatuses({ store, accounts, providers, clock }),
      [ports.tokenStore, internals.accounts, services.providers, ports.clock],
    );

    bind(internals.requestPace).toResolvedValue(
      (store, clock) => makeRequestPace({ store, clock }),
      [ports.tokenStore, ports.clock],
    );
    bind(services.sweepAccounts).toResolvedValue(
      (store, accounts, refreshToken, pace, clock, events, randomness, lifetime) =>
        makeSweepAccounts({
          store,
          accounts,
          refreshToken,
          pace,
          clock,
          events,
          fraction: randomness.fraction,
          closing: () => lifetime.closing,
        }),
      [
        ports.tokenStore,
        internals.accounts,
        internals.refreshToken,
        internals.requestPace,
        ports.clock,
        ports.eventSink,
        ports.randomness,
        internals.lifetime,
      ],
    );
    bind(internals.keepSweeping).toResolvedValue(
      (makeReady, sweep, clock, events, randomness) =>
        makeKeepSweeping({ makeReady, sweep, clock, events, fraction: randomness.fraction }),
      [internals.makeReady, services.sweepAccounts, ports.clock, ports.eventSink, ports.randomness],
    );

    bind(services.llavero).toResolvedValue(
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
        revokeToken,
        removeAccount,
        getStatus,
        listStatuses,
        sweepAccounts,
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
          revokeToken,
          removeAccount,
          getStatus,
          listStatuses,
          sweepAccounts,
          keepSweeping,
        }),
      [
        services.providers,
        internals.tokenCache,
        internals.flights,
        ports.clock,
        ports.tokenStore,
        internals.lifetime,
        internals.makeReady,
        services.getToken,
        services.registerAccount,
        services.startAuthorization,
        services.completeAuthorization,
        services.invalidateToken,
        services.revokeToken,
        services.removeAccount,
        services.getStatus,
        services.listStatuses,
        services.sweepAccounts,
        internals.keepSweeping,
      ],
    );
  });
