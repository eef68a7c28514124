import { left, right } from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { parseRevocationAnswer } from '../../../src/domain/token-response/revocation-response.js';
import { tokenError } from '../../../src/domain/token-error.js';

const key = 'shop/1';
const judged = (status: number, json?: Readonly<Record<string, unknown>>) =>
  parseRevocationAnswer(key, { status, json });

describe('an answer to a revocation (RFC 7009 §2.2)', () => {
  it.each([200, 204])('%i is done, whatever its body says', (status) => {
    expect(judged(status)).toEqual(right(undefined));
    expect(judged(status, { error: 'server_error' })).toEqual(right(undefined));
  });

  it.each(['unsupported_token_type', 'invalid_token'])('%s leaves nothing more to tell', (error) => {
    expect(judged(400, { error })).toEqual(right(undefined));
    expect(judged(503, { error })).toEqual(right(undefined));
  });

  it.each([
    [401, undefined, 'HTTP 401'],
    [401, 'invalid_client', 'invalid_client'],
    [400, 'invalid_client', 'invalid_client'],
    [403, 'unauthorized_client', 'unauthorized_client'],
  ])('%i with error %s refuses the client', (status, error, told) => {
    expect(judged(status, { error })).toEqual(left(tokenError('ClientRejected', { key, error: told })));
  });

  it.each([
    [400, 'invalid_request', 'invalid_request'],
    [404, undefined, 'the revocation was refused'],
    [400, '', 'the revocation was refused'],
    [400, { code: 1 }, 'unrecognised_error'],
  ])('%i with error %j rejects the request', (status, error, told) => {
    expect(judged(status, { error })).toEqual(left(tokenError('RequestRejected', { key, error: told, status })));
    expect(judged(410)).toEqual(
      left(tokenError('RequestRejected', { key, error: 'the revocation was refused', status: 410 })),
    );
  });

  it.each([302, 408, 425, 429, 500, 503, 599])('%i leaves the token alive, to be tried again', (status) => {
    expect(judged(status)).toEqual(
      left(tokenError('ProviderUnavailable', { key, why: 'the revocation was not confirmed', status })),
    );
  });

  it('quotes nothing that is not an error name: it might quote the token', () => {
    for (const error of ['token abcdef0123456789 is unknown', 'bad\r\nthing 1', 'x'.repeat(65)]) {
      const told = tokenError('RequestRejected', { key, error: 'unrecognised_error', status: 400 });
      expect(judged(400, { error })).toEqual(left(told));
    }
  });

  it('takes no inherited error for one of the provider', () => {
    const inherited: Record<string, unknown> = {};
    Object.setPrototypeOf(inherited, { error: 'unsupported_token_type' });
    expect(judged(400, inherited)).toEqual(
      left(tokenError('RequestRejected', { key, error: 'the revocation was refused', status: 400 })),
    );
  });

  it.each([400, 401, 503])('%i whose body was lost may have said anything: the token is kept', (status) => {
    const why = 'the revocation was not confirmed';
    expect(parseRevocationAnswer(key, { status, json: undefined, bodyIsLost: true })).toEqual(
      left(tokenError('ProviderUnavailable', { key, why, status })),
    );
  });
});
