import { parseUrl } from '../../domain/parse-url.js';
import { left, right } from 'fp-ts/lib/Either.js';
import { callbackError } from '../../domain/token-response/callback-error.js';
import { classifyTokenResponse } from '../../domain/token-response/classify-token-response.js';
import type { Credential } from '../../domain/credential.js';
import { Secret } from '../../domain/secret.js';
import { tokenError, type TokenError } from '../../domain/token-error.js';
import type { Authorization, AuthorizationInput, Grant } from '../../ports/grant.js';
import type { Parameters } from '../../ports/http-client.js';
import { pastedCode } from './pasted-code.js';
import { parseRedirectUri, type RedirectUriRules } from './redirect-uri.js';
import {
  endpointRequest,
  extraParameters,
  renamed,
  resolveUrl,
  revocationRequest,
  type TokenEndpoint,
} from './token-endpoint.js';

/** A provider of the authorization code grant (RFC 6749 §4.1), as data. */
export interface AuthorizationCodeData extends TokenEndpoint {
  /** Written like `tokenUrl`. A query it already has is kept (RFC 6749 §3.1). */
  readonly authorizationUrl: string;
  /** Whether the server supports PKCE with S256 (RFC 7636). */
  readonly pkce: boolean;
  /**
   * The issuer the server names itself by in every callback (RFC 9207): one without it or with another is refused. Where it is
   * not known, a callback that names an issuer is refused unless that is an address at the authorization endpoint's own origin.
   */
  readonly issuer?: string;
  /** Send a scope where one is known; so unless a provider knows none. */
  readonly sendScope?: boolean;
  /** What a redirect URI has to look like: an `https` address unless this says otherwise. */
  readonly redirectUriRules?: RedirectUriRules;
  /** A code is never exchanged without a redirect URI. */
  readonly redirectUriRequired?: boolean;
  /** Send the credential's redirect URI with a refresh too; RFC 6749 §6 knows no such parameter, some documents do. */
  readonly redirectUriOnRenew?: boolean;
  /** Extra parameters of each step, such as `audience` or `prompt`. */
  readonly authorizationParameters?: Parameters;
  readonly obtainParameters?: Parameters;
  readonly renewParameters?: Parameters;
  /** `POST` (RFC 6749 §3.2) unless the provider wants `GET`, where everything, secrets too, stands in the query. */
  readonly obtainMethod?: 'POST' | 'GET';
  readonly renewMethod?: 'POST' | 'GET';
}

const wantsRedirectUri = (key: string, call: string): string =>
  `${key} has no redirectUri: give it to ${call}, to register(), or to the preset`;

/** The authorization code grant (RFC 6749 §4.1) with refresh (§6), made of plain data. The state is always sent. */
export const authorizationCode = (data: AuthorizationCodeData): Grant => {
  const onAuthorization = extraParameters('authorizationParameters', data.authorizationParameters, data.parameterNames);
  const onObtain = extraParameters('obtainParameters', data.obtainParameters, data.parameterNames);
  const onRenew = extraParameters('renewParameters', data.renewParameters, data.parameterNames);
  const { revocationUrl } = data;
  const grant: Grant = {
    style: 'authorization_code',
    repeatable: false,
    authorization: authorizationOf(data, onAuthorization),
    obtain: (credential, code) => {
      if (code === undefined) return left(mustAuthorize(credential, 'never_authorized'));
      const form: Parameters = [
        ['grant_type', 'authorization_code'],
        ['code', code.code.expose()],
        ...optional('redirect_uri', code.redirectUri),
        ...optional('code_verifier', code.codeVerifier),
        ...onObtain,
      ];
      return right(endpointRequest(data, data.tokenUrl, credential, form, data.obtainMethod));
    },
    renew: (credential, token) => {
      if (token?.refreshToken === undefined) {
        return left(mustAuthorize(credential, token === undefined ? 'never_authorized' : 'no_refresh_token'));
      }
      const form: Parameters = [
        ['grant_type', 'refresh_token'],
        ['refresh_token', token.refreshToken.expose()],
        ...(data.redirectUriOnRenew === true ? optional('redirect_uri', credential.redirectUri) : []),
        ...onRenew,
      ];
      return right(endpointRequest(data, data.tokenUrl, credential, form, data.renewMethod));
    },
    tokenAddress: (credential) => resolveUrl(data.tokenUrl, credential),
    judge: (answer, context, step) => classifyTokenResponse(answer, context, { step, repeatable: false }, data),
  };
  if (revocationUrl === undefined) return grant;
  return { ...grant, revoke: (credential, token) => revocationRequest(data, revocationUrl, credential, token) };
};

