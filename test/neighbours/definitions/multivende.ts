import { defineProvider } from '../../../src/adapters/providers/define/define-provider.js';

/** Multivende (Chile): JSON both ways, answers in camel case, and a moment of expiry instead of a lifetime. */
export const multivende = defineProvider({
  id: 'multivende',
  baseUrl: 'https://app.multivende.com',
  authorizationEndpoint: '/apps/authorize',
  tokenEndpoint: '/oauth/access-token',
  clientAuthentication: 'post',
  encoding: 'json',
  pkce: false,
  answer: { accessToken: 'token', refreshToken: 'refreshToken', expiresAt: 'expiresAt' },
  api: { base: '/api' },
});
