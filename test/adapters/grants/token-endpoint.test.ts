import { describe, expect, it } from 'vitest';
import { extraParameters, resolveUrl, revocationRequest } from '../../../src/adapters/grants/token-endpoint.js';
import { Secret } from '../../../src/domain/secret.js';
import { credentialWith, heldToken } from './credential-fixture.js';

const endpoint = { tokenUrl: '/token', clientAuthentication: 'basic', headers: { 'X-Env': 'test' } } as const;
const credential = credentialWith('authorization_code', { baseUrl: 'https://shop.test/base' });

describe('an address of a provider', () => {
  it('is absolute, or a path below the base of the credential', () => {
    expect(resolveUrl('https://other.test/token', credential)).toBe('https://other.test/token');
    expect(resolveUrl('/token', credential)).toBe('https://shop.test/base/token');
  });
});

describe('a revocation (RFC 7009)', () => {
  it('names the refresh token, with the proof of the client', () => {
    expect(revocationRequest(endpoint, '/revoke', credential, heldToken)).toEqual({
      method: 'POST',
      url: 'https://shop.test/base/revoke',
      form: [
        ['token', 'refresh'],
        ['token_type_hint', 'refresh_token'],
      ],
      headers: { 'X-Env': 'test', Authorization: 'Basic aWQ6c2VjcmV0' },
    });
  });

  it('names the access token where there is no refresh token', () => {
    const { refreshToken: _, ...token } = { ...heldToken, accessToken: new Secret('only') };
    expect(revocationRequest(endpoint, '/revoke', credential, token).form).toEqual([
      ['token', 'only'],
      ['token_type_hint', 'access_token'],
    ]);
  });
});

describe('extra parameters', () => {
  it('come through as they are', () => {
    expect(extraParameters('p', [['audience', 'x']])).toEqual([['audience', 'x']]);
    expect(extraParameters('p')).toEqual([]);
  });

  it('may not be what the grant sends itself', () => {
    for (const name of [
      'client_id',
      'client_secret',
      'grant_type',
      'state',
      'redirect_uri',
      'code_challenge',
      'scope',
    ]) {
      expect(() => extraParameters('parameters', [[name, 'x']])).toThrow(
        new TypeError(`parameters must not hold ${name}: the grant sends it itself`),
      );
    }
  });

  it('may not repeat a name', () => {
    const twice = [
      ['a', '1'],
      ['a', '2'],
    ] as const;
    expect(() => extraParameters('parameters', twice)).toThrow(
      new TypeError('parameters must hold a only once (RFC 6749 §3.2)'),
    );
  });
});
