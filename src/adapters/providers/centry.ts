import { map } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { ProviderPreset } from '../../ports/provider.js';
import type { Secret } from '../../domain/secret.js';
import { authorizationCode } from '../grants/authorization-code.js';
import { clientCredentials } from '../grants/client-credentials.js';
import { parseRedirectUri } from '../grants/redirect-uri.js';
import { parseBaseAddress } from './base-address.js';
import { addressField, choiceField, secretField, textField } from './field-readers.js';
import type { FieldTable } from './field-table.js';
import { makePreset, type PresetOptions } from './make-preset.js';

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

const accountFields: FieldTable = {
  clientId: textField((clientId) => ({ clientId })),
  clientSecret: secretField((clientSecret) => ({ clientSecret })),
  redirectUri: textField((redirectUri) => ({ redirectUri }), parseRedirectUri),
  scope: textField((scope) => ({ scope })),
  grant: choiceField(['authorization_code', 'client_credentials'], (grant) => ({ grant })),
};

const presetFields: FieldTable = {
  ...accountFields,
  baseUrl: addressField((text, rules) =>
    pipe(
      parseBaseAddress(text, rules),
      map((baseUrl) => ({ baseUrl })),
    ),
  ),
};

const endpoint = {
  tokenUrl: '/oauth/token',
  clientAuthentication: 'post',
  jsonDeclared: true,
} as const;

/**
 * Centry (Chile), `https://www.centry.cl`. Centry's documents: client and redirect URI in the body, also of a refresh; JSON
 * answers; tokens that live 7,200 s. They say nothing about PKCE, so none is sent, and nothing about revoking, so `revoke`
 * only forgets the token here.
 */
export const centry = (options: CentryOptions = {}): ProviderPreset => {
  const { id, policy, ...given } = options;
  return makePreset({
    name: 'centry',
    defaultId: 'centry',
    options: { id, policy },
    given,
    presetFields,
    accountFields,
    defaults: { grant: 'authorization_code', baseUrl: 'https://www.centry.cl' },
    required: { clientId: 'clientId', clientSecret: 'clientSecret' },
    documentedLifetimeMs: 7_200_000,
    grants: () => {
      const byCode = authorizationCode({
        ...endpoint,
        authorizationUrl: '/oauth/authorize',
        pkce: false,
        redirectUriRequired: true,
        redirectUriOnRenew: true,
      });
      const byClient = clientCredentials({ ...endpoint, sendScope: true });
      return ({ grant }) => (grant === 'client_credentials' ? byClient : byCode);
    },
  });
};
