import type { Failure } from './account-record.js';
import { printable } from './printable.js';
import {
  foldTokenError,
  tokenError,
  type ErrorCode,
  type ReauthorizationCause,
  type TokenError,
} from './token-error.js';

/** What callers learn of an error: its code, whether trying again can help, and what to do. */
export interface TokenErrorFacts {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly retryAfterMs?: number | undefined;
  readonly key?: string | undefined;
  readonly message: string;
}

const authorizeAgain: Record<ReauthorizationCause, string> = {
  never_authorized: 'was never authorized',
  invalid_grant: 'is no longer authorized: the provider refused its refresh token or code',
  refresh_token_expired: 'is no longer authorized: its refresh token has expired',
  no_refresh_token: 'is no longer authorized: its access token has expired and there is no refresh token',
  outcome_unresolved:
    "is no longer authorized: the answer to a token request was lost, and what it carried was refused when it was sent again, or may not be sent again (recovery: 'never', or a one-time code)",
  other_tenant:
    'holds a token that was issued for another address (baseUrl, apiAddress, storeUrl or token endpoint) than it has now, which is not sent there; where it is the same provider at a new address, register(input, { keepToken: true }) keeps the token',
};

const decryption = {
  unknown_key_id:
    'it was sealed with a key that is not among encryption.keys: add that key again, until reseal() has moved everything to another',
  failed_tag: 'the key does not fit, or the value was changed or moved: check encryption.keys',
  not_sealed: 'it is not a sealed value: it was written by something else, or with another kind of encryption',
  unreadable: 'what was inside the seal is not what llavero writes',
} as const;

const stateMismatch = {
  missing: 'it carries no state',
  unknown: 'its state is unknown, used or expired',
  other_account: 'it belongs to another account',
  other_host: 'it comes from another store than the one the flow was started for',
  other_issuer: 'it comes from another issuer (RFC 9207)',
  repeated_parameter: 'a parameter stands in it twice (RFC 6749 §3.1)',
} as const;

/** What to do about the failures of a store that a person can mend. */
const storeAdvice: Readonly<Record<string, string>> = {
  better_sqlite3_missing: 'better-sqlite3 is not installed (better_sqlite3_missing): npm install better-sqlite3',
  better_sqlite3_not_built:
    'better-sqlite3 is installed but was not built for this Node (better_sqlite3_not_built): with python3, make and a C++ compiler at hand, npm rebuild better-sqlite3',
  schema_newer: 'a newer release of llavero has migrated it (schema_newer): update llavero in this process as well',
  wal_unavailable:
    'it cannot use write-ahead logging (wal_unavailable): put the file on a local disk, not on a network file system',
  file_replaced:
    'another file, or none, is where the database was (file_replaced): nothing is written or sent until this process is started anew; after a restore from a backup read docs/backups.md first',
  wal_replaced:
    'its write-ahead log was deleted or replaced while it was open (wal_replaced): nothing is written or sent until this process is started anew; never delete -wal or -shm, and copy the file with backup() or from another process',
  shm_replaced:
    'the index of its write-ahead log was deleted or replaced while it was open (shm_replaced): nothing is written or sent until this process is started anew; never delete -wal or -shm',
  file_linked:
    'the file has a second name, a hard link (file_linked): delete that one, for a database that is opened by two names is lost',
  backup_not_supported:
    'a store of this kind makes no backup of its own (backup_not_supported): use the tools of its database',
  backup_target_exists: 'there is a file already (backup_target_exists): give backup() a path that is free',
  closed: 'it was closed (closed): create a new llavero',
};

const reported = (error: string | undefined): string =>
  error === undefined ? '' : `, and the provider reported ${error} in it`;

/** What to look at when the obvious is right. */
const hints = {
  basic_encoding:
    " If they are right: the id or secret holds a character that clientAuthentication: 'basic' sends encoded (RFC 6749, section 2.3.1), and many servers do not decode it; try 'basic-unencoded' or 'post' in the provider's definition.",
  another_client:
    ' Its refresh token was obtained with another client id or secret than the one that was sent: is this the right configuration, on the right database?',
  another_server:
    ' Another server issued the refresh token: the addresses of the preset are not what they were. Put them back; where this is the same provider all the same, register the account with keepToken, and what it says counts.',
  dead_refresh_token:
    " The provider may be refusing a dead refresh token under another name; if so, say it with classifyError in the provider's definition.",
} as const;

type Hint = keyof typeof hints;

