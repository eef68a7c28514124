import type { AddressRules } from '../domain/address-rules.js';
import { defaultRefreshPolicy, type RefreshPolicy, type RefreshPolicyOptions } from '../domain/refresh-policy.js';
import type { Provider, ProviderPreset } from '../ports/provider.js';
import type { TokenStore } from '../ports/token-store.js';
import { policyOf } from './accounts/provider-registry.js';

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

const durations = [
  'renewBeforeMs',
  'softMs',
  'requestTimeoutMs',
  'attemptTtlMs',
  'settleMs',
  'patienceMs',
  'cooldownMinMs',
  'cooldownMaxMs',
  'retryAfterMaxMs',
  'defaultLifetimeMs',
  'recheckMs',
] as const;

/** Throws `TypeError` on a policy under which the renewal protocol would not hold. */
const checkPolicy = (policy: RefreshPolicy, where: string): void => {
  for (const name of durations) {
    const value = policy[name];
    if (!Number.isFinite(value) || value < 0)
      fail(`${where}.${name} must be a number of milliseconds, not ${String(value)}`);
  }
  for (const name of ['renewBeforeFraction', 'softFraction'] as const) {
    const value = policy[name];
    if (!(value >= 0 && value < 1)) fail(`${where}.${name} must be a fraction of the lifetime from 0 to below 1`);
  }
  if (!Number.isInteger(policy.cacheEntries) || policy.cacheEntries < 1) {
    fail(`${where}.cacheEntries must be a whole number of at least 1`);
  }
  if (!['retry', 'probe-once', 'never'].includes(policy.recovery)) {
    fail(`${where}.recovery must be 'retry', 'probe-once' or 'never'`);
  }
  if (policy.requestTimeoutMs <= 0 || policy.defaultLifetimeMs <= 0 || policy.cooldownMinMs <= 0) {
    fail(`${where}.requestTimeoutMs, defaultLifetimeMs and cooldownMinMs must be more than 0`);
  }
  if (policy.attemptTtlMs <= policy.requestTimeoutMs) {
    fail(`${where}.attemptTtlMs must be well over requestTimeoutMs, so that an attempt outlives its request`);
  }
  if (policy.cooldownMaxMs < policy.cooldownMinMs) fail(`${where}.cooldownMaxMs must not be below cooldownMinMs`);
};

const isPreset = (value: unknown): value is ProviderPreset =>
  typeof value === 'object' && value !== null && 'configure' in value && 'id' in value;

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
  if (!Array.isArray(providers) || providers.length === 0 || !providers.every(isPreset)) {
    fail(
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
  const policy = policyOf(defaultRefreshPolicy, options.policy ?? {});
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
