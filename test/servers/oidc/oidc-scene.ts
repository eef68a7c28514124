import { ContainerModule } from 'inversify';
import { onTestFinished } from 'vitest';
import { memoryStore } from '../../../src/adapters/stores/memory/memory-store.js';
import { sqliteStore } from '../../../src/adapters/stores/sqlite/sqlite-store.js';
import { ports } from '../../../src/app/container/identifiers.js';
import { createLlavero } from '../../../src/app/create-llavero.js';
import type { Llavero } from '../../../src/app/llavero.js';
import type { Token } from '../../../src/domain/token.js';
import type { TokenStore } from '../../../src/ports/token-store.js';
import { scratchFile } from '../../adapters/stores/sqlite/scratch-file.js';
import { jumpingClock, type JumpingClock } from './jumping-clock.js';
import { redirectUri, web, type OidcClient } from './oidc-clients.js';
import type { OidcServerOptions } from './oidc-configuration.js';
import { startOidcServer, type OidcServer } from './oidc-server.js';
import { standardProvider, type StandardProviderOptions } from './standard-provider.js';
import { walkOidc } from './walk-oidc.js';

/** The account these tests are about. */
export const key = 'standard/acme';

/** Longer than an access token lives here. */
export const lifetimeMs = 60_000;

/** Both stores; each gives a function that opens the same data again. */
export const storeKinds = [
  [
    'memoryStore',
    async () => {
      const store = memoryStore();
      return () => store;
    },
  ],
  [
    'sqliteStore',
    async () => {
      const path = await scratchFile();
      return () => sqliteStore({ path });
    },
  ],
] as const satisfies readonly (readonly [name: string, open: () => Promise<() => TokenStore>])[];

export interface OidcSceneOptions {
  readonly open?: () => Promise<() => TokenStore>;
  readonly server?: OidcServerOptions;
  readonly client?: OidcClient;
  /** What the preset is given otherwise than the server has it. */
  readonly preset?: Partial<StandardProviderOptions>;
}

/** A llavero and the authorization server it talks to over real HTTP. */
export interface OidcScene {
  readonly server: OidcServer;
  readonly clock: JumpingClock;
  readonly llavero: Llavero;
  /** A llavero of its own on the same data: another process, or the same one after a restart, maybe with another preset. */
  readonly another: (preset?: OidcSceneOptions['preset']) => Llavero;
  /** A person authorizes the account in a browser. */
  readonly connect: (llavero?: Llavero) => Promise<Token>;
}

/** Everything is closed by the test that made it. */
export const makeOidcScene = async (options: OidcSceneOptions = {}): Promise<OidcScene> => {
  const { open = storeKinds[0][1], client = web } = options;
  const { clientId, clientSecret, clientAuthentication, grant, pkce = false } = client;
  const store = await open();
  const server = await startOidcServer(options.server);
  const clock = jumpingClock();
  const codes = grant === 'authorization_code' ? { redirectUri, scope: 'openid offline_access' } : {};

  const another = (preset = options.preset): Llavero => {
    const llavero = createLlavero({
      providers: [
        standardProvider({
          issuer: server.issuer,
          clientId,
          clientSecret,
          clientAuthentication,
          grant,
          pkce,
          ...codes,
          ...preset,
        }),
      ],
      store: store(),
      encryption: { keys: [{ id: 'test', secret: Buffer.alloc(32, 7).toString('base64') }] },
      allowHttpOnLoopback: true,
      overrides: [new ContainerModule(({ rebind }) => void rebind(ports.clock).toConstantValue(clock))],
    });
    onTestFinished(() => llavero.close());
    return llavero;
  };
  const llavero = another();

  return {
    server,
    clock,
    llavero,
    another,
    connect: async (own = llavero) => {
      const { url } = await own.authorize(key);
      return own.callback(await walkOidc(url));
    },
  };
};
