import { defineProvider } from '../../../src/adapters/providers/define/define-provider.js';

const hourMs = 3_600_000;

/** Mercado Libre, Chile; other countries authorize elsewhere. A refresh token works once, for six months. */
export const mercadoLibre = defineProvider({
  id: 'mercadolibre',
  name: 'mercadoLibre',
  authorizationEndpoint: 'https://auth.mercadolibre.cl/authorization',
  tokenEndpoint: 'https://api.mercadolibre.com/oauth/token',
  clientAuthentication: 'post',
  pkce: false,
  scope: 'offline_access read write',
  accessTokenLifetimeMs: 6 * hourMs,
  refreshTokenLifetimeMs: 180 * 24 * hourMs,
  answer: { attributes: { userId: 'user_id' } },
  api: { base: 'https://api.mercadolibre.com' },
});
