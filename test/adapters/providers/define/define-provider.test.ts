import { left } from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { defineProvider } from '../../../../src/adapters/providers/define/define-provider.js';
import type { AuthorizationCodeDefinition } from '../../../../src/adapters/providers/define/provider-definition.js';
import { Secret } from '../../../../src/domain/secret.js';
import { answerWith, contextWith, issuedIn, sentAtMs } from '../../../domain/token-response/answer-fixtures.js';
import { heldToken, rightOf } from '../../grants/credential-fixture.js';
import { credentialOf, keyOf, loopback, setUp, strict } from '../provider-fixture.js';

const shop = {
  id: 'shop',
  authorizationEndpoint: 'https://login.shop.test/authorize',
  tokenEndpoint: 'https://login.shop.test/token',
  clientAuthentication: 'post',
  pkce: true,
} as const;
const keys = { clientId: 'id', clientSecret: 'secret', redirectUri: 'https://app.test/cb' } as const;
const proof = [
  ['client_id', 'id'],
  ['client_secret', 'secret'],
];

/** Calls it as somebody without types might. */
const loosely = (definition: unknown): unknown => Reflect.apply(defineProvider, undefined, [definition]);

describe('defineProvider', () => {
  it('makes a provider of four lines of data that keeps to RFC 6749', () => {
    const { grant, credential, provider } = setUp(defineProvider(shop)(keys));
    const begun = grant.authorization?.begin(credential, { state: 's', codeChallenge: 'c' });
    expect(rightOf(begun ?? left('none')).url.href).toBe(
      'https://login.shop.test/authorize?response_type=code&client_id=id&redirect_uri=https%3A%2F%2Fapp.test%2Fcb&state=s&code_challenge=c&code_challenge_method=S256',
    );
    expect(rightOf(grant.renew(credential, heldToken))).toEqual({
      method: 'POST',
      url: 'https://login.shop.test/token',
      form: [['grant_type', 'refresh_token'], ['refresh_token', 'refresh'], ...proof],
      headers: {},
    });
    expect([provider.documentedLifetimeMs, provider.documentedRefreshLifetimeMs, provider.api]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(grant.revoke).toBeUndefined();
  });

  it('sends the parameters of each step with that step only, under the provider’s own names', () => {
    const preset = defineProvider({
      ...shop,
      headers: { 'X-App': 'me' },
      scope: 'read',
      parameterNames: { client_id: 'app_key', scope: 'scopes', refresh_token: 'token' },
      parameters: { authorization: { prompt: 'consent' }, exchange: { step: '1' }, refresh: { step: '2' } },
    });
    const { grant, credential } = setUp(preset(keys));
    const { url } = rightOf(grant.authorization?.begin(credential, { state: 's' }) ?? left('none'));
    expect([...url.searchParams]).toEqual([
      ['response_type', 'code'],
      ['app_key', 'id'],
      ['redirect_uri', 'https://app.test/cb'],
      ['scopes', 'read'],
      ['state', 's'],
      ['prompt', 'consent'],
    ]);
    const own = [
      ['app_key', 'id'],
      ['client_secret', 'secret'],
    ];
    const exchange = rightOf(grant.obtain(credential, { code: new Secret('c') }));
    expect(exchange.form).toEqual([['grant_type', 'authorization_code'], ['code', 'c'], ['step', '1'], ...own]);
    expect(exchange.headers).toEqual({ 'X-App': 'me' });
    expect(rightOf(grant.renew(credential, heldToken)).form).toEqual([
      ['grant_type', 'refresh_token'],
      ['token', 'refresh'],
      ['step', '2'],
      ...own,
    ]);
  });

  it('puts everything into the query of a step that is a GET, which nothing on the way may keep', () => {
    const { grant, credential } = setUp(defineProvider({ ...shop, methods: { refresh: 'GET' } })(keys));
    expect(rightOf(grant.renew(credential, heldToken))).toEqual({
      method: 'GET',
      url: 'https://login.shop.test/token',
      query: [['grant_type', 'refresh_token'], ['refresh_token', 'refresh'], ...proof],
      headers: { 'Cache-Control': 'no-store' },
    });
    expect(rightOf(grant.obtain(credential, { code: new Secret('c') })).method).toBe('POST');
  });

  it('never sends a scope to a provider that knows none', () => {
    const { grant, credential } = setUp(defineProvider({ ...shop, scope: false })(keys), { scope: 'everything' });
    const { url } = rightOf(grant.authorization?.begin(credential, { state: 's', scope: 'all' }) ?? left('none'));
    expect(url.searchParams.has('scope')).toBe(false);
  });

  it('lets a preset and an account take other scopes than the definition’s', () => {
    const preset = defineProvider({ ...shop, scope: 'read' });
    const scopeOf = (given: object, registered: Readonly<Record<string, unknown>> = {}): string | undefined =>
      setUp(preset({ ...keys, ...given }), registered).credential.scope;
    expect([scopeOf({}), scopeOf({ scope: 'write' }), scopeOf({ scope: 'write' }, { scope: 'all' })]).toEqual([
      'read',
      'write',
      'all',
    ]);
  });

  it('gives a preset other addresses where the definition has whole ones', () => {
    const preset = defineProvider({ ...shop, revocationEndpoint: 'https://login.shop.test/revoke' });
    const given = {
      authorizationEndpoint: 'http://127.0.0.1:1/a',
      tokenEndpoint: 'http://127.0.0.1:1/t',
      revocationEndpoint: 'http://127.0.0.1:1/r',
    };
    const { grant, credential } = setUp(preset({ ...keys, ...given }), {}, loopback);
    const { url } = rightOf(grant.authorization?.begin(credential, { state: 's' }) ?? left('none'));
    expect([
      url.origin + url.pathname,
      rightOf(grant.renew(credential, heldToken)).url,
      grant.revoke?.(credential, heldToken).url,
    ]).toEqual(Object.values(given));
    expect(() => preset({ ...keys, ...given }).configure(strict)).toThrow(
      new TypeError(
        'authorizationEndpoint of shop must start with https:// (http:// is admitted to 127.0.0.1, [::1] and localhost with allowHttpOnLoopback)',
      ),
    );
    expect(() => preset({ ...keys, apiBase: 'https://api.shop.test' })).toThrow(
      new TypeError(
        'shop knows no field "apiBase"; it takes clientId, clientSecret, redirectUri, scope, authorizationEndpoint, tokenEndpoint and revocationEndpoint',
      ),
    );
  });

  it('asks for a base address where the definition has paths and no base of its own', () => {
    const preset = defineProvider({ ...shop, authorizationEndpoint: '/authorize', tokenEndpoint: '/token' });
    expect(preset(keys).configure(strict).complete(keyOf('shop'), {})).toEqual(
      left('shop/1 has no baseUrl: give it to shop({ … }) or to register()'),
    );
    const { grant, credential } = setUp(preset(keys), { baseUrl: 'tenant.shop.test/' });
    expect(rightOf(grant.renew(credential, heldToken)).url).toBe('https://tenant.shop.test/token');
  });

  it('refuses a definition’s own address that the rules do not admit, when it is configured', () => {
    const local = defineProvider({ ...shop, tokenEndpoint: 'http://localhost:1/token' });
    expect(() => local(keys).configure(strict)).toThrow(/^tokenEndpoint of shop must start with https/);
    const base = defineProvider({ ...shop, baseUrl: 'http://localhost:1', tokenEndpoint: '/token' });
    expect(() => base(keys).configure(strict)).toThrow(/^baseUrl of shop must start with https/);
  });

  it('takes fields under the provider’s own names, and refuses the names of RFC 6749 then', () => {
    const preset = defineProvider({
      ...shop,
      fields: {
        appKey: { part: 'clientId', check: (text) => (text.length > 3 ? 'be short' : undefined) },
        appSecret: { part: 'clientSecret', takenBy: 'preset' },
        shopUrl: { part: 'baseUrl', required: true },
      },
    });
    const provider = preset({ appKey: 'id', appSecret: 'secret' }).configure(strict);
    expect(credentialOf(provider, { shopUrl: 'https://a.shop.test/x/' }).baseUrl).toBe('https://a.shop.test/x');
    expect(provider.complete(keyOf('shop'), {})).toEqual(
      left('shop/1 has no shopUrl: give it to shop({ … }) or to register()'),
    );
    expect(preset().configure(strict).complete(keyOf('shop'), {})).toEqual(
      left('shop/1 has no appKey, appSecret and shopUrl: give them to shop({ … }) or to register()'),
    );
    expect(provider.parseFields({ appSecret: 'x' })).toEqual(
      left('shop knows no field "appSecret"; it takes appKey, shopUrl, redirectUri and scope'),
    );
    expect(() => preset({ appKey: 'long-id' })).toThrow(new TypeError('appKey of shop must be short'));
    expect(() => preset({ clientId: 'id' })).toThrow(TypeError);
  });
});

describe('the API of a definition', () => {
  const apiOf = (base: string, given: object = {}) => {
    const { provider, credential } = setUp(
      defineProvider({
        ...shop,
        baseUrl: 'https://shop.test/',
        answer: { attributes: { userId: 'user_id', host: 'api_host' } },
        api: { base },
      })({ ...keys, ...given }),
    );
    return (attributes: Readonly<Record<string, string>>) => provider.api?.base(credential, attributes);
  };

  it('is at an address, at a path below the base, or where the token says', () => {
    expect(apiOf('https://api.shop.test/v1/')({})).toBe('https://api.shop.test/v1');
    expect(apiOf('/api')({})).toBe('https://shop.test/api');
    expect(apiOf('/')({})).toBe('https://shop.test');
    expect(apiOf('https://api.shop.test/{userId}')({ userId: 'a/b' })).toBe('https://api.shop.test/a%2Fb');
    expect(apiOf('{host}')({ host: 'https://eu.shop.test/v2/' })).toBe('https://eu.shop.test/v2');
    expect(apiOf('https://a.shop.test', { apiBase: 'https://b.shop.test/{userId}' })({ userId: '7' })).toBe(
      'https://b.shop.test/7',
    );
  });

  it('is unknown before a token tells, and nowhere that secrets may not go', () => {
    expect(apiOf('https://api.shop.test/{userId}')({})).toBe(undefined);
    for (const userId of ['.', '..']) expect(apiOf('https://api.shop.test/{userId}/x')({ userId })).toBe(undefined);
    for (const host of ['http://eu.shop.test', 'https://10.0.0.1', 'eu.shop.test', 'https://eu.shop.test/?a=b']) {
      expect(apiOf('{host}')({ host })).toBe(undefined);
    }
  });

  it('takes the token as Bearer unless the definition says otherwise', () => {
    const placed = (api: Parameters<typeof defineProvider>[0]['api'], path: string) =>
      setUp(defineProvider({ ...shop, api })(keys)).provider.api?.placement(path);
    const base = 'https://api.shop.test';
    const header = { credential: 'token', in: 'header', name: 'Authorization', scheme: 'Bearer' };
    const query = { credential: 'token', in: 'query', name: 'key' } as const;
    const none = { credential: 'none' } as const;
    expect(placed({ base }, '/a')).toEqual(header);
    expect(placed({ base, placement: query }, '/a')).toEqual(query);
    expect(placed({ base, placement: (path) => (path === '/open' ? none : query) }, '/open')).toEqual(none);
  });

  it('asks for the API key that it wants everywhere', () => {
    const placement = { credential: 'api_key', in: 'header', name: 'X-Key' } as const;
    const preset = defineProvider({ ...shop, api: { base: 'https://api.shop.test', placement } });
    expect(preset(keys).configure(strict).complete(keyOf('shop'), {})).toEqual(
      left('shop/1 has no apiKey: give it to shop({ … }) or to register()'),
    );
    expect(setUp(preset({ ...keys, apiKey: 'k' })).credential.apiKey?.expose()).toBe('k');
  });
});

describe('what a definition says of refresh tokens', () => {
  const said = (members: Partial<AuthorizationCodeDefinition>) => {
    const { rotation, refreshTokenRequired } = setUp(defineProvider({ ...shop, ...members })(keys)).provider;
    return [rotation, refreshTokenRequired];
  };

  it('is handed to the protocol', () => {
    expect(said({})).toEqual([undefined, undefined]);
    expect(said({ rotation: 'none' })).toEqual(['none', undefined]);
    expect(said({ rotation: 'single-use', refreshToken: 'required' })).toEqual(['single-use', true]);
    expect(said({ rotation: { graceMs: 5_000 } })).toEqual([{ graceMs: 5_000 }, undefined]);
  });
});

describe('what a definition says of answers', () => {
  const judged = (
    members: Partial<AuthorizationCodeDefinition>,
    [status, json, headers]: Parameters<typeof answerWith>,
  ) => {
    const { grant } = setUp(defineProvider({ ...shop, ...members })(keys));
    return grant.judge({ ...answerWith(status, json, headers), sentAtMs }, contextWith(), 'renew');
  };

  it('names the token types that are sent as Bearer', () => {
    const answer = { bearerTypes: ['User Access Token'] };
    const outcome = judged({ answer }, [200, { access_token: 'a', token_type: 'user access token' }]);
    expect(issuedIn(outcome).tokenType).toBe('Bearer');
  });

  it('names the headers that say how long to wait', () => {
    const retryAfterHeaders = ['X-Retry-After'];
    expect(judged({ retryAfterHeaders }, [400, {}, { 'x-retry-after': '7' }])).toMatchObject({ retryAfterMs: 7_000 });
    expect(judged({ retryAfterHeaders }, [400, {}, { 'retry-after': '9' }])).toMatchObject({ retryAfterMs: 9_000 });
  });
});

describe('a definition that cannot work', () => {
  const grants = "'authorization_code', 'client_credentials' or a function that makes a grant";
  const settings =
    'id, name, fields, baseUrl, accessTokenLifetimeMs, refreshTokenLifetimeMs, requestRate, accountRequestRate, api, tokenEndpoint, revocationEndpoint, clientAuthentication, encoding, headers, scope, parameterNames, answer, classifyError, retryAfterHeaders, rotation, refreshToken, grant, authorizationEndpoint, pkce, clientCredentials, issuer, redirectUriRequired, opaqueRedirectUri, redirectUriOnRefresh, methods and parameters';
  const { tokenEndpoint: _t, ...withoutToken } = shop;
  const { pkce: _p, ...withoutPkce } = shop;
  it.each<readonly [unknown, string]>([
    [undefined, `defineProvider({ … }): it must be an object with ${settings}`],
    [{ ...shop, id: 'a/b' }, "defineProvider({ id: 'a/b' }): id must be 1 to 64 letters"],
    [{ ...shop, tokenUrl: '/x' }, `it must not hold tokenUrl, which is no setting; the settings are ${settings}`],
    [{ ...shop, grant: 'password' }, `defineProvider({ id: 'shop' }): grant must be ${grants}`],
    [withoutToken, 'tokenEndpoint must be an address like https://login.example.com/oauth/token, or a path'],
    [withoutPkce, 'pkce must be true or false: whether the server supports PKCE with S256'],
    [{ ...shop, tokenEndpoint: 'login.shop.test/token' }, 'tokenEndpoint must be an address like https'],
    [{ ...shop, tokenEndpoint: 'http://login.shop.test/token' }, 'tokenEndpoint must start with https://'],
    [{ ...shop, tokenEndpoint: '//evil.test/token' }, 'tokenEndpoint must be a path like /oauth/token'],
    [{ ...shop, authorizationEndpoint: 'https://10.0.0.1/a' }, 'authorizationEndpoint must name a public host'],
    [{ ...shop, baseUrl: '/v1' }, 'baseUrl must be an address like https://shop.example.com'],
    [{ ...shop, clientAuthentication: 'body' }, "clientAuthentication must be 'basic' or 'basic-unencoded' or 'post'"],
    [{ ...shop, encoding: 'xml' }, "encoding must be 'form' or 'json'"],
    [{ ...shop, pkce: 'S256' }, 'pkce must be true or false'],
    [{ ...shop, scope: ['read'] }, 'scope must be a text, or false when none is ever sent'],
    [
      { ...shop, accessTokenLifetimeMs: '3600' },
      "accessTokenLifetimeMs must be a number of milliseconds above 0, or 'unlimited'",
    ],
    [{ ...shop, refreshTokenLifetimeMs: Infinity }, 'refreshTokenLifetimeMs must be a number of milliseconds above 0'],
    [{ ...shop, headers: { Authorization: 'x' } }, 'headers.Authorization must not hold this name'],
    [{ ...shop, headers: { 'X-App': 'a\r\nb' } }, 'headers.X-App must be visible ASCII'],
    [
      { ...shop, parameterNames: { clientId: 'x' } },
      'parameterNames.clientId must not hold this name: it takes names of client_id',
    ],
    [
      { ...shop, parameters: { token: {} } },
      'parameters must not hold token, which is no setting; the settings are authorization, exchange',
    ],
    [
      { ...shop, parameters: { refresh: { scope: 'a' } } },
      'parameters.refresh must not hold scope: the grant sends it itself',
    ],
    [{ ...shop, methods: { refresh: 'PUT' } }, "methods.refresh must be 'GET' or 'POST'"],
    [
      { ...shop, answer: { access_token: 'x' } },
      'answer must not hold access_token, which is no setting; the settings are accessToken',
    ],
    [{ ...shop, answer: { expiresAt: { name: 'x' } } }, 'answer.expiresAt.read must be a function'],
    [
      { ...shop, answer: { anyContentType: true } },
      'answer must not hold anyContentType, which is no setting; the settings are accessToken',
    ],
    [{ ...shop, answer: { bearerTypes: 'bot' } }, 'answer.bearerTypes must be a list of texts'],
    [{ ...shop, answer: { bearerTypes: [''] } }, 'answer.bearerTypes must be a list of texts'],
    [{ ...shop, classifyError: 'x' }, 'classifyError must be a function'],
    [{ ...shop, retryAfterHeaders: [] }, 'retryAfterHeaders must be a list of header names'],
    [{ ...shop, retryAfterHeaders: ['X Retry'] }, 'retryAfterHeaders must be a list of header names'],
    [{ ...shop, rotation: 'always' }, "rotation must be 'none', 'single-use' or { graceMs } of at least 5000 milli"],
    [{ ...shop, rotation: { graceMs: 4_999 } }, 'rotation must be'],
    [{ ...shop, rotation: { graceMs: Infinity } }, 'rotation must be'],
    [{ ...shop, rotation: { grace: 60_000 } }, 'rotation must be'],
    [{ ...shop, refreshToken: true }, "refreshToken must be 'required'"],
    [{ ...shop, requestRate: { requests: 10 } }, 'requestRate.perMs must be a number of milliseconds above 0'],
    [{ ...shop, api: {} }, 'api.base must be an address like https://api.example.com/v1'],
    [{ ...shop, api: { base: '/v1?x={id}' } }, 'api.base must be an address like'],
    [
      { ...shop, api: { base: '{host}' } },
      'api.base must name attributes that answer.attributes keeps, and host is none',
    ],
    [{ ...shop, api: { base: '/v1', placement: { in: 'cookie' } } }, 'api.placement must be { credential:'],
    [{ ...shop, fields: { key: { part: 'password' } } }, "fields.key.part must be 'clientId' or"],
    [
      { ...shop, fields: { a: { part: 'scope' }, b: { part: 'scope' } } },
      'fields must name each part once, and scope stands in it twice',
    ],
    [{ ...shop, grant: 'client_credentials' }, 'it must not hold authorizationEndpoint, which is no setting'],
    [
      {
        id: 'x',
        grant: 'client_credentials',
        tokenEndpoint: 'https://login.shop.test/token',
        clientAuthentication: 'post',
        rotation: 'none',
      },
      'it must not hold rotation, which is no setting',
    ],
    [{ id: 'x', grant: () => undefined }, "defineProvider({ id: 'x' }): grant must be a function that makes a grant"],
  ])('is a TypeError that names the setting: %o', (definition, message) => {
    expect(() => loosely(definition)).toThrow(TypeError);
    expect(() => loosely(definition)).toThrow(message);
  });
});
