import { isLeft } from 'fp-ts/lib/Either.js';
import type { Dialect, Endpoint } from '../server/dialect.js';
import { single, type ReceivedRequest } from '../server/received-request.js';
import { jsonReply, pageReply, redirectReply, turnedAway, type Reply } from '../server/reply.js';
import { startStandIn, type StandIn } from '../server/stand-in.js';
import { bookOf, mintHex, type StandInOptions } from '../server/stand-in-options.js';
import { trayRefusal, trayTokens, type TrayStoreState } from './tray-answers.js';
import { parseUrl } from '../../../domain/parse-url.js';

export interface StandInTrayOptions extends StandInOptions {
  readonly consumerKey?: string | undefined;
  readonly consumerSecret?: string | undefined;
  /** The registered callback; when it is given, another is refused. Its query is not compared. */
  readonly callback?: string | undefined;
  readonly storeId?: string | undefined;
  /** A code yields a new pair when its last one has died; otherwise it is good for one pair. Tray's clients disagree. */
  readonly reusableCodes?: boolean | undefined;
  /** `"code": "200"`, as Tray's documents print it, instead of a number. */
  readonly statusAsText?: boolean | undefined;
  /** Refreshed answers come without `date_activated` and `api_host`. */
  readonly shortRefreshAnswers?: boolean | undefined;
  /** The `error_code` of a dead token, or `none` for the form without one; 1000 by default. */
  readonly deadTokenErrorCode?: 1000 | 1099 | 'none' | undefined;
}

export interface StandInTray extends StandIn {
  /** What the preset takes. */
  readonly settings: { readonly consumerKey: string; readonly consumerSecret: string; readonly callback: string };
  /** The store's address, as a merchant would write it. */
  readonly storeUrl: string;
  /** What the callback brings and an operator has to give: `{storeUrl}/web_api`. */
  readonly apiAddress: string;
  readonly storeId: string;
  /** A fresh code, as if the merchant had just installed the app. */
  readonly issueCode: () => string;
  /** What a store that is not active answers to everything: 401 with 1001, 1002 or 1003. */
  readonly setStoreState: (state: TrayStoreState) => void;
  /** From now on another consumer secret is the right one. */
  readonly setConsumerSecret: (secret: string) => void;
}

/**
 * A stand-in for one Tray store: `GET /auth.php`, `POST /web_api/auth` (201, then 200 with the same pair while it lives),
 * `GET /web_api/auth?refresh_token=`, and an API that takes the token in the query only. The dates in its answers are
 * whole seconds of São Paulo's wall clock without a zone.
 */
