import { defineProvider } from '../../../src/adapters/providers/define/define-provider.js';

/** Login with Amazon, for the Selling Partner API: refresh tokens stay, and the access token has a header of its own. */
export const amazonLwa = defineProvider({
  id: 'amazon',
  name: 'amazonLwa',
  authorizationEndpoint: 'https://www.amazon.com/ap/oa',
  tokenEndpoint: 'https://api.amazon.com/auth/o2/token',
  clientAuthentication: 'post',
  pkce: false,
  accessTokenLifetimeMs: 3_600_000,
  api: {
    base: 'https://sellingpartnerapi-na.amazon.com',
    placement: { credential: 'token', in: 'header', name: 'x-amz-access-token' },
  },
});
