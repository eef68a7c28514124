import { left, right } from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { consumerKey, type ConsumerKeyData } from '../../../../src/adapters/providers/tray/consumer-key.js';
import { addressAdvice } from '../../../../src/domain/bare-address.js';
import { Secret } from '../../../../src/domain/secret.js';
import type { Authorization } from '../../../../src/ports/grant.js';
import { answerWith, contextWith, issuedIn, sentAtMs } from '../../../domain/token-response/answer-fixtures.js';
import { credentialWith, heldToken, rightOf } from '../../grants/credential-fixture.js';

const data: ConsumerKeyData = {
  rules: { allowHttpOnLoopback: false },
  authorizationPath: '/auth.php',
  apiPath: '/web_api',
  tokenPath: '/auth',
  renewWith: [],
  reuseCode: false,
};
const unbound = credentialWith('consumer_key', { redirectUri: 'https://app.test/cb?tenant=7' });
const credential = { ...unbound, storeUrl: 'https://loja.test/', apiAddress: 'https://loja.test/web_api' };
const stepsOf = (members: Partial<ConsumerKeyData> = {}): Authorization => {
  const { authorization } = consumerKey({ ...data, ...members });
  if (authorization === undefined) throw new Error('a consumer key grant has browser steps');
  return authorization;
};

describe('sending the merchant to the shop', () => {
  it('puts the state into the query of the callback itself', () => {
    const { url, memory } = rightOf(stepsOf().begin(credential, { state: 'a+b' }));
    expect(url.origin + url.pathname).toBe('https://loja.test/auth.php');
    expect([...url.searchParams]).toEqual([
      ['response_type', 'code'],
      ['consumer_key', 'id'],
      ['callback', 'https://app.test/cb?tenant=7&state=a%2Bb'],
    ]);
    expect(memory).toEqual({ redirectUri: 'https://app.test/cb?tenant=7', boundHost: 'loja.test' });
  });

  it('starts a query where the callback has none', () => {
    const { url } = rightOf(stepsOf().begin(credential, { state: 's', redirectUri: 'https://app.test/cb' }));
    expect(url.searchParams.get('callback')).toBe('https://app.test/cb?state=s');
  });

  it('never shows the secret', () => {
    expect(rightOf(stepsOf().begin(credential, { state: 's' })).url.href).not.toContain('secret');
  });

  it('takes the shop from the call before the registered one', () => {
    const { memory } = rightOf(stepsOf().begin(credential, { state: 's', storeUrl: 'outra.test/loja' }));
    expect(memory.boundHost).toBe('outra.test');
  });

  it('says what is missing or wrong', () => {
    const { begin } = stepsOf();
    expect(begin(unbound, { state: 's' })).toEqual(
      left("authorize() of shop/1 needs storeUrl, here or in register(): the shop's host"),
    );
    expect(begin(unbound, { state: 's', storeUrl: 'https://u@loja.test' })).toEqual(
      left('storeUrl of shop/1 must carry no user name or password'),
    );
    const { redirectUri: _, ...without } = credential;
    expect(begin(without, { state: 's' })).toEqual(
      left('shop/1 has no callback: give it to the preset, or redirectUri to authorize()'),
    );
    expect(begin(credential, { state: 's', redirectUri: 'https://app.test/?state=x' })).toEqual(
      left('the callback of shop/1 must not hold state in its query, because the answer brings one'),
    );
  });
});