const authorizationOf = (data: AuthorizationCodeData, extra: Parameters): Authorization => ({
  pkce: data.pkce,
  begin: (credential, input) => {
    const redirectUri = input.redirectUri ?? credential.redirectUri;
    if (redirectUri === undefined) return left(wantsRedirectUri(credential.key.key, 'authorize()'));
    const refused = refusalOf(data, credential, redirectUri);
    if (refused !== undefined) return left(refused);
    const scope = input.scope ?? credential.scope;
    const url = new URL(resolveUrl(data.authorizationUrl, credential));
    const own = renamed(requestOf(data, credential, input, redirectUri, scope), data.parameterNames);
    for (const [name, value] of [...own, ...extra]) {
      url.searchParams.set(name, value);
    }
    return right({ url, memory: { redirectUri, scope } });
  },
  returned: (credential, memory, parameters) => {
    if (!isFromServer(data, credential, parameters.get('iss'))) {
      return left(tokenError('StateMismatch', { why: 'other_issuer' }));
    }
    const { key } = credential.key;
    const refused = callbackError(key, parameters);
    if (refused !== undefined) return left(refused);
    const code = parameters.get('code');
    if (code === undefined) return left(tokenError('RequestRejected', { key, error: 'the callback carries no code' }));
    const { redirectUri, codeVerifier, scope } = memory;
    return right({ code: new Secret(code), redirectUri, codeVerifier, scope });
  },
  pasted: (credential, input) => {
    const { key } = credential.key;
    const redirectUri = input.redirectUri ?? credential.redirectUri;
    if (redirectUri === undefined && data.redirectUriRequired === true)
      return left(wantsRedirectUri(key, 'exchange()'));
    const refused = redirectUri === undefined ? undefined : refusalOf(data, credential, redirectUri);
    if (refused !== undefined) return left(refused);
    return pastedCode(key, input.code, { redirectUri, scope: credential.scope });
  },
});

/** Why a redirect URI may not be sent, wherever it was given; undefined when it may. */
const refusalOf = (data: AuthorizationCodeData, { key }: Credential, redirectUri: string): string | undefined => {
  const parsed = parseRedirectUri(redirectUri, data.redirectUriRules ?? { allowHttpOnLoopback: false });
  return parsed._tag === 'Left' ? `redirectUri of ${key.key} must ${parsed.left}` : undefined;
};

/** RFC 9207 §2.4: compared as a string. What to make of an issuer that nobody announced is left to the client there. */
const isFromServer = (data: AuthorizationCodeData, credential: Credential, iss: string | undefined): boolean => {
  if (data.issuer !== undefined) return iss === data.issuer;
  if (iss === undefined) return true;
  return parseUrl(iss)?.origin === new URL(resolveUrl(data.authorizationUrl, credential)).origin;
};

const requestOf = (
  data: AuthorizationCodeData,
  credential: Credential,
  { state, codeChallenge }: AuthorizationInput,
  redirectUri: string,
  scope: string | undefined,
): Parameters => [
  ['response_type', 'code'],
  ['client_id', credential.clientId],
  ['redirect_uri', redirectUri],
  ...(data.sendScope === false ? [] : optional('scope', scope)),
  ['state', state],
  ...(data.pkce && codeChallenge !== undefined
    ? ([
        ['code_challenge', codeChallenge],
        ['code_challenge_method', 'S256'],
      ] as const)
    : []),
];

const optional = (name: string, value: string | undefined): Parameters =>
  value === undefined || value === '' ? [] : [[name, value]];

const mustAuthorize = ({ key }: Credential, cause: 'never_authorized' | 'no_refresh_token'): TokenError =>
  tokenError('ReauthorizationRequired', { key: key.key, cause });
