import { defineProvider } from '../../../src/adapters/providers/define/define-provider.js';

/** Criteo: tokens of the client's own, for fifteen minutes. */
export const criteo = defineProvider({
  id: 'criteo',
  baseUrl: 'https://api.criteo.com',
  grant: 'client_credentials',
  tokenEndpoint: '/oauth2/token',
  clientAuthentication: 'post',
  scope: false,
  accessTokenLifetimeMs: 900_000,
  api: { base: '/' },
});
