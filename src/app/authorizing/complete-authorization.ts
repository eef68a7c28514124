import type { Randomness } from '../../ports/randomness.js';
import type { TokenStore } from '../../ports/token-store.js';
import type { SingleFlight } from '../renewal/single-flight.js';
import type { Persist } from '../renewal/persist.js';
import type { Renewed } from '../renewal/single-flight-renewal.js';
import type { ProviderRegistry } from '../accounts/provider-registry.js';
import type { HostTime } from '../store/host-time.js';
import { makeDeliverCode } from './deliver-code.js';
import { makeExchangeCode, type ExchangeCode } from './exchange-code.js';
import { makePendingAuthorizations } from './pending-authorizations.js';
import { makeReceiveCallback, type ReceiveCallback } from './receive-callback.js';
import { makeSpendCode, type SpendCodeDeps } from './spend-code.js';
import type { Digests } from './start-authorization.js';

/** What turns a code into a token: from a browser's callback, or pasted by an operator. */
export interface CompleteAuthorization {
  readonly fromCallback: ReceiveCallback;
  readonly fromCode: ExchangeCode;
}

export interface CompleteAuthorizationDeps extends SpendCodeDeps {
  readonly store: TokenStore;
  readonly flights: SingleFlight<Renewed>;
  readonly persist: Persist;
  readonly providers: ProviderRegistry;
  readonly hostTime: HostTime;
  readonly randomness: Randomness;
  readonly digests: Digests;
}

export const makeCompleteAuthorization = (deps: CompleteAuthorizationDeps): CompleteAuthorization => {
  const spendCode = makeSpendCode(deps);
  const pendings = makePendingAuthorizations(deps);
  const deliverCode = makeDeliverCode({ ...deps, spendCode, pendings });
  return {
    fromCallback: makeReceiveCallback({ ...deps, deliverCode, pendings }),
    fromCode: makeExchangeCode({ ...deps, spendCode }),
  };
};
