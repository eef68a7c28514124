import { defineProvider } from '../../../src/adapters/providers/define/define-provider.js';

/** Nuvemshop (Tiendanube): JSON, a `User-Agent` it insists on, and tokens that never expire and cannot be renewed. */
export const nuvemshop = defineProvider({
  id: 'nuvemshop',
  authorizationEndpoint: 'https://www.nuvemshop.com.br/apps/{clientId}/authorize',
  tokenEndpoint: 'https://www.nuvemshop.com.br/apps/authorize/token',
  clientAuthentication: 'post',
  encoding: 'json',
  pkce: false,
  headers: { 'User-Agent': 'Example App (app@example.com)' },
  accessTokenLifetimeMs: 'unlimited',
  answer: { attributes: { userId: 'user_id' } },
  api: {
    base: 'https://api.nuvemshop.com.br/v1/{userId}',
    placement: { credential: 'token', in: 'header', name: 'Authentication', scheme: 'bearer' },
  },
});
