import type { Tenant } from './tenant.js';

/** What has to be remembered, sealed, until the browser is back. */
export interface AuthorizationMemory {
  /** The very string sent to the authorization endpoint; the token endpoint gets the same (RFC 6749 §4.1.3). */
  readonly redirectUri?: string | undefined;
  readonly scope?: string | undefined;
  /** The host (with port) the flow was started for; an answer from another is refused. */
  readonly boundHost?: string | undefined;
  /** RFC 7636 §4.1. */
  readonly codeVerifier?: string | undefined;
  /** Whom the account was with: the code is exchanged with nobody else. */
  readonly tenant?: Tenant | undefined;
}
