/** The codes a {@link TokenError} reaches callers under. */
export type ErrorCode =
  | 'ERR_UNKNOWN_KEY'
  | 'ERR_REAUTHORIZATION_REQUIRED'
  | 'ERR_OUTCOME_UNKNOWN'
  | 'ERR_CLIENT_REJECTED'
  | 'ERR_REQUEST_REJECTED'
  | 'ERR_ACCOUNT_UNAVAILABLE'
  | 'ERR_ACCESS_DENIED'
  | 'ERR_STATE_MISMATCH'
  | 'ERR_UNTRUSTED_ADDRESS'
  | 'ERR_RATE_LIMITED'
  | 'ERR_PROVIDER_UNAVAILABLE'
  | 'ERR_RESPONSE_MALFORMED'
  | 'ERR_STORE_FAILED'
  | 'ERR_DECRYPTION_FAILED'
  | 'ERR_ABORTED';

/** Why a person has to authorize an account (again). */
export type ReauthorizationCause =
  | 'never_authorized'
  | 'invalid_grant'
  | 'refresh_token_expired'
  | 'no_refresh_token'
  | 'outcome_unresolved'
  /** Its addresses have changed: the token held is another server's or shop's. */
  | 'other_tenant';

/** What each error variant carries. Only plain, printable, never secret values: they reach logs and dashboards. */
interface Payloads {
  readonly UnknownKey: {
    readonly key: string;
    readonly why: 'no_such_provider' | 'not_registered';
    /** A sentence that says which fields are missing. */
    readonly missing?: string;
  };
  readonly ReauthorizationRequired: { readonly key: string; readonly cause: ReauthorizationCause };
  readonly OutcomeUnknown: { readonly key: string; readonly why: string; readonly retryAfterMs?: number };
  readonly ClientRejected: {
    readonly key: string;
    readonly error: string;
    /** HTTP Basic was refused, and the id or secret holds a character that form encoding changes (RFC 6749 §2.3.1). */
    readonly hint?: 'basic_encoding' | 'another_client';
  };
  readonly RequestRejected: {
    readonly key: string;
    readonly error: string;
    readonly status?: number;
    /**
     * `dead_refresh_token`: a refresh token was sent, and some providers refuse a dead one under another name than
     * `invalid_grant`. `another_server`: the preset leads to another server than the one that issued the refresh token.
     */
    readonly hint?: 'dead_refresh_token' | 'another_server';
  };
  readonly AccountUnavailable: { readonly key: string; readonly error: string };
  readonly AccessDenied: { readonly key: string };
  readonly StateMismatch: {
    readonly why:
      | 'missing'
      | 'unknown'
      | 'already_completed'
      | 'other_account'
      | 'other_host'
      | 'other_issuer'
      | 'repeated_parameter';
    /** With `already_completed`: the account that the first delivery connected. */
    readonly key?: string;
    /** With `missing`: the `error` that came in the callback, by its name in a standard. */
    readonly providerError?: string;
  };
  readonly UntrustedAddress: { readonly key: string; readonly host: string; readonly why: string };
  readonly RateLimited: {
    readonly key: string;
    readonly retryAfterMs?: number;
    /** Whose limit it is: the whole client's (429), which is meant when nothing is said, or this account's alone. */
    readonly scope?: 'client' | 'account';
    /** Nothing was sent: the limit that another request was told still lasts. */
    readonly paused?: true;
  };
  /** The renewal that this caller waited for goes on, here or in another worker. */
  readonly RenewalUnderWay: { readonly key: string; readonly retryAfterMs?: number };
  readonly ProviderUnavailable: {
    readonly key: string;
    readonly why: string;
    readonly status?: number;
    readonly retryAfterMs?: number;
    /** Nothing was sent: all accounts of the client wait until one of them has asked again. */
    readonly paused?: true;
    /** A code was sent and may be spent: only another authorization helps. */
    readonly startAgain?: true;
  };
  readonly ResponseMalformed: {
    readonly key: string;
    readonly why: string;
    readonly status?: number;
    readonly retryAfterMs?: number;
    /** A code was sent and may be spent: only another authorization helps. */
    readonly startAgain?: true;
  };
  readonly StoreFailed: { readonly operation: string; readonly why: string; readonly key?: string };
  readonly DecryptionFailed: {
    readonly why: 'unknown_key_id' | 'failed_tag' | 'not_sealed' | 'unreadable';
    readonly key?: string;
    readonly keyId?: string;
  };
  readonly Aborted: { readonly key: string };
}

export type TokenErrorTag = keyof Payloads;
export type TokenErrorOf<Tag extends TokenErrorTag> = { readonly _tag: Tag } & Payloads[Tag];

/** Everything that can go wrong with a token, as plain frozen data; `_tag` says what happened. */
export type TokenError = { readonly [Tag in TokenErrorTag]: TokenErrorOf<Tag> }[TokenErrorTag];

/** A frozen error of one variant. */
export const tokenError = <Tag extends TokenErrorTag>(_tag: Tag, payload: Payloads[Tag]): TokenErrorOf<Tag> => {
  const error: TokenErrorOf<Tag> = { _tag, ...payload };
  Object.freeze(error);
  return error;
};

/** The error with the time after which trying again makes sense, where its kind has one. */
export const withRetryAfter = (error: TokenError, retryAfterMs: number | undefined): TokenError => {
  if (retryAfterMs === undefined) return error;
  switch (error._tag) {
    case 'OutcomeUnknown':
    case 'ProviderUnavailable':
    case 'RateLimited':
    case 'RenewalUnderWay':
    case 'ResponseMalformed':
      return Object.freeze({ ...error, retryAfterMs });
    default:
      return error;
  }
};

/** One function per variant: a new variant breaks every fold at compile time. */
export type TokenErrorCases<A> = { readonly [Tag in TokenErrorTag]: (error: TokenErrorOf<Tag>) => A };

/** Applies the case of the error's own variant. */
export const foldTokenError =
  <A>(cases: TokenErrorCases<A>) =>
  (error: TokenError): A => {
    switch (error._tag) {
      case 'UnknownKey':
        return cases.UnknownKey(error);
      case 'ReauthorizationRequired':
        return cases.ReauthorizationRequired(error);
      case 'OutcomeUnknown':
        return cases.OutcomeUnknown(error);
      case 'ClientRejected':
        return cases.ClientRejected(error);
      case 'RequestRejected':
        return cases.RequestRejected(error);
      case 'AccountUnavailable':
        return cases.AccountUnavailable(error);
      case 'AccessDenied':
        return cases.AccessDenied(error);
      case 'StateMismatch':
        return cases.StateMismatch(error);
      case 'UntrustedAddress':
        return cases.UntrustedAddress(error);
      case 'RateLimited':
        return cases.RateLimited(error);
      case 'RenewalUnderWay':
        return cases.RenewalUnderWay(error);
      case 'ProviderUnavailable':
        return cases.ProviderUnavailable(error);
      case 'ResponseMalformed':
        return cases.ResponseMalformed(error);
      case 'StoreFailed':
        return cases.StoreFailed(error);
      case 'DecryptionFailed':
        return cases.DecryptionFailed(error);
      case 'Aborted':
        return cases.Aborted(error);
    }
  };
