import { defineProvider } from '../../../src/adapters/providers/define/define-provider.js';

const meanings = { INVALID_REFRESH_TOKEN: 'invalid_grant', UNAUTHORIZED: 'invalid_client' } as const;
const errorTypeOf = (body: unknown): string => /"error_type":"(\w+)"/.exec(JSON.stringify(body) ?? '')?.[1] ?? '';

/** RD Station: a day, refresh tokens that do not die of age, and errors in words of its own, inside `errors`. */
export const rdStation = defineProvider({
  id: 'rdstation',
  name: 'rdStation',
  baseUrl: 'https://api.rd.services',
  authorizationEndpoint: '/auth/dialog',
  tokenEndpoint: '/auth/token',
  clientAuthentication: 'post',
  encoding: 'json',
  pkce: false,
  accessTokenLifetimeMs: 24 * 3_600_000,
  classifyError: ({ body }) => Object.entries(meanings).find(([type]) => type === errorTypeOf(body))?.[1],
  api: { base: '/platform' },
});