const inMs = (ms: number | undefined): string => (ms === undefined ? '' : ` in ${Math.ceil(ms / 1000)} s`);
const withStatus = (status: number | undefined): string => (status === undefined ? '' : ` (HTTP ${status})`);

/** The whole error table: code, whether to retry, and a message that says what to do. */
export const factsOf: (error: TokenError) => TokenErrorFacts = foldTokenError<TokenErrorFacts>({
  UnknownKey: ({ key, why, missing }) => ({
    code: 'ERR_UNKNOWN_KEY',
    retryable: false,
    key,
    message:
      why === 'no_such_provider'
        ? 'No provider is configured for this key: it has to begin with the id of one that was passed to createLlavero({ providers }).'
        : `Nothing is registered under ${key}: ${missing ?? 'call register(), or give the preset everything it needs'}.`,
  }),
  ReauthorizationRequired: ({ key, cause }) => ({
    code: 'ERR_REAUTHORIZATION_REQUIRED',
    retryable: false,
    key,
    message: `${key} ${authorizeAgain[cause]}. Send a person through authorize() and callback().`,
  }),
  OutcomeUnknown: ({ key, why, retryAfterMs }) => ({
    code: 'ERR_OUTCOME_UNKNOWN',
    retryable: retryAfterMs !== undefined,
    retryAfterMs,
    key,
    message: `A token request for ${key} may or may not have been processed (${why}). Its refresh token is kept; try again${inMs(retryAfterMs)}.`,
  }),
  ClientRejected: ({ key, error, hint }) => ({
    code: 'ERR_CLIENT_REJECTED',
    retryable: false,
    key,
    message: `The provider refused the client of ${key} (${error}). Correct its client id or secret with register() or in the preset; the account's grant is kept.${hint === undefined ? '' : hints[hint]}`,
  }),
  RequestRejected: ({ key, error, status, hint }) => ({
    code: 'ERR_REQUEST_REJECTED',
    retryable: false,
    key,
    message: `The provider rejected the request for ${key}: ${error}${withStatus(status)}. Check the scope, the redirect URI and the addresses it was configured with; the account's grant is kept.${hint === undefined ? '' : hints[hint]}`,
  }),
  AccountUnavailable: ({ key, error }) => ({
    code: 'ERR_ACCOUNT_UNAVAILABLE',
    retryable: false,
    key,
    message: `The provider says that the account of ${key} is not available: ${error}. The merchant has to settle it with the provider.`,
  }),
  AccessDenied: ({ key }) => ({
    code: 'ERR_ACCESS_DENIED',
    retryable: false,
    key,
    message: `The authorization of ${key} was denied. What was authorized before still holds.`,
  }),
  StateMismatch: ({ why, key, providerError }) => ({
    code: 'ERR_STATE_MISMATCH',
    retryable: false,
    key,
    message:
      why === 'already_completed'
        ? `This callback was delivered before: ${key ?? 'the account'} is connected, and nothing was sent again.`
        : `The callback was refused: ${stateMismatch[why]}${reported(providerError)}. Start again with authorize().`,
  }),
  UntrustedAddress: ({ key, host, why }) => ({
    code: 'ERR_UNTRUSTED_ADDRESS',
    retryable: false,
    key,
    message: `Nothing was sent for ${key} to ${host}: ${why}.`,
  }),
  RateLimited: ({ key, retryAfterMs, scope }) => ({
    code: 'ERR_RATE_LIMITED',
    retryable: true,
    retryAfterMs,
    key,
    message: `The provider limits the requests for ${key}${scope === 'account' ? ', and for no other account' : ''}. Try again${inMs(retryAfterMs) || ' later'}.`,
  }),
  RenewalUnderWay: ({ key, retryAfterMs }) => ({
    code: 'ERR_PROVIDER_UNAVAILABLE',
    retryable: true,
    retryAfterMs,
    key,
    message: `The renewal of ${key} has not ended yet, here or in another process; it goes on. Try again${inMs(retryAfterMs) || ' later'}.`,
  }),
  ProviderUnavailable: ({ key, why, status, retryAfterMs, startAgain }) => ({
    code: 'ERR_PROVIDER_UNAVAILABLE',
    retryable: startAgain !== true,
    retryAfterMs,
    key,
    message: `No token for ${key} now: ${why}${withStatus(status)}. ${startAgain === true ? 'Start again with authorize()' : `Try again${inMs(retryAfterMs) || ' later'}`}.`,
  }),
  ResponseMalformed: ({ key, why, status, retryAfterMs, startAgain }) => ({
    code: 'ERR_RESPONSE_MALFORMED',
    retryable: retryAfterMs !== undefined,
    retryAfterMs,
    key,
    message: `The provider's answer for ${key} holds no usable token: ${why}${withStatus(status)}.${startAgain === true ? ' Start again with authorize().' : ''}${retryAfterMs === undefined ? '' : ` It is asked again${inMs(retryAfterMs)}.`}`,
  }),
  StoreFailed: ({ operation, why, key }) => ({
    code: 'ERR_STORE_FAILED',
    retryable: true,
    key,
    message: `The token store failed to ${operation}${key === undefined ? '' : ` ${key}`}: ${storeAdvice[why] ?? why}.`,
  }),
  DecryptionFailed: ({ why, key, keyId }) => ({
    code: 'ERR_DECRYPTION_FAILED',
    retryable: false,
    key,
    message: `A stored value${key === undefined ? '' : ` of ${key}`}${keyId === undefined ? '' : ` (key ${keyId})`} did not open: ${decryption[why]}. Nothing was written.`,
  }),
  Aborted: ({ key }) => ({
    code: 'ERR_ABORTED',
    retryable: true,
    key,
    message: `The wait for a token of ${key} was aborted by its signal. A renewal under way goes on.`,
  }),
});

