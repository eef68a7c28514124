import type { AddressRules } from '../domain/address-rules.js';
import { defaultRefreshPolicy, type RefreshPolicy, type RefreshPolicyOptions } from '../domain/refresh-policy.js';
import type { Provider, ProviderPreset } from '../ports/provider.js';
import type { TokenStore } from '../ports/token-store.js';
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
  /** Presets: `centry({…})`, `tray({…})`, `citrusAd({…})`. */
  readonly providers: readonly ProviderPreset[];
  readonly store: TokenStore;
  /** `'plaintext'` stores secrets in clear: for tests and throw-away data only. */
  readonly encryption: EncryptionKeys | 'plaintext';
  /** Numbers of the renewal protocol for all providers; a preset's own win. */
  readonly policy?: RefreshPolicyOptions | undefined;
  /** Admit `http://` to 127.0.0.1, ::1 and localhost, for tests. */
  readonly allowHttpOnLoopback?: boolean | undefined;
}

/** The options, checked. */
export interface ReadOptions {
  readonly providers: readonly Provider[];
  readonly store: TokenStore;
  readonly encryption: EncryptionKeys | 'plaintext';
  readonly policy: RefreshPolicy;
  readonly rules: AddressRules;
}

const fail = (message: string): never => {
  throw new TypeError(message);
};

const isPreset = (value: unknown): value is ProviderPreset =>
  typeof value === 'object' && value !== null && 'configure' in value && 'id' in value;

const isPresetList = (value: unknown): value is readonly ProviderPreset[] =>
  Array.isArray(value) && value.length > 0 && value.every(isPreset);

const isStore = (value: unknown): value is TokenStore =>
  typeof value === 'object' && value !== null && 'update' in value && 'takePending' in value;

/** Throws `TypeError` with the fix in its message on anything that cannot work. */
export const readOptions = (options: LlaveroOptions): ReadOptions => {
  const {
    providers,
    store,
    encryption,
    allowHttpOnLoopback = false,
  } = options ?? fail('createLlavero needs its options');
  if (!isPresetList(providers)) {
    return fail(
      'createLlavero({ providers }): pass at least one preset, for example [centry({ clientId, clientSecret, redirectUri })]',
    );
  }
  if (!isStore(store)) {
    fail(
      "createLlavero({ store }): pass a store, for example sqliteStore({ path: 'llavero.db' }) from 'llavero/stores/sqlite'",
    );
  }
  if (encryption !== 'plaintext' && !Array.isArray(encryption?.keys)) {
    fail(
      "createLlavero({ encryption }): pass { keys: [{ id: '2026-11', secret }] } with 32 random bytes as base64 in secret, or 'plaintext' to store secrets in clear",
    );
  }
  const ownPolicy = options.policy ?? {};
  if (typeof ownPolicy !== 'object') {
    fail('createLlavero({ policy }): policy must be an object like { requestTimeoutMs: 10_000 }');
  }
  const policy = policyOf(defaultRefreshPolicy, ownPolicy);
  checkPolicy(policy, 'policy');
  const rules = { allowHttpOnLoopback };
  const configured = providers.map((preset) => preset.configure(rules));
  const ids = new Set<string>();
  for (const provider of configured) {
    if (ids.has(provider.id))
      fail(`two providers are called ${provider.id}: give one of them another id, { id: '${provider.id}-2' }`);
    ids.add(provider.id);
    checkPolicy(policyOf(policy, provider.policy), `the policy of ${provider.id}`);
  }
  return { providers: configured, store, encryption, policy, rules };
};
