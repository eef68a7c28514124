import { isLeft, left, right, type Either } from 'fp-ts/lib/Either.js';
import { isProviderId, type AccountKey } from '../../../domain/account-key.js';
import type { AddressRules } from '../../../domain/address-rules.js';
import type { Credential, CredentialFields, GrantStyle } from '../../../domain/credential.js';
import type { RefreshPolicyOptions } from '../../../domain/refresh-policy.js';
import type { Grant } from '../../../ports/grant.js';
import type { Provider, ProviderApi, ProviderPreset } from '../../../ports/provider.js';
import { inWords, readFields, type FieldTable } from './field-table.js';

/** What every preset takes. */
export interface PresetOptions {
  /** The provider's id in keys; give another one to run the same preset twice. */
  readonly id?: string | undefined;
  readonly policy?: RefreshPolicyOptions | undefined;
}

/** A provider as data, and what its preset was given. */
export interface PresetDefinition {
  /** The preset function's name, for sentences. */
  readonly name: string;
  readonly defaultId: string;
  readonly options: PresetOptions;
  /** What was given for all accounts, under the provider's own names. */
  readonly given: Readonly<Record<string, unknown>>;
  /** What the preset takes for all accounts. */
  readonly presetFields: FieldTable;
  /** What `register` takes for one account. */
  readonly accountFields: FieldTable;
  /** What holds when neither says anything. */
  readonly defaults: CredentialFields & { readonly grant: GrantStyle };
  /** What no credential can do without, under the provider's own names. */
  readonly required: {
    readonly clientId: string;
    readonly clientSecret: string;
    readonly others?: readonly (readonly [field: keyof CredentialFields, name: string])[];
  };
  readonly documentedLifetimeMs?: number | 'unlimited';
  readonly documentedRefreshLifetimeMs?: number;
  readonly requestRate?: NonNullable<Provider['requestRate']>;
  readonly accountRequestRate?: NonNullable<Provider['accountRequestRate']>;
  readonly rotation?: NonNullable<Provider['rotation']>;
  readonly refreshTokenRequired?: boolean;
  readonly grants: (rules: AddressRules) => (credential: Credential) => Grant;
  readonly api?: (rules: AddressRules) => ProviderApi;
}

/** A preset made of data. Throws `TypeError` for an option that is misspelt, of the wrong type or empty. */
export const makePreset = (definition: PresetDefinition): ProviderPreset => {
  const { name, defaultId, options, given, presetFields } = definition;
  const id = checkId(name, options.id ?? defaultId);
  const policy = checkPolicy(name, options.policy ?? {});
  const checked = rightOrThrow(readFields(name, presetFields, given));
  return {
    id,
    configure: (rules) => makeProvider(definition, { id, policy, rules, preset: rightOrThrow(checked(rules)) }),
  };
};

interface Configured {
  readonly id: string;
  readonly policy: RefreshPolicyOptions;
  readonly rules: AddressRules;
  readonly preset: CredentialFields;
}

const makeProvider = (definition: PresetDefinition, { id, policy, rules, preset }: Configured): Provider => {
  const { accountFields, defaults, documentedLifetimeMs, documentedRefreshLifetimeMs, grants, api } = definition;
  return {
    id,
    policy,
    documentedLifetimeMs,
    documentedRefreshLifetimeMs,
    requestRate: definition.requestRate,
    accountRequestRate: definition.accountRequestRate,
    rotation: definition.rotation,
    refreshTokenRequired: definition.refreshTokenRequired,
    parseFields: ({ provider: _provider, account: _account, ...fields }) => {
      const checked = readFields(id, accountFields, fields);
      return isLeft(checked) ? checked : checked.right(rules);
    },
    complete: (key, registered) => complete(definition, key, { ...defaults, ...preset, ...registered }),
    grant: grants(rules),
    api: api?.(rules),
  };
};

const complete = (
  { name, required }: PresetDefinition,
  key: AccountKey,
  fields: CredentialFields & { readonly grant: GrantStyle },
): Either<string, Credential> => {
  const { clientId, clientSecret } = fields;
  const missing = [
    ...(clientId === undefined ? [required.clientId] : []),
    ...(clientSecret === undefined ? [required.clientSecret] : []),
    ...(required.others ?? []).filter(([field]) => fields[field] === undefined).map(([, other]) => other),
  ];
  return clientId === undefined || clientSecret === undefined || missing.length > 0
    ? left(
        `${key.key} has no ${inWords(missing)}: give ${missing.length > 1 ? 'them' : 'it'} to ${name}({ … }) or to register()`,
      )
    : right(Object.freeze({ ...fields, key, clientId, clientSecret }));
};

const checkId = (name: string, id: string): string => {
  if (typeof id === 'string' && isProviderId(id)) return id;
  throw new TypeError(
    `id of ${name} must be 1 to 64 letters, digits, dots, hyphens or underscores, starting with a letter or digit`,
  );
};

const checkPolicy = (name: string, policy: RefreshPolicyOptions): RefreshPolicyOptions => {
  if (typeof policy === 'object' && policy !== null) return Object.freeze({ ...policy });
  throw new TypeError(`policy of ${name} must be an object like { requestTimeoutMs: 10_000 }`);
};

const rightOrThrow = <A>(result: Either<string, A>): A => {
  if (isLeft(result)) throw new TypeError(result.left);
  return result.right;
};
