import { ContainerModule } from 'inversify';
import { makeApiAccesses } from '../calling/api-access.js';
import { makeApiCaller } from '../calling/api-caller.js';
import { makeApiTurns, noTurns } from '../calling/api-turns.js';
import { makeNoteUnavailable } from '../calling/note-unavailable.js';
import { makeSendFollowing } from '../calling/send-following.js';
import type { LlaveroOptions } from '../llavero-options.js';
import { makeCallApi } from '../calling/call-api.js';
import { internals, ports, services } from './identifiers.js';

/** Requests to the providers' own APIs. */
export const callingModule = ({ apiLimits }: Pick<LlaveroOptions, 'apiLimits'>): ContainerModule =>
  new ContainerModule(({ bind }) => {
    bind(internals.accesses)
      .toResolvedValue(
        (providers, accounts, { hold }, clock) => makeApiAccesses({ providers, accounts, hold, clock }),
        [services.providers, internals.accounts, internals.renewer, ports.clock],
      )
      .inSingletonScope();
    bind(internals.apiTurns)
      .toResolvedValue(
        (limiter, clock) => (apiLimits === undefined ? noTurns : makeApiTurns({ limits: apiLimits, limiter, clock })),
        [ports.rateLimiter, ports.clock],
      )
      .inSingletonScope();
    bind(internals.apiCaller)
      .toResolvedValue(
        (accesses, getToken, invalidateToken, store, turns, clock, events) =>
          makeApiCaller({
            accesses,
            getToken,
            invalidateToken,
            noteUnavailable: makeNoteUnavailable({ store, clock, events }),
            turns,
            clock,
          }),
        [
          internals.accesses,
          services.getToken,
          services.invalidateToken,
          internals.store,
          internals.apiTurns,
          ports.clock,
          internals.events,
        ],
      )
      .inSingletonScope();
    bind(services.callApi)
      .toResolvedValue(
        (caller, fetch) => makeCallApi({ caller, send: makeSendFollowing(fetch) }),
        [internals.apiCaller, ports.fetch],
      )
      .inSingletonScope();
  });
