/**
 * The error names of RFC 6749 §5.2 and §4.1.2.1, RFC 7009 §2.2.1, RFC 8707 §2, RFC 6750 §3.1, RFC 9449 and OpenID Connect Core
 * §3.1.2.6, and names of their own that servers use for the same.
 */
const known: ReadonlySet<string> = new Set([
  'access_denied',
  'account_selection_required',
  'bad_refresh_token',
  'bad_verification_code',
  'consent_required',
  'incorrect_client_credentials',
  'insufficient_scope',
  'interaction_required',
  'invalid_client',
  'invalid_code',
  'invalid_dpop_proof',
  'invalid_grant',
  'invalid_refresh_token',
  'invalid_request',
  'invalid_scope',
  'invalid_target',
  'invalid_token',
  'login_required',
  'redirect_uri_mismatch',
  'scope_invalid',
  'server_error',
  'slow_down',
  'temporarily_unavailable',
  'too_many_requests',
  'unauthorized_client',
  'unsupported_grant_type',
  'unsupported_response_type',
  'unsupported_token_type',
  'use_dpop_nonce',
]);

/** What stands for a name that must not be printed. */
export const unrecognised = 'unrecognised_error';

/** A provider's `error` as it may stand in a message: any other text might quote a secret of the request. */
export const errorName = (value: unknown): string =>
  typeof value === 'string' && known.has(value) ? value : unrecognised;
