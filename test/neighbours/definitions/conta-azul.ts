import { defineProvider } from '../../../src/adapters/providers/define/define-provider.js';

/** Conta Azul: HTTP Basic, an hour. */
export const contaAzul = defineProvider({
  id: 'contaazul',
  name: 'contaAzul',
  baseUrl: 'https://auth.contaazul.com',
  authorizationEndpoint: '/oauth2/authorize',
  tokenEndpoint: '/oauth2/token',
  clientAuthentication: 'basic',
  pkce: false,
  accessTokenLifetimeMs: 3_600_000,
  api: { base: 'https://api-v2.contaazul.com/v1' },
});
