import { isLeft } from 'fp-ts/lib/Either.js';
import { centryCodes, type CentryCode } from './centry-codes.js';
import { centryApi } from './centry-api.js';
import type { Dialect, Endpoint } from '../server/dialect.js';
import { basicClient, hasRepeats, mediaType, single, type ReceivedRequest } from '../server/received-request.js';
import {
  emptyReply,
  escapeHtml,
  jsonReply,
  pageReply,
  redirectReply,
  textReply,
  turnedAway,
  type Reply,
} from '../server/reply.js';
import type { TokenBook } from '../server/token-book.js';
import type { IssuedPair } from '../server/token-life.js';
import { parseUrl } from '../../../domain/parse-url.js';

/** What Centry knows about the one application it serves. */
export interface CentryApplication {
  readonly clientId: string;
  clientSecret: string;
  readonly registered: string | undefined;
  readonly invalidGrantStatus: 400 | 401;
  readonly formsOnly: boolean;
  denies: boolean;
}

const outOfBand = 'urn:ietf:wg:oauth:2.0:oob';

/** Doorkeeper's endpoints and words, and Centry's API. */
export const centryDialect = (
  book: TokenBook,
  nowMs: () => number,
  application: CentryApplication,
): Dialect & { readonly issueCode: (code: CentryCode) => string } => {
  const codes = centryCodes(nowMs);

  const authorize = ({ query }: ReceivedRequest): Reply => {
    const redirectUri = single(query, 'redirect_uri');
    if (single(query, 'client_id') !== application.clientId) return pageReply(401, 'unknown client');
    if (redirectUri === undefined || !isRegistered(application.registered, redirectUri)) {
      return pageReply(400, 'this redirect_uri is not registered; start the stand-in with { redirectUri }');
    }
    if (single(query, 'response_type') !== 'code') return pageReply(400, 'response_type has to be code');
    const challenge = single(query, 'code_challenge');
    const code = codes.issue({ redirectUri, scope: single(query, 'scope'), challenge });
    if (redirectUri === outOfBand) return application.denies ? pageReply(401, 'access_denied') : shownCode(code);
    const to = new URL(redirectUri);
    const state = single(query, 'state');
    if (application.denies) {
      to.searchParams.append('error', 'access_denied');
      to.searchParams.append('error_description', 'The resource owner or authorization server denied the request.');
    } else to.searchParams.append('code', code);
    if (state !== undefined) to.searchParams.append('state', state);
    return redirectReply(to);
  };

  const knowsClient = (request: ReceivedRequest): boolean => {
    const basic = basicClient(request);
    const id = basic?.[0] ?? single(request.form, 'client_id');
    const secret = basic?.[1] ?? single(request.form, 'client_secret');
    return id === application.clientId && secret === application.clientSecret;
  };

  const refuse = (error: 'invalid_grant' | 'invalid_client' | 'invalid_request' | 'unsupported_grant_type'): Reply => {
    const status = error === 'invalid_client' ? 401 : error === 'invalid_grant' ? application.invalidGrantStatus : 400;
    const description = `Doorkeeper says ${error}.`;
    const challenge = `Bearer realm="Doorkeeper", error="${error}", error_description="${description}"`;
    const reply = jsonReply(
      status,
      { error, error_description: description },
      { 'cache-control': 'no-store', 'www-authenticate': challenge },
    );
    return error === 'invalid_grant' ? reply : turnedAway(reply);
  };

  /** What is wrong with a request whoever sends it; undefined when nothing is. */
  const malformed = (request: ReceivedRequest): Reply | undefined => {
    if (application.formsOnly && mediaType(request.headers) !== 'application/x-www-form-urlencoded') {
      return turnedAway(jsonReply(415, {}));
    }
    const { form } = request;
    const twoMechanisms = basicClient(request) !== undefined && single(form, 'client_secret') !== undefined;
    if (form === undefined || hasRepeats(form) || twoMechanisms) return refuse('invalid_request');
    return knowsClient(request) ? undefined : refuse('invalid_client');
  };

  const grantTokens = ({ form }: ReceivedRequest): Reply => {
    switch (single(form, 'grant_type')) {
      case undefined:
        return refuse('invalid_request');
      case 'client_credentials':
        return tokens(book.open(single(form, 'scope'), false));
      case 'authorization_code': {
        const spent = codes.spend(single(form, 'code'), single(form, 'redirect_uri'), single(form, 'code_verifier'));
        return spent === undefined ? refuse('invalid_grant') : tokens(book.open(spent.scope, true));
      }
      case 'refresh_token': {
        const refreshToken = single(form, 'refresh_token');
        if (refreshToken === undefined) return refuse('invalid_request');
        const renewed = book.renew(refreshToken);
        return isLeft(renewed) ? refuse('invalid_grant') : tokens(renewed.right);
      }
      default:
        return refuse('unsupported_grant_type');
    }
  };

  const revoke = (request: ReceivedRequest): Reply => {
    book.revoke(single(request.form, 'token') ?? '');
    return jsonReply(200, {});
  };

  const answer = (request: ReceivedRequest): Reply => {
    const { method, path } = request;
    if (path === '/oauth/authorize' && method === 'GET') return authorize(request);
    if (path === '/oauth/token' && method === 'POST') return malformed(request) ?? grantTokens(request);
    if (path === '/oauth/revoke' && method === 'POST') return malformed(request) ?? revoke(request);
    return path.startsWith('/conexion/v1/') ? centryApi(book, request) : emptyReply(404);
  };

  return { endpoint, answer, issueCode: codes.issue };
};

const endpoint: Dialect['endpoint'] = ({ path, form }): Endpoint => {
  if (path === '/oauth/authorize') return { kind: 'authorize' };
  if (path.startsWith('/conexion/v1/')) return { kind: 'api' };
  if (path !== '/oauth/token') return { kind: 'other' };
  return { kind: 'token', grant: single(form, 'grant_type'), refreshToken: single(form, 'refresh_token') };
};

const tokens = (pair: IssuedPair): Reply =>
  jsonReply(
    200,
    {
      access_token: pair.accessToken,
      token_type: 'bearer',
      expires_in: (pair.accessTokenExpiresAtMs - pair.issuedAtMs) / 1000,
      refresh_token: pair.refreshToken,
      scope: pair.scope,
      created_at: Math.floor(pair.issuedAtMs / 1000),
    },
    { 'cache-control': 'no-store' },
  );

const shownCode = (code: string): Reply =>
  textReply(200, 'text/html; charset=utf-8', `<!doctype html><code id="authorization_code">${escapeHtml(code)}</code>`);

const isRegistered = (registered: string | undefined, asked: string): boolean =>
  asked === outOfBand || (registered === undefined ? parseUrl(asked) !== undefined : asked === registered);
