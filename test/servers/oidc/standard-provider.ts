import { map } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { authorizationCode } from '../../../src/adapters/grants/authorization-code.js';
import type { ClientAuthentication } from '../../../src/adapters/grants/client-authentication.js';
import { clientCredentials } from '../../../src/adapters/grants/client-credentials.js';
import { parseRedirectUri } from '../../../src/adapters/grants/redirect-uri.js';
import { parseBaseAddress } from '../../../src/adapters/providers/base-address.js';
import { addressField, choiceField, secretField, textField } from '../../../src/adapters/providers/field-readers.js';
import type { FieldTable } from '../../../src/adapters/providers/field-table.js';
import { makePreset, type PresetOptions } from '../../../src/adapters/providers/make-preset.js';
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

const accountFields: FieldTable = {
  clientId: textField((clientId) => ({ clientId })),
  clientSecret: secretField((clientSecret) => ({ clientSecret })),
  redirectUri: textField((redirectUri) => ({ redirectUri }), parseRedirectUri),
  scope: textField((scope) => ({ scope })),
  grant: choiceField(['authorization_code', 'client_credentials'], (grant) => ({ grant })),
};

const presetFields: FieldTable = {
  ...accountFields,
  issuer: addressField((text, rules) =>
    pipe(
      parseBaseAddress(text, rules),
      map((baseUrl) => ({ baseUrl })),
    ),
  ),
};

/** An authorization server that keeps to the RFCs, as a user would define it: nothing but data. */
export const standardProvider = (options: StandardProviderOptions): ProviderPreset => {
  const { id, policy, clientAuthentication, pkce, ...given } = options;
  const endpoint = { tokenUrl: '/token', revocationUrl: '/token/revocation', clientAuthentication } as const;
  return makePreset({
    name: 'standardProvider',
    defaultId: 'standard',
    options: { id, policy },
    given,
    presetFields,
    accountFields,
    defaults: { grant: 'authorization_code' },
    required: { clientId: 'clientId', clientSecret: 'clientSecret' },
    documentedLifetimeMs: 3_600_000,
    grants: () => {
      const byCode = authorizationCode({
        ...endpoint,
        authorizationUrl: '/auth',
        pkce,
        issuer: given.issuer,
        // OpenID Connect Core §11: a refresh token takes the person's consent each time.
        authorizationParameters: [['prompt', 'consent']],
      });
      const byClient = clientCredentials({ ...endpoint, sendScope: true });
      return ({ grant }) => (grant === 'client_credentials' ? byClient : byCode);
    },
  });
};
