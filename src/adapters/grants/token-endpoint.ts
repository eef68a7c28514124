import type { Credential } from '../../domain/credential.js';
import type { IssuedToken } from '../../domain/issued-token.js';
import type { TokenAnswerFormat } from '../../domain/answers/token-answer.js';
import type { TokenRequest } from '../../ports/grant.js';
import type { Parameters } from '../../ports/http-client.js';
import { proveClient, type ClientAuthentication } from './client-authentication.js';

/** An RFC 6749 token endpoint, as data. */
export interface TokenEndpoint {
  /** An absolute address, or a path (`/oauth/token`) below the credential's `baseUrl`. */
  readonly tokenUrl: string;
  readonly clientAuthentication: ClientAuthentication;
  /** Where tokens are revoked (RFC 7009), written like `tokenUrl`. */
  readonly revocationUrl?: string;
  /** Sent with every request to the provider. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The provider's documents say that answers are JSON, whatever their content type says. */
  readonly jsonDeclared?: boolean;
  readonly answer?: TokenAnswerFormat;
}

/** An address of the provider for one credential. */
export const resolveUrl = (url: string, { baseUrl = '' }: Credential): string =>
  url.startsWith('/') ? `${baseUrl}${url}` : url;

/** A POST of a form, with the client's proof (RFC 6749 §3.2 and §2.3). */
export const endpointRequest = (
  { clientAuthentication, headers, jsonDeclared }: TokenEndpoint,
  url: string,
  credential: Credential,
  form: Parameters,
): TokenRequest => {
  const proof = proveClient(clientAuthentication, credential);
  return {
    method: 'POST',
    url: resolveUrl(url, credential),
    form: [...form, ...proof.form],
    headers: { ...headers, ...proof.headers },
    ...(jsonDeclared === undefined ? {} : { jsonDeclared }),
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

const ownNames: ReadonlySet<string> = new Set([
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
export const extraParameters = (option: string, parameters: Parameters = []): Parameters => {
  const names = parameters.map(([name]) => name);
  for (const [index, name] of names.entries()) {
    if (ownNames.has(name)) throw new TypeError(`${option} must not hold ${name}: the grant sends it itself`);
    if (names.indexOf(name) !== index) throw new TypeError(`${option} must hold ${name} only once (RFC 6749 §3.2)`);
  }
  return parameters;
};
