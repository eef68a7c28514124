import { isRight, left, right } from 'fp-ts/lib/Either.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CredentialFields } from '../../src/domain/credential.js';
import type { IssuedToken } from '../../src/domain/issued-token.js';
import {
  decodeAuthorizationMemory,
  decodeCredentialFields,
  decodeIssuedToken,
  encodeAuthorizationMemory,
  encodeCredentialFields,
  encodeIssuedToken,
} from '../../src/domain/secrets-codec.js';
import { Secret } from '../../src/domain/secret.js';

const open = (secret: Secret | undefined): string | undefined => secret?.expose();

const tokenOpened = ({ accessToken, refreshToken, installationCode, ...rest }: IssuedToken) => ({
  ...rest,
  accessToken: open(accessToken),
  refreshToken: open(refreshToken),
  installationCode: open(installationCode),
});

const fieldsOpened = ({ clientSecret, apiKey, ...rest }: CredentialFields) => ({
  ...rest,
  clientSecret: open(clientSecret),
  apiKey: open(apiKey),
});

const text = fc.string({ unit: 'binary' });
const secret = text.map((value) => new Secret(value));
const date = fc.date({ noInvalidDate: true });
const attributes = fc.dictionary(text, text);
const optional = { requiredKeys: [] };

const issuedToken: fc.Arbitrary<IssuedToken> = fc.record(
  {
    accessToken: secret,
    tokenType: text,
    scope: text,
    refreshToken: secret,
    obtainedAt: date,
    expiresAt: date,
    refreshTokenExpiresAt: date,
    attributes,
    installationCode: secret,
    tenant: fc.record({ issuer: text, baseUrl: text, apiAddress: text, shop: text }, optional),
  },
  { requiredKeys: ['tokenType', 'obtainedAt', 'expiresAt', 'attributes'] },
);

const credentialFields: fc.Arbitrary<CredentialFields> = fc.record(
  {
    grant: fc.constantFrom('authorization_code', 'consumer_key', 'client_credentials'),
    clientId: text,
    clientSecret: secret,
    scope: text,
    redirectUri: text,
    baseUrl: text,
    apiKey: secret,
    storeUrl: text,
    apiAddress: text,
  },
  optional,
);

const memory = fc.record({ redirectUri: text, scope: text, boundHost: text, codeVerifier: text }, optional);

describe('what stands inside a seal', () => {
  it('gives a token back as it was, whatever is in it', () => {
    fc.assert(
      fc.property(issuedToken, (token) => {
        const decoded = decodeIssuedToken(encodeIssuedToken(token));
        expect(isRight(decoded) && tokenOpened(decoded.right)).toEqual(tokenOpened(token));
      }),
    );
  });

  it('gives the fields of a credential back as they were', () => {
    fc.assert(
      fc.property(credentialFields, (fields) => {
        const decoded = decodeCredentialFields(encodeCredentialFields(fields));
        expect(isRight(decoded) && fieldsOpened(decoded.right)).toEqual(fieldsOpened(fields));
      }),
    );
  });

  it('gives the memory of an authorization back as it was', () => {
    fc.assert(
      fc.property(memory, (remembered) => {
        expect(decodeAuthorizationMemory(encodeAuthorizationMemory(remembered))).toEqual(right(remembered));
      }),
    );
  });

  it('has no member for what is absent, so that a preset’s own value is not covered up', () => {
    expect(decodeCredentialFields('{}')).toEqual(right({}));
    expect(decodeAuthorizationMemory('{}')).toEqual(right({}));
    const token = decodeIssuedToken('{"tokenType":"Bearer","obtainedAt":1,"expiresAt":2}');
    expect(isRight(token) && Object.keys(token.right)).toEqual(['tokenType', 'obtainedAt', 'expiresAt', 'attributes']);
  });

  it('may hold members that an older release does not know', () => {
    expect(decodeCredentialFields('{"clientId":"id","dpopKey":{"kty":"EC"}}')).toEqual(right({ clientId: 'id' }));
    expect(decodeAuthorizationMemory('{"scope":"s","nonce":"n"}')).toEqual(right({ scope: 's' }));
    const token = decodeIssuedToken('{"tokenType":"Bearer","obtainedAt":1,"expiresAt":2,"idToken":"x"}');
    expect(isRight(token) && Object.hasOwn(token.right, 'idToken')).toBe(false);
  });

  it.each(['', 'null', '[]', '42', '"text"', '{', '{"tokenType":"Bearer"', 'undefined'])(
    'is unreadable as %j',
    (text) => {
      expect(decodeIssuedToken(text)).toEqual(left('unreadable'));
      expect(decodeCredentialFields(text)).toEqual(left('unreadable'));
      expect(decodeAuthorizationMemory(text)).toEqual(left('unreadable'));
    },
  );

  it.each([
    '{}',
    '{"tokenType":"Bearer","obtainedAt":1}',
    '{"obtainedAt":1,"expiresAt":2}',
    '{"tokenType":"Bearer","obtainedAt":"1","expiresAt":2}',
    '{"tokenType":"Bearer","obtainedAt":1,"expiresAt":8640000000000001}',
    '{"tokenType":7,"obtainedAt":1,"expiresAt":2}',
  ])('is no token without its times and its type: %s', (text) => {
    expect(decodeIssuedToken(text)).toEqual(left('unreadable'));
  });

  it('never becomes anything but what its members say, and never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        const decoded = decodeIssuedToken(text);
        expect(isRight(decoded) ? Number.isNaN(decoded.right.expiresAt.getTime()) : false).toBe(false);
        decodeCredentialFields(text);
        decodeAuthorizationMemory(text);
      }),
    );
  });

  it('takes nothing that it inherits for a member', () => {
    const text =
      '{"__proto__":{"accessToken":"forged","scope":"all"},"tokenType":"Bearer","obtainedAt":1,"expiresAt":2}';
    const decoded = decodeIssuedToken(text);
    expect(isRight(decoded) && [decoded.right.accessToken, decoded.right.scope]).toEqual([undefined, undefined]);
    expect(decodeCredentialFields('{"__proto__":{"clientId":"forged"}}')).toEqual(right({}));
  });

  it('drops a grant style that nobody knows', () => {
    expect(decodeCredentialFields('{"grant":"password"}')).toEqual(right({}));
  });

  it('drops attributes that are no text', () => {
    const token = decodeIssuedToken(
      '{"tokenType":"Bearer","obtainedAt":1,"expiresAt":2,"attributes":{"storeId":"1","n":2,"o":{}}}',
    );
    expect(isRight(token) && token.right.attributes).toEqual({ storeId: '1' });
  });
});
