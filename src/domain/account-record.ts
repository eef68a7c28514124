/** What an attempt's request is: the first for its generation, one that asks again, or the grant's second way. */
export type AttemptWay = 'first' | 'recovery' | 'fallback';

/** A durable record that this generation's refresh token may be spent. Times are Unix milliseconds on the store's clock. */
export interface Attempt {
  readonly id: string;
  /** Which process holds it, for people who look. */
  readonly owner: string;
  readonly way: AttemptWay;
  /** Its place among the requests that repeat the first one of its generation; 0 for the first. */
  readonly repeat: number;
  readonly startedAt: number;
  /** Until then its owner may be sending, or reading the answer. */
  readonly expiresAt: number;
  /** Until then the provider may still be processing the request. */
  readonly settlesAt: number;
  /** Its owner reported that it cannot tell whether the request was processed. */
  readonly unknown: boolean;
  /** What the clock of its owner's host showed at `startedAt`; absent where the store's own clock dates attempts. */
  readonly hostClock?: HostReading | undefined;
  /** When somebody announced a recovery, so that a living owner with an answer in hand can commit it first. */
  readonly announcedAt?: number | undefined;
}

/** What a clock that nobody can set showed: one that all processes of a host count from the same boot. */
export interface HostReading {
  readonly bootId: string;
  /** Milliseconds since the boot, whole ones. */
  readonly sinceBootMs: number;
}

/** Which request of which generation a token was the answer to. */
export interface AnsweredRequest {
  readonly generation: number;
  /** {@link Attempt.repeat} */
  readonly repeat: number;
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
  /** The provider named that moment itself (`Retry-After`): nothing ends it early. */
  readonly askedByProvider?: boolean | undefined;
  /** How many in a row. */
  readonly count: number;
  readonly terminal?: TerminalState | undefined;
  /** Fingerprints of the clients that were refused, the latest last: another client may ask once. */
  readonly clients?: readonly string[] | undefined;
  /** How often the client's failures had been ended by a success of any of its accounts when this happened. */
  readonly epoch?: number | undefined;
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
  /** How many authorizations have begun to spend a code; each is known by its number. */
  readonly authorizationsBegun?: number | undefined;
  /** Which authorization the token descends from: its number and its id (`authorizationName`). */
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
  /** Fingerprint of the id of the client that obtained the token: another one's `invalid_grant` says nothing about it. */
  readonly obtainedBy?: string | undefined;
  /** Fingerprint of the refresh token held. */
  readonly refreshTokenId?: string | undefined;
  /** Fingerprint of the refresh token that was spent for this token. */
  readonly spentRefreshTokenId?: string | undefined;
  /** When the last renewal was committed. */
  readonly renewedAt?: number | undefined;
  /** An API refused this generation's access token before it expired. */
  readonly invalidated: boolean;
  /** The grant's second way (a code the provider accepts again) was tried for this generation. */
  readonly fallbackTried: boolean;
  /** When a sweep that keeps access tokens warm renews this one. */
  readonly warmAt?: number | undefined;
  /** When the refresh token has to be renewed so that it does not die unused. */
  readonly keepAliveAt?: number | undefined;
  /**
   * No sweep is given the account before then: one has taken it up, its attempt is open, or nothing could be sent for it. It
   * binds no caller, and every outcome of a renewal ends it.
   */
  readonly sweepNotBefore?: number | undefined;
  readonly attempt?: Attempt | undefined;
  /** How many requests have been recorded that repeat the first one of this generation. */
  readonly repeats?: number | undefined;
  /** The request that brought the token, where a renewal did: of two answers for one generation the later request's stays. */
  readonly answered?: AnsweredRequest | undefined;
  readonly failure?: Failure | undefined;
  readonly createdAt: number;
  readonly updatedAt: number;
}
