import type { Credential } from '../../domain/credential.js';
import type { IssuedToken } from '../../domain/issued-token.js';
import type { OAuthDialect } from '../../domain/token-response/classify-token-response.js';
import type { TokenRequest } from '../../ports/grant.js';
import type { Parameters } from '../../ports/http-client.js';
import { proveClient, type ClientAuthentication } from './client-authentication.js';

/** An RFC 6749 token endpoint, as data. */
export interface TokenEndpoint extends OAuthDialect {
  /** An absolute address, or a path (`/oauth/token`) below the credential's `baseUrl`. */
  readonly tokenUrl: string;
  readonly clientAuthentication: ClientAuthentication;
  /** Where tokens are revoked (RFC 7009), written like `tokenUrl`. */
  readonly revocationUrl?: string;
  /** Sent with every request to the provider. */
  readonly headers?: Readonly<Record<string, string>>;
  /** How bodies are written: `form` (RFC 6749 Appendix B) unless the provider wants `json`. */
  readonly encoding?: 'form' | 'json';
  /** What the provider calls parameters that are not called as in RFC 6749: the RFC's name, and its own. */
  readonly parameterNames?: ParameterNames;
}

/** The RFC's name of a parameter, and a provider's own. */
export type ParameterNames = Readonly<Record<string, string>>;

/** Parameters under a provider's own names. */
export const renamed = (parameters: Parameters, names: ParameterNames = {}): Parameters =>
  parameters.map(([name, value]) => [Object.hasOwn(names, name) ? (names[name] ?? name) : name, value]);

/** An address of the provider for one credential; `{clientId}` in it stands for the client id. */
export const resolveUrl = (url: string, { baseUrl = '', clientId }: Credential): string =>
  `${url.startsWith('/') ? baseUrl : ''}${url.replaceAll('{clientId}', encodeURIComponent(clientId))}`;

/**
 * A POST of a form, with the client's proof (RFC 6749 §3.2 and §2.3); or, for a provider that has it so, a GET with everything
 * in its query, which nothing on the way may keep.
 */
export const endpointRequest = (
  { clientAuthentication, headers, encoding, parameterNames }: TokenEndpoint,
  url: string,
  credential: Credential,
  form: Parameters,
  method: 'POST' | 'GET' = 'POST',
): TokenRequest => {
  const proof = proveClient(clientAuthentication, credential);
  const parameters = renamed([...form, ...proof.form], parameterNames);
  return {
    method,
    url: resolveUrl(url, credential),
    ...(method === 'POST' ? { form: parameters } : { query: parameters }),
    headers: { ...(method === 'GET' ? { 'Cache-Control': 'no-store' } : {}), ...headers, ...proof.headers },
    ...(encoding === undefined || method === 'GET' ? {} : { encoding }),
  };
};

/** Tells the provider to forget the refresh token, which ends its access tokens too, or else the access token (RFC 7009 §2.1). */
export const revocationRequest = (
  endpoint: TokenEndpoint,
  url: string,
  credential: Credential,
  { refreshToken, accessToken }: IssuedToken,
): TokenRequest =>
  endpointRequest(endpoint, url, credential, [
    ['token', (refreshToken ?? accessToken)?.expose() ?? ''],
    ['token_type_hint', refreshToken === undefined ? 'access_token' : 'refresh_token'],
  ]);

/** The parameters of RFC 6749 and RFC 7636 that the grants send themselves. */
export const grantParameters: ReadonlySet<string> = new Set([
  'client_id',
  'client_secret',
  'code',
  'code_challenge',
  'code_challenge_method',
  'code_verifier',
  'grant_type',
  'redirect_uri',
  'refresh_token',
  'response_type',
  'scope',
  'state',
]);

/** Extra parameters of one step as they were given. Throws `TypeError` for a name that the grant sends itself, or that stands twice. */
export const extraParameters = (
  option: string,
  parameters: Parameters = [],
  parameterNames: ParameterNames = {},
): Parameters => {
  const taken = new Set([...grantParameters, ...Object.values(parameterNames)]);
  const names = parameters.map(([name]) => name);
  for (const [index, name] of names.entries()) {
    if (taken.has(name)) throw new TypeError(`${option} must not hold ${name}: the grant sends it itself`);
    if (names.indexOf(name) !== index) throw new TypeError(`${option} must hold ${name} only once (RFC 6749 §3.2)`);
  }
  return parameters;
};