/** What a store keeps of an error so that other processes can tell it again. */
export const failureDetail: (error: TokenError) => string = foldTokenError<string>({
  UnknownKey: ({ why }) => why,
  ReauthorizationRequired: ({ cause }) => cause,
  OutcomeUnknown: ({ why }) => why,
  ClientRejected: ({ error, hint }) => withHint(error, hint),
  RequestRejected: ({ error, hint }) => withHint(error, hint),
  AccountUnavailable: ({ error }) => error,
  AccessDenied: () => '',
  StateMismatch: ({ why }) => why,
  UntrustedAddress: ({ host, why }) => `${host}: ${why}`,
  RateLimited: ({ scope }) => (scope === 'account' ? scope : ''),
  RenewalUnderWay: () => '',
  ProviderUnavailable: ({ why }) => why,
  ResponseMalformed: ({ why }) => why,
  StoreFailed: ({ why }) => why,
  DecryptionFailed: ({ why }) => why,
  Aborted: () => '',
});

const withHint = (error: string, hint: Hint | undefined): string => (hint === undefined ? error : `${error}; ${hint}`);

/** A stored detail, and the hint that {@link withHint} put at its end. */
const splitHint = <Name extends Hint>(
  detail: string,
  ...names: readonly Name[]
): { readonly error: string; readonly hint?: Name } => {
  const hint = names.find((name) => detail.endsWith(`; ${name}`));
  return hint === undefined ? { error: detail } : { error: detail.slice(0, -hint.length - 2), hint };
};

const isCause = (text: string): text is ReauthorizationCause => Object.hasOwn(authorizeAgain, text);

/** The error a stored failure stands for, in printable words whoever wrote it; `retryAfterMs` is what is left of its cool-down. */
export const errorOfFailure = (
  key: string,
  failure: Pick<Failure, 'code' | 'detail'>,
  retryAfterMs?: number,
): TokenError => {
  const later = retryAfterMs === undefined ? {} : { retryAfterMs };
  const detail = printable(failure.detail, 200);
  switch (failure.code) {
    case 'ERR_REAUTHORIZATION_REQUIRED':
      return tokenError('ReauthorizationRequired', { key, cause: isCause(detail) ? detail : 'invalid_grant' });
    case 'ERR_CLIENT_REJECTED':
      return tokenError('ClientRejected', { key, ...splitHint(detail, 'basic_encoding', 'another_client') });
    case 'ERR_REQUEST_REJECTED':
      return tokenError('RequestRejected', { key, ...splitHint(detail, 'dead_refresh_token', 'another_server') });
    case 'ERR_ACCOUNT_UNAVAILABLE':
      return tokenError('AccountUnavailable', { key, error: detail });
    case 'ERR_UNTRUSTED_ADDRESS': {
      const [host = '', ...why] = detail.split(': ');
      return tokenError('UntrustedAddress', { key, host, why: why.join(': ') });
    }
    case 'ERR_RATE_LIMITED':
      return tokenError('RateLimited', { key, ...later, ...(detail === 'account' ? { scope: detail } : {}) });
    case 'ERR_RESPONSE_MALFORMED':
      return tokenError('ResponseMalformed', { key, why: detail, ...later });
    case 'ERR_OUTCOME_UNKNOWN':
      return tokenError('OutcomeUnknown', { key, why: detail, ...later });
    default:
      return tokenError('ProviderUnavailable', { key, why: detail, ...later });
  }
};
