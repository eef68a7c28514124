import { left, right, type Either } from 'fp-ts/lib/Either.js';
import { parseAccountKey, parseStoredKey, unknownProviderKey, type AccountKey } from '../../domain/account-key.js';
import { misuse } from '../../domain/misuse.js';
import type { RefreshPolicy, RefreshPolicyOptions } from '../../domain/refresh-policy.js';
import type { Rotation } from '../../domain/rotation.js';
import { tokenError } from '../../domain/token-error.js';
import type { Provider } from '../../ports/provider.js';
import type { UseCaseError } from '../use-case/use-case-error.js';

/** A provider with the numbers that hold for it. */
export interface ConfiguredProvider {
  readonly provider: Provider;
  readonly policy: RefreshPolicy;
}

/** A key, taken apart, and its provider. */
export type ResolvedKey = { readonly key: AccountKey } & ConfiguredProvider;

/** The providers of one llavero, by id. */
export interface ProviderRegistry {
  readonly ids: readonly string[];
  readonly find: (id: string) => ConfiguredProvider | undefined;
  /** Splits a key and finds its provider. */
  readonly resolve: (key: string) => Either<UseCaseError, ResolvedKey>;
  /** The same, for a key that is in the store already. */
  readonly resolveStored: (key: string) => Either<UseCaseError, ResolvedKey>;
}

/** Parts of a deadline's longer neighbour that leave both room. */
const share = { requestOfTtl: 0.6, noticeOfSettle: 1 / 6 } as const;

/** What is no duration is left to `checkPolicy`, which names it. */
const isDuration = (value: number | undefined): value is number => Number.isInteger(value) && (value ?? 0) > 0;

/** Whole milliseconds, and some. */
const partOf = (ms: number, part: number): number => Math.max(1, Math.floor(ms * part));

/**
 * `own` numbers over `base`. A base number that an own one leaves no room for gives way to it: a request deadline stays well
 * under the ttl of its attempt, the notice of a recovery under the settle window, the least cool-down under the longest.
 */
export const policyOf = (base: RefreshPolicy, own: RefreshPolicyOptions): RefreshPolicy => {
  const { attemptTtlMs, settleMs, cooldownMinMs, cooldownMaxMs } = own;
  return {
    ...base,
    ...(isDuration(attemptTtlMs)
      ? { requestTimeoutMs: Math.min(base.requestTimeoutMs, partOf(attemptTtlMs, share.requestOfTtl)) }
      : {}),
    ...(isDuration(settleMs)
      ? { recoveryNoticeMs: Math.min(base.recoveryNoticeMs, partOf(settleMs, share.noticeOfSettle)) }
      : {}),
    ...(isDuration(cooldownMinMs) ? { cooldownMaxMs: Math.max(base.cooldownMaxMs, cooldownMinMs) } : {}),
    ...(isDuration(cooldownMaxMs) ? { cooldownMinMs: Math.min(base.cooldownMinMs, cooldownMaxMs) } : {}),
    ...Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined)),
  };
};

/**
 * Where a provider answers a spent refresh token again for a while, the deadline, the attempt and the notice of its recovery
 * are so short that the first recovery leaves within that while, even after the death of the process that asked.
 */
const withinGrace = (policy: RefreshPolicy, rotation: Rotation | undefined): RefreshPolicy => {
  if (typeof rotation !== 'object') return policy;
  const { graceMs } = rotation;
  return {
    ...policy,
    requestTimeoutMs: Math.min(policy.requestTimeoutMs, partOf(graceMs, 0.3)),
    attemptTtlMs: Math.min(policy.attemptTtlMs, partOf(graceMs, 0.4)),
    recoveryNoticeMs: Math.min(policy.recoveryNoticeMs, partOf(graceMs, 0.2)),
  };
};

export const makeProviderRegistry = (providers: readonly Provider[], base: RefreshPolicy): ProviderRegistry => {
  const byId = new Map(
    providers.map((provider) => {
      const policy = withinGrace(policyOf(base, provider.policy), provider.rotation);
      return [provider.id, { provider, policy }] as const;
    }),
  );
  const resolveWith =
    (parse: typeof parseAccountKey) =>
    (text: unknown): Either<UseCaseError, ResolvedKey> => {
      const parsed = typeof text === 'string' ? parse(text) : left('a key must be a string');
      if (parsed._tag === 'Left')
        return left(misuse(`${parsed.left}; write it as provider/account, for example shop/391250`));
      const configured = byId.get(parsed.right.provider);
      return configured === undefined
        ? left(tokenError('UnknownKey', { key: unknownProviderKey, why: 'no_such_provider' }))
        : right({ key: parsed.right, ...configured });
    };
  return {
    ids: [...byId.keys()],
    find: (id) => byId.get(id),
    resolve: resolveWith(parseAccountKey),
    resolveStored: resolveWith(parseStoredKey),
  };
};
