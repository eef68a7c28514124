import { describe, expect, it } from 'vitest';
import { errorOfFailure, factsOf, failureDetail } from '../../src/domain/token-error-facts.js';
import { tokenError, type ErrorCode, type TokenError } from '../../src/domain/token-error.js';

const key = 'shop/1';

const table: readonly (readonly [TokenError, ErrorCode, retryable: boolean, says: string])[] = [
  [
    tokenError('UnknownKey', { key, why: 'no_such_provider' }),
    'ERR_UNKNOWN_KEY',
    false,
    'createLlavero({ providers })',
  ],
  [tokenError('UnknownKey', { key, why: 'not_registered' }), 'ERR_UNKNOWN_KEY', false, 'register()'],
  ...(
    [
      'never_authorized',
      'invalid_grant',
      'refresh_token_expired',
      'no_refresh_token',
      'outcome_unresolved',
      'other_tenant',
    ] as const
  ).map(
    (cause) =>
      [
        tokenError('ReauthorizationRequired', { key, cause }),
        'ERR_REAUTHORIZATION_REQUIRED',
        false,
        'authorize() and callback()',
      ] as const,
  ),
  [tokenError('OutcomeUnknown', { key, why: 'ETIMEDOUT' }), 'ERR_OUTCOME_UNKNOWN', false, 'ETIMEDOUT'],
  [
    tokenError('OutcomeUnknown', { key, why: 'ETIMEDOUT', retryAfterMs: 60_000 }),
    'ERR_OUTCOME_UNKNOWN',
    true,
    'try again in 60 s',
  ],
  [tokenError('ClientRejected', { key, error: 'invalid_client' }), 'ERR_CLIENT_REJECTED', false, 'register()'],
  [
    tokenError('RequestRejected', { key, error: 'invalid_scope', status: 400 }),
    'ERR_REQUEST_REJECTED',
    false,
    'invalid_scope (HTTP 400)',
  ],
  [
    tokenError('ClientRejected', { key, error: 'invalid_client', hint: 'basic_encoding' }),
    'ERR_CLIENT_REJECTED',
    false,
    "try 'basic-unencoded' or 'post'",
  ],
  [
    tokenError('RequestRejected', { key, error: 'invalid_request', hint: 'dead_refresh_token' }),
    'ERR_REQUEST_REJECTED',
    false,
    'may be refusing a dead refresh token under another name; if so, say it with classifyError',
  ],
  [
    tokenError('AccountUnavailable', { key, error: '1001 store blocked' }),
    'ERR_ACCOUNT_UNAVAILABLE',
    false,
    '1001 store blocked',
  ],
  [tokenError('AccessDenied', { key }), 'ERR_ACCESS_DENIED', false, 'still holds'],
  [tokenError('StateMismatch', { why: 'unknown' }), 'ERR_STATE_MISMATCH', false, 'authorize()'],
  [
    tokenError('StateMismatch', { why: 'already_completed', key }),
    'ERR_STATE_MISMATCH',
    false,
    `${key} is connected, and nothing was sent again`,
  ],
  [
    tokenError('StateMismatch', { why: 'missing', providerError: 'server_error' }),
    'ERR_STATE_MISMATCH',
    false,
    'it carries no state, and the provider reported server_error in it',
  ],
  [
    tokenError('UntrustedAddress', { key, host: 'evil.example', why: 'not the shop' }),
    'ERR_UNTRUSTED_ADDRESS',
    false,
    'evil.example: not the shop',
  ],
  [tokenError('RateLimited', { key, retryAfterMs: 1_500 }), 'ERR_RATE_LIMITED', true, 'Try again in 2 s'],
  [tokenError('RateLimited', { key }), 'ERR_RATE_LIMITED', true, 'Try again later'],
  [tokenError('RateLimited', { key, scope: 'account' }), 'ERR_RATE_LIMITED', true, 'and for no other account'],
  [
    tokenError('ProviderUnavailable', { key, why: 'http', status: 503, retryAfterMs: 1_000 }),
    'ERR_PROVIDER_UNAVAILABLE',
    true,
    'http (HTTP 503). Try again in 1 s',
  ],
  [
    tokenError('ProviderUnavailable', { key, why: 'timeout; the code may be spent', startAgain: true }),
    'ERR_PROVIDER_UNAVAILABLE',
    false,
    'the code may be spent. Start again with authorize().',
  ],
  [
    tokenError('ResponseMalformed', { key, why: 'not_json', status: 200 }),
    'ERR_RESPONSE_MALFORMED',
    false,
    'not_json (HTTP 200)',
  ],
  [
    tokenError('ResponseMalformed', { key, why: 'no_token', retryAfterMs: 2_000 }),
    'ERR_RESPONSE_MALFORMED',
    true,
    'It is asked again in 2 s',
  ],
  [
    tokenError('StoreFailed', { operation: 'update', why: 'SQLITE_FULL', key }),
    'ERR_STORE_FAILED',
    true,
    'SQLITE_FULL',
  ],
  [
    tokenError('DecryptionFailed', { key, why: 'unknown_key_id', keyId: '2025-01' }),
    'ERR_DECRYPTION_FAILED',
    false,
    'key 2025-01',
  ],
  [tokenError('DecryptionFailed', { why: 'failed_tag' }), 'ERR_DECRYPTION_FAILED', false, 'encryption.keys'],
  [tokenError('Aborted', { key }), 'ERR_ABORTED', true, 'goes on'],
];

