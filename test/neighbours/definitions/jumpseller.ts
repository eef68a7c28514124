import { defineProvider } from '../../../src/adapters/providers/define/define-provider.js';

/** Jumpseller: a Doorkeeper server, like Centry's. */
export const jumpseller = defineProvider({
  id: 'jumpseller',
  authorizationEndpoint: 'https://accounts.jumpseller.com/oauth/authorize',
  tokenEndpoint: 'https://accounts.jumpseller.com/oauth/token',
  clientAuthentication: 'post',
  pkce: false,
  accessTokenLifetimeMs: 3_600_000,
  api: { base: 'https://api.jumpseller.com/v1' },
});
