import type { DefinedPreset, ProviderOptions } from '../../src/adapters/providers/define/provider-definition.js';
import { authorization, type ReceivedRequest } from '../../src/testing/stand-ins/server/received-request.js';
import { jsonReply, type Reply } from '../../src/testing/stand-ins/server/reply.js';
import type { IssuedPair } from '../../src/testing/stand-ins/server/token-life.js';
import { amazonLwa } from './definitions/amazon-lwa.js';
import { bling } from './definitions/bling.js';
import { contaAzul } from './definitions/conta-azul.js';
import { criteo } from './definitions/criteo.js';
import { ifood } from './definitions/ifood.js';
import { jumpseller } from './definitions/jumpseller.js';
import { magalu } from './definitions/magalu.js';
import { mercadoLibre } from './definitions/mercado-libre.js';
import { multivende } from './definitions/multivende.js';
import { nuvemshop } from './definitions/nuvemshop.js';
import { rdStation } from './definitions/rd-station.js';
import type { Neighbour } from './neighbour-server.js';

const hourMs = 3_600_000;
const form = 'application/x-www-form-urlencoded';
const json = 'application/json';

/** A neighbour, the definition that has to fit it, and what is seen of it when it does. */
export interface Fixture {
  readonly id: string;
  readonly preset: DefinedPreset;
  readonly neighbour: Neighbour;
  /** The addresses of a preset that talks to the stand-in. */
  readonly at: (url: string) => ProviderOptions;
  /** What the authorization request holds beside `response_type`, `client_id`, `redirect_uri` and `state`. */
  readonly asksFor?: Readonly<Record<string, string>>;
  /** How long a new access token lives for us, where it ends at all. */
  readonly lifetimeMs?: number;
  /** Its answers name the moment of expiry and no lifetime. */
  readonly namesMoment?: boolean;
  readonly refreshLifetimeMs?: number;
  readonly attributes?: Readonly<Record<string, string>>;
  /** The header an API call carries, with TOKEN for the token. */
  readonly apiHeader: readonly [name: string, value: string];
}

const standardAnswer = (pair: IssuedPair): object => ({
  access_token: pair.accessToken,
  token_type: 'Bearer',
  expires_in: (pair.accessTokenExpiresAtMs - pair.issuedAtMs) / 1000,
  ...(pair.refreshToken === undefined ? {} : { refresh_token: pair.refreshToken }),
});

const standardRefusal = (error: string): Reply => jsonReply(error === 'invalid_client' ? 401 : 400, { error });

const bearerOf = (request: ReceivedRequest): string | undefined => authorization(request, 'Bearer');

const standard = {
  clientAuthentication: 'post',
  bodies: form,
  answer: standardAnswer,
  refuse: standardRefusal,
  tokenIn: bearerOf,
} as const satisfies Partial<Neighbour>;

const bearer = ['authorization', 'Bearer TOKEN'] as const;

