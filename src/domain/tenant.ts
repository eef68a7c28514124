import { isLeft } from 'fp-ts/lib/Either.js';
import type { Credential, CredentialFields } from './credential.js';
import { parseStoreUrl } from './store-address.js';
import { parseUrl } from './parse-url.js';

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
  /** The addresses that were registered for the account itself, in one text: what the preset adds is not in it. */
  readonly registered?: string | undefined;
}

/** What a failure says where the token held was issued for another tenant than the account is with. */
export const otherTenant = 'other_tenant';

/** The tenant of a credential whose tokens are asked for at `tokenAddress`; `registered` is the account's own part of it. */
export const tenantOf = (
  credential: Credential,
  registered: CredentialFields,
  tokenAddress: string | undefined,
): Tenant => {
  const { baseUrl, apiAddress, storeUrl } = credential;
  return {
    registered: JSON.stringify([registered.baseUrl, registered.apiAddress, registered.storeUrl].map(normalized)),
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

/**
 * Whether a token of `issuer` is good for an account that is with `tenant`. An account that registered the same addresses
 * as then has not moved: where the preset has, the people who deployed it say so for all their accounts, and nobody has to
 * authorize again. A token that can be had for the asking is asked for at the new address.
 */
export const isStillWith = (issuer: Tenant, tenant: Tenant, repeatable: boolean): boolean =>
  isSameTenant(issuer, tenant) ||
  (!repeatable && issuer.registered !== undefined && issuer.registered === tenant.registered);

const urlOf = (text: string | undefined): URL | undefined => (text === undefined ? undefined : parseUrl(text));

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
