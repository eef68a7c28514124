import { isLeft, left } from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { centry } from '../../../../src/adapters/providers/centry/centry.js';
import { Secret } from '../../../../src/domain/secret.js';
import { heldToken, rightOf } from '../../grants/credential-fixture.js';
import { loopback, setUp, strict } from '../provider-fixture.js';

const oob = 'urn:ietf:wg:oauth:2.0:oob';
const options = { clientId: 'id', clientSecret: 'secret', redirectUri: oob, scope: 'read_orders write_orders' };
const keys = [
  ['client_id', 'id'],
  ['client_secret', 'secret'],
];

describe('centry', () => {
  it('sends merchants to www.centry.cl, with the out-of-band redirect too', () => {
    const { grant, credential } = setUp(centry(options));
    const begun = grant.authorization?.begin(credential, { state: 's', codeChallenge: 'unused' });
    const { url } = rightOf(begun ?? left('none'));
    expect(url.origin + url.pathname).toBe('https://www.centry.cl/oauth/authorize');
    expect([...url.searchParams]).toEqual([
      ['response_type', 'code'],
      ['client_id', 'id'],
      ['redirect_uri', oob],
      ['scope', 'read_orders write_orders'],
      ['state', 's'],
    ]);
  });

  it('exchanges a code as documented', () => {
    const { grant, credential } = setUp(centry(options));
    expect(rightOf(grant.obtain(credential, { code: new Secret('c'), redirectUri: oob }))).toEqual({
      method: 'POST',
      url: 'https://www.centry.cl/oauth/token',
      form: [['grant_type', 'authorization_code'], ['code', 'c'], ['redirect_uri', oob], ...keys],
      headers: {},
    });
  });

  it('renews as documented, with the redirect URI', () => {
    const { grant, credential } = setUp(centry(options));
    expect(rightOf(grant.renew(credential, heldToken)).form).toEqual([
      ['grant_type', 'refresh_token'],
      ['refresh_token', 'refresh'],
      ['redirect_uri', oob],
      ...keys,
    ]);
    const { redirectUri: _, ...without } = options;
    const plain = setUp(centry(without));
    expect(rightOf(plain.grant.renew(plain.credential, heldToken)).form).toEqual([
      ['grant_type', 'refresh_token'],
      ['refresh_token', 'refresh'],
      ...keys,
    ]);
  });

  it('takes a pasted code only with a redirect URI', () => {
    const { redirectUri: _, ...without } = options;
    const { grant, credential } = setUp(centry(without));
    expect(grant.authorization?.pasted(credential, { code: 'c' })).toEqual(
      left('centry/1 has no redirectUri: give it to exchange(), to register(), or to the preset'),
    );
  });

  it('asks for itself in its second mode, with the scope', () => {
    for (const { grant, credential } of [
      setUp(centry({ ...options, grant: 'client_credentials' })),
      setUp(centry(options), { grant: 'client_credentials' }),
    ]) {
      expect([grant.style, grant.repeatable, credential.grant]).toEqual([
        'client_credentials',
        true,
        'client_credentials',
      ]);
      expect(rightOf(grant.renew(credential, undefined))).toEqual({
        method: 'POST',
        url: 'https://www.centry.cl/oauth/token',
        form: [['grant_type', 'client_credentials'], ['scope', 'read_orders write_orders'], ...keys],
        headers: {},
      });
    }
  });

  it('has no way to revoke, because none is documented', () => {
    expect(setUp(centry(options)).grant.revoke).toBeUndefined();
  });

  it('can live elsewhere for a test', () => {
    const { grant, credential } = setUp(centry({ ...options, baseUrl: 'http://127.0.0.1:8080/' }), {}, loopback);
    expect(rightOf(grant.renew(credential, heldToken)).url).toBe('http://127.0.0.1:8080/oauth/token');
    expect(credential.baseUrl).toBe('http://127.0.0.1:8080');
  });

  it('has its API at /conexion/v1, for Bearer tokens', () => {
    const { provider, credential } = setUp(centry(options));
    expect(provider.api?.base(credential, {})).toBe('https://www.centry.cl/conexion/v1');
    expect(provider.api?.placement('/orders.json')).toEqual({
      credential: 'token',
      in: 'header',
      name: 'Authorization',
      scheme: 'Bearer',
    });
    expect(provider.api?.judgeRefusal).toBe(undefined);
    const local = setUp(centry({ ...options, baseUrl: 'http://localhost:1' }), {}, loopback);
    expect(local.provider.api?.base(local.credential, {})).toBe('http://localhost:1/conexion/v1');
  });

  it('refuses a base address that is not fit for secrets, when it is configured', () => {
    const preset = centry({ ...options, baseUrl: 'http://127.0.0.1:8080' });
    expect(() => preset.configure(strict)).toThrow(
      new TypeError(
        'baseUrl of centry must start with https:// (http:// is admitted to 127.0.0.1, [::1] and localhost with allowHttpOnLoopback)',
      ),
    );
  });

  it('registers its own fields and no other', () => {
    const provider = centry(options).configure(strict);
    expect(provider.parseFields({ redirectUri: 'not a uri' })).toEqual(
      left('redirectUri of centry must be an absolute URI like https://app.example.com/callback'),
    );
    expect(provider.parseFields({ storeUrl: 'x' })).toEqual(
      left('centry knows no field "storeUrl"; it takes clientId, clientSecret, redirectUri, scope and grant'),
    );
    expect(isLeft(provider.parseFields({ grant: 'consumer_key' }))).toBe(true);
  });
});
