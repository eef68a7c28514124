import type { IssuedToken } from './issued-token.js';
import { withRetryAfter, type TokenError } from './token-error.js';

/** Something odd in an answer that cost nothing but should be seen; it becomes a `warning` event. */
export type AnswerWarning =
  | 'access_token_unusable'
  | 'api_host_kept'
  | 'clock_disagrees'
  | 'expiry_unreadable'
  | 'lifetime_assumed'
  | 'refresh_token_missing'
  | 'refresh_token_unusable'
  | 'scope_reduced'
  | 'token_type_unknown';

/** What the provider said beside its answer's meaning, as a status may show it: nothing of it is secret. */
export interface ProviderSaid {
  /** How long it asks to wait before the next request (RFC 9110 §10.2.3). */
  readonly retryAfterMs?: number;
  /** The HTTP status. */
  readonly status?: number;
  /** Its own short name for the error, where that is one that may be printed. */
  readonly error?: string;
}

/** What became of one token request. */
export type Outcome =
  | { readonly _tag: 'Issued'; readonly token: IssuedToken; readonly warnings: readonly AnswerWarning[] }
  /** The provider answered and said no: final. */
  | ({ readonly _tag: 'Rejected'; readonly reason: TokenError } & ProviderSaid)
  /**
   * Not processed: it never left, or the provider says that it was turned away. Safe to send again after a cool-down.
   * `isOurs`: it was this process that did not send it, which says nothing about the provider.
   */
  | ({ readonly _tag: 'Unsent'; readonly reason: TokenError; readonly isOurs?: true } & ProviderSaid)
  /** It may have been processed: a timeout, a reset, a 500, an unreadable 2xx. */
  | ({ readonly _tag: 'Unknown'; readonly why: string } & ProviderSaid);

export const issued = (token: IssuedToken, warnings: readonly AnswerWarning[] = []): Outcome => ({
  _tag: 'Issued',
  token,
  warnings,
});
/** Each takes `retryAfterMs` when the provider said how long to wait; a reason that has the field carries it too. */
export const rejected = (reason: TokenError, retryAfterMs?: number): Outcome =>
  withProviderSaid({ _tag: 'Rejected', reason }, later(retryAfterMs));
export const unsent = (reason: TokenError, retryAfterMs?: number): Outcome =>
  withProviderSaid({ _tag: 'Unsent', reason }, later(retryAfterMs));
export const unknown = (why: string, retryAfterMs?: number): Outcome => ({
  _tag: 'Unknown',
  why,
  ...later(retryAfterMs),
});

const later = (retryAfterMs: number | undefined): ProviderSaid => (retryAfterMs === undefined ? {} : { retryAfterMs });

/** The outcome with what the provider said beside it; a token needs none of that. */
export const withProviderSaid = (outcome: Outcome, said: ProviderSaid): Outcome => {
  switch (outcome._tag) {
    case 'Issued':
      return outcome;
    case 'Unknown':
      return { ...outcome, ...said };
    case 'Rejected':
    case 'Unsent':
      return { ...outcome, ...said, reason: withRetryAfter(outcome.reason, said.retryAfterMs) };
  }
};
