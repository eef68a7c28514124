import { describe, expect, it } from 'vitest';
import type { Credential } from '../../src/domain/credential.js';
import { Secret } from '../../src/domain/secret.js';
import { isSameTenant, isStillWith, tenantOf, type Tenant } from '../../src/domain/tenant.js';

const credential = (fields: Partial<Credential> = {}): Credential => ({
  key: { key: 'shop/1', provider: 'shop', account: '1' },
  grant: 'authorization_code',
  clientId: 'id',
  clientSecret: new Secret('canary-secret'),
  ...fields,
});

describe('the tenant of a credential', () => {
  it('is where its tokens are asked for, and the addresses it was registered with', () => {
    const fields = {
      baseUrl: 'https://api.example.com/v1/',
      apiAddress: 'https://Shop.example.com/web_api',
      storeUrl: 'www.shop.example.com/loja',
    };
    expect(tenantOf(credential(fields), { baseUrl: fields.baseUrl }, 'https://auth.example.com/token?a=b')).toEqual({
      registered: '["https://api.example.com/v1",null,null]',
      issuer: 'https://auth.example.com',
      baseUrl: 'https://api.example.com/v1',
      apiAddress: 'https://shop.example.com/web_api',
      shop: 'https://www.shop.example.com',
    });
  });

  it('is the shop of its API address where no shop is registered', () => {
    expect(tenantOf(credential({ apiAddress: 'https://shop.example.com/web_api' }), {}, undefined).shop).toBe(
      'https://shop.example.com',
    );
  });

  it('is of no known address where nothing tells one', () => {
    const unknown = {
      registered: '[null,null,null]',
      issuer: undefined,
      baseUrl: undefined,
      apiAddress: undefined,
      shop: undefined,
    };
    expect(tenantOf(credential(), {}, undefined)).toEqual(unknown);
    expect(tenantOf(credential({ storeUrl: 'not a shop' }), {}, 'nor an address')).toEqual(unknown);
  });
});

describe('two tenants', () => {
  const whole: Required<Tenant> = { registered: 'r', issuer: 'a', baseUrl: 'b', apiAddress: 'c', shop: 'd' };

  it.each(['issuer', 'baseUrl', 'apiAddress', 'shop'] as const)('differ where %s does', (part) => {
    expect(isSameTenant(whole, { ...whole, [part]: 'another' })).toBe(false);
  });

  it.each(['issuer', 'baseUrl', 'apiAddress', 'shop'] as const)('may be one where %s is not known of both', (part) => {
    expect(isSameTenant(whole, { ...whole, [part]: undefined })).toBe(true);
    expect(isSameTenant({}, whole)).toBe(true);
  });
});

describe('a token', () => {
  const issuer: Tenant = { registered: '[null,null,null]', issuer: 'https://one.example.com' };
  const moved = { ...issuer, issuer: 'https://two.example.com' };

  it('goes with its account where only the preset has another address, unless it can be had for the asking', () => {
    expect(isStillWith(issuer, moved, false)).toBe(true);
    expect(isStillWith(issuer, moved, true)).toBe(false);
  });

  it('stays behind where the account registered another address, and where nobody knows what it had registered', () => {
    expect(isStillWith(issuer, { ...moved, registered: '["https://two.example.com",null,null]' }, false)).toBe(false);
    const { registered: _registered, ...older } = issuer;
    expect(isStillWith(older, moved, false)).toBe(false);
  });
});
