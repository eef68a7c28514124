import { defineProvider } from '../../../src/adapters/providers/define/define-provider.js';

/** Magalu, which takes forms and JSON: the merchant signs in at `/login`; the sandbox's API is another host, which a preset is given as `apiBase`. */
export const magalu = defineProvider({
  id: 'magalu',
  baseUrl: 'https://id.magalu.com',
  authorizationEndpoint: '/login',
  tokenEndpoint: '/oauth/token',
  clientAuthentication: 'post',
  pkce: false,
  api: { base: 'https://api.magalu.com' },
});
