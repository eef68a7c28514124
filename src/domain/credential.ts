import type { AccountKey } from './account-key.js';
import type { Secret } from './secret.js';

/** How a credential obtains its tokens: RFC 6749 §4.1, a provider's own dialect of it, or RFC 6749 §4.4. */
export type GrantStyle = 'authorization_code' | 'consumer_key' | 'client_credentials';

/** What a person registers for an account, or a preset carries for all of them. Every part may be missing here. */
export interface CredentialFields {
  readonly grant?: GrantStyle;
  readonly clientId?: string;
  readonly clientSecret?: Secret;
  readonly scope?: string;
  readonly redirectUri?: string;
  /** Where the provider's own API and token endpoint live, when they differ by tenant. */
  readonly baseUrl?: string;
  /** A static key for API paths that take no token (an API of which only a part takes tokens). */
  readonly apiKey?: Secret;
  /** The shop an account belongs to, where each has an address of its own, as the operator wrote it. */
  readonly storeUrl?: string;
  /** The API address bound to the account, where each has its own, already checked. */
  readonly apiAddress?: string;
}

/** What lets us ask one provider for tokens on behalf of one account. */
export interface Credential extends CredentialFields {
  readonly key: AccountKey;
  readonly grant: GrantStyle;
  readonly clientId: string;
  readonly clientSecret: Secret;
}
