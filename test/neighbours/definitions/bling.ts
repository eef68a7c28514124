import { defineProvider } from '../../../src/adapters/providers/define/define-provider.js';

const hourMs = 3_600_000;

/** Bling, version 3: the client proves itself by HTTP Basic. */
export const bling = defineProvider({
  id: 'bling',
  baseUrl: 'https://www.bling.com.br/Api/v3',
  authorizationEndpoint: '/oauth/authorize',
  tokenEndpoint: '/oauth/token',
  clientAuthentication: 'basic',
  pkce: false,
  accessTokenLifetimeMs: 6 * hourMs,
  refreshTokenLifetimeMs: 30 * 24 * hourMs,
  api: { base: 'https://api.bling.com.br/Api/v3' },
});
