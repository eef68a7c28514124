import { left, right } from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { parseCallbackUrl, parseRedirectUri } from '../../../src/adapters/grants/redirect-uri.js';

const strict = { allowHttpOnLoopback: false };
const local = { allowHttpOnLoopback: true };
const https: unknown = expect.stringMatching(/^start with https:\/\/.*allowHttpOnLoopback.*opaqueRedirectUri/);

describe('parseRedirectUri', () => {
  it.each([
    'https://app.test/cb?x=1',
    'https://app.internal:8443/cb',
    'HTTPS://10.0.0.5/cb',
    'urn:ietf:wg:oauth:2.0:oob',
    'urn:ietf:wg:oauth:2.0:oob:auto',
  ])('takes %s as it is', (text) => {
    expect(parseRedirectUri(text, strict)).toEqual(right(text));
  });

  it.each(['http://localhost:3000/cb', 'http://127.0.0.1/cb', 'http://[::1]:8080/cb'])(
    'takes %s where http to loopback hosts is admitted, and only there',
    (text) => {
      expect(parseRedirectUri(text, local)).toEqual(right(text));
      expect(parseRedirectUri(text, strict)).toEqual(left(https));
    },
  );

  it.each([
    'http://app.test/cb',
    'http://localhost.app.test/cb',
    'http://10.0.0.5/cb',
    'com.app:/cb',
    'urn:other',
    'javascript:alert(1)',
    'ftp://app.test/cb',
  ])('refuses %s, and says what would admit it', (text) => {
    expect(parseRedirectUri(text, local)).toEqual(left(https));
  });

  it('refuses what is none, and fragments', () => {
    for (const text of ['', '/cb', 'app.test/cb', 'https://app.test/c b', 'https://app.test/\n']) {
      expect(parseRedirectUri(text, local)).toEqual(left('be an absolute URI like https://app.example.com/callback'));
    }
    expect(parseRedirectUri('https://app.test/cb#x', local)).toEqual(left('carry no # fragment (RFC 6749 §3.1.2)'));
  });

  it('takes any text where the provider makes them up, but control characters', () => {
    for (const text of ['Acme_Ltd-AcmeShop-PRD-1a2b3c', 'com.app:/cb', 'http://app.test/cb#x', 'a name of ours']) {
      expect(parseRedirectUri(text, 'opaque')).toEqual(right(text));
    }
    for (const text of ['', 'a\nb']) {
      expect(parseRedirectUri(text, 'opaque')).toEqual(left('be a text without control characters'));
    }
  });
});

describe('parseCallbackUrl', () => {
  it('takes a web address with a query of its own', () => {
    expect(parseCallbackUrl('https://app.test/cb?tenant=7', strict)).toEqual(right('https://app.test/cb?tenant=7'));
    expect(parseCallbackUrl('http://localhost/cb', local)).toEqual(right('http://localhost/cb'));
  });

  it('refuses what a browser cannot bring back, and what others could read on its way', () => {
    expect(parseCallbackUrl('urn:ietf:wg:oauth:2.0:oob', strict)).toEqual(left('start with https://'));
    expect(parseCallbackUrl('http://app.test/cb', local)).toEqual(left(https));
    expect(parseCallbackUrl('https://app.test/cb?state=x', strict)).toEqual(
      left('not hold state in its query, because the answer brings one'),
    );
    expect(parseCallbackUrl('https://app.test/cb?a=1&code=x', strict)).toEqual(
      left('not hold code in its query, because the answer brings one'),
    );
  });
});
