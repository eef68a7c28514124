import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { scrubUrl } from '../../src/domain/scrub-url.js';
import { anyText } from './any-text.js';

const secretNames = [
  'access_token',
  'refresh_token',
  'id_token',
  'token',
  'subject_token',
  'consumer_secret',
  'client_secret',
  'secret',
  'code',
  'state',
  'nonce',
  'code_verifier',
  'client_assertion',
  'assertion',
  'device_code',
  'user_code',
  'api_key',
  'apikey',
  'key',
  'password',
  'passwd',
  'pwd',
  'sig',
  'signature',
  'x-amz-signature',
  'auth',
  'authorization',
];

describe('scrubUrl', () => {
  it.each(secretNames)('hides the value of %s and keeps the name', (name) => {
    expect(scrubUrl(`https://api.example.com/a?x=1&${name}=hunter2hunter2&y=2`)).toBe(
      `https://api.example.com/a?x=1&${name}=[secret]&y=2`,
    );
  });

  it.each([
    'ACCESS_TOKEN',
    'accessToken',
    'Access-Token',
    'access%5Ftoken',
    'user[access_token]',
    'access_token[]',
    '+token',
  ])('knows %s by its sense', (name) => {
    expect(scrubUrl(`https://a.example.com/?${name}=hunter2hunter2`)).not.toContain('hunter2');
  });

  it('hides every one of several values', () => {
    expect(scrubUrl('https://a.example.com/?code=one&code=two;token=three')).toBe(
      'https://a.example.com/?code=[secret]&code=[secret];token=[secret]',
    );
  });

  it('hides a value that has the signs of a query in it', () => {
    expect(scrubUrl('https://a.example.com/?token=one=two==&next=/cb?code=three')).toBe(
      'https://a.example.com/?token=[secret]&next=/cb?code=[secret]',
    );
  });

  it('hides what an address inside a parameter carries', () => {
    const inner = encodeURIComponent('https://u:p@b.example.com/cb?code=hunter2&x=1#frag');
    expect(scrubUrl(`https://a.example.com/?redirect_uri=${inner}`)).toBe(
      `https://a.example.com/?redirect_uri=${encodeURIComponent('https://b.example.com/cb?code=[secret]&x=1#[secret]')}`,
    );
  });

  it('removes user info', () => {
    expect(scrubUrl('https://id:hunter2@a.example.com:8443/p')).toBe('https://a.example.com:8443/p');
    expect(scrubUrl('http://hunter2@127.0.0.1:8080/p')).toBe('http://127.0.0.1:8080/p');
  });

  it('hides a fragment', () => {
    expect(scrubUrl('https://a.example.com/p#access_token=hunter2')).toBe('https://a.example.com/p#[secret]');
  });

  it.each([
    'https://a.example.com/',
    'https://a.example.com/web_api/orders?page=2&limit=50&sort=id_desc',
    'https://a.example.com/?store=391250&postcode=123&statement=1&keyboard=us',
    'https://a.example.com/?flag&page=2',
    'https://[2001:db8::1]:8443/p?x=%20y',
  ])('leaves %s as it is', (text) => {
    expect(scrubUrl(text)).toBe(text);
  });

  it.each([
    '',
    'hunter2',
    '/auth?refresh_token=hunter2',
    '//a.example.com/?token=hunter2',
    'https://',
    'Bearer:hunter2',
    'hunter2:x',
    'data:text/plain,hunter2',
    'postgres://u:hunter2@h/db',
    'https://h:99999/?token=hunter2',
    'https://a b/?token=hunter2',
  ])('says nothing of %j, which is no web address', (text) => {
    expect(scrubUrl(text)).toBe('[unreadable address]');
  });

  it('stays an address that can be read, and is not changed by a second scrub', () => {
    fc.assert(
      fc.property(anyText, anyText, anyText, (path, query, fragment) => {
        const once = scrubUrl(`https://a.example.com/${path}?x=1&token=${query}&next=https://${query}#${fragment}`);
        expect(URL.canParse(once)).toBe(true);
        expect(scrubUrl(once)).toBe(once);
      }),
    );
  });

  it('lets no secret through, wherever it stands and however its name is written', () => {
    const secret = fc.stringMatching(/^[A-Za-z0-9]{16,24}$/);
    const spelled = fc.constantFrom(...secretNames, ...secretNames.map((name) => name.toUpperCase()));
    const others = fc.array(fc.tuple(fc.stringMatching(/^[a-z]{1,3}$/), fc.stringMatching(/^[a-z0-9%+.-]{0,9}$/)), {
      maxLength: 4,
    });
    fc.assert(
      fc.property(secret, spelled, others, others, (value, name, before, after) => {
        const query = [...before, [name, value], ...after].map((pair) => pair.join('=')).join('&');
        const scrubbed = scrubUrl(`https://u:${value}@a.example.com/p?${query}#${value}`);
        expect(scrubbed).not.toContain(value);
        expect(scrubbed).toContain(`${name}=[secret]`);
      }),
    );
  });
});
