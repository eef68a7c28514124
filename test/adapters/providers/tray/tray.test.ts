import { left, right } from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { tray } from '../../../../src/adapters/providers/tray/tray.js';
import { Secret } from '../../../../src/domain/secret.js';
import { answerWith, contextWith, issuedIn, sentAtMs } from '../../../domain/token-response/answer-fixtures.js';
import { heldToken, rightOf } from '../../grants/credential-fixture.js';
import { loopback, setUp, strict } from '../provider-fixture.js';

const options = { consumerKey: 'key', consumerSecret: 'secret', callback: 'https://app.test/cb' };
const registered = { storeUrl: 'loja.test', apiAddress: 'loja.test/web_api/' };

describe('tray', () => {
  it('sends merchants to the shop that was registered', () => {
    const { grant, credential } = setUp(tray(options), registered);
    const { url } = rightOf(grant.authorization?.begin(credential, { state: 's' }) ?? left('none'));
    expect(url.href).toBe(
      'https://loja.test/auth.php?response_type=code&consumer_key=key&callback=https%3A%2F%2Fapp.test%2Fcb%3Fstate%3Ds',
    );
  });

  it('exchanges and renews at the address that was registered', () => {
    const { grant, credential } = setUp(tray(options), registered);
    expect(credential.apiAddress).toBe('https://loja.test/web_api');
    expect(rightOf(grant.obtain(credential, { code: new Secret('c') })).form).toEqual([
      ['consumer_key', 'key'],
      ['consumer_secret', 'secret'],
      ['code', 'c'],
    ]);
    expect(rightOf(grant.renew(credential, heldToken)).query).toEqual([['refresh_token', 'refresh']]);
  });

  it('takes keys of its own for each account', () => {
    const { credential } = setUp(tray(), { consumerKey: 'own', consumerSecret: 'own-secret' });
    expect([credential.clientId, credential.clientSecret.expose(), credential.grant]).toEqual([
      'own',
      'own-secret',
      'consumer_key',
    ]);
  });

  it('reads the sample answer of its documents', () => {
    const { grant } = setUp(tray(options), registered);
    const sample = {
      message: 'Created tokens',
      code: '200',
      access_token: 'APP_ID-9999-4c78',
      refresh_token: '86188',
      date_expiration_access_token: '2021-03-02 14:58:21',
      date_expiration_refresh_token: '2021-04-01 11:58:21',
      date_activated: '2021-03-02 11:58:21',
      api_host: 'https://urldaloja.com.br/web_api',
      store_id: '123456',
    };
    const sent = Date.UTC(2021, 2, 2, 14, 58, 21);
    const context = contextWith({ sentAtMs: sent, apiAddress: 'https://urldaloja.com.br/web_api' });
    const token = issuedIn(grant.judge({ ...answerWith(200, sample), sentAtMs: sent }, context, 'obtain'));
    expect([token.accessToken?.expose(), token.refreshToken?.expose()]).toEqual(['APP_ID-9999-4c78', '86188']);
    expect(token.expiresAt).toEqual(new Date('2021-03-02T17:58:21Z'));
    expect(token.refreshTokenExpiresAt).toEqual(new Date('2021-04-01T14:58:21Z'));
    expect(token.attributes).toEqual({ storeId: '123456', apiHost: 'https://urldaloja.com.br/web_api' });
  });

  it('keeps the code only where that was asked for', () => {
    const kept = (reuseCode: boolean | undefined): unknown => {
      const { grant } = setUp(tray({ ...options, reuseCode }), registered);
      const answer = { ...answerWith(201, { access_token: 'a' }), sentAtMs };
      const token = issuedIn(grant.judge(answer, contextWith({ code: new Secret('c') }), 'obtain'));
      return [token.installationCode?.expose(), grant.fallback !== undefined];
    };
    expect([kept(undefined), kept(false), kept(true)]).toEqual([
      [undefined, false],
      [undefined, false],
      ['c', true],
    ]);
  });

  it('sends its keys with a renewal only where that was asked for', () => {
    const { grant, credential } = setUp(
      tray({ ...options, refreshParameters: ['consumer_key', 'consumer_secret'] }),
      registered,
    );
    expect(rightOf(grant.renew(credential, heldToken)).query).toEqual([
      ['refresh_token', 'refresh'],
      ['consumer_key', 'key'],
      ['consumer_secret', 'secret'],
    ]);
  });

  it('has its API where the token says, takes the token in the query, and knows an unavailable store', () => {
    const { provider, credential } = setUp(tray(options), registered);
    const { api } = provider;
    const apiHost = 'https://loja.test/web_api';
    expect([api?.base(credential, {}), api?.base(credential, { apiHost })]).toEqual([undefined, apiHost]);
    expect(api?.placement('/orders')).toEqual({ credential: 'token', in: 'query', name: 'access_token' });
    const unavailable = (error: string): unknown => ({ _tag: 'AccountUnavailable', error });
    const bodies = [1000, 1001, '1002', 1003, 1099, 1004].map((error_code) => ({ code: 401, error_code }));
    expect([...bodies, { code: 401 }, undefined].map((body) => api?.judgeRefusal?.(body))).toEqual([
      'token_refused',
      unavailable('1001 store blocked'),
      unavailable('1002 store inactive'),
      unavailable('1003 store cancelled'),
      'token_refused',
      'token_refused',
      'token_refused',
      'token_refused',
    ]);
  });

  it('can live on this machine for a test', () => {
    const local = { storeUrl: '127.0.0.1:8080', apiAddress: 'http://127.0.0.1:8080' };
    const { credential } = setUp(tray(options), local, loopback);
    expect(credential.apiAddress).toBe('http://127.0.0.1:8080/web_api');
    expect(tray(options).configure(strict).parseFields(local)).toEqual(
      left(
        'storeUrl of tray must name a public host, not a private address (loopback is admitted with allowHttpOnLoopback)',
      ),
    );
  });

  it('registers its own fields and no other', () => {
    const provider = tray(options).configure(strict);
    expect(provider.parseFields({ scope: 'x', storeUrl: 'https://loja.test/' })).toEqual(
      right({ scope: 'x', storeUrl: 'https://loja.test/' }),
    );
    expect(provider.parseFields({ clientId: 'x' })).toEqual(
      left('tray knows no field "clientId"; it takes consumerKey, consumerSecret, storeUrl, apiAddress and scope'),
    );
    expect(provider.parseFields({ apiAddress: 'http://loja.test' })).toEqual(
      left(
        'apiAddress of tray must start with https:// (http:// is admitted to 127.0.0.1, [::1] and localhost with allowHttpOnLoopback)',
      ),
    );
  });

  it('refuses options that cannot work, at once', () => {
    expect(() => tray({ ...options, callback: 'app.test/cb' })).toThrow(
      new TypeError('callback of tray must be an absolute URI like https://app.example.com/callback'),
    );
    const wrongTypes: Readonly<Record<string, unknown>>[] = [{ reuseCode: 'yes' }, { refreshParameters: ['code'] }];
    for (const wrong of wrongTypes) expect(() => tray({ ...options, ...wrong })).toThrow(TypeError);
    expect(() => tray({ ...options, ...wrongTypes[1] })).toThrow(
      new TypeError("refreshParameters of tray must be a list of 'consumer_key' and 'consumer_secret'"),
    );
  });
});
