import type { IssuedToken } from './issued-token.js';
import type { Secret } from './secret.js';

/** What judging an answer to a token request needs besides the answer. */
export interface AnswerContext {
  readonly key: string;
  /** Unix milliseconds just before the request left; `expires_in` counts from here. */
  readonly sentAtMs: number;
  /** The token being renewed; its refresh token is kept when the answer brings none (RFC 6749 §6). */
  readonly previous?: IssuedToken | undefined;
  /**
   * The lifetime the provider documents, `unlimited` for tokens that never expire; then comes the previous token's, then
   * `defaultLifetimeMs`.
   */
  readonly documentedLifetimeMs?: number | 'unlimited' | undefined;
  readonly defaultLifetimeMs: number;
  readonly documentedRefreshLifetimeMs?: number | undefined;
  /** The longest Retry-After that is believed. */
  readonly retryAfterMaxMs: number;
  /** The scope asked for, to report a reduction. */
  readonly requestedScope?: string | undefined;
  /** The API address the request went to, where each account has its own, from the code or the credential; `apiHost` never leaves its host. */
  readonly apiAddress?: string | undefined;
  /** The code that was exchanged, so that a provider that accepts it again can keep it with the token. */
  readonly code?: Secret | undefined;
}
