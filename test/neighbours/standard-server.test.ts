import { ContainerModule } from 'inversify';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ports } from '../../src/app/container/identifiers.js';
import { createLlavero } from '../../src/app/create-llavero.js';
import { memoryStore } from '../../src/testing/memory-store.js';
import { jumpingClock } from '../servers/oidc/jumping-clock.js';
import { panel, panelByPost, redirectUri } from '../servers/oidc/oidc-clients.js';
import { startOidcServer } from '../servers/oidc/oidc-server.js';
import { walkOidc } from '../servers/oidc/walk-oidc.js';
import { fixtures } from './neighbours.js';

/** Those that differ from the RFCs in nothing but addresses, lifetimes and how the client proves itself. */
const standard = ['mercadolibre', 'bling', 'jumpseller', 'magalu', 'contaazul'];

const lifetimeMs = 60_000;

describe.each(fixtures.filter(({ id }) => standard.includes(id)))(
  'the definition of $id',
  ({ id, preset, at, ...rest }) => {
    const { authorizationPath = '', tokenPath, clientAuthentication } = rest.neighbour;

    it('connects, renews and calls an API at a server that nobody here wrote', async () => {
      const server = await startOidcServer({
        routes: { authorization: authorizationPath, token: tokenPath },
        refreshTokensForAll: true,
      });
      const { clientId, clientSecret } = clientAuthentication === 'basic' ? panel : panelByPost;
      const clock = jumpingClock();
      const addresses = { ...at(server.issuer), apiBase: server.issuer };
      const llavero = createLlavero({
        providers: [preset({ ...addresses, clientId, clientSecret, redirectUri, scope: 'openid' })],
        store: memoryStore(),
        encryption: 'plaintext',
        allowHttpOnLoopback: true,
        overrides: [new ContainerModule(({ rebind }) => void rebind(ports.clock).toConstantValue(clock))],
      });
      onTestFinished(() => llavero.close());
      const key = `${id}/acme`;

      const { url } = await llavero.authorize(key);
      const first = await llavero.callback(await walkOidc(url));
      expect(first.expiresAt.getTime() - first.obtainedAt.getTime()).toBe(lifetimeMs);
      clock.jump(lifetimeMs);
      const second = await llavero.token(key);
      expect([second.generation, second.accessToken.expose()]).toEqual([2, server.issued[1]?.accessToken]);
      expect([server.tokenRequests.length, server.refusals]).toEqual([2, []]);
      expect((await llavero.fetch(key, '/me')).status).toBe(200);
    });
  },
);
