import 'reflect-metadata';
import { Container } from 'inversify';
import { systemRandomness } from '../../../src/adapters/crypto/system-randomness.js';
import { internals } from '../../../src/app/container/identifiers.js';
import { llaveroModules } from '../../../src/app/container/llavero-modules.js';
import { swapPorts } from '../../../src/app/container/swap-ports.js';
import type { SingleFlight } from '../../../src/app/renewal/single-flight.js';
import type { Renewed, TokenRenewer, Wanted } from '../../../src/app/renewal/single-flight-renewal.js';
import type { TokenCache } from '../../../src/app/accounts/token-cache.js';
import { defaultRefreshPolicy } from '../../../src/domain/refresh-policy.js';
import { centryPreset, citrusPreset, encryption, type Scene } from '../llavero-fixture.js';

/** What stands under a llavero of the scene's store: one process without its façade. */
export interface Engine {
  readonly renewer: TokenRenewer;
  readonly flights: SingleFlight<Renewed>;
  readonly cache: TokenCache;
  /** Starts the flight of a key that wants a newer token, unless told otherwise. */
  readonly start: (key: string, wanted?: Partial<Wanted>) => ReturnType<TokenRenewer['start']>;
}

export const engineOn = ({ store, clock, http }: Scene): Engine => {
  const container = new Container({ defaultScope: 'Singleton', jitless: true });
  container.load(
    ...llaveroModules({ providers: [centryPreset(), citrusPreset()], store, encryption: encryption() }),
    // Without jitter, so that every rest has the length it is expected to have.
    swapPorts({ clock, httpClient: http, randomness: { ...systemRandomness(), fraction: () => 0 } }),
  );
  const { renewer, flights, cache } = container.get(internals.parts);
  return {
    renewer,
    flights,
    cache,
    start: (key, wanted = {}) =>
      renewer.start(key, {
        isEnough: () => false,
        isServable: () => false,
        patienceMs: defaultRefreshPolicy.patienceMs,
        ...wanted,
      }),
  };
};
