import { defineProvider } from '../../../src/adapters/providers/define/define-provider.js';

/** iFood, for an application that acts for itself: everything in camel case, parameters too. */
export const ifood = defineProvider({
  id: 'ifood',
  baseUrl: 'https://merchant-api.ifood.com.br',
  grant: 'client_credentials',
  tokenEndpoint: '/authentication/v1.0/oauth/token',
  clientAuthentication: 'post',
  scope: false,
  parameterNames: { grant_type: 'grantType', client_id: 'clientId', client_secret: 'clientSecret' },
  answer: { accessToken: 'accessToken', tokenType: 'type', expiresIn: 'expiresIn' },
  api: { base: '/merchant/v1.0' },
});
