import type { ClientAuthentication } from '../../../src/adapters/grants/client-authentication.js';
import { defineProvider } from '../../../src/adapters/providers/define/define-provider.js';
import type { PresetOptions } from '../../../src/adapters/providers/define/make-preset.js';
import type { ProviderPreset } from '../../../src/ports/provider.js';

/** What {@link standardProvider} takes. Client, redirect URI, scope and grant may also be registered per account. */
export interface StandardProviderOptions extends PresetOptions {
  /** Its name in RFC 9207, and the address of its endpoints. */
  readonly issuer: string;
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | undefined;
  readonly clientAuthentication: ClientAuthentication;
  readonly redirectUri?: string | undefined;
  readonly scope?: string | undefined;
  readonly grant?: 'authorization_code' | 'client_credentials' | undefined;
  readonly pkce: boolean;
}

/** An authorization server that keeps to the RFCs, as a user would define it: nothing but data. */
export const standardProvider = (options: StandardProviderOptions): ProviderPreset => {
  const { issuer, clientAuthentication, pkce, ...given } = options;
  const preset = defineProvider({
    id: 'standard',
    baseUrl: issuer,
    authorizationEndpoint: '/auth',
    tokenEndpoint: '/token',
    revocationEndpoint: '/token/revocation',
    clientAuthentication,
    clientCredentials: true,
    issuer,
    pkce,
    accessTokenLifetimeMs: 3_600_000,
    // OpenID Connect Core §11: a refresh token takes the person's consent each time.
    parameters: { authorization: { prompt: 'consent' } },
  });
  return preset(given);
};
