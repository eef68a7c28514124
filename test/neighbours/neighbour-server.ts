import { isLeft } from 'fp-ts/lib/Either.js';
import { onTestFinished } from 'vitest';
import type { Dialect, Endpoint } from '../../src/testing/stand-ins/server/dialect.js';
import {
  basicClient,
  mediaType,
  single,
  type ReceivedRequest,
} from '../../src/testing/stand-ins/server/received-request.js';
import {
  jsonReply,
  pageReply,
  redirectReply,
  turnedAway,
  type Reply,
} from '../../src/testing/stand-ins/server/reply.js';
import { startStandIn, type StandIn } from '../../src/testing/stand-ins/server/stand-in.js';
import { bookOf, mintHex } from '../../src/testing/stand-ins/server/stand-in-options.js';
import type { Rotation } from '../../src/testing/stand-ins/server/rotation.js';
import type { IssuedPair } from '../../src/testing/stand-ins/server/token-life.js';

/** How one neighbour behaves, as far as that is known. */
export interface Neighbour {
  readonly authorizationPath?: string | undefined;
  readonly tokenPath: string;
  /** What the paths of its API begin with. */
  readonly apiPath: string;
  readonly clientAuthentication: 'basic' | 'post';
  readonly bodies: 'application/x-www-form-urlencoded' | 'application/json';
  /** A refresh token that is renewed by `none` is left out of the answer. */
  readonly rotation?: Rotation | undefined;
  /** Whether a code brings a refresh token. */
  readonly refreshable?: boolean | undefined;
  readonly accessTokenLifetimeMs: number;
  /** What it calls parameters that it does not call as RFC 6749 does. */
  readonly parameterNames?: Readonly<Record<string, string>> | undefined;
  /** Whether it turns away who does not name himself with an address to write to. */
  readonly wantsContact?: boolean | undefined;
  readonly answer: (pair: IssuedPair) => object;
  readonly refuse: (error: 'invalid_grant' | 'invalid_client' | 'invalid_request') => Reply;
  /** Where an API call carries its token. */
  readonly tokenIn: (request: ReceivedRequest) => string | undefined;
}

/** The client that every neighbour here knows; its secret holds what form-encoding changes. */
export const client = { clientId: 'client:1', clientSecret: 's%3A+e/cret&=' } as const;

/** Never fetched. */
export const redirectUri = 'https://app.example.com/callback?from=provider';

/** A neighbour's stand-in on a port of its own, closed by the test that started it. */
export const startNeighbour = async (neighbour: Neighbour, nowMs: () => number): Promise<StandIn> => {
  const { accessTokenLifetimeMs, rotation = 'strict', refreshable = true, refuse, answer } = neighbour;
  const book = bookOf(
    { nowMs, accessTokenLifetimeMs, rotation, omitKeptRefreshToken: true },
    { accessTokenLifetimeMs, refreshTokenLifetimeMs: undefined, mintAccessToken: mintHex },
  );
  const codes = new Set<string>();
  const called = (name: string): string => neighbour.parameterNames?.[name] ?? name;
  const field = ({ form }: ReceivedRequest, name: string): string | undefined => single(form, called(name));

  const authorize = ({ query }: ReceivedRequest): Reply => {
    const to = single(query, 'redirect_uri');
    if (to !== redirectUri || single(query, 'response_type') !== 'code') return pageReply(400, 'not registered');
    const code = mintHex();
    codes.add(code);
    const back = new URL(to);
    back.searchParams.set('code', code);
    back.searchParams.set('state', single(query, 'state') ?? '');
    return redirectReply(back);
  };

  const knowsClient = (request: ReceivedRequest): boolean => {
    const basic = basicClient(request)?.map((part) => new URLSearchParams(`part=${part}`).get('part'));
    const inBody = [field(request, 'client_id'), field(request, 'client_secret')];
    const [id, secret] = neighbour.clientAuthentication === 'basic' ? (basic ?? []) : inBody;
    return id === client.clientId && secret === client.clientSecret;
  };

  const issue = (request: ReceivedRequest): Reply => {
    if (mediaType(request.headers) !== neighbour.bodies) return refuse('invalid_request');
    if (neighbour.wantsContact === true && !/\(.+@.+\)/.test(request.headers['user-agent'] ?? '')) {
      return refuse('invalid_request');
    }
    if (!knowsClient(request)) return turnedAway(refuse('invalid_client'));
    switch (field(request, 'grant_type')) {
      case 'client_credentials':
        return jsonReply(200, answer(book.open(undefined, false)));
      case 'authorization_code':
        return codes.delete(field(request, 'code') ?? '') && field(request, 'redirect_uri') === redirectUri
          ? jsonReply(200, answer(book.open(undefined, refreshable)))
          : refuse('invalid_grant');
      case 'refresh_token': {
        const renewed = book.renew(field(request, 'refresh_token') ?? '');
        return isLeft(renewed) ? refuse('invalid_grant') : jsonReply(200, answer(renewed.right));
      }
      default:
        return refuse('invalid_request');
    }
  };

  const callApi = (request: ReceivedRequest): Reply =>
    book.use(neighbour.tokenIn(request) ?? '') === 'valid'
      ? jsonReply(200, { path: request.path })
      : jsonReply(401, { error: 'token refused' });

  const dialect: Dialect = {
    endpoint: ({ path, form }): Endpoint => {
      if (path === neighbour.authorizationPath) return { kind: 'authorize' };
      if (path !== neighbour.tokenPath) return { kind: path.startsWith(`${neighbour.apiPath}/`) ? 'api' : 'other' };
      const grant = single(form, called('grant_type'));
      return { kind: 'token', grant, refreshToken: single(form, called('refresh_token')) };
    },
    answer: (request) => {
      const { method, path } = request;
      if (path === neighbour.authorizationPath && method === 'GET') return authorize(request);
      if (path === neighbour.tokenPath && method === 'POST') return issue(request);
      return path.startsWith(`${neighbour.apiPath}/`) ? callApi(request) : pageReply(404, 'not found');
    },
  };
  const standIn = await startStandIn({ dialect, book, nowMs, port: 0 });
  onTestFinished(standIn.close);
  return standIn;
};
