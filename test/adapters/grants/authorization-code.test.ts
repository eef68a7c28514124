import { left, right } from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { authorizationCode, type AuthorizationCodeData } from '../../../src/adapters/grants/authorization-code.js';
import { Secret } from '../../../src/domain/secret.js';
import type { Authorization } from '../../../src/ports/grant.js';
import { credentialWith, heldToken, rightOf } from './credential-fixture.js';

const data: AuthorizationCodeData = {
  authorizationUrl: '/authorize?tenant=7',
  tokenUrl: '/token',
  clientAuthentication: 'post',
  pkce: true,
};
const credential = credentialWith('authorization_code', {
  baseUrl: 'https://shop.test',
  redirectUri: 'https://app.test/cb?x=1&y=2',
  scope: 'read write',
});
const { baseUrl: _baseUrl, redirectUri: _redirectUri, ...bare } = credential;
const stepsOf = (members: Partial<AuthorizationCodeData> = {}): Authorization => {
  const { authorization } = authorizationCode({ ...data, ...members });
  if (authorization === undefined) throw new Error('an authorization code grant has browser steps');
  return authorization;
};
const keys = [
  ['client_id', 'id'],
  ['client_secret', 'secret'],
] as const;

describe('sending the browser away', () => {
  it('asks for a code with everything that will be checked', () => {
    const { url, memory } = rightOf(stepsOf().begin(credential, { state: 's t', codeChallenge: 'hash' }));
    expect(url.origin + url.pathname).toBe('https://shop.test/authorize');
    expect([...url.searchParams]).toEqual([
      ['tenant', '7'],
      ['response_type', 'code'],
      ['client_id', 'id'],
      ['redirect_uri', 'https://app.test/cb?x=1&y=2'],
      ['scope', 'read write'],
      ['state', 's t'],
      ['code_challenge', 'hash'],
      ['code_challenge_method', 'S256'],
    ]);
    expect(memory).toEqual({ redirectUri: 'https://app.test/cb?x=1&y=2', scope: 'read write' });
  });

  it('never shows the secret', () => {
    expect(rightOf(stepsOf().begin(credential, { state: 's' })).url.href).not.toContain('secret');
  });

  it('sends no challenge to a server without PKCE', () => {
    const { url } = rightOf(stepsOf({ pkce: false }).begin(credential, { state: 's', codeChallenge: 'hash' }));
    expect(url.searchParams.has('code_challenge')).toBe(false);
    expect(stepsOf({ pkce: false }).pkce).toBe(false);
  });

  it('prefers what the call says over what is registered', () => {
    const input = { state: 's', redirectUri: 'https://app.test/other', scope: 'read' };
    const { url, memory } = rightOf(stepsOf().begin(credential, input));
    expect([url.searchParams.get('redirect_uri'), url.searchParams.get('scope')]).toEqual([input.redirectUri, 'read']);
    expect(memory).toEqual({ redirectUri: input.redirectUri, scope: 'read' });
  });

  it('names no scope that nobody asked for', () => {
    const { scope: _scope, ...scopeless } = credential;
    expect(rightOf(stepsOf().begin(scopeless, { state: 's' })).url.searchParams.has('scope')).toBe(false);
  });

  it('names each parameter once, also one that the address already had', () => {
    const extra = {
      authorizationUrl: '/authorize?state=old',
      authorizationParameters: [['prompt', 'consent']],
    } as const;
    const { url } = rightOf(stepsOf(extra).begin(credential, { state: 's' }));
    expect(url.searchParams.getAll('state')).toEqual(['s']);
    expect(url.searchParams.getAll('prompt')).toEqual(['consent']);
  });

  it('says what is missing or wrong', () => {
    const begin = stepsOf().begin;
    expect(begin(bare, { state: 's' })).toEqual(
      left('shop/1 has no redirectUri: give it to authorize(), to register(), or to the preset'),
    );
    expect(begin(credential, { state: 's', redirectUri: '/cb' })).toEqual(
      left('redirectUri of shop/1 must be an absolute URI like https://app.example.com/callback'),
    );
  });
});

