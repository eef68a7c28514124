import type { IssuedToken } from './issued-token.js';
import type { TokenError } from './token-error.js';

/** Something odd in an answer that cost nothing but should be seen; it becomes a `warning` event. */
export type AnswerWarning =
  | 'access_token_unusable'
  | 'api_host_kept'
  | 'clock_disagrees'
  | 'expiry_unreadable'
  | 'lifetime_assumed'
  | 'refresh_token_unusable'
  | 'scope_reduced'
  | 'token_type_unknown';

/** What became of one token request. */
export type Outcome =
  | { readonly _tag: 'Issued'; readonly token: IssuedToken; readonly warnings: readonly AnswerWarning[] }
  /** The provider answered and said no: final. */
  | { readonly _tag: 'Rejected'; readonly reason: TokenError }
  /** Not processed: it never left, or was turned away unread (429, a redirect). Safe to send again after a rest. */
  | { readonly _tag: 'Unsent'; readonly reason: TokenError }
  /** It may have been processed: a timeout, a reset, a 5xx, an unreadable 2xx. */
  | { readonly _tag: 'Unknown'; readonly why: string; readonly retryAfterMs?: number };

export const issued = (token: IssuedToken, warnings: readonly AnswerWarning[] = []): Outcome => ({
  _tag: 'Issued',
  token,
  warnings,
});
export const rejected = (reason: TokenError): Outcome => ({ _tag: 'Rejected', reason });
export const unsent = (reason: TokenError): Outcome => ({ _tag: 'Unsent', reason });
/** `retryAfterMs` when the provider said how long to rest. */
export const unknown = (why: string, retryAfterMs?: number): Outcome => ({
  _tag: 'Unknown',
  why,
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
});
