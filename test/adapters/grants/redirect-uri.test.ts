import { left, right } from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { parseCallbackUrl, parseRedirectUri } from '../../../src/adapters/grants/redirect-uri.js';

describe('parseRedirectUri', () => {
  it('takes absolute URIs as they are', () => {
    for (const text of [
      'https://app.test/cb?x=1',
      'urn:ietf:wg:oauth:2.0:oob',
      'http://localhost:3000/cb',
      'com.app:/cb',
    ]) {
      expect(parseRedirectUri(text)).toEqual(right(text));
    }
  });

  it('refuses what is none, and fragments', () => {
    for (const text of ['', '/cb', 'app.test/cb', 'https://app.test/c b', 'https://app.test/\n']) {
      expect(parseRedirectUri(text)).toEqual(left('be an absolute URI like https://app.example.com/callback'));
    }
    expect(parseRedirectUri('https://app.test/cb#x')).toEqual(left('carry no # fragment (RFC 6749 §3.1.2)'));
  });
});

describe('parseCallbackUrl', () => {
  it('takes a web address with a query of its own', () => {
    expect(parseCallbackUrl('https://app.test/cb?tenant=7')).toEqual(right('https://app.test/cb?tenant=7'));
  });

  it('refuses what a browser cannot bring back', () => {
    expect(parseCallbackUrl('urn:ietf:wg:oauth:2.0:oob')).toEqual(left('start with https://'));
    expect(parseCallbackUrl('https://app.test/cb?state=x')).toEqual(
      left('not hold state in its query, because the answer brings one'),
    );
    expect(parseCallbackUrl('https://app.test/cb?a=1&code=x')).toEqual(
      left('not hold code in its query, because the answer brings one'),
    );
  });
});
