import type { Either } from 'fp-ts/lib/Either.js';
import type { AccountKey } from '../domain/account-key.js';
import type { AddressRules } from '../domain/address-rules.js';
import type { Credential, CredentialFields } from '../domain/credential.js';
import type { RefreshPolicyOptions } from '../domain/refresh-policy.js';
import type { Rotation } from '../domain/rotation.js';
import type { Grant } from './grant.js';
import type { RequestRate } from './rate-limiter.js';

/** Which credential a request to the provider's API carries, and where. */
export type Placement =
  /** `name: scheme token`, or the token alone without a scheme. */
  | {
      readonly credential: 'token' | 'api_key';
      readonly in: 'header';
      readonly name: string;
      readonly scheme?: string | undefined;
    }
  | { readonly credential: 'token'; readonly in: 'query'; readonly name: string }
  | { readonly credential: 'none' };

/** What an API's refusal means for the token that it was sent. */
export type ApiVerdict =
  /** The token is no good: renew it and ask once more. */
  | 'token_refused'
  /** The account is blocked, inactive or cancelled: no token helps. `error` is the provider's short name for it. */
  | { readonly _tag: 'AccountUnavailable'; readonly error: string }
  /** It has nothing to do with the token. */
  | 'not_about_the_token';

/** The provider's own API, which tokens are for. */
export interface ProviderApi {
  /** Where relative paths resolve: an absolute URL without a slash at its end. Undefined until a token tells. */
  readonly base: (credential: Credential, attributes: Readonly<Record<string, string>>) => string | undefined;
  /** By the path below the base, with its leading slash and without the query. */
  readonly placement: (path: string) => Placement;
  /** Reads a 401; where it is left out, every 401 is `token_refused`. `body` is undefined when it is no JSON object. */
  readonly judgeRefusal?: ((body: Readonly<Record<string, unknown>> | undefined) => ApiVerdict) | undefined;
}

/**
 * One API vendor: how its authorization server deviates from RFC 6749, and what its preset was given.
 *
 * Laws: nothing here performs I/O; a field that an account registers wins over the preset's.
 */
export interface Provider {
  readonly id: string;
  readonly policy: RefreshPolicyOptions;
  /** How long access tokens live when an answer does not tell; `unlimited` for tokens that never expire. */
  readonly documentedLifetimeMs?: number | 'unlimited' | undefined;
  readonly documentedRefreshLifetimeMs?: number | undefined;
  /** What the provider does with a refresh token that was used; unknown counts as single use. */
  readonly rotation?: Rotation | undefined;
  /** It promises a refresh token with every authorization: one without is told of at once, not when the access token dies. */
  readonly refreshTokenRequired?: boolean | undefined;
  /** How many requests one client may send, as the provider documents it; sweeps keep below it. */
  readonly requestRate?: RequestRate | undefined;
  /** How many requests to its API one account may send. */
  readonly accountRequestRate?: RequestRate | undefined;
  /** Reads the fields of `register` under the provider's own names. Left says in a sentence which one is wrong. */
  readonly parseFields: (input: Readonly<Record<string, unknown>>) => Either<string, CredentialFields>;
  /** Registered fields over the preset's own. Left says in a sentence which are missing, under the provider's names. */
  readonly complete: (key: AccountKey, registered: CredentialFields) => Either<string, Credential>;
  readonly grant: (credential: Credential) => Grant;
  /** Without it `fetch` does not work for this provider. */
  readonly api?: ProviderApi | undefined;
}

/** A provider that waits for the rules only the composition root knows. Configuring it throws `TypeError` on an address they refuse. */
export interface ProviderPreset {
  readonly id: string;
  readonly configure: (rules: AddressRules) => Provider;
}
