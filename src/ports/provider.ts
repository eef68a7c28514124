import type { Either } from 'fp-ts/lib/Either.js';
import type { AccountKey } from '../domain/account-key.js';
import type { AddressRules } from '../domain/address-rules.js';
import type { Credential, CredentialFields } from '../domain/credential.js';
import type { RefreshPolicyOptions } from '../domain/refresh-policy.js';
import type { Grant } from './grant.js';

/**
 * One API vendor: how its authorization server deviates from RFC 6749, and what its preset was given.
 *
 * Laws: nothing here performs I/O; a field that an account registers wins over the preset's.
 */
export interface Provider {
  readonly id: string;
  readonly policy: RefreshPolicyOptions;
  readonly documentedLifetimeMs?: number | undefined;
  readonly documentedRefreshLifetimeMs?: number | undefined;
  /** How many requests one client may send, as the provider documents it; sweeps keep below it. */
  readonly requestRate?: { readonly requests: number; readonly perMs: number } | undefined;
  /** Reads the fields of `register` under the provider's own names. Left says in a sentence which one is wrong. */
  readonly parseFields: (input: Readonly<Record<string, unknown>>) => Either<string, CredentialFields>;
  /** Registered fields over the preset's own. Left says in a sentence which are missing, under the provider's names. */
  readonly complete: (key: AccountKey, registered: CredentialFields) => Either<string, Credential>;
  readonly grant: (credential: Credential) => Grant;
}

/** A provider that waits for the rules only the composition root knows. Configuring it throws `TypeError` on an address they refuse. */
export interface ProviderPreset {
  readonly id: string;
  readonly configure: (rules: AddressRules) => Provider;
}
