import { randomBytes } from 'node:crypto';
import type { Dialect, Endpoint } from '../server/dialect.js';
import { authorization, basicClient, mediaType, parseJson, type ReceivedRequest } from '../server/received-request.js';
import { jsonReply, textReply, type Reply } from '../server/reply.js';
import { startStandIn, type StandIn } from '../server/stand-in.js';
import { bookOf, type StandInOptions } from '../server/stand-in-options.js';

export interface StandInCitrusAdOptions extends Omit<
  StandInOptions,
  'refreshTokenLifetimeMs' | 'rotation' | 'keepOldAccessTokens'
> {
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | undefined;
  readonly apiKey?: string | undefined;
  /** The documents name the error of a wrong client but no status; 401 by default (RFC 6749 §5.2). */
  readonly invalidClientStatus?: 400 | 401 | undefined;
  /** How the API words a 401: a quoted string as text/plain (v1, the default) or application/problem+json (v3). */
  readonly apiErrors?: 'text' | 'problem' | undefined;
}

export interface StandInCitrusAd extends StandIn {
  /** What the preset takes. */
  readonly settings: {
    readonly baseUrl: string;
    readonly clientId: string;
    readonly clientSecret: string;
    readonly apiKey: string;
  };
  /** From now on another client secret is the right one. */
  readonly setClientSecret: (secret: string) => void;
}

const keyPaths = ['/v1/orders', '/v1/catalogs', '/v1/catalog-products', '/v1/customers'];
const adPaths = ['/v1/ads/generate', '/v1/ads/bannerx'];

/**
 * A stand-in for CitrusAd: `POST /v1/oauth2/token` by HTTP Basic with a body of exactly `grant_type=client_credentials`;
 * `/v1/ads/…` takes a Bearer token or the API key and checks the body first; orders, catalogs, catalog products and
 * customers take `Basic <API key>` only, the key as it is, not encoded; `/v1/resource/…` takes anybody.
 */
export const standInCitrusAd = async (options: StandInCitrusAdOptions = {}): Promise<StandInCitrusAd> => {
  const nowMs = options.nowMs ?? Date.now;
  const clientId = options.clientId ?? 'citrus-client';
  const apiKey = options.apiKey ?? '4ff25f70-3c1b-4d0e-9a51-0c2f7a1be001';
  let clientSecret = options.clientSecret ?? 'citrus-secret';
  const book = bookOf(options, {
    accessTokenLifetimeMs: 3_600_000,
    refreshTokenLifetimeMs: undefined,
    mintAccessToken: () => [9, 33, 32].map((bytes) => randomBytes(bytes).toString('base64url')).join('.'),
  });

  const issueToken = (request: ReceivedRequest): Reply => {
    const isForm = mediaType(request.headers) === 'application/x-www-form-urlencoded';
    if (!isForm || request.body !== 'grant_type=client_credentials')
      return jsonReply(400, { error: 'invalid_request' });
    const client = basicClient(request);
    if (client === undefined || client[0] !== clientId || client[1] !== clientSecret) {
      return jsonReply(options.invalidClientStatus ?? 401, { error: 'invalid_client' });
    }
    const pair = book.open(undefined, false);
    const expiresIn = (pair.accessTokenExpiresAtMs - pair.issuedAtMs) / 1000;
    return jsonReply(200, { access_token: pair.accessToken, expires_in: expiresIn, token_type: 'Bearer' });
  };

  const unauthorized = (): Reply =>
    options.apiErrors === 'problem'
      ? textReply(401, 'application/problem+json', JSON.stringify(problem))
      : textReply(401, 'text/plain', '"Unauthorized"');
  const hasKey = (request: ReceivedRequest): boolean => authorization(request, 'Basic') === apiKey;
  const hasToken = (request: ReceivedRequest): boolean => book.use(authorization(request, 'Bearer') ?? '') === 'valid';

  const generateAds = (request: ReceivedRequest): Reply => {
    const body: { readonly catalogId?: unknown } = parseJson(request.body) ?? {};
    if (typeof body.catalogId !== 'string') return textReply(400, 'text/plain', '"catalogId must be set"');
    return hasKey(request) || hasToken(request) ? jsonReply(200, { ads: [ad], banners: [] }) : unauthorized();
  };

  const answer = (request: ReceivedRequest): Reply => {
    const { method, path } = request;
    if (path === tokenPath && method === 'POST') return issueToken(request);
    if (adPaths.includes(path) && method === 'POST') return generateAds(request);
    if (/^\/v1\/resource\/(first-i|second-c)\/[^/]+$/.test(path)) return jsonReply(200, {});
    if (!keyPaths.includes(path)) return textReply(404, 'text/plain', '"Not Found"');
    return hasKey(request) ? jsonReply(200, { items: [], received: parseJson(request.body) }) : unauthorized();
  };

  const standIn = await startStandIn({ dialect: { endpoint, answer }, book, nowMs, port: options.port ?? 0 });
  return {
    ...standIn,
    settings: { baseUrl: standIn.url, clientId, clientSecret, apiKey },
    setClientSecret: (secret) => {
      clientSecret = secret;
    },
  };
};

const tokenPath = '/v1/oauth2/token';

const endpoint: Dialect['endpoint'] = ({ path }): Endpoint => {
  if (path === tokenPath) return { kind: 'token', grant: 'client_credentials' };
  return { kind: path.startsWith('/v1/') ? 'api' : 'other' };
};

const problem = { title: 'Unauthorized.', status: 401, detail: 'Missing or invalid API credentials.' };

const ad = {
  id: 'display_1',
  gtin: '7801234567890',
  position: 1,
  discount: { amount: 0, minPrice: 0, maxPerCustomer: 0 },
};
