import { clients, redirectUri, type OidcClient } from './oidc-clients.js';

/** How the server behaves. */
export interface OidcServerOptions {
  /** How long access tokens live, a minute unless told otherwise, by the server's own clock, which nobody moves. */
  readonly accessTokenSeconds?: number | undefined;
  /** Whether a refresh token works once only; if not, the answer to a renewal brings the same one again. */
  readonly rotation?: boolean | undefined;
  /** Where its endpoints are; `/auth` and `/token` unless told otherwise. */
  readonly routes?: { readonly authorization: string; readonly token: string } | undefined;
  /** Whether every code brings a refresh token; if not, only one with offline access to which the person consented. */
  readonly refreshTokensForAll?: boolean | undefined;
}

interface PageContext {
  body: unknown;
}

/** The settings of an oidc-provider for these tests, with everything configured that it would print a notice about. */
export const oidcConfiguration = ({
  accessTokenSeconds = 60,
  rotation = true,
  routes,
  refreshTokensForAll = false,
}: OidcServerOptions): Readonly<Record<string, unknown>> => ({
  clients: clients.map(registered),
  scopes: ['openid', 'offline_access', 'read'],
  cookies: { keys: ['signs the cookies of a server that lives for one test'] },
  pkce: {
    methods: ['S256'],
    required: (_context: unknown, { clientId }: OidcClient) =>
      clients.some((client) => client.clientId === clientId && client.pkce === true),
  },
  // RFC 6749 §4.1.3: it has to come with the code, since every authorization names it.
  allowOmittingSingleRegisteredRedirectUri: false,
  rotateRefreshToken: rotation,
  ...(routes === undefined ? {} : { routes }),
  ...(refreshTokensForAll ? { issueRefreshToken: () => true } : {}),
  ttl: {
    AccessToken: accessTokenSeconds,
    ClientCredentials: accessTokenSeconds,
    RefreshToken: 600,
    Grant: 600,
    AuthorizationCode: 60,
    IdToken: 60,
    Interaction: 60,
    Session: 60,
  },
  features: {
    devInteractions: { enabled: true },
    clientCredentials: { enabled: true },
    introspection: { enabled: true, allowedPolicy: () => true },
    revocation: { enabled: true },
    rpInitiatedLogout: { enabled: false },
  },
  findAccount: (_context: unknown, accountId: string) => ({ accountId, claims: () => ({ sub: accountId }) }),
  renderError: (context: PageContext, { error, error_description: why }: Readonly<Record<string, string>>) => {
    context.body = `${error}: ${why}`;
  },
});

const registered = ({ clientId, clientSecret, clientAuthentication, grant }: OidcClient): object => ({
  client_id: clientId,
  client_secret: clientSecret,
  token_endpoint_auth_method: clientAuthentication === 'post' ? 'client_secret_post' : 'client_secret_basic',
  ...(grant === 'authorization_code'
    ? { grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'], redirect_uris: [redirectUri] }
    : { grant_types: grant === undefined ? [] : [grant], response_types: [], redirect_uris: [], scope: 'read' }),
});
