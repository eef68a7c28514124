import { ContainerModule } from 'inversify';
import { onTestFinished } from 'vitest';
import type { ProviderOptions } from '../../src/adapters/providers/define/provider-definition.js';
import { ports } from '../../src/app/container/identifiers.js';
import { createLlavero } from '../../src/app/create-llavero.js';
import type { Llavero } from '../../src/app/llavero.js';
import type { Token } from '../../src/domain/token.js';
import type { LoggedRequest } from '../../src/testing/stand-ins/server/request-log.js';
import type { StandIn } from '../../src/testing/stand-ins/server/stand-in.js';
import { memoryStore } from '../../src/testing/memory-store.js';
import { walkAuthorization } from '../../src/testing/stand-ins/walk-authorization.js';
import { jumpingClock, type JumpingClock } from '../servers/oidc/jumping-clock.js';
import { client, redirectUri, startNeighbour } from './neighbour-server.js';
import type { Fixture } from './neighbours.js';

/** A llavero and the neighbour it talks to over real HTTP. */
export interface NeighbourScene {
  readonly key: string;
  readonly server: StandIn;
  readonly clock: JumpingClock;
  readonly llavero: Llavero;
  /** A first token: a merchant authorizes, or the client asks. */
  readonly connect: () => Promise<Token>;
  /** The requests to the token endpoint so far. */
  readonly tokenRequests: () => readonly LoggedRequest[];
}

/** Everything is closed by the test that made it. */
export const makeScene = async (fixture: Fixture, given: ProviderOptions = {}): Promise<NeighbourScene> => {
  const { preset, neighbour, id, at } = fixture;
  const clock = jumpingClock();
  const server = await startNeighbour(neighbour, clock.nowMs);
  const isByCode = neighbour.authorizationPath !== undefined;
  const llavero = createLlavero({
    providers: [preset({ ...client, ...at(server.url), ...(isByCode ? { redirectUri } : {}), ...given })],
    store: memoryStore(),
    encryption: { keys: [{ id: 'test', secret: Buffer.alloc(32, 7).toString('base64') }] },
    allowHttpOnLoopback: true,
    overrides: [new ContainerModule(({ rebind }) => void rebind(ports.clock).toConstantValue(clock))],
  });
  onTestFinished(() => llavero.close());
  const key = `${id}/acme`;
  return {
    key,
    server,
    clock,
    llavero,
    connect: async () => {
      if (!isByCode) return llavero.token(key);
      const { url } = await llavero.authorize(key);
      return llavero.callback(await walkAuthorization(url));
    },
    tokenRequests: () => server.requests.filter(({ endpoint }) => endpoint === 'token'),
  };
};
