/** A durable record that this generation's refresh token may be spent. Times are Unix milliseconds on the store's clock. */
export interface Attempt {
  readonly id: string;
  /** Which process holds it, for people who look. */
  readonly owner: string;
  readonly startedAt: number;
  /** Until then its owner may still be sending. */
  readonly expiresAt: number;
  /** Until then the provider may still be processing it. */
  readonly settlesAt: number;
  /** The one recovery request of this generation. */
  readonly recovery: boolean;
  /** Its owner reported that it cannot tell whether the request was processed. */
  readonly unknown: boolean;
}

/** A failure that ends renewals until something changes. */
export type TerminalState = 'reauthorization_required' | 'client_rejected' | 'account_unavailable';

/** The last failure of an account, shared by all processes. Times are Unix milliseconds on the store's clock. */
export interface Failure {
  /** The code callers get (`ERR_…`). */
  readonly code: string;
  /** What the error's message needs besides the key: a few printable words, never a secret. */
  readonly detail: string;
  readonly at: number;
  /** No request before then. */
  readonly retryAt?: number | undefined;
  /** How many in a row. */
  readonly count: number;
  readonly terminal?: TerminalState | undefined;
  /** Fingerprint of the client it was about: another client lifts `client_rejected`. */
  readonly client?: string | undefined;
}

/**
 * One account as a store keeps it. What is secret is sealed text; the rest is in clear so that people and sweeps can ask for it.
 * Times are Unix milliseconds.
 */
export interface AccountRecord {
  /** `provider/account`. */
  readonly key: string;
  readonly provider: string;
  readonly account: string;
  /** Made anew at each revocation and each registration after a removal, so that nothing from before reaches what came after. */
  readonly incarnation: string;
  /** Sealed. */
  readonly credential: string;
  /** Which authorization its tokens descend from: made anew by every callback and exchange. */
  readonly authorization?: string | undefined;
  /** Counts the tokens committed in this incarnation; 0 before the first. */
  readonly generation: number;
  /** Sealed. */
  readonly token?: string | undefined;
  readonly obtainedAt?: number | undefined;
  readonly accessTokenExpiresAt?: number | undefined;
  readonly refreshTokenExpiresAt?: number | undefined;
  /** A new token can be had without a person: a refresh token is held, or the grant needs none. */
  readonly renewable: boolean;
  /** An API refused this generation's access token before it expired. */
  readonly invalidated: boolean;
  /** The grant's second way (a code the provider accepts again) was tried for this generation. */
  readonly fallbackTried: boolean;
  /** When a sweep that keeps access tokens warm renews this one. */
  readonly warmAt?: number | undefined;
  /** When the refresh token has to be renewed so that it does not die unused. */
  readonly keepAliveAt?: number | undefined;
  readonly attempt?: Attempt | undefined;
  /**
   * The attempt that was open when a late answer to an earlier request was committed. Its request left later, so its answer
   * is the newer one.
   */
  readonly laterAttempt?: string | undefined;
  readonly failure?: Failure | undefined;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** An authorization a browser is out on. The state it carries is never stored, only its digest. */
export interface PendingAuthorization {
  /** Digest of the state. */
  readonly id: string;
  readonly key: string;
  readonly incarnation: string;
  /** Unix milliseconds. */
  readonly expiresAt: number;
  /** Sealed: PKCE verifier, redirect URI, scope, bound host. */
  readonly sealed: string;
}
