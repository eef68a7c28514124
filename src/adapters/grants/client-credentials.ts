import { right } from 'fp-ts/lib/Either.js';
import { classifyTokenResponse } from '../../domain/token-response/classify-token-response.js';
import type { Credential } from '../../domain/credential.js';
import type { Grant, TokenRequest } from '../../ports/grant.js';
import type { Parameters } from '../../ports/http-client.js';
import {
  endpointRequest,
  extraParameters,
  resolveUrl,
  revocationRequest,
  type TokenEndpoint,
} from './token-endpoint.js';

/** A provider of the client credentials grant (RFC 6749 §4.4), as data. */
export interface ClientCredentialsData extends TokenEndpoint {
  /** Send the credential's scope; where a provider knows no scopes, it may refuse a request that names one. */
  readonly sendScope: boolean;
  /** Extra parameters, such as `audience`. */
  readonly parameters?: Parameters;
}

/** The client credentials grant (RFC 6749 §4.4), made of plain data. Renewing is asking again. */
export const clientCredentials = (data: ClientCredentialsData): Grant => {
  const extra = extraParameters('parameters', data.parameters, data.parameterNames);
  const { revocationUrl } = data;
  const ask = (credential: Credential): TokenRequest => {
    const scope: Parameters = data.sendScope && credential.scope !== undefined ? [['scope', credential.scope]] : [];
    const form: Parameters = [['grant_type', 'client_credentials'], ...scope, ...extra];
    return endpointRequest(data, data.tokenUrl, credential, form);
  };
  const grant: Grant = {
    style: 'client_credentials',
    repeatable: true,
    obtain: (credential) => right(ask(credential)),
    renew: (credential) => right(ask(credential)),
    tokenAddress: (credential) => resolveUrl(data.tokenUrl, credential),
    judge: (answer, context, step) => classifyTokenResponse(answer, context, { step, repeatable: true }, data),
  };
  if (revocationUrl === undefined) return grant;
  return { ...grant, revoke: (credential, token) => revocationRequest(data, revocationUrl, credential, token) };
};
