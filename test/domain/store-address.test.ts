import { left, right } from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { hostNamedBy, parseApiAddress, parseStoreHost, parseStoreUrl } from '../../src/domain/store-address.js';

const strict = { allowHttpOnLoopback: false };
const loopback = { allowHttpOnLoopback: true };

describe('parseStoreUrl', () => {
  it('takes a host with or without scheme, slash or path', () => {
    const expected = right({ address: 'https://loja.com.br', host: 'loja.com.br' });
    for (const text of [
      'loja.com.br',
      'LOJA.com.br/',
      'https://loja.com.br',
      'https://loja.com.br/web_api?x=1',
      ' loja.com.br ',
    ]) {
      expect(parseStoreUrl(text, strict)).toEqual(expected);
    }
  });

  it('assumes http for a loopback host only where that is admitted', () => {
    const local = right({ address: 'http://127.0.0.1:8080', host: '127.0.0.1:8080' });
    expect(parseStoreUrl('127.0.0.1:8080', loopback)).toEqual(local);
    expect(parseStoreUrl('http://127.0.0.1:8080/', loopback)).toEqual(local);
    expect(parseStoreUrl('127.0.0.1:8080', strict)).toEqual(left('private_address'));
    expect(parseStoreUrl('loja.com.br', loopback)).toEqual(
      right({ address: 'https://loja.com.br', host: 'loja.com.br' }),
    );
  });

  it('refuses what is no public https address', () => {
    expect(parseStoreUrl('http://loja.com.br', strict)).toEqual(left('not_https'));
    expect(parseStoreUrl('ftp://loja.com.br', strict)).toEqual(left('not_https'));
    expect(parseStoreUrl('user:pw@loja.com.br', strict)).toEqual(left('user_info'));
    expect(parseStoreUrl('192.168.0.1', strict)).toEqual(left('private_address'));
    expect(parseStoreUrl('loja', strict)).toEqual(left('not_public_name'));
    expect(parseStoreUrl('', strict)).toEqual(left('not_a_url'));
    expect(parseStoreUrl('//loja.com.br', strict)).toEqual(left('not_a_url'));
  });
});

describe('parseStoreHost', () => {
  it('compares hosts, not schemes', () => {
    expect(parseStoreHost('http://loja.com.br/', strict)).toEqual(right('loja.com.br'));
    expect(parseStoreHost('loja.com.br', strict)).toEqual(right('loja.com.br'));
    expect(parseStoreHost('http://127.0.0.1:9', loopback)).toEqual(right('127.0.0.1:9'));
  });
});

describe('parseApiAddress', () => {
  it('ends in the API path once, and in no slash', () => {
    const forms = [
      'loja.com.br',
      'loja.com.br/web_api',
      'https://loja.com.br/web_api/',
      'https://loja.com.br//web_api/web_api//',
    ];
    expect(forms.map((text) => parseApiAddress(text, '/web_api', strict))).toEqual([
      right({ address: 'https://loja.com.br/web_api', host: 'loja.com.br' }),
      right({ address: 'https://loja.com.br/web_api', host: 'loja.com.br' }),
      right({ address: 'https://loja.com.br/web_api', host: 'loja.com.br' }),
      right({ address: 'https://loja.com.br/web_api', host: 'loja.com.br' }),
    ]);
  });

  it('drops a query', () => {
    expect(parseApiAddress('https://host.test/web_api/?a=b', '/web_api', strict)).toEqual(
      right({ address: 'https://host.test/web_api', host: 'host.test' }),
    );
  });

  it.each([
    '/uploads/web_api',
    '/web_api/../evil',
    '/web_api/%2e%2e/evil',
    '//evil.com/web_api',
    '/web_api;x',
    '/web_api%00',
  ])('refuses the path %s, below which secrets would be posted', (path) => {
    expect(parseApiAddress(`https://host.test${path}`, '/web_api', strict)).toEqual(left('path'));
  });

  it('refuses http outside of an admitted loopback', () => {
    expect(parseApiAddress('http://loja.com.br/web_api', '/web_api', loopback)).toEqual(left('not_https'));
  });
});

describe('hostNamedBy', () => {
  it('names the host and nothing else', () => {
    expect(hostNamedBy('https://user:secret@evil.test:99/path?token=x')).toBe('evil.test:99');
    expect(hostNamedBy('evil.test/web_api')).toBe('evil.test');
    expect(hostNamedBy('secret with spaces')).toBe('an unreadable address');
    expect(hostNamedBy('https://')).toBe('an unreadable address');
    expect(hostNamedBy('http://127.0.0.1:8080/')).toBe('127.0.0.1:8080');
    expect(hostNamedBy('https://[::1]/')).toBe('[::1]');
    expect(hostNamedBy('localhost:80')).toBe('localhost:80');
    expect(hostNamedBy('loja.xn--p1ai')).toBe('loja.xn--p1ai');
  });

  it('names nothing that may be a code or a token in the wrong place', () => {
    expect(hostNamedBy('0fe3a9c8d7b6450fe3a9c8d7b645')).toBe('an unreadable address');
    expect(hostNamedBy('eyJhbGciOi.eyJzdWIiOiIxMjM0.SflKxwRJ-SMeKKF2QT4')).toBe('an unreadable address');
  });
});
