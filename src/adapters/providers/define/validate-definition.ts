import { isProviderId } from '../../../domain/account-key.js';
import { printable } from '../../../domain/printable.js';
import { shortestGraceMs } from '../../../domain/rotation.js';
import { grantParameters } from '../../grants/token-endpoint.js';
import { apiBaseAdvice, isApiBase } from './definition-addresses.js';
import { inWords } from './field-table.js';
import {
  above0,
  callable,
  each,
  either,
  endpoint,
  isFreeHeader,
  isHeaderName,
  list,
  members,
  must,
  oneOf,
  optional,
  text,
  truth,
  wholeAddress,
  type Check,
} from './validators.js';

const visible = must('be visible ASCII, with spaces inside at most', (value) =>
  typeof value === 'string' ? /^[\x21-\x7e]+( +[\x21-\x7e]+)*$/.test(value) : false,
);
const parameters = optional(each(text, 'names and texts'));
const names = optional(each(text, 'names and names'));
const moment = either(text, members({ name: text, read: callable }));

const answer = members({
  accessToken: optional(text),
  refreshToken: optional(text),
  tokenType: optional(text),
  scope: optional(text),
  expiresIn: optional(text),
  refreshTokenExpiresIn: optional(text),
  expiresAt: optional(moment),
  refreshTokenExpiresAt: optional(moment),
  attributes: names,
  bearerTypes: optional(list(text, 'texts')),
});

const placement = must(
  "be { credential: 'token' or 'api_key', in: 'header', name, scheme? }, { credential: 'token', in: 'query', name } or { credential: 'none' }",
  (value) =>
    [
      members({ credential: oneOf('token', 'api_key'), in: oneOf('header'), name: text, scheme: optional(text) }),
      members({ credential: oneOf('token'), in: oneOf('query'), name: text }),
      members({ credential: oneOf('none') }),
    ].some((shape) => shape(value) === undefined),
);

const api = members({
  base: must(apiBaseAdvice, (value) => typeof value === 'string' && isApiBase(value)),
  placement: optional(either(callable, placement)),
  judgeRefusal: optional(callable),
});

/** What a field of a definition may stand for. */
export const credentialParts = [
  'clientId',
  'clientSecret',
  'redirectUri',
  'scope',
  'baseUrl',
  'apiKey',
  'storeUrl',
  'apiAddress',
] as const;

const field = members({
  part: oneOf(...credentialParts),
  takenBy: optional(oneOf('preset', 'register')),
  required: optional(truth),
  check: optional(callable),
  readAddress: optional(callable),
});

const grace = must('be long enough', (ms) => typeof ms === 'number' && ms >= shortestGraceMs && ms < Infinity);
const rotation = either(
  oneOf('none', 'single-use'),
  must(
    `be 'none', 'single-use' or { graceMs } of at least ${shortestGraceMs} milliseconds`,
    (value) => members({ graceMs: grace })(value) === undefined,
  ),
);

/** What grants with refresh tokens have. */
const refreshTokens: Readonly<Record<string, Check>> = {
  rotation: optional(rotation),
  refreshToken: optional(oneOf('required')),
};

const rate = members({ requests: above0('requests'), perMs: above0('milliseconds') });

const common: Readonly<Record<string, Check>> = {
  id: must(
    'be 1 to 64 letters, digits, dots, hyphens or underscores, starting with a letter or digit',
    (value) => typeof value === 'string' && isProviderId(value),
  ),
  name: optional(text),
  fields: optional(each(field, "fields, like { appKey: { part: 'clientId' } }")),
  baseUrl: optional(wholeAddress),
  accessTokenLifetimeMs: optional(either(oneOf('unlimited'), above0('milliseconds', ", or 'unlimited'"))),
  refreshTokenLifetimeMs: optional(above0('milliseconds')),
  requestRate: optional(rate),
  accountRequestRate: optional(rate),
  api: optional(api),
};

const endpoints: Readonly<Record<string, Check>> = {
  ...common,
  tokenEndpoint: endpoint,
  revocationEndpoint: optional(endpoint),
  clientAuthentication: oneOf('basic', 'basic-unencoded', 'post'),
  encoding: optional(oneOf('form', 'json')),
  headers: optional(each(visible, 'header names that llavero does not set itself, and texts', isFreeHeader)),
  scope: optional(
    either(
      must('be false', (value) => value === false),
      must('be a text, or false when none is ever sent', (value) => text(value) === undefined),
    ),
  ),
  parameterNames: optional(
    each(text, `names of ${inWords([...grantParameters])}`, (name) => grantParameters.has(name)),
  ),
  answer: optional(answer),
  classifyError: optional(callable),
  retryAfterHeaders: optional(list(must('be a header name', isHeaderName), 'header names')),
};

const byGrant = {
  authorization_code: members({
    ...endpoints,
    ...refreshTokens,
    grant: optional(oneOf('authorization_code')),
    authorizationEndpoint: endpoint,
    pkce: must('be true or false: whether the server supports PKCE with S256', (value) => typeof value === 'boolean'),
    clientCredentials: optional(truth),
    issuer: optional(text),
    redirectUriRequired: optional(truth),
    opaqueRedirectUri: optional(truth),
    redirectUriOnRefresh: optional(truth),
    methods: optional(members({ exchange: optional(oneOf('GET', 'POST')), refresh: optional(oneOf('GET', 'POST')) })),
    parameters: optional(
      members({ authorization: parameters, exchange: parameters, refresh: parameters, clientCredentials: parameters }),
    ),
  }),
  client_credentials: members({
    ...endpoints,
    grant: oneOf('client_credentials'),
    parameters: optional(members({ clientCredentials: parameters })),
  }),
  own: members({ ...common, ...refreshTokens, grant: callable }),
} as const;

const grantOf = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'grant' in value ? value.grant : undefined;

const checkFor = (grant: unknown): Check | undefined => {
  if (typeof grant === 'function') return byGrant.own;
  if (grant === undefined || grant === 'authorization_code') return byGrant.authorization_code;
  return grant === 'client_credentials' ? byGrant.client_credentials : undefined;
};

/** How sentences call a definition. */
export const definitionOf = (value: unknown): string => {
  const id = typeof value === 'object' && value !== null && 'id' in value ? printable(value.id, 64) : '';
  return id === '' ? 'defineProvider({ … })' : `defineProvider({ id: '${id}' })`;
};

/** Throws `TypeError` that names the setting that is wrong, and says what to write. For those who write without types. */
export const checkDefinition = (definition: unknown): void => {
  const check = checkFor(grantOf(definition));
  const wrong =
    check === undefined
      ? { at: '.grant', must: "be 'authorization_code', 'client_credentials' or a function that makes a grant" }
      : check(definition);
  if (wrong === undefined) return;
  const setting = wrong.at === '' ? 'it' : wrong.at.slice(1);
  throw new TypeError(`${definitionOf(definition)}: ${setting} must ${wrong.must}`);
};