describe('a callback from the shop', () => {
  const brought = {
    code: 'c',
    store: '391250',
    api_address: 'https://loja.test/web_api/',
    store_host: 'http://loja.test',
    adm_user: 'admin',
  };
  const returned = (
    parameters: Readonly<Record<string, string | undefined>>,
    boundHost: string | undefined = 'loja.test',
  ) =>
    stepsOf().returned(
      credential,
      { boundHost },
      new Map(Object.entries(parameters).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))),
    );
  const untrusted = (host: string, why: string): unknown =>
    left({ _tag: 'UntrustedAddress', key: 'shop/1', host, why });

  it('brings a code and the address to exchange it at', () => {
    const code = rightOf(returned(brought));
    expect(code.code.expose()).toBe('c');
    expect(code.apiAddress).toBe('https://loja.test/web_api');
    expect(consumerKey(data).learned?.(code)).toEqual({ apiAddress: 'https://loja.test/web_api' });
  });

  it('may leave out the store host', () => {
    expect(rightOf(returned({ ...brought, store_host: undefined })).apiAddress).toBe('https://loja.test/web_api');
  });

  it('is refused when its API address is on another host or port', () => {
    const why = 'it is not the host of the shop';
    expect(returned({ ...brought, api_address: 'https://evil.test/web_api' })).toEqual(untrusted('evil.test', why));
    expect(returned({ ...brought, api_address: 'https://www.loja.test/web_api' })).toEqual(
      untrusted('www.loja.test', why),
    );
    expect(returned({ ...brought, api_address: 'https://loja.test.evil.test' })).toEqual(
      untrusted('loja.test.evil.test', why),
    );
    expect(returned(brought, 'loja.test:8443')).toEqual(untrusted('loja.test', why));
    expect(returned({ ...brought, api_address: 'https://evil.test', store_host: 'evil.test' })).toEqual(
      untrusted('evil.test', why),
    );
  });

  it.each([
    ['a Cyrillic о', 'lоja.test'],
    ['its punycode', 'xn--lja-7cd.test'],
    ['a Greek ο', 'lοja.test'],
    ['a dotless ı in a longer name', 'loja.test.ı.test'],
    ['a Latin ĺ', 'ĺoja.test'],
    ['a capital I for an l', 'Ioja.test'],
    ['a zero for an o', 'l0ja.test'],
    ['a hyphen for a dot', 'loja-test.test'],
    ['a subdomain', 'x.loja.test'],
    ['a dot at the end', 'loja.test.'],
  ])('is refused when its API address only looks like the host, by %s', (_how, host) => {
    expect(returned({ ...brought, api_address: `https://${host}/web_api`, store_host: undefined })).toMatchObject({
      left: { _tag: 'UntrustedAddress' },
    });
  });

  it('is refused when no host was remembered', () => {
    const forgotten = stepsOf().returned(credential, {}, new Map(Object.entries(brought)));
    expect(forgotten).toEqual(untrusted('loja.test', 'it is not the host of the shop'));
  });

  it('is refused when its API address is not fit for a secret', () => {
    const refusals = [
      ['http://loja.test/web_api', 'loja.test', addressAdvice.not_https],
      ['https://loja.test@evil.test/web_api', 'evil.test', addressAdvice.user_info],
      ['https://loja.test\\@evil.test/', 'loja.test', addressAdvice.not_a_url],
      ['https://127.0.0.1/web_api', '127.0.0.1', addressAdvice.private_address],
      ['https://loja.test/web_api#x', 'loja.test', addressAdvice.fragment],
      ['javascript:alert(1)', 'an unreadable address', addressAdvice.not_a_url],
    ] as const;
    for (const [api_address, host, why] of refusals) {
      expect(returned({ ...brought, api_address })).toEqual(untrusted(host, `it must ${why}`));
    }
  });

  it('is refused when another shop answered', () => {
    for (const store_host of ['outra.test', 'www.loja.test', 'loja.test:8443', '???']) {
      expect(returned({ ...brought, store_host })).toEqual(left({ _tag: 'StateMismatch', why: 'other_host' }));
    }
  });

  it('is refused without a code or an address', () => {
    const rejected = (error: string): unknown => left({ _tag: 'RequestRejected', key: 'shop/1', error });
    expect(returned({ ...brought, code: undefined })).toEqual(rejected('the callback carries no code'));
    expect(returned({ ...brought, api_address: undefined })).toEqual(rejected('the callback carries no api_address'));
  });

  it('with an error is that error', () => {
    expect(returned({ ...brought, error: 'access_denied' })).toEqual(left({ _tag: 'AccessDenied', key: 'shop/1' }));
  });
});

describe('a pasted code', () => {
  it('binds the address that comes with it, and trusts the operator for its host', () => {
    const code = rightOf(stepsOf().pasted(credential, { code: ' c ', apiAddress: 'outra.test' }));
    expect([code.code.expose(), code.apiAddress]).toEqual(['c', 'https://outra.test/web_api']);
  });

  it('goes to the registered address otherwise', () => {
    expect(rightOf(stepsOf().pasted(credential, { code: 'c' })).apiAddress).toBe('https://loja.test/web_api');
  });

  it('says what is missing', () => {
    expect(stepsOf().pasted(unbound, { code: 'c' })).toEqual(
      left("exchange() of shop/1 needs apiAddress, here or in register(): the shop's address that ends in /web_api"),
    );
    expect(stepsOf().pasted(credential, { code: '' })).toEqual(
      left("exchange() of shop/1 needs the code: write exchange('shop/1', { code })"),
    );
  });

  it('is refused with an address that is not fit for a secret', () => {
    expect(stepsOf().pasted(credential, { code: 'c', apiAddress: 'https://10.0.0.1/web_api' })).toMatchObject(
      left({ _tag: 'UntrustedAddress', key: 'shop/1', host: '10.0.0.1' }),
    );
  });
});

