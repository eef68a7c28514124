import { left, right } from 'fp-ts/lib/Either.js';
import type { AddressRules } from '../../../domain/address-rules.js';
import { classifyTrayResponse } from './classify-token-response.js';
import type { Credential } from '../../../domain/credential.js';
import type { Secret } from '../../../domain/secret.js';
import { tokenError } from '../../../domain/token-error.js';
import type { Grant, TokenRequest } from '../../../ports/grant.js';
import type { HttpRequest, Parameters } from '../../../ports/http-client.js';
import { consumerKeyAuthorization } from './consumer-key-authorization.js';

/** A provider of Tray's dialect, where every shop has its own server, as data. */
export interface ConsumerKeyData {
  readonly rules: AddressRules;
  /** Where a merchant authorizes, on the shop's own host. */
  readonly authorizationPath: string;
  /** What every shop's API address ends in. */
  readonly apiPath: string;
  /** Where tokens are had, below the API address. */
  readonly tokenPath: string;
  /** Which of the client's keys go along with a renewal; Tray documents none. They travel in the URL's query. */
  readonly renewWith: readonly ('consumer_key' | 'consumer_secret')[];
  /** Keep the code of the installation and try it once when the refresh token is dead. */
  readonly reuseCode: boolean;
}

/**
 * Tray's dialect of the authorization code grant: no `grant_type`, the code is exchanged by POST and the refresh token by
 * GET, both at the shop's API address, which a browser named; the HTTP client therefore connects to public hosts only.
 */
export const consumerKey = (data: ConsumerKeyData): Grant => {
  const grant: Grant = {
    style: 'consumer_key',
    repeatable: false,
    authorization: consumerKeyAuthorization(data),
    obtain: (credential, code) => {
      const { key } = credential.key;
      const apiAddress = code?.apiAddress ?? credential.apiAddress;
      return code === undefined || apiAddress === undefined
        ? left(tokenError('ReauthorizationRequired', { key, cause: 'never_authorized' }))
        : right(exchange(data, credential, apiAddress, code.code));
    },
    renew: (credential, token) => {
      const { key } = credential.key;
      const { apiAddress } = credential;
      if (token === undefined || apiAddress === undefined) {
        return left(tokenError('ReauthorizationRequired', { key, cause: 'never_authorized' }));
      }
      if (token.refreshToken === undefined) {
        return left(tokenError('ReauthorizationRequired', { key, cause: 'no_refresh_token' }));
      }
      const keys = clientKeys(credential).filter(([name]) => data.renewWith.some((wanted) => wanted === name));
      return right({
        method: 'GET',
        ...toShop(data, apiAddress),
        query: [['refresh_token', token.refreshToken.expose()], ...keys],
        headers: { 'Cache-Control': 'no-store' },
      });
    },
    tokenAddress: ({ apiAddress }) => apiAddress,
    judge: (answer, context, step) => classifyTrayResponse(answer, context, { ...data, step }),
    learned: ({ apiAddress }) => (apiAddress === undefined ? {} : { apiAddress }),
  };
  if (!data.reuseCode) return grant;
  return {
    ...grant,
    fallback: (credential, { installationCode }) =>
      installationCode === undefined || credential.apiAddress === undefined
        ? undefined
        : exchange(data, credential, credential.apiAddress, installationCode),
  };
};

/** Tray's documents, "Gerar Chaves de Acesso": these three fields and no other. */
const exchange = (data: ConsumerKeyData, credential: Credential, apiAddress: string, code: Secret): TokenRequest => ({
  method: 'POST',
  ...toShop(data, apiAddress),
  form: [...clientKeys(credential), ['code', code.expose()]],
});

const clientKeys = ({ clientId, clientSecret }: Credential): Parameters => [
  ['consumer_key', clientId],
  ['consumer_secret', clientSecret.expose()],
];

const toShop = ({ tokenPath }: ConsumerKeyData, apiAddress: string): Pick<HttpRequest, 'url' | 'hostFromOutside'> => ({
  url: `${apiAddress}${tokenPath}`,
  hostFromOutside: true,
});
