import { describe, expect, it } from 'vitest';
import { callbackError } from '../../../src/domain/token-response/callback-error.js';

const judged = (error: string): unknown => callbackError('shop/1', new Map([['error', error]]));

describe('an error in a callback', () => {
  it('is none when there is none', () => {
    expect(callbackError('shop/1', new Map([['code', 'x']]))).toBeUndefined();
  });

  it('says that the merchant refused', () => {
    expect(judged('access_denied')).toEqual({ _tag: 'AccessDenied', key: 'shop/1' });
  });

  it('says that the provider cannot answer now', () => {
    for (const why of ['server_error', 'temporarily_unavailable']) {
      expect(judged(why)).toEqual({ _tag: 'ProviderUnavailable', key: 'shop/1', why });
    }
  });

  it('rejects the request for any other reason', () => {
    expect(judged('invalid_scope')).toEqual({ _tag: 'RequestRejected', key: 'shop/1', error: 'invalid_scope' });
    expect(judged('<script>1')).toEqual({ _tag: 'RequestRejected', key: 'shop/1', error: 'unrecognised_error' });
  });
});