describe('the error table', () => {
  it.each(table)('says of %j: %s, retryable %s', (error, code, retryable, says) => {
    const facts = factsOf(error);
    expect(facts.code).toBe(code);
    expect(facts.retryable).toBe(retryable);
    expect(facts.message).toContain(says);
    expect(facts.key).toBe('key' in error ? error.key : undefined);
    expect(facts.retryAfterMs).toBe('retryAfterMs' in error ? error.retryAfterMs : undefined);
  });

  it('has a row for every code', () => {
    expect(new Set(table.map(([, code]) => code)).size).toBe(15);
  });

  it('says of an outcome that stayed unknown what ended the grant: a verdict or the policy, and never a count of tries', () => {
    const { message } = factsOf(tokenError('ReauthorizationRequired', { key, cause: 'outcome_unresolved' }));
    expect(message).toContain('was refused when it was sent again');
    expect(message).toContain("recovery: 'never'");
    expect(message).not.toMatch(/tries|no try|is left/);
  });

  it.each(['missing', 'unknown', 'other_account', 'other_host', 'other_issuer', 'repeated_parameter'] as const)(
    'says what is wrong with a callback (%s)',
    (why) => {
      expect(factsOf(tokenError('StateMismatch', { why })).message).toMatch(
        /^The callback was refused: [a-z].+\. Start again with authorize\(\)\.$/,
      );
    },
  );
});

describe('a failure in the store', () => {
  const stored: readonly TokenError[] = [
    tokenError('ReauthorizationRequired', { key, cause: 'invalid_grant' }),
    tokenError('ReauthorizationRequired', { key, cause: 'outcome_unresolved' }),
    tokenError('ReauthorizationRequired', { key, cause: 'other_tenant' }),
    tokenError('ClientRejected', { key, error: 'invalid_client' }),
    tokenError('ClientRejected', { key, error: 'http_401', hint: 'basic_encoding' }),
    tokenError('RequestRejected', { key, error: 'invalid_scope' }),
    tokenError('RequestRejected', { key, error: 'http_400', hint: 'dead_refresh_token' }),
    tokenError('AccountUnavailable', { key, error: '1001 store blocked' }),
    tokenError('RateLimited', { key }),
    tokenError('RateLimited', { key, scope: 'account' }),
    tokenError('ResponseMalformed', { key, why: 'not_json' }),
    tokenError('OutcomeUnknown', { key, why: 'ETIMEDOUT' }),
    tokenError('ProviderUnavailable', { key, why: 'ECONNREFUSED' }),
    tokenError('UntrustedAddress', { key, host: 'shop.example:8443', why: 'address_refused' }),
  ];

  it.each(stored)('tells other processes the same error: %j', (error) => {
    expect(errorOfFailure(key, { code: factsOf(error).code, detail: failureDetail(error) })).toEqual(error);
  });

  it.each([
    tokenError('RateLimited', { key }),
    tokenError('RateLimited', { key, scope: 'account' }),
    tokenError('ResponseMalformed', { key, why: 'not_json' }),
    tokenError('OutcomeUnknown', { key, why: 'ETIMEDOUT' }),
    tokenError('ProviderUnavailable', { key, why: 'ECONNREFUSED' }),
  ])('tells what is left of its rest: %j', (error) => {
    const failure = { code: factsOf(error).code, detail: failureDetail(error) };
    expect(errorOfFailure(key, failure, 700)).toEqual({ ...error, retryAfterMs: 700 });
  });

  it('that a newer release wrote is an outage, and an unknown cause is a refused grant', () => {
    expect(errorOfFailure(key, { code: 'ERR_NEW', detail: 'news' })).toEqual(
      tokenError('ProviderUnavailable', { key, why: 'news' }),
    );
    for (const detail of ['news', 'constructor', '__proto__', '']) {
      expect(errorOfFailure(key, { code: 'ERR_REAUTHORIZATION_REQUIRED', detail })).toEqual(
        tokenError('ReauthorizationRequired', { key, cause: 'invalid_grant' }),
      );
    }
  });

  it('is told in printable words, whatever somebody else wrote into the store', () => {
    const failure = { code: 'ERR_REQUEST_REJECTED', detail: 'lost\r\n\u001b[31mSet-Cookie: a=b\u0000' };
    expect(errorOfFailure(key, failure)).toEqual(
      tokenError('RequestRejected', { key, error: 'lost[31mSet-Cookie: a=b' }),
    );
  });

  it('is told with a detail for every error there is', () => {
    for (const [error] of table) expect(typeof failureDetail(error)).toBe('string');
  });
});