describe('a callback', () => {
  const memory = { redirectUri: 'https://app.test/cb', scope: 'read', codeVerifier: 'verifier' };
  const returned = (parameters: Readonly<Record<string, string>>, members: Partial<AuthorizationCodeData> = {}) =>
    stepsOf(members).returned(credential, memory, new Map(Object.entries(parameters)));

  it('brings a code, which goes with what was remembered', () => {
    const code = rightOf(returned({ code: 'c' }));
    expect(code.code.expose()).toBe('c');
    expect({ ...code, code: undefined }).toEqual({ ...memory, code: undefined });
  });

  it('without a code is refused', () => {
    expect(returned({ state: 's' })).toEqual(
      left({ _tag: 'RequestRejected', key: 'shop/1', error: 'the callback carries no code' }),
    );
  });

  it('with an error is that error, even beside a code', () => {
    expect(returned({ error: 'access_denied', code: 'c' })).toEqual(left({ _tag: 'AccessDenied', key: 'shop/1' }));
  });

  it('has to come from the expected issuer (RFC 9207), an error too', () => {
    const issuer = 'https://shop.test';
    const refused = left({ _tag: 'StateMismatch', why: 'other_issuer' });
    expect(returned({ code: 'c' }, { issuer })).toEqual(refused);
    expect(returned({ code: 'c', iss: 'https://shop.test/' }, { issuer })).toEqual(refused);
    expect(returned({ error: 'access_denied', iss: 'https://evil.test' }, { issuer })).toEqual(refused);
    expect(rightOf(returned({ code: 'c', iss: issuer }, { issuer })).code.expose()).toBe('c');
  });

  it.each([
    'https://any.test',
    'https://shop.test.evil.test',
    'https://shop.test:8443',
    'http://shop.test',
    'shop.test',
    'null',
  ])('of a server whose issuer is not known is refused when it names %s', (iss) => {
    const refused = left({ _tag: 'StateMismatch', why: 'other_issuer' });
    expect(returned({ code: 'c', iss })).toEqual(refused);
    expect(returned({ error: 'access_denied', iss })).toEqual(refused);
  });

  it.each(['https://shop.test', 'https://shop.test/', 'https://shop.test/tenant/7'])(
    'of a server whose issuer is not known may name %s, which is where the browser was sent',
    (iss) => {
      expect(rightOf(returned({ code: 'c', iss })).code.expose()).toBe('c');
    },
  );
});

describe('a pasted code', () => {
  it('loses the white space around it and goes with the registered redirect URI', () => {
    const code = rightOf(stepsOf().pasted(credential, { code: ' c\n' }));
    expect(code.code.expose()).toBe('c');
    expect({ ...code, code: undefined }).toEqual({
      code: undefined,
      redirectUri: 'https://app.test/cb?x=1&y=2',
      scope: 'read write',
    });
    const input = { code: 'c', redirectUri: 'urn:ietf:wg:oauth:2.0:oob' };
    expect(rightOf(stepsOf().pasted(credential, input)).redirectUri).toBe(input.redirectUri);
  });

  it('has to be there', () => {
    expect(stepsOf().pasted(credential, { code: ' ' })).toEqual(
      left("exchange() of shop/1 needs the code: write exchange('shop/1', { code })"),
    );
  });

  it('needs a redirect URI where the provider does', () => {
    expect(stepsOf({ redirectUriRequired: true }).pasted(bare, { code: 'c' })).toEqual(
      left('shop/1 has no redirectUri: give it to exchange(), to register(), or to the preset'),
    );
    expect(rightOf(stepsOf().pasted(bare, { code: 'c' })).redirectUri).toBe(undefined);
  });
});

describe('exchanging a code', () => {
  it('posts it with the redirect URI and the verifier it belongs to', () => {
    const code = { code: new Secret('c'), redirectUri: 'https://app.test/cb', codeVerifier: 'v' };
    expect(authorizationCode({ ...data, obtainParameters: [['audience', 'api']] }).obtain(credential, code)).toEqual(
      right({
        method: 'POST',
        url: 'https://shop.test/token',
        form: [
          ['grant_type', 'authorization_code'],
          ['code', 'c'],
          ['redirect_uri', 'https://app.test/cb'],
          ['code_verifier', 'v'],
          ['audience', 'api'],
          ...keys,
        ],
        headers: {},
      }),
    );
  });

  it('is not possible without a code', () => {
    expect(authorizationCode(data).obtain(credential)).toEqual(
      left({ _tag: 'ReauthorizationRequired', key: 'shop/1', cause: 'never_authorized' }),
    );
  });
});

describe('renewing', () => {
  it('posts the refresh token and nothing that RFC 6749 §6 does not know', () => {
    expect(rightOf(authorizationCode(data).renew(credential, heldToken)).form).toEqual([
      ['grant_type', 'refresh_token'],
      ['refresh_token', 'refresh'],
      ...keys,
    ]);
  });

  it('sends the redirect URI along where the provider wants it', () => {
    const grant = authorizationCode({ ...data, redirectUriOnRenew: true, renewParameters: [['audience', 'api']] });
    expect(rightOf(grant.renew(credential, heldToken)).form).toEqual([
      ['grant_type', 'refresh_token'],
      ['refresh_token', 'refresh'],
      ['redirect_uri', 'https://app.test/cb?x=1&y=2'],
      ['audience', 'api'],
      ...keys,
    ]);
  });

  it('is not possible without a refresh token', () => {
    const { refreshToken: _, ...token } = heldToken;
    const refused = (cause: string): unknown => left({ _tag: 'ReauthorizationRequired', key: 'shop/1', cause });
    expect(authorizationCode(data).renew(credential, token)).toEqual(refused('no_refresh_token'));
    expect(authorizationCode(data).renew(credential, undefined)).toEqual(refused('never_authorized'));
  });
});

describe('revoking', () => {
  it('is there only where the provider can be told', () => {
    expect(authorizationCode(data).revoke).toBeUndefined();
    const request = authorizationCode({ ...data, revocationUrl: '/revoke' }).revoke?.(credential, heldToken);
    expect(request?.url).toBe('https://shop.test/revoke');
  });
});

describe('data that cannot work', () => {
  it('is refused at once', () => {
    expect(() => authorizationCode({ ...data, renewParameters: [['scope', 'all']] })).toThrow(
      new TypeError('renewParameters must not hold scope: the grant sends it itself'),
    );
  });
});
