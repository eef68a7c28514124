import type { Secret } from '../../../domain/secret.js';
import type { ProviderPreset } from '../../../ports/provider.js';
import { defineProvider } from '../define/define-provider.js';
import type { PresetOptions } from '../define/make-preset.js';

/** What {@link centry} takes. Client, redirect URI, scope and grant may also be registered per account. */
export interface CentryOptions extends PresetOptions {
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | Secret | undefined;
  /** Exactly as it was entered at Centry; `urn:ietf:wg:oauth:2.0:oob` shows the code on the screen, for `exchange`. */
  readonly redirectUri?: string | undefined;
  /** Separated by spaces, for example `read_orders write_products`. */
  readonly scope?: string | undefined;
  /** `authorization_code` (a merchant authorizes; the default) or `client_credentials` (the client's own account). */
  readonly grant?: 'authorization_code' | 'client_credentials' | undefined;
  /** `https://www.centry.cl` unless a test says otherwise. */
  readonly baseUrl?: string | undefined;
}

/**
 * Centry (Chile), `https://www.centry.cl`. Centry's documents: client and redirect URI in the body, also of a refresh; JSON
 * answers; tokens that live 7,200 s. They say nothing about PKCE, so none is sent, and nothing about revoking, so `revoke`
 * only forgets the token here.
 */
export const centry: (options?: CentryOptions) => ProviderPreset = defineProvider({
  id: 'centry',
  baseUrl: 'https://www.centry.cl',
  authorizationEndpoint: '/oauth/authorize',
  tokenEndpoint: '/oauth/token',
  clientAuthentication: 'post',
  pkce: false,
  clientCredentials: true,
  redirectUriRequired: true,
  redirectUriOnRefresh: true,
  accessTokenLifetimeMs: 7_200_000,
  refreshToken: 'required',
  api: { base: '/conexion/v1' },
});
