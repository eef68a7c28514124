import { isLeft } from 'fp-ts/lib/Either.js';
import type { Credential } from './credential.js';
import { parseStoreUrl } from './store-address.js';

/**
 * Whom an account is with: the addresses that its tokens come from and go to. A token is good for the tenant that it was
 * issued for and is sent to no other. A part that is missing was not known.
 */
export interface Tenant {
  /** The origin that the token is asked for at. */
  readonly issuer?: string | undefined;
  readonly baseUrl?: string | undefined;
  readonly apiAddress?: string | undefined;
  /** The origin of the shop: where none is registered, that of the API address. */
  readonly shop?: string | undefined;
}

/** The tenant of a credential whose tokens are asked for at `tokenAddress`. */
export const tenantOf = (credential: Credential, tokenAddress: string | undefined): Tenant => {
  const { baseUrl, apiAddress, storeUrl } = credential;
  return {
    issuer: originOf(tokenAddress),
    baseUrl: normalized(baseUrl),
    apiAddress: normalized(apiAddress),
    shop: shopOf(storeUrl) ?? originOf(apiAddress),
  };
};

/** Whether nothing that is known of both speaks against their being one. */
export const isSameTenant = (one: Tenant, other: Tenant): boolean =>
  (['issuer', 'baseUrl', 'apiAddress', 'shop'] as const).every(
    (part) => one[part] === undefined || other[part] === undefined || one[part] === other[part],
  );

const urlOf = (text: string | undefined): URL | undefined =>
  text !== undefined && URL.canParse(text) ? new URL(text) : undefined;

const originOf = (text: string | undefined): string | undefined => urlOf(text)?.origin;

const normalized = (text: string | undefined): string | undefined => {
  const url = urlOf(text);
  return url === undefined ? text : `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
};

/** As its operator wrote it, with or without scheme. */
const shopOf = (storeUrl: string | undefined): string | undefined => {
  if (storeUrl === undefined) return undefined;
  const shop = parseStoreUrl(storeUrl, { allowHttpOnLoopback: true });
  return isLeft(shop) ? undefined : shop.right.address;
};
