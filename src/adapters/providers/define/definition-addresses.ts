import { isRight } from 'fp-ts/lib/Either.js';
import type { AddressRules } from '../../../domain/address-rules.js';
import type { Credential } from '../../../domain/credential.js';
import { checkWebAddress } from '../../../domain/web-address.js';
import type { ProviderDefinition } from './provider-definition.js';

/** Addresses of a definition, by the names under which a preset may be given others. */
export interface Addresses {
  readonly authorizationEndpoint?: string | undefined;
  readonly tokenEndpoint?: string | undefined;
  readonly revocationEndpoint?: string | undefined;
  readonly apiBase?: string | undefined;
}

/** Whether any of a definition's addresses stands below `baseUrl`. */
export const hasPaths = (definition: ProviderDefinition<string>): boolean => {
  const { authorizationEndpoint, tokenEndpoint, revocationEndpoint, apiBase } = addressesOf(definition);
  return [authorizationEndpoint, tokenEndpoint, revocationEndpoint, apiBase].some(
    (address) => address !== undefined && isPath(address),
  );
};

/** The addresses that a definition has. */
export const addressesOf = (definition: ProviderDefinition<string>): Addresses => {
  const apiBase = definition.api?.base;
  if (typeof definition.grant === 'function') return { apiBase };
  const { tokenEndpoint, revocationEndpoint } = definition;
  return definition.grant === 'client_credentials'
    ? { tokenEndpoint, revocationEndpoint, apiBase }
    : { authorizationEndpoint: definition.authorizationEndpoint, tokenEndpoint, revocationEndpoint, apiBase };
};

/** Whether an address is a path below `baseUrl`; any other is whole, or an attribute. */
export const isPath = (address: string): boolean => address.startsWith('/');

/** Whether a preset may be given another address instead: only a whole one is its own. */
export const isWhole = (address: string): boolean => /^https?:\/\//i.test(address);

/** What the base of an API has to look like; completes "… must". */
export const apiBaseAdvice =
  "be an address like https://api.example.com/v1, a path like /v1, or '{name}' of an attribute, without a query";

/** Whether a text is the base of an API as definitions write it. */
export const isApiBase = (text: string): boolean =>
  /^\{\w+\}$|^\/$|^(https?:\/\/|\/)(?![/{])([^\s{}#?\\]|\{\w+\})+$/i.test(text);

const placeholder = /\{(\w+)\}/g;

/** The attributes that stand in an address of an API. */
export const attributesIn = (base: string): readonly string[] =>
  [...base.matchAll(placeholder)].map(([, name = '']) => name);

/**
 * Where an account's API is: `{name}` is filled with the attribute, percent-encoded, or is the whole address where nothing
 * else stands beside it. Undefined until a token brought what is needed, and for an address that secrets may not go to.
 */
export const apiBaseOf = (
  base: string,
  { baseUrl = '' }: Credential,
  attributes: Readonly<Record<string, string>>,
  rules: AddressRules,
): string | undefined => {
  const values = attributesIn(base).map((name) => (Object.hasOwn(attributes, name) ? attributes[name] : undefined));
  if (values.some((value) => value === undefined || /^\.{1,2}$/.test(value))) return undefined;
  const isAttribute = /^\{\w+\}$/.test(base);
  const filled = base.replaceAll(placeholder, (_all, name: string) =>
    isAttribute ? (attributes[name] ?? '') : encodeURIComponent(attributes[name] ?? ''),
  );
  const address = checkWebAddress(isPath(filled) ? `${baseUrl}${filled}` : filled, rules);
  return isRight(address) && address.right.search === ''
    ? `${address.right.origin}${address.right.pathname.replace(/\/+$/, '')}`
    : undefined;
};
