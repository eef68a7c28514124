import { left } from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { citrusAd } from '../../../../src/adapters/providers/citrus-ad/citrus-ad.js';
import { rightOf } from '../../grants/credential-fixture.js';
import { loopback, setUp, strict } from '../provider-fixture.js';

const options = { baseUrl: 'eu.citrusad.test', clientId: 'id', clientSecret: 's:e€', apiKey: '4ww25f70-aaaa' };

describe('citrusAd', () => {
  it('asks exactly as documented, and never for a scope', () => {
    const { grant, credential } = setUp(citrusAd(options), { scope: 'everything' });
    const request = {
      method: 'POST',
      url: 'https://eu.citrusad.test/v1/oauth2/token',
      form: [['grant_type', 'client_credentials']],
      headers: { Authorization: `Basic ${Buffer.from('id:s:e€', 'utf8').toString('base64')}` },
    };
    expect(rightOf(grant.obtain(credential))).toEqual(request);
    expect(rightOf(grant.renew(credential, undefined))).toEqual(request);
    expect([grant.style, grant.repeatable]).toEqual(['client_credentials', true]);
  });

  it('takes its base address in every form that the documents use', () => {
    const forms = [
      'eu.citrusad.test',
      'eu.citrusad.test/v1/',
      'https://eu.citrusad.test',
      'https://EU.citrusad.test/v1',
    ];
    for (const baseUrl of forms) {
      expect(setUp(citrusAd({ ...options, baseUrl })).credential.baseUrl).toBe('https://eu.citrusad.test');
      expect(setUp(citrusAd({ clientId: 'id', clientSecret: 's' }), { baseUrl }).credential.baseUrl).toBe(
        'https://eu.citrusad.test',
      );
    }
    const local = setUp(citrusAd({ ...options, baseUrl: 'http://127.0.0.1:80/ads-api/v1' }), {}, loopback);
    expect(local.credential.baseUrl).toBe('http://127.0.0.1/ads-api');
  });

  it('refuses a doubled version or a whole endpoint, at once', () => {
    for (const baseUrl of ['https://eu.citrusad.test/v1/v1', 'eu.citrusad.test/v1//v1/']) {
      expect(() => citrusAd({ ...options, baseUrl })).toThrow(
        new TypeError('baseUrl of citrusAd must hold /v1 once, as in https://us-integration.citrusad.com/v1'),
      );
    }
    expect(() => citrusAd({ ...options, baseUrl: 'eu.citrusad.test/v1/oauth2/token' })).toThrow(
      new TypeError('baseUrl of citrusAd must end before /v1/oauth2/token, as in https://us-integration.citrusad.com'),
    );
  });

  it('refuses an address that is not fit for secrets, when it is configured or registered', () => {
    expect(() => citrusAd({ ...options, baseUrl: 'http://eu.citrusad.test' }).configure(strict)).toThrow(TypeError);
    expect(citrusAd(options).configure(strict).parseFields({ baseUrl: 'us-integration' })).toEqual(
      left('baseUrl of citrusad must name a public host (localhost is admitted with allowHttpOnLoopback)'),
    );
  });

  it('keeps the API key for the paths that take no token', () => {
    expect(setUp(citrusAd(options)).credential.apiKey?.expose()).toBe('4ww25f70-aaaa');
    const { apiKey: _, ...without } = options;
    expect(setUp(citrusAd(without)).credential.apiKey).toBeUndefined();
  });

  it('places a token on ads, the API key on the rest, and nothing on what anybody may report', () => {
    const { provider, credential } = setUp(citrusAd(options));
    expect(provider.api?.base(credential, {})).toBe('https://eu.citrusad.test/v1');
    const placed = (path: string): string => {
      const placement = provider.api?.placement(path);
      if (placement === undefined || placement.credential === 'none') return 'none';
      return placement.in === 'header' ? `${placement.name}: ${placement.scheme} ${placement.credential}` : 'query';
    };
    const token = 'Authorization: Bearer token';
    const key = 'Authorization: Basic api_key';
    expect(
      [
        '/ads',
        '/ads/generate',
        '/ads/bannerx',
        '/orders',
        '/orders/1',
        '/catalogs',
        '/catalog-products',
        '/customers',
        '/resource/first-i/a',
        '/resource/second-c/a',
        '/resource/other',
        '/adsx',
        '/',
      ].map(placed),
    ).toEqual([token, token, token, key, key, key, key, key, 'none', 'none', key, key, key]);
    expect(provider.api?.judgeRefusal).toBe(undefined);
  });

  it('refuses keys that no header could carry', () => {
    expect(() => citrusAd({ ...options, clientId: 'a:b' })).toThrow(
      new TypeError('clientId of citrusAd must hold no colon, because HTTP Basic ends the id at the first (RFC 7617)'),
    );
    expect(() => citrusAd({ ...options, apiKey: '“key”' })).toThrow(
      new TypeError('apiKey of citrusAd must hold visible ASCII characters only, because it goes into a header'),
    );
    expect(() => citrusAd({ ...options, clientSecret: 'x\r\ny' })).toThrow(TypeError);
  });
});
