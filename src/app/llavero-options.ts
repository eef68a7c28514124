import type { AddressRules } from '../domain/address-rules.js';
import { printable } from '../domain/printable.js';
import { defaultRefreshPolicy, type RefreshPolicy, type RefreshPolicyOptions } from '../domain/refresh-policy.js';
import type { Fetch } from '../ports/fetch.js';
import type { Provider, ProviderPreset } from '../ports/provider.js';
import type { TokenStore } from '../ports/token-store.js';
import type { ApiLimits } from './calling/api-rate-limit.js';
import { policyOf } from './accounts/provider-registry.js';
import { checkPolicy } from './check-policy.js';

/** One encryption key: 32 random bytes as base64 or base64url, and the id that sealed values carry. */
export interface EncryptionKey {
  readonly id: string;
  readonly secret: string;
}

/** The first key seals, all open. */
export interface EncryptionKeys {
  readonly keys: readonly EncryptionKey[];
}

/** What {@link portsModule} and {@link providersModule} are made from. */
export interface LlaveroOptions {
  /** Presets, and what `defineProvider` makes. */
  readonly providers: readonly ProviderPreset[];
  readonly store: TokenStore;
  /** `'plaintext'` stores secrets in clear: for tests and throw-away data only. */
  readonly encryption: EncryptionKeys | 'plaintext';
  /** Numbers of the renewal protocol for all providers; a preset's own win. */
  readonly policy?: RefreshPolicyOptions | undefined;
  /** What `llavero.fetch` sends with, instead of the process's own `fetch`. */
  readonly fetch?: Fetch | undefined;
  /**
   * Keep calls to the providers' APIs within what they document, and let them cool down after a 429: a call that there is no room
   * for waits its turn, up to the policy's `patienceMs`, or is rejected at once. Left out, calls go as they come. Counted in
   * this process.
   */
  readonly apiLimits?: ApiLimits | undefined;
  /**
   * How long an operation of the store may take, in milliseconds; 10,000 when left out. One that takes longer is
   * `ERR_STORE_FAILED` for its caller, though what it was to write may still be written.
   */
  readonly storeTimeoutMs?: number | undefined;
  /** Admit `http://` to 127.0.0.1, ::1 and localhost, for tests. */
  readonly allowHttpOnLoopback?: boolean | undefined;
}

/** What the default adapters are made from, checked. */
export interface AdapterOptions {
  readonly store: TokenStore;
  readonly encryption: EncryptionKeys | 'plaintext';
  readonly rules: AddressRules;
  readonly fetch: Fetch | undefined;
  readonly storeTimeoutMs: number;
}

/** The providers and the numbers they are used with, checked. */
export interface ProviderOptions {
  readonly providers: readonly Provider[];
  readonly policy: RefreshPolicy;
}

const defaultStoreTimeoutMs = 10_000;

const fail = (message: string): never => {
  throw new TypeError(message);
};

const isPreset = (value: unknown): value is ProviderPreset =>
  typeof value === 'object' && value !== null && 'configure' in value && 'id' in value;

const isPresetList = (value: unknown): value is readonly ProviderPreset[] =>
  Array.isArray(value) && value.length > 0 && value.every(isPreset);

const isStore = (value: unknown): value is TokenStore =>
  typeof value === 'object' && value !== null && 'update' in value && 'updatePending' in value;

const known: readonly string[] = [
  'providers',
  'store',
  'encryption',
  'policy',
  'allowHttpOnLoopback',
  'fetch',
  'apiLimits',
  'storeTimeoutMs',
  'overrides',
];

/** Throws `TypeError` with the fix in its message on an option that nobody knows, and on a store or encryption that cannot work. */
export const readAdapters = (options: LlaveroOptions): AdapterOptions => {
  const {
    store,
    encryption,
    allowHttpOnLoopback = false,
    fetch,
    apiLimits,
    storeTimeoutMs = defaultStoreTimeoutMs,
  } = options ?? fail('createLlavero needs its options');
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    return fail(`createLlavero knows no option "${printable(unknown, 60)}"; it takes ${known.join(', ')}`);
  }
  if (!isStore(store)) {
    return fail(
      "createLlavero({ store }): pass a store, for example sqliteStore({ path: 'llavero.db' }) from 'llavero/stores/sqlite'",
    );
  }
  if (encryption !== 'plaintext' && !Array.isArray(encryption?.keys)) {
    return fail(
      "createLlavero({ encryption }): pass { keys: [{ id: '2026-11', secret }] } with 32 random bytes as base64 in secret, or 'plaintext' to store secrets in clear",
    );
  }
  if (fetch !== undefined && typeof fetch !== 'function') {
    return fail('createLlavero({ fetch }): fetch is a function like the global one; leave it out to use that');
  }
  if (apiLimits !== undefined && apiLimits !== 'wait' && apiLimits !== 'reject') {
    return fail("createLlavero({ apiLimits }): write 'wait' or 'reject', or leave it out for no limits");
  }
  if (!(storeTimeoutMs > 0 && storeTimeoutMs < Infinity)) {
    return fail('createLlavero({ storeTimeoutMs }): write milliseconds, more than 0, such as 10_000');
  }
  return { store, encryption, rules: { allowHttpOnLoopback }, fetch, storeTimeoutMs };
};

/** Throws `TypeError` with the fix in its message on a provider or policy that cannot work. */
export const readProviders = (options: LlaveroOptions): ProviderOptions => {
  const { providers, allowHttpOnLoopback = false } = options ?? fail('createLlavero needs its options');
  if (!isPresetList(providers)) {
    return fail(
      'createLlavero({ providers }): pass at least one preset, called with its options, for example [defineProvider({ … })({ clientId, clientSecret })]',
    );
  }
  const ownPolicy = options.policy ?? {};
  if (typeof ownPolicy !== 'object') {
    fail('createLlavero({ policy }): policy must be an object like { requestTimeoutMs: 10_000 }');
  }
  const policy = policyOf(defaultRefreshPolicy, ownPolicy);
  checkPolicy(policy, 'policy');
  const configured = providers.map((preset) => preset.configure({ allowHttpOnLoopback }));
  const ids = new Set<string>();
  for (const { id, policy: own } of configured) {
    if (ids.has(id)) fail(`two providers are called ${id}: give one of them another id, { id: '${id}-2' }`);
    ids.add(id);
    checkPolicy(policyOf(policy, own), `the policy of ${id}`);
  }
  return { providers: configured, policy };
};