export const standInTray = async (options: StandInTrayOptions = {}): Promise<StandInTray> => {
  const nowMs = options.nowMs ?? Date.now;
  const consumerKey = options.consumerKey ?? 'tray-consumer-key';
  const storeId = options.storeId ?? '391250';
  let consumerSecret = options.consumerSecret ?? 'tray-consumer-secret';
  let storeState: TrayStoreState = 'active';
  /** Code to the family of its pairs; 0 before the first. */
  const codes = new Map<string, number>();
  const book = bookOf(options, {
    accessTokenLifetimeMs: 3 * 3_600_000,
    refreshTokenLifetimeMs: 30 * 24 * 3_600_000,
    mintAccessToken: () => `APP_ID-1-STORE_ID-${storeId}-${mintHex()}`,
  });

  const issueCode = (): string => {
    const code = mintHex();
    codes.set(code, 0);
    return code;
  };
  const refuse = (path: string): Reply => trayRefusal(path, options.deadTokenErrorCode ?? 1000);
  const form = { ...options, storeId };

  const authorize = (request: ReceivedRequest): Reply => {
    const callback = single(request.query, 'callback');
    if (request.query.some(([name]) => name === 'consumer_secret')) return pageReply(400, 'a secret in a browser');
    if (single(request.query, 'response_type') !== 'code' || single(request.query, 'consumer_key') !== consumerKey) {
      return pageReply(401, 'unknown application');
    }
    const to = callback === undefined ? undefined : parseUrl(callback);
    if (callback === undefined || to === undefined || !isRegistered(options.callback, callback)) {
      return pageReply(400, 'this callback is not registered; start the stand-in with { callback }');
    }
    const { host } = new URL(request.origin);
    const brought = { code: issueCode(), store: storeId, api_address: `${request.origin}/web_api`, store_host: host };
    for (const [name, value] of Object.entries({ ...brought, adm_user: 'admin' })) to.searchParams.append(name, value);
    return redirectReply(to);
  };

  const exchange = ({ path, form: fields, origin }: ReceivedRequest): Reply => {
    const code = single(fields, 'code') ?? '';
    const family = codes.get(code);
    if (single(fields, 'consumer_key') !== consumerKey || single(fields, 'consumer_secret') !== consumerSecret) {
      return turnedAway(trayRefusal(path, 1099));
    }
    if (family === undefined) return trayRefusal(path, 1099);
    const last = book.latest(family);
    if (last !== undefined && book.lives(last.accessToken))
      return trayTokens('Token already exists.', last, origin, form);
    if (last !== undefined && options.reusableCodes !== true) return trayRefusal(path, 1099);
    const pair = book.open(undefined, true);
    codes.set(code, pair.family);
    return trayTokens('Created tokens', pair, origin, form);
  };

  const refresh = ({ path, query, origin }: ReceivedRequest): Reply => {
    const renewed = book.renew(single(query, 'refresh_token') ?? '');
    return isLeft(renewed) ? refuse(path) : trayTokens('Refreshed tokens', renewed.right, origin, form);
  };

  const callApi = ({ method, path, query, body }: ReceivedRequest): Reply => {
    const resource = /^\/web_api\/([a-z]+)(\/[^/]+)?$/.exec(path)?.[1];
    if (book.use(single(query, 'access_token') ?? '') !== 'valid') return refuse(path);
    if (resource === undefined) return jsonReply(404, { code: 404, url: path, name: 'Not Found', causes: [] });
    if (method !== 'GET') return jsonReply(200, { message: 'Saved', code: 200, id: '1', received: body });
    const plural = resource.charAt(0).toUpperCase() + resource.slice(1);
    const item = { [plural.replace(/s$/, '')]: { id: '1', store_id: storeId } };
    return jsonReply(200, { paging: { total: 1, page: 1, limit: 30 }, [plural]: [item] });
  };

  const answer = (request: ReceivedRequest): Reply => {
    const { method, path } = request;
    if (path === '/auth.php') return authorize(request);
    if (!path.startsWith('/web_api/')) return pageReply(404, 'not found');
    if (storeState !== 'active') return turnedAway(trayRefusal(path, storeState));
    if (!authPath.test(path)) return callApi(request);
    return method === 'POST' ? exchange(request) : refresh(request);
  };

  const standIn = await startStandIn({ dialect: { endpoint, answer }, book, nowMs, port: options.port ?? 0 });
  return {
    ...standIn,
    settings: { consumerKey, consumerSecret, callback: options.callback ?? 'http://localhost/callback' },
    storeUrl: standIn.url,
    apiAddress: `${standIn.url}/web_api`,
    storeId,
    issueCode,
    setStoreState: (state) => {
      storeState = state;
    },
    setConsumerSecret: (secret) => {
      consumerSecret = secret;
    },
  };
};

const authPath = /^\/web_api\/auth\/?$/;

const endpoint: Dialect['endpoint'] = ({ method, path, query }): Endpoint => {
  if (path === '/auth.php') return { kind: 'authorize' };
  if (!path.startsWith('/web_api/')) return { kind: 'other' };
  if (!authPath.test(path)) return { kind: 'api' };
  if (method === 'POST') return { kind: 'token', grant: 'authorization_code' };
  return { kind: 'token', grant: 'refresh_token', refreshToken: single(query, 'refresh_token') };
};

const isRegistered = (registered: string | undefined, callback: string): boolean =>
  registered === undefined || withoutQuery(registered) === withoutQuery(callback);

const withoutQuery = (address: string): string => {
  const { origin, pathname } = new URL(address);
  return origin + pathname;
};
