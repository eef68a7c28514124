import { isLeft } from 'fp-ts/lib/Either.js';
import type { AddressRules } from '../../../domain/address-rules.js';
import { addressAdvice } from '../../../domain/bare-address.js';
import type { CredentialFields, GrantStyle } from '../../../domain/credential.js';
import { checkWebAddress } from '../../../domain/web-address.js';
import type { Placement, ProviderApi } from '../../../ports/provider.js';
import { checkCoherence } from './validate-coherence.js';
import { checkDefinition } from './validate-definition.js';
import { addressesOf, apiBaseOf, isWhole, type Addresses } from './definition-addresses.js';
import { definedFields } from './definition-fields.js';
import { definedGrants } from './definition-grants.js';
import { makePreset } from './make-preset.js';
import type { ApiDefinition, DefinedPreset, ProviderDefinition, ProviderOptions } from './provider-definition.js';

/**
 * Makes a preset of a definition, for providers that llavero does not know: data, and small functions where data does not do.
 * The three presets of llavero are made with it. Throws `TypeError` that names the setting that is wrong.
 */
export const defineProvider = <Field extends string = never>(
  definition: ProviderDefinition<Field>,
): DefinedPreset<NoInfer<Field>> => {
  checkDefinition(definition);
  checkCoherence(definition);
  const { id, name = id, ...rest } = definition;
  return presetOf({ ...rest, id, name });
};

/** Any definition, whatever its fields are called. */
const presetOf = (definition: ProviderDefinition<string> & { readonly name: string }): DefinedPreset<string> => {
  const { name, accessTokenLifetimeMs, refreshTokenLifetimeMs, requestRate, accountRequestRate, api } = definition;
  const rotation = 'rotation' in definition ? definition.rotation : undefined;
  const refreshTokenRequired = 'refreshToken' in definition && definition.refreshToken === 'required';
  const fields = definedFields(definition);
  const defaults = defaultsOf(definition);
  definedGrants(definition, addressesOf(definition));
  return (options = {}) => {
    const { id, policy, ...given } = options;
    const addresses = { ...addressesOf(definition), ...givenAddresses(given) };
    const grants = definedGrants(definition, addresses);
    return makePreset({
      name,
      defaultId: definition.id,
      options: { id, policy },
      given,
      ...fields,
      defaults,
      ...(accessTokenLifetimeMs === undefined ? {} : { documentedLifetimeMs: accessTokenLifetimeMs }),
      ...(refreshTokenLifetimeMs === undefined ? {} : { documentedRefreshLifetimeMs: refreshTokenLifetimeMs }),
      ...(requestRate === undefined ? {} : { requestRate }),
      ...(accountRequestRate === undefined ? {} : { accountRequestRate }),
      ...(rotation === undefined ? {} : { rotation }),
      ...(refreshTokenRequired ? { refreshTokenRequired } : {}),
      grants: (rules) => {
        checkAddresses(name, { ...addresses, baseUrl: definition.baseUrl }, rules);
        return grants(rules);
      },
      ...(api === undefined ? {} : { api: (rules) => apiOf(api, addresses.apiBase ?? api.base, rules) }),
    });
  };
};

const defaultsOf = (definition: ProviderDefinition<string>): CredentialFields & { readonly grant: GrantStyle } => {
  const { grant, baseUrl } = definition;
  const base = baseUrl === undefined ? {} : { baseUrl: baseUrl.replace(/\/+$/, '') };
  if (typeof grant === 'function') return { grant: grant({ allowHttpOnLoopback: false }).style, ...base };
  const scope = typeof definition.scope === 'string' ? { scope: definition.scope } : {};
  return { grant: grant ?? 'authorization_code', ...base, ...scope };
};

/** Only what is a text: anything else is refused when the fields are read. */
const givenAddresses = (given: ProviderOptions): Addresses => {
  const { authorizationEndpoint, tokenEndpoint, revocationEndpoint, apiBase } = given;
  const all: Readonly<Record<string, unknown>> = { authorizationEndpoint, tokenEndpoint, revocationEndpoint, apiBase };
  return Object.fromEntries(Object.entries(all).filter(([, address]) => typeof address === 'string'));
};

/** Loopback may be admitted or not: that is known only now. */
const checkAddresses = (
  owner: string,
  addresses: Readonly<Record<string, string | undefined>>,
  rules: AddressRules,
) => {
  for (const [name, address] of Object.entries(addresses)) {
    const checked = address !== undefined && isWhole(address) ? checkWebAddress(address, rules) : undefined;
    if (checked !== undefined && isLeft(checked)) {
      throw new TypeError(`${name} of ${owner} must ${addressAdvice[checked.left]}`);
    }
  }
};

const bearer: Placement = Object.freeze({
  credential: 'token',
  in: 'header',
  name: 'Authorization',
  scheme: 'Bearer',
});

const apiOf = (
  { placement = bearer, judgeRefusal }: ApiDefinition,
  base: string,
  rules: AddressRules,
): ProviderApi => ({
  base: (credential, attributes) => apiBaseOf(base, credential, attributes, rules),
  placement: typeof placement === 'function' ? placement : () => placement,
  ...(judgeRefusal === undefined ? {} : { judgeRefusal }),
});
