import { left, right, type Either } from 'fp-ts/lib/Either.js';
import { parseAccountKey, unknownProviderKey, type AccountKey } from '../../domain/account-key.js';
import { misuse } from '../../domain/misuse.js';
import type { RefreshPolicy, RefreshPolicyOptions } from '../../domain/refresh-policy.js';
import { tokenError } from '../../domain/token-error.js';
import type { Provider } from '../../ports/provider.js';
import type { UseCaseError } from '../use-case-error.js';

/** A provider with the numbers that hold for it. */
export interface ConfiguredProvider {
  readonly provider: Provider;
  readonly policy: RefreshPolicy;
}

/** The providers of one llavero, by id. */
export interface ProviderRegistry {
  readonly ids: readonly string[];
  readonly find: (id: string) => ConfiguredProvider | undefined;
  /** Splits a key and finds its provider. */
  readonly resolve: (key: string) => Either<UseCaseError, { readonly key: AccountKey } & ConfiguredProvider>;
}

const isDuration = (value: number | undefined): value is number => value !== undefined && value > 0 && value < Infinity;

/**
 * `own` numbers over `base`. A base number that an own one leaves no room for gives way to it: a request deadline stays well
 * under the ttl of its attempt, and the least cool-down under the longest.
 */
export const policyOf = (base: RefreshPolicy, own: RefreshPolicyOptions): RefreshPolicy => {
  const { attemptTtlMs, cooldownMinMs, cooldownMaxMs } = own;
  return {
    ...base,
    ...(isDuration(attemptTtlMs) ? { requestTimeoutMs: Math.min(base.requestTimeoutMs, attemptTtlMs / 3) } : {}),
    ...(isDuration(cooldownMinMs) ? { cooldownMaxMs: Math.max(base.cooldownMaxMs, cooldownMinMs) } : {}),
    ...(isDuration(cooldownMaxMs) ? { cooldownMinMs: Math.min(base.cooldownMinMs, cooldownMaxMs) } : {}),
    ...Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined)),
  };
};

export const makeProviderRegistry = (providers: readonly Provider[], base: RefreshPolicy): ProviderRegistry => {
  const byId = new Map(
    providers.map((provider) => [provider.id, { provider, policy: policyOf(base, provider.policy) }] as const),
  );
  return {
    ids: [...byId.keys()],
    find: (id) => byId.get(id),
    resolve: (text) => {
      const parsed = typeof text === 'string' ? parseAccountKey(text) : left('a key must be a string');
      if (parsed._tag === 'Left')
        return left(misuse(`${parsed.left}; write it as provider/account, for example tray/391250`));
      const configured = byId.get(parsed.right.provider);
      return configured === undefined
        ? left(tokenError('UnknownKey', { key: unknownProviderKey, why: 'no_such_provider' }))
        : right({ key: parsed.right, ...configured });
    },
  };
};
