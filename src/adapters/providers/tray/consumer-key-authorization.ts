import { isLeft, left, right, type Either } from 'fp-ts/lib/Either.js';
import type { AddressRules } from '../../../domain/address-rules.js';
import { callbackError } from '../../../domain/token-response/callback-error.js';
import { addressAdvice } from '../../../domain/bare-address.js';
import { Secret } from '../../../domain/secret.js';
import {
  hostNamedBy,
  parseApiAddress,
  parseStoreHost,
  parseStoreUrl,
  type StoreAddress,
} from '../../../domain/store-address.js';
import { tokenError, type TokenError } from '../../../domain/token-error.js';
import type { Authorization } from '../../../ports/grant.js';
import { pastedCode } from '../../grants/pasted-code.js';
import { parseCallbackUrl } from '../../grants/redirect-uri.js';

/** Which addresses Tray's dialect uses. */
export interface ShopPaths {
  readonly rules: AddressRules;
  readonly authorizationPath: string;
  readonly apiPath: string;
}

/**
 * The browser's steps of Tray's dialect. The state rides in the callback's own query, because Tray documents none of its own.
 *
 * The callback names the address that the consumer secret is sent to next, and anybody can forge a callback: so that address
 * has to be on the very host, port included, that the flow was started for (`UntrustedAddress` otherwise). `store_host` only
 * says which shop answered: when it is another, the answer belongs to another flow (`StateMismatch`).
 */
export const consumerKeyAuthorization = (paths: ShopPaths): Authorization => ({
  pkce: false,
  begin: (credential, { state, redirectUri, storeUrl }) => {
    const { key } = credential.key;
    const store = storeUrl ?? credential.storeUrl;
    if (store === undefined)
      return left(`authorize() of ${key} needs storeUrl, here or in register(): the shop's host`);
    const shop = parseStoreUrl(store, paths.rules);
    if (isLeft(shop)) return left(`storeUrl of ${key} must ${addressAdvice[shop.left]}`);
    const callback = redirectUri ?? credential.redirectUri;
    if (callback === undefined)
      return left(`${key} has no callback: give it to the preset, or redirectUri to authorize()`);
    const checked = parseCallbackUrl(callback, paths.rules);
    if (isLeft(checked)) return left(`the callback of ${key} must ${checked.left}`);
    const url = new URL(`${shop.right.address}${paths.authorizationPath}`);
    url.searchParams.set('response_type', 'code');
    url.searchParams.set('consumer_key', credential.clientId);
    url.searchParams.set('callback', withState(callback, state));
    return right({ url, memory: { redirectUri: callback, boundHost: shop.right.host } });
  },
  returned: (credential, { boundHost }, parameters) => {
    const { key } = credential.key;
    const refused = callbackError(key, parameters);
    if (refused !== undefined) return left(refused);
    const code = parameters.get('code');
    if (code === undefined) return left(tokenError('RequestRejected', { key, error: 'the callback carries no code' }));
    const text = parameters.get('api_address');
    if (text === undefined) {
      return left(tokenError('RequestRejected', { key, error: 'the callback carries no api_address' }));
    }
    const api = trusted(key, text, paths);
    if (isLeft(api)) return api;
    const { address, host } = api.right;
    if (host !== boundHost) {
      return left(
        tokenError('UntrustedAddress', { key, host: hostNamedBy(address), why: 'it is not the host of the shop' }),
      );
    }
    const storeHost = parameters.get('store_host');
    return storeHost === undefined || isHost(storeHost, boundHost, paths.rules)
      ? right({ code: new Secret(code), apiAddress: address })
      : left(tokenError('StateMismatch', { why: 'other_host' }));
  },
  pasted: (credential, input) => {
    const { key } = credential.key;
    if (input.apiAddress === undefined) {
      return credential.apiAddress === undefined
        ? left(
            `exchange() of ${key} needs apiAddress, here or in register(): the shop's address that ends in ${paths.apiPath}`,
          )
        : pastedCode(key, input.code, { apiAddress: credential.apiAddress });
    }
    const api = trusted(key, input.apiAddress, paths);
    return isLeft(api) ? api : pastedCode(key, input.code, { apiAddress: api.right.address });
  },
});

const trusted = (key: string, text: string, { apiPath, rules }: ShopPaths): Either<TokenError, StoreAddress> => {
  const api = parseApiAddress(text, apiPath, rules);
  return isLeft(api)
    ? left(tokenError('UntrustedAddress', { key, host: hostNamedBy(text), why: `it must ${addressAdvice[api.left]}` }))
    : api;
};

const isHost = (text: string, boundHost: string | undefined, rules: AddressRules): boolean => {
  const host = parseStoreHost(text, rules);
  return !isLeft(host) && host.right === boundHost;
};

const withState = (callback: string, state: string): string =>
  `${callback}${callback.includes('?') ? '&' : '?'}state=${encodeURIComponent(state)}`;
