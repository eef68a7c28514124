import { ContainerModule } from 'inversify';
import { makeKeepSweeping } from '../sweeping/keep-sweeping.js';
import { makeLlavero } from '../llavero.js';
import { makeRenewDue } from '../sweeping/renew-due.js';
import { makeStillDue } from '../sweeping/still-due.js';
import { makeGetStatus } from '../accounts/get-status.js';
import { makeGetToken } from '../renewal/get-token.js';
import { makeInvalidateToken } from '../renewal/invalidate-token.js';
import { makeListStatuses } from '../accounts/list-statuses.js';
import { makeRegisterAccount } from '../accounts/register-account.js';
import { makeRemoveAccount } from '../accounts/remove-account.js';
import { makeResealAccounts } from '../encryption/reseal-accounts.js';
import { makeRetryAccount } from '../accounts/retry-account.js';
import { makeRevokeToken } from '../accounts/revoke-token.js';
import { makeSweepAccounts } from '../sweeping/sweep-accounts.js';
import { internals, ports, services } from './identifiers.js';

/** The use cases, and the façade over them. */
export const useCasesModule = (): ContainerModule =>
  new ContainerModule(({ bind }) => {
    bind(services.getToken)
      .toResolvedValue(
        (providers, cache, compare, renewer, clock, events) =>
          makeGetToken({ providers, cache, compare, renewer, clock, events }),
        [
          services.providers,
          internals.tokenCache,
          internals.compareToken,
          internals.renewer,
          ports.clock,
          internals.events,
        ],
      )
      .inSingletonScope();
    bind(services.registerAccount)
      .toResolvedValue(
        (providers, accounts, clock, events, cache) =>
          makeRegisterAccount({ providers, accounts, clock, events, cache }),
        [services.providers, internals.accounts, ports.clock, internals.events, internals.tokenCache],
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
        (store, accounts, cache, tellRevoked, clock, randomness, events) =>
          makeRevokeToken({ store, accounts, cache, tellRevoked, clock, randomness, events }),
        [
          internals.store,
          internals.accounts,
          internals.tokenCache,
          internals.tellRevoked,
          ports.clock,
          ports.randomness,
          internals.events,
        ],
      )
      .inSingletonScope();
    bind(services.retryAccount)
      .toResolvedValue(
        (store, accounts, pauses, clock) => makeRetryAccount({ store, accounts, pauses, clock }),
        [internals.store, internals.accounts, internals.clientPauses, ports.clock],
      )
      .inSingletonScope();
    bind(services.removeAccount)
      .toResolvedValue(
        (store, providers, drafts, cache, clock, events) =>
          makeRemoveAccount({ store, providers, drafts, cache, clock, events }),
        [internals.store, services.providers, internals.drafts, internals.tokenCache, ports.clock, internals.events],
      )
      .inSingletonScope();
    bind(services.getStatus)
      .toResolvedValue(
        (accounts, pauses, clock) => makeGetStatus({ accounts, pauses, clock }),
        [internals.accounts, internals.clientPauses, ports.clock],
      )
      .inSingletonScope();
    bind(services.listStatuses)
      .toResolvedValue(
        (store, accounts, providers, pauses, clock) => makeListStatuses({ store, accounts, providers, pauses, clock }),
        [internals.store, internals.accounts, services.providers, internals.clientPauses, ports.clock],
      )
      .inSingletonScope();

    bind(internals.renewDue)
      .toResolvedValue(
        (accounts, renewer, pauses, clock, events) =>
          makeRenewDue({ stillDue: makeStillDue({ accounts, renewer, pauses, clock, events }), renewer, pauses }),
        [internals.accounts, internals.renewer, internals.clientPauses, ports.clock, internals.events],
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
        (store, cipher, keyChecks, fingerprints, clock, hostTime, events) =>
          makeResealAccounts({ store, cipher, keyChecks, fingerprints, clock, hostTime, events }),
        [
          internals.store,
          internals.cipher,
          internals.keyChecks,
          internals.fingerprints,
          ports.clock,
          internals.hostTime,
          internals.events,
        ],
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
          retryAccount,
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
            retryAccount,
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
          services.retryAccount,
        ],
      )
      .inSingletonScope();
  });
