import { ContainerModule } from 'inversify';
import { equalInConstantTime, sha256Hex } from '../../adapters/crypto/digest.js';
import { codeChallengeS256 } from '../../adapters/crypto/pkce.js';
import { makeCompleteAuthorization } from '../authorizing/complete-authorization.js';
import { makeStartAuthorization, type Digests } from '../authorizing/start-authorization.js';
import { internals, ports, services } from './identifiers.js';

const digests: Digests = { stateId: sha256Hex, equal: equalInConstantTime, codeChallenge: codeChallengeS256 };

/** What sends a person to the provider, and what turns the code that comes back into a token. */
export const authorizingModule = (): ContainerModule =>
  new ContainerModule(({ bind }) => {
    bind(services.startAuthorization)
      .toResolvedValue(
        (store, accounts, vault, clock, hostTime, randomness, events) =>
          makeStartAuthorization({ store, accounts, vault, clock, hostTime, randomness, events, digests }),
        [
          internals.store,
          internals.accounts,
          internals.vault,
          ports.clock,
          internals.hostTime,
          ports.randomness,
          internals.events,
        ],
      )
      .inSingletonScope();
    bind(services.completeAuthorization)
      .toResolvedValue(
        (
          store,
          providers,
          accounts,
          vault,
          cache,
          flights,
          send,
          commit,
          persist,
          clock,
          hostTime,
          randomness,
          events,
        ) =>
          makeCompleteAuthorization({
            store,
            providers,
            accounts,
            vault,
            cache,
            flights,
            send,
            commit,
            persist,
            clock,
            hostTime,
            randomness,
            events,
            digests,
          }),
        [
          internals.store,
          services.providers,
          internals.accounts,
          internals.vault,
          internals.tokenCache,
          internals.flights,
          internals.sendTokenRequest,
          internals.commitToken,
          internals.persist,
          ports.clock,
          internals.hostTime,
          ports.randomness,
          internals.events,
        ],
      )
      .inSingletonScope();
  });
