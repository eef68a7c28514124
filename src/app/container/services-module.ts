import { ContainerModule } from 'inversify';
import { makeGetStatus } from '../accounts/get-status.js';
import { makeListStatuses } from '../accounts/list-statuses.js';
import { makeRegisterAccount } from '../accounts/register-account.js';
import { makeRemoveAccount } from '../accounts/remove-account.js';
import { makeRetryAccount } from '../accounts/retry-account.js';
import { makeRevokeToken } from '../accounts/revoke-token.js';
import { makeCompleteAuthorization } from '../authorizing/complete-authorization.js';
import { makeStartAuthorization } from '../authorizing/start-authorization.js';
import { makeApiCaller } from '../calling/api-caller.js';
import { makeCallApi } from '../calling/call-api.js';
import { makeSendFollowing } from '../calling/send-following.js';
import { makeResealAccounts } from '../encryption/reseal-accounts.js';
import { makeLlavero } from '../llavero.js';
import { makeGetToken } from '../renewal/get-token.js';
import { makeInvalidateToken } from '../renewal/invalidate-token.js';
import { makeKeepSweeping } from '../sweeping/keep-sweeping.js';
import { makeRenewDue } from '../sweeping/renew-due.js';
import { makeDueCheck } from '../sweeping/due-check.js';
import { makeSweepAccounts } from '../sweeping/sweep-accounts.js';
import { compose } from './compose.js';
import { internals, ports, services } from './identifiers.js';

/** The use cases, and the façade over them. Each can be rebound; what stands on it then uses the other one. */
export const servicesModule = (): ContainerModule =>
  new ContainerModule(({ bind }) => {
    const { settings, parts, apiCaller } = internals;

    bind(parts)
      .toDynamicValue((context) =>
        compose({
          ...context.get(settings),
          providers: context.get(services.providers),
          policy: context.get(services.policy),
          tokenStore: context.get(ports.tokenStore),
          httpClient: context.get(ports.httpClient),
          cipher: context.get(ports.cipher),
          eventSink: context.get(ports.eventSink),
          rateLimiter: context.get(ports.rateLimiter),
          clock: context.get(ports.clock),
          randomness: context.get(ports.randomness),
        }),
      )
      .inSingletonScope();

    bind(services.getToken).toResolvedValue(makeGetToken, [parts]).inSingletonScope();
    bind(services.invalidateToken).toResolvedValue(makeInvalidateToken, [parts]).inSingletonScope();

    bind(services.registerAccount).toResolvedValue(makeRegisterAccount, [parts]).inSingletonScope();
    bind(services.removeAccount).toResolvedValue(makeRemoveAccount, [parts]).inSingletonScope();
    bind(services.revokeToken).toResolvedValue(makeRevokeToken, [parts]).inSingletonScope();
    bind(services.retryAccount).toResolvedValue(makeRetryAccount, [parts]).inSingletonScope();
    bind(services.getStatus).toResolvedValue(makeGetStatus, [parts]).inSingletonScope();
    bind(services.listStatuses).toResolvedValue(makeListStatuses, [parts]).inSingletonScope();

    bind(services.startAuthorization).toResolvedValue(makeStartAuthorization, [parts]).inSingletonScope();
    bind(services.completeAuthorization).toResolvedValue(makeCompleteAuthorization, [parts]).inSingletonScope();

    bind(apiCaller)
      .toResolvedValue(
        (shared, getToken, invalidateToken) => makeApiCaller({ ...shared, getToken, invalidateToken }),
        [parts, services.getToken, services.invalidateToken],
      )
      .inSingletonScope();
    bind(services.callApi)
      .toResolvedValue(
        (caller, fetch) => makeCallApi({ caller, send: makeSendFollowing(fetch) }),
        [apiCaller, ports.fetch],
      )
      .inSingletonScope();

    bind(services.sweepAccounts)
      .toResolvedValue(
        (shared) =>
          makeSweepAccounts({
            ...shared,
            renewDue: makeRenewDue({ ...shared, checkDue: makeDueCheck(shared) }),
            fraction: shared.randomness.fraction,
          }),
        [parts],
      )
      .inSingletonScope();
    bind(services.resealAccounts).toResolvedValue(makeResealAccounts, [parts]).inSingletonScope();

    bind(services.llavero)
      .toDynamicValue((context) => {
        const shared = context.get(parts);
        const sweepAccounts = context.get(services.sweepAccounts);
        const { fraction } = shared.randomness;
        return makeLlavero({
          ...shared,
          apiCaller: context.get(apiCaller),
          callApi: context.get(services.callApi),
          getToken: context.get(services.getToken),
          invalidateToken: context.get(services.invalidateToken),
          registerAccount: context.get(services.registerAccount),
          removeAccount: context.get(services.removeAccount),
          revokeToken: context.get(services.revokeToken),
          retryAccount: context.get(services.retryAccount),
          getStatus: context.get(services.getStatus),
          listStatuses: context.get(services.listStatuses),
          startAuthorization: context.get(services.startAuthorization),
          completeAuthorization: context.get(services.completeAuthorization),
          resealAccounts: context.get(services.resealAccounts),
          sweepAccounts,
          keepSweeping: makeKeepSweeping({ ...shared, sweep: sweepAccounts, fraction }),
        });
      })
      .inSingletonScope();
  });