const exchangeRequest = {
  method: 'POST',
  url: 'https://loja.test/web_api/auth',
  form: [
    ['consumer_key', 'id'],
    ['consumer_secret', 'secret'],
    ['code', 'c'],
  ],
  hostFromOutside: true,
};

describe('exchanging a code', () => {
  it('posts the two keys and the code, and nothing else', () => {
    const code = { code: new Secret('c'), apiAddress: 'https://loja.test/web_api' };
    expect(consumerKey(data).obtain(unbound, code)).toEqual(right(exchangeRequest));
  });

  it('is not possible without a code or an address', () => {
    const never = left({ _tag: 'ReauthorizationRequired', key: 'shop/1', cause: 'never_authorized' });
    expect(consumerKey(data).obtain(credential)).toEqual(never);
    expect(consumerKey(data).obtain(unbound, { code: new Secret('c') })).toEqual(never);
  });
});

describe('renewing', () => {
  it('gets with the refresh token in the query, and lets nothing cache it', () => {
    expect(consumerKey(data).renew(credential, heldToken)).toEqual(
      right({
        method: 'GET',
        url: 'https://loja.test/web_api/auth',
        query: [['refresh_token', 'refresh']],
        headers: { 'Cache-Control': 'no-store' },
        hostFromOutside: true,
      }),
    );
  });

  it('goes to the bound address, not to where the token says', () => {
    const token = { ...heldToken, attributes: { apiHost: 'https://evil.test/web_api' } };
    expect(rightOf(consumerKey(data).renew(credential, token)).url).toBe('https://loja.test/web_api/auth');
  });

  it('sends the keys along only where that was asked for', () => {
    const query = (renewWith: ConsumerKeyData['renewWith']): unknown =>
      rightOf(consumerKey({ ...data, renewWith }).renew(credential, heldToken)).query;
    expect(query(['consumer_key'])).toEqual([
      ['refresh_token', 'refresh'],
      ['consumer_key', 'id'],
    ]);
    expect(query(['consumer_secret', 'consumer_key'])).toEqual([
      ['refresh_token', 'refresh'],
      ['consumer_key', 'id'],
      ['consumer_secret', 'secret'],
    ]);
  });

  it('is not possible without a refresh token or an address', () => {
    const { refreshToken: _, ...token } = heldToken;
    const refused = (cause: string): unknown => left({ _tag: 'ReauthorizationRequired', key: 'shop/1', cause });
    expect(consumerKey(data).renew(credential, token)).toEqual(refused('no_refresh_token'));
    expect(consumerKey(data).renew(credential, undefined)).toEqual(refused('never_authorized'));
    expect(consumerKey(data).renew(unbound, heldToken)).toEqual(refused('never_authorized'));
  });
});

describe('the code of the installation', () => {
  const reusing = consumerKey({ ...data, reuseCode: true });

  it('is tried once more, by the same request, where that was asked for', () => {
    const token = { ...heldToken, installationCode: new Secret('c') };
    expect(reusing.fallback?.(credential, token)).toEqual(exchangeRequest);
    expect(consumerKey(data).fallback).toBeUndefined();
  });

  it('has to have been kept, and its address too', () => {
    expect(reusing.fallback?.(credential, heldToken)).toBeUndefined();
    expect(reusing.fallback?.(unbound, { ...heldToken, installationCode: new Secret('c') })).toBeUndefined();
  });

  it('is kept by the answer that it got', () => {
    const json = { access_token: 'a', refresh_token: 'r' };
    const context = contextWith({ code: new Secret('c') });
    const outcome = reusing.judge({ ...answerWith(201, json), sentAtMs }, context, 'obtain');
    expect(issuedIn(outcome).installationCode?.expose()).toBe('c');
  });
});
