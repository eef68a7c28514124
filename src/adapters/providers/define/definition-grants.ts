import type { AddressRules } from '../../../domain/address-rules.js';
import type { TokenAnswerFormat, TokenAnswerNames } from '../../../domain/token-response/token-response.js';
import { readDateTime, type ExpiryMember } from '../../../domain/token-response/expiry-member.js';
import type { Credential } from '../../../domain/credential.js';
import type { Grant } from '../../../ports/grant.js';
import type { Parameters } from '../../../ports/http-client.js';
import { authorizationCode, type AuthorizationCodeData } from '../../grants/authorization-code.js';
import { withBasicEncodingHint } from '../../grants/basic-encoding-hint.js';
import { clientCredentials } from '../../grants/client-credentials.js';
import { extraParameters, type TokenEndpoint } from '../../grants/token-endpoint.js';
import { definitionOf } from './validate-definition.js';
import type { Addresses } from './definition-addresses.js';
import { hasBothGrants, isOpaque } from './definition-fields.js';
import type {
  AnswerDefinition,
  AuthorizationCodeDefinition,
  ClientCredentialsDefinition,
  MomentDefinition,
  OwnGrantDefinition,
  ProviderDefinition,
  StaticParameters,
} from './provider-definition.js';

/** The grant of each credential of a definition, at these addresses. */
export const definedGrants = (
  definition: ProviderDefinition<string>,
  addresses: Addresses,
): ((rules: AddressRules) => (credential: Credential) => Grant) => {
  if (typeof definition.grant === 'function') {
    const { grant } = definition;
    return (rules) => {
      const own = grant(rules);
      return () => own;
    };
  }
  const endpoint = endpointOf(definition, addresses);
  const byClient = clientCredentials({
    ...endpoint,
    sendScope: definition.scope !== false,
    parameters: parametersOf(definition, 'clientCredentials'),
  });
  const hinting =
    (grantOf: (credential: Credential) => Grant) =>
    (credential: Credential): Grant =>
      withBasicEncodingHint(grantOf(credential), endpoint.clientAuthentication, credential);
  if (definition.grant === 'client_credentials') return () => hinting(() => byClient);
  const code = codeGrantData(definition, endpoint, addresses);
  // What is wrong with the settings is told when the provider is defined.
  authorizationCode(code);
  return (rules) => {
    const byCode = authorizationCode({ redirectUriRules: rules, ...code });
    return hinting(({ grant }) => (hasBothGrants(definition) && grant === 'client_credentials' ? byClient : byCode));
  };
};

const codeGrantData = (
  definition: AuthorizationCodeDefinition<string>,
  endpoint: TokenEndpoint,
  { authorizationEndpoint = definition.authorizationEndpoint }: Addresses,
): AuthorizationCodeData => {
  const { pkce, issuer, redirectUriRequired, redirectUriOnRefresh, methods, scope } = definition;
  return {
    ...endpoint,
    ...(isOpaque(definition) ? { redirectUriRules: 'opaque' } : {}),
    authorizationUrl: authorizationEndpoint,
    pkce,
    sendScope: scope !== false,
    ...(issuer === undefined ? {} : { issuer }),
    ...(redirectUriRequired === undefined ? {} : { redirectUriRequired }),
    ...(redirectUriOnRefresh === undefined ? {} : { redirectUriOnRenew: redirectUriOnRefresh }),
    ...(methods?.exchange === undefined ? {} : { obtainMethod: methods.exchange }),
    ...(methods?.refresh === undefined ? {} : { renewMethod: methods.refresh }),
    authorizationParameters: parametersOf(definition, 'authorization'),
    obtainParameters: parametersOf(definition, 'exchange'),
    renewParameters: parametersOf(definition, 'refresh'),
  };
};

/** Throws `TypeError` for a parameter that the grant sends itself. */
const parametersOf = (
  definition: Exclude<ProviderDefinition<string>, OwnGrantDefinition<string>>,
  step: 'authorization' | 'exchange' | 'refresh' | 'clientCredentials',
): Parameters => {
  const steps: Readonly<Partial<Record<typeof step, StaticParameters | undefined>>> = definition.parameters ?? {};
  const setting = `${definitionOf(definition)}: parameters.${step}`;
  return extraParameters(setting, Object.entries(steps[step] ?? {}), definition.parameterNames);
};

const endpointOf = (
  definition: AuthorizationCodeDefinition<string> | ClientCredentialsDefinition<string>,
  { tokenEndpoint = definition.tokenEndpoint, revocationEndpoint = definition.revocationEndpoint }: Addresses,
): TokenEndpoint => {
  const { clientAuthentication, headers, encoding, parameterNames, classifyError, retryAfterHeaders, answer } =
    definition;
  return {
    tokenUrl: tokenEndpoint,
    clientAuthentication,
    ...(revocationEndpoint === undefined ? {} : { revocationUrl: revocationEndpoint }),
    ...(headers === undefined ? {} : { headers }),
    ...(encoding === undefined ? {} : { encoding }),
    ...(parameterNames === undefined ? {} : { parameterNames }),
    ...(classifyError === undefined ? {} : { classifyError }),
    ...(retryAfterHeaders === undefined ? {} : { retryAfterHeaders }),
    ...(answer === undefined ? {} : { answer: formatOf(answer) }),
  };
};

const standardNames = [
  'accessToken',
  'refreshToken',
  'tokenType',
  'scope',
  'expiresIn',
  'refreshTokenExpiresIn',
] as const satisfies readonly (keyof TokenAnswerNames)[];

const formatOf = (answer: AnswerDefinition): TokenAnswerFormat => {
  const names: { -readonly [Name in keyof TokenAnswerNames]?: string } = {};
  for (const name of standardNames) {
    const own = answer[name];
    if (own !== undefined) names[name] = own;
  }
  const { attributes, expiresAt, refreshTokenExpiresAt, bearerTypes } = answer;
  return {
    names,
    ...(attributes === undefined ? {} : { attributes }),
    ...(bearerTypes === undefined ? {} : { bearerTypes }),
    ...(expiresAt === undefined ? {} : { expiresAt: momentOf(expiresAt) }),
    ...(refreshTokenExpiresAt === undefined ? {} : { refreshTokenExpiresAt: momentOf(refreshTokenExpiresAt) }),
  };
};

const momentOf = (moment: MomentDefinition): ExpiryMember =>
  typeof moment === 'string' ? { name: moment, read: readDateTime } : moment;
