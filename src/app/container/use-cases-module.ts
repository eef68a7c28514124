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
import { ports, services } from './identifiers.js';

/** The use cases, and the façade over them. */
export const useCasesModule = (): ContainerModule =>
  new ContainerModule(({ bind }) => {
    bind(services.digests).toConstantValue({ stateId: sha256Hex, codeChallenge: codeChallengeS256 });
    bind(services.getToken).toResolvedValue(
      (store, providers, accounts, cache, flights, refreshToken, clock, events) =>
        makeGetToken({ store, providers, accounts, cache, flights, refreshToken, clock, events }),
      [
        ports.tokenStore,
        services.providers,
        services.accounts,
        services.tokenCache,
        services.flights,
        services.refreshToken,
        ports.clock,
        ports.eventSink,
      ],
    );
    bind(services.registerAccount).toResolvedValue(
      (providers, accounts, clock, events) => makeRegisterAccount({ providers, accounts, clock, events }),
      [services.providers, services.accounts, ports.clock, ports.eventSink],
    );
    bind(services.startAuthorization).toResolvedValue(
      (store, accounts, vault, clock, randomness, events, digests) =>
        makeStartAuthorization({ store, accounts, vault, clock, randomness, events, digests }),
      [
        ports.tokenStore,
        services.accounts,
        services.vault,
        ports.clock,
        ports.randomness,
        ports.eventSink,
        services.digests,
      ],
    );
    bind(services.completeAuthorization).toResolvedValue(
      (store, accounts, vault, cache, send, commit, clock, events, digests) =>
        makeCompleteAuthorization({ store, accounts, vault, cache, send, commit, clock, events, digests }),
      [
        ports.tokenStore,
        services.accounts,
        services.vault,
        services.tokenCache,
        services.sendTokenRequest,
        services.commitToken,
        ports.clock,
        ports.eventSink,
        services.digests,
      ],
    );
    bind(services.invalidateToken).toResolvedValue(
      (store, accounts, cache, clock, events) => makeInvalidateToken({ store, accounts, cache, clock, events }),
      [ports.tokenStore, services.accounts, services.tokenCache, ports.clock, ports.eventSink],
    );
    bind(services.revokeToken).toResolvedValue(
      (store, accounts, cache, http, clock, randomness, events) =>
        makeRevokeToken({ store, accounts, cache, http, clock, randomness, events }),
      [
        ports.tokenStore,
        services.accounts,
        services.tokenCache,
        ports.httpClient,
        ports.clock,
        ports.randomness,
        ports.eventSink,
      ],
    );
    bind(services.removeAccount).toResolvedValue(
      (store, providers, cache, clock, events) => makeRemoveAccount({ store, providers, cache, clock, events }),
      [ports.tokenStore, services.providers, services.tokenCache, ports.clock, ports.eventSink],
    );
    bind(services.getStatus).toResolvedValue(
      (accounts, clock) => makeGetStatus({ accounts, clock }),
      [services.accounts, ports.clock],
    );
    bind(services.listStatuses).toResolvedValue(
      (store, accounts, providers, clock) => makeListStatuses({ store, accounts, providers, clock }),
      [ports.tokenStore, services.accounts, services.providers, ports.clock],
    );

    bind(services.requestPace).toResolvedValue(
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
        services.accounts,
        services.refreshToken,
        services.requestPace,
        ports.clock,
        ports.eventSink,
        ports.randomness,
        services.lifetime,
      ],
    );
    bind(services.keepSweeping).toResolvedValue(
      (makeReady, sweep, clock, events, randomness) =>
        makeKeepSweeping({ makeReady, sweep, clock, events, fraction: randomness.fraction }),
      [services.makeReady, services.sweepAccounts, ports.clock, ports.eventSink, ports.randomness],
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
        services.tokenCache,
        services.flights,
        ports.clock,
        ports.tokenStore,
        services.lifetime,
        services.makeReady,
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
        services.keepSweeping,
      ],
    );
  });