export const fixtures: readonly [Fixture, ...Fixture[]] = [
  {
    id: 'mercadolibre',
    preset: mercadoLibre,
    neighbour: {
      ...standard,
      authorizationPath: '/authorization',
      tokenPath: '/oauth/token',
      apiPath: '',
      accessTokenLifetimeMs: 6 * hourMs,
      answer: (pair) => ({ ...standardAnswer(pair), scope: 'offline_access read write', user_id: 8_035_443 }),
    },
    at: (url) => ({
      authorizationEndpoint: `${url}/authorization`,
      tokenEndpoint: `${url}/oauth/token`,
      apiBase: url,
    }),
    asksFor: { scope: 'offline_access read write' },
    lifetimeMs: 6 * hourMs,
    refreshLifetimeMs: 180 * 24 * hourMs,
    attributes: { userId: '8035443' },
    apiHeader: bearer,
  },
  {
    id: 'bling',
    preset: bling,
    neighbour: {
      ...standard,
      authorizationPath: '/Api/v3/oauth/authorize',
      tokenPath: '/Api/v3/oauth/token',
      apiPath: '/Api/v3',
      clientAuthentication: 'basic',
      accessTokenLifetimeMs: 21_600_000,
    },
    at: (url) => ({ baseUrl: `${url}/Api/v3`, apiBase: `${url}/Api/v3` }),
    lifetimeMs: 21_600_000,
    refreshLifetimeMs: 30 * 24 * hourMs,
    apiHeader: bearer,
  },
  {
    id: 'nuvemshop',
    preset: nuvemshop,
    neighbour: {
      ...standard,
      authorizationPath: '/apps/client%3A1/authorize',
      tokenPath: '/apps/authorize/token',
      apiPath: '/v1/1234',
      bodies: json,
      refreshable: false,
      wantsContact: true,
      accessTokenLifetimeMs: 1_000 * 365 * 24 * hourMs,
      answer: ({ accessToken }) => ({
        access_token: accessToken,
        token_type: 'bearer',
        scope: 'read',
        user_id: '1234',
      }),
      tokenIn: ({ headers }) => /^bearer (.+)$/.exec(headers['authentication'] ?? '')?.[1],
    },
    at: (url) => ({
      authorizationEndpoint: `${url}/apps/{clientId}/authorize`,
      tokenEndpoint: `${url}/apps/authorize/token`,
      apiBase: `${url}/v1/{userId}`,
    }),
    attributes: { userId: '1234' },
    apiHeader: ['authentication', 'bearer TOKEN'],
  },
  {
    id: 'jumpseller',
    preset: jumpseller,
    neighbour: {
      ...standard,
      authorizationPath: '/oauth/authorize',
      tokenPath: '/oauth/token',
      apiPath: '/v1',
      accessTokenLifetimeMs: hourMs,
      rotation: 'until-first-use',
      answer: (pair) => ({ ...standardAnswer(pair), created_at: Math.floor(pair.issuedAtMs / 1000) }),
    },
    at: (url) => ({
      authorizationEndpoint: `${url}/oauth/authorize`,
      tokenEndpoint: `${url}/oauth/token`,
      apiBase: `${url}/v1`,
    }),
    lifetimeMs: hourMs,
    apiHeader: bearer,
  },
  {
    id: 'magalu',
    preset: magalu,
    neighbour: {
      ...standard,
      authorizationPath: '/login',
      tokenPath: '/oauth/token',
      apiPath: '/seller',
      accessTokenLifetimeMs: 2 * hourMs,
    },
    at: (url) => ({ baseUrl: url, apiBase: `${url}/seller` }),
    lifetimeMs: 2 * hourMs,
    apiHeader: bearer,
  },
  {
    id: 'multivende',
    preset: multivende,
    neighbour: {
      ...standard,
      authorizationPath: '/apps/authorize',
      tokenPath: '/oauth/access-token',
      apiPath: '/api',
      bodies: json,
      accessTokenLifetimeMs: 6 * hourMs,
      answer: ({ accessToken, refreshToken, accessTokenExpiresAtMs }) => ({
        token: accessToken,
        refreshToken,
        expiresAt: new Date(accessTokenExpiresAtMs).toISOString(),
      }),
    },
    at: (url) => ({ baseUrl: url }),
    lifetimeMs: 6 * hourMs,
    namesMoment: true,
    apiHeader: bearer,
  },
  {
    id: 'amazon',
    preset: amazonLwa,
    neighbour: {
      ...standard,
      authorizationPath: '/ap/oa',
      tokenPath: '/auth/o2/token',
      apiPath: '/orders',
      rotation: 'none',
      accessTokenLifetimeMs: hourMs,
      tokenIn: ({ headers }) => headers['x-amz-access-token'],
    },
    at: (url) => ({
      authorizationEndpoint: `${url}/ap/oa`,
      tokenEndpoint: `${url}/auth/o2/token`,
      apiBase: `${url}/orders`,
    }),
    lifetimeMs: hourMs,
    apiHeader: ['x-amz-access-token', 'TOKEN'],
  },
  {
    id: 'contaazul',
    preset: contaAzul,
    neighbour: {
      ...standard,
      authorizationPath: '/oauth2/authorize',
      tokenPath: '/oauth2/token',
      apiPath: '/v1',
      clientAuthentication: 'basic',
      accessTokenLifetimeMs: hourMs,
    },
    at: (url) => ({ baseUrl: url, apiBase: `${url}/v1` }),
    lifetimeMs: hourMs,
    apiHeader: bearer,
  },
  {
    id: 'rdstation',
    preset: rdStation,
    neighbour: {
      ...standard,
      authorizationPath: '/auth/dialog',
      tokenPath: '/auth/token',
      apiPath: '/platform',
      bodies: json,
      rotation: 'none',
      accessTokenLifetimeMs: 24 * hourMs,
      refuse: (error) => {
        const type = { invalid_grant: 'INVALID_REFRESH_TOKEN', invalid_client: 'UNAUTHORIZED', invalid_request: 'BAD' };
        return jsonReply(401, { errors: { error_type: type[error], error_message: 'in words' } });
      },
    },
    at: (url) => ({ baseUrl: url }),
    lifetimeMs: 24 * hourMs,
    apiHeader: bearer,
  },
  {
    id: 'criteo',
    preset: criteo,
    neighbour: { ...standard, tokenPath: '/oauth2/token', apiPath: '', accessTokenLifetimeMs: 900_000 },
    at: (url) => ({ baseUrl: url }),
    lifetimeMs: 900_000,
    apiHeader: bearer,
  },
  {
    id: 'ifood',
    preset: ifood,
    neighbour: {
      ...standard,
      tokenPath: '/authentication/v1.0/oauth/token',
      apiPath: '/merchant/v1.0',
      accessTokenLifetimeMs: 6 * hourMs,
      parameterNames: { grant_type: 'grantType', client_id: 'clientId', client_secret: 'clientSecret' },
      answer: ({ accessToken }) => ({ accessToken, type: 'bearer', expiresIn: 21_600 }),
    },
    at: (url) => ({ baseUrl: url }),
    lifetimeMs: 6 * hourMs,
    apiHeader: bearer,
  },
];

/** Those whose merchants authorize in a browser. */
export const byCode = fixtures.filter(({ neighbour }) => neighbour.authorizationPath !== undefined);
