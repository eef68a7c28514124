import type { Secret } from './secret.js';
import type { Tenant } from './tenant.js';

/**
 * Everything one token answer gave, as it is sealed into the store. An answer whose access token cannot be used still
 * keeps its refresh token: then `accessToken` is missing and the next renewal starts from here.
 */
export interface IssuedToken {
  readonly accessToken?: Secret;
  /** As sent by the provider; `Bearer` when the answer named none, or one that the provider means it by. */
  readonly tokenType: string;
  readonly scope?: string;
  readonly refreshToken?: Secret;
  /** Counted from the moment the request was sent. */
  readonly obtainedAt: Date;
  readonly expiresAt: Date;
  readonly refreshTokenExpiresAt?: Date;
  /** What the provider told about the account and its callers need: the host of its API, the number of its shop. */
  readonly attributes: Readonly<Record<string, string>>;
  /** A code the provider accepts again. */
  readonly installationCode?: Secret;
  /** Whom it was issued for: it is sent to nobody else. Missing in what older releases wrote. */
  readonly tenant?: Tenant;
}

/** How long the access token was to live when it was issued, in milliseconds. */
export const lifetimeMs = (token: Pick<IssuedToken, 'obtainedAt' | 'expiresAt'>): number =>
  Math.max(0, token.expiresAt.getTime() - token.obtainedAt.getTime());
