import type { Token } from 'llavero';
import { DemoFailure } from './demo-failure.js';

/** The providers the demo knows, by their ids in keys. */
export type ProviderId = 'centry' | 'tray' | 'citrusad';

/** What one call to a provider's API came to. */
export interface ApiAnswer {
  readonly key: string;
  readonly generation: number;
  readonly request: string;
  /** How the token travelled. */
  readonly tokenIn: string;
  readonly status: number;
  /** What was fetched, in two words. */
  readonly result: string;
}

/** One resource of a provider's API. */
interface Resource {
  readonly request: string;
  readonly tokenIn: string;
  readonly call: (token: Token, base: string) => Promise<Response>;
  readonly count: (body: object) => number | undefined;
  readonly what: string;
}

const deadlineMs = 10_000;
const polite = () => ({ redirect: 'manual', signal: AbortSignal.timeout(deadlineMs) }) as const;

const resources: Readonly<Record<ProviderId, Resource>> = {
  centry: {
    request: 'GET /conexion/v1/orders.json',
    tokenIn: 'Authorization: Bearer',
    call: (token, base) =>
      fetch(`${base}/conexion/v1/orders.json?limit=1`, {
        ...polite(),
        headers: { authorization: token.authorizationHeader() },
      }),
    count: (body) => (Array.isArray(body) ? body.length : undefined),
    what: 'orders',
  },
  tray: {
    request: 'GET /web_api/orders',
    tokenIn: '?access_token=',
    call: (token) => {
      const url = new URL(`${token.attributes['apiHost'] ?? ''}/orders?limit=1`);
      url.searchParams.set('access_token', token.accessToken.expose());
      return fetch(url, polite());
    },
    count: (body) => ('Orders' in body && Array.isArray(body.Orders) ? body.Orders.length : undefined),
    what: 'orders',
  },
  citrusad: {
    request: 'POST /v1/ads/generate',
    tokenIn: 'Authorization: Bearer',
    call: (token, base) =>
      fetch(`${base}/v1/ads/generate`, {
        ...polite(),
        method: 'POST',
        headers: { authorization: token.authorizationHeader(), 'content-type': 'application/json' },
        body: JSON.stringify({
          catalogId: process.env['CITRUSAD_CATALOG_ID'] ?? 'demo-catalog',
          placement: 'search',
          searchTerm: 'milk',
        }),
      }),
    count: (body) => ('ads' in body && Array.isArray(body.ads) ? body.ads.length : undefined),
    what: 'ads',
  },
};

/** Fetches one resource with a token. `base` is where the API lives; Tray's token says so itself. */
export const callApi = async (provider: ProviderId, token: Token, base: string): Promise<ApiAnswer> => {
  const { request, tokenIn, call, count, what } = resources[provider];
  const { key, generation } = token;
  const { status, text } = await call(token, base).then(
    async (response) => ({ status: response.status, text: await response.text() }),
    () => {
      throw new DemoFailure(`${provider} did not answer ${request}`);
    },
  );
  const counted = status === 200 ? count(parse(text)) : undefined;
  const result = counted === undefined ? `${text.length} characters` : `${what}: ${counted}`;
  return { key, generation, request, tokenIn, status, result };
};

const parse = (text: string): object => {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? body : {};
  } catch {
    return {};
  }
};
