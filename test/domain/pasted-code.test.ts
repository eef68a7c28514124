import { left, right } from 'fp-ts/lib/Either.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePastedCode } from '../../src/domain/pasted-code.js';

const key = 'centry/acme';

describe('a pasted code', () => {
  it.each([
    '4/0AX4XfWh',
    'SplxlOBeZQQYbYS6WxSbIA==',
    'v^1.1#i^1#r^1',
    'a:b/c=d',
    'abc?def=ghi',
    'abc?code',
    'state=xyz',
    '/=:?&',
    '=code',
    'xcode=1',
    'decode=1&barcode=2',
    'a?barcode=1',
    'urn:code:abc',
    'https',
    'code',
    '?',
    'M.C540_BL2.2.U.ab-cd*ef!gh$',
    'def50200%2F',
  ])('is taken as it is: %s', (code) => {
    expect(parsePastedCode(key, code)).toEqual(right(code));
  });

  it('loses the white space around it', () => {
    expect(parsePastedCode(key, ' \tabc\n')).toEqual(right('abc'));
  });

  it.each([
    ['https://app.example.com/back?code=abc&state=xyz', 'abc'],
    ['https://app.example.com/back?state=xyz&scope=a%20b&code=abc', 'abc'],
    ['HTTPS://APP.EXAMPLE.COM/?code=abc', 'abc'],
    ['http://localhost/?code=abc', 'abc'],
    ['http://127.0.0.1:8080/?code=4%2F0AX4XfWh%3D&state=xyz#_=_', '4/0AX4XfWh='],
    ['urn:ietf:wg:oauth:2.0:oob?code=abc', 'abc'],
    ['com.example.app:/back?code=abc', 'abc'],
    ['com.example.app://back?code=abc', 'abc'],
    ['app.example.com/back?code=abc&state=xyz', 'abc'],
    ['localhost:3000/back?code=abc', 'abc'],
    ['/back?code=abc&state=xyz', 'abc'],
    ['?code=abc&state=xyz', 'abc'],
    ['code=abc&state=xyz', 'abc'],
    ['state=xyz&code=abc', 'abc'],
    ['code=abc', 'abc'],
    ['code=a%3Fb', 'a?b'],
    ['code=a?b=c', 'a?b=c'],
    ['  https://app.example.com/back?code=abc \n', 'abc'],
  ])('is read out of %s', (pasted, code) => {
    expect(parsePastedCode(key, pasted)).toEqual(right(code));
  });

  it.each([
    ['https://app.example.com/back?error=access_denied&state=xyz', { _tag: 'AccessDenied', key }],
    ['error=server_error', { _tag: 'ProviderUnavailable', key, why: 'server_error' }],
    ['?error=invalid_scope&code=abc', { _tag: 'RequestRejected', key, error: 'invalid_scope' }],
    ['urn:ietf:wg:oauth:2.0:oob?error=a-secret', { _tag: 'RequestRejected', key, error: 'unrecognised_error' }],
  ])('gives the error that stands in %s instead', (pasted, error) => {
    expect(parsePastedCode(key, pasted)).toEqual(left(error));
  });

  it.each([
    'https://app.example.com/back',
    'https://app.example.com/back?state=xyz',
    'https://app.example.com/back?code=&state=xyz',
    'https://provider.example.com/authorize?response_type=code&client_id=1',
    'https://app.example.com/back#code=abc',
    'urn:ietf:wg:oauth:2.0:oob',
    'myapp://back',
  ])('is asked for when the address %s holds none', (pasted) => {
    expect(parsePastedCode(key, pasted)).toEqual(
      left(
        `exchange() of ${key}: there is no code in the address: paste the code alone, or the address that the browser came back to, with code=… in it`,
      ),
    );
  });

  it('may not stand twice in the address', () => {
    expect(parsePastedCode(key, 'https://app.example.com/back?code=abc&code=def')).toEqual(
      left(`exchange() of ${key}: a parameter stands twice in the address: paste it as the browser shows it`),
    );
  });

  it('comes back out of any address that it is written into', () => {
    const code = fc.string({ minLength: 1, unit: 'binary' }).filter((text) => !text.includes('\ufffd'));
    fc.assert(
      fc.property(code, (text) => {
        const query = new URLSearchParams({ state: 'xyz', code: text }).toString();
        for (const pasted of [`https://app.example.com/back?${query}`, `?${query}`, query]) {
          expect(parsePastedCode(key, pasted)).toEqual(right(new URLSearchParams(query).get('code')));
        }
      }),
    );
  });

  it('never throws, and quotes nothing of what was pasted', () => {
    const quotes = (text: string, start: string): boolean => {
      const parsed = parsePastedCode(key, `${start}${text}`);
      return parsed._tag === 'Left' && JSON.stringify(parsed.left).includes(text);
    };
    const long = fc.string({ minLength: 9 });
    const property = fc.property(
      long,
      fc.constantFrom('', 'https://', '?error=', 'code=a&code='),
      (text, start) => !quotes(text, start),
    );
    expect(fc.check(property).failed).toBe(false);
  });
});
