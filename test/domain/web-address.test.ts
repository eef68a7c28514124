import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { isLeft, left, map, right } from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { checkWebAddress } from '../../src/domain/web-address.js';
import { anyText } from './any-text.js';

const strict = { allowHttpOnLoopback: false } as const;
const lenient = { allowHttpOnLoopback: true } as const;

const href = (checked: Either<string, URL>): Either<string, string> => map((url: URL) => url.href)(checked);

const admitted = [
  ['https://www.centry.io', 'https://www.centry.io/'],
  ['https://loja.example.com.br/web_api', 'https://loja.example.com.br/web_api'],
  ['https://391250.commercesuite.com.br/web_api/', 'https://391250.commercesuite.com.br/web_api/'],
  ['HTTPS://API.Example.COM/Path', 'https://api.example.com/Path'],
  ['https://api.example.com:443/', 'https://api.example.com/'],
  ['https://api.example.com:/', 'https://api.example.com/'],
  ['https://api.example.com/auth?keep=1&this=2', 'https://api.example.com/auth?keep=1&this=2'],
  ['https://api.example.com?keep=a@b', 'https://api.example.com/?keep=a@b'],
  ['https://api.example.com/a@b/../c', 'https://api.example.com/c'],
  ['https://api.example.com/%00%0d%0a', 'https://api.example.com/%00%0d%0a'],
  ['https://a.co', 'https://a.co/'],
  ['https://a_b.example.com/', 'https://a_b.example.com/'],
  ['https://1.example.com/', 'https://1.example.com/'],
  ['https://127.0.0.1.example.com/', 'https://127.0.0.1.example.com/'],
  ['https://xn--exmple-cua.com/', 'https://xn--exmple-cua.com/'],
  ['https://exämple.com/', 'https://xn--exmple-cua.com/'],
  ['https://api.example.xn--p1ai/', 'https://api.example.xn--p1ai/'],
  ['https://api。example。com/', 'https://api.example.com/'],
  ['https://ａｐｉ.example.com/', 'https://api.example.com/'],
  ['https://%61pi.example.com/', 'https://api.example.com/'],
  ['https://local.example.com/', 'https://local.example.com/'],
  ['https://notlocalhost.com/', 'https://notlocalhost.com/'],
  ['https://mylocal.dev/', 'https://mylocal.dev/'],
  ['https://api.example.milan/', 'https://api.example.milan/'],
  [`https://${'a'.repeat(63)}.example.com/`, `https://${'a'.repeat(63)}.example.com/`],
] as const;

const refused = [
  // no absolute address, or one the parser would have to repair
  ['', 'not_a_url'],
  [' ', 'not_a_url'],
  ['api.example.com', 'not_a_url'],
  ['/auth', 'not_a_url'],
  ['//api.example.com', 'not_a_url'],
  ['https:', 'not_a_url'],
  ['https://', 'not_a_url'],
  ['https:///api.example.com', 'not_a_url'],
  ['https:/api.example.com', 'not_a_url'],
  ['https:api.example.com', 'not_a_url'],
  ['https://https://api.example.com', 'not_public_name'],
  [' https://api.example.com', 'not_a_url'],
  ['https://api.example.com ', 'not_a_url'],
  ['https://api.example.com\n', 'not_a_url'],
  ['ht\ttps://api.example.com', 'not_a_url'],
  ['https://api.exam\nple.com', 'not_a_url'],
  ['https://api.example.com/a b', 'not_a_url'],
  ['https://api.example.com/\u0000', 'not_a_url'],
  ['https://api.example.com/\u007f', 'not_a_url'],
  ['https://api.example.com/\u2028', 'not_a_url'],
  ['https://api.example.com\u00a0', 'not_a_url'],
  ['https:\\\\api.example.com', 'not_a_url'],
  ['https://api.example.com\\@evil.example.net', 'not_a_url'],
  ['https://evil.example.net\\.api.example.com', 'not_a_url'],
  ['https://api.example.com:99999', 'not_a_url'],
  ['https://api.example.com:-1', 'not_a_url'],
  ['https://api.example.com:443:443', 'not_a_url'],
  ['https://[::1', 'not_a_url'],
  ['https://[api.example.com]', 'not_a_url'],
  ['https://[fe80::1%25eth0]', 'not_a_url'],
  ['https://api.%00.com', 'not_a_url'],
  ['https://api%2fexample.com', 'not_a_url'],
  ['https://api<example>.com', 'not_a_url'],
  ['https://xn--/', 'not_a_url'],
  ['https://api.\u00ad/', 'not_public_name'],
  // schemes
  ['http://api.example.com', 'not_https'],
  ['http://api.example.com:443', 'not_https'],
  ['HTTP://api.example.com', 'not_https'],
  ['ftp://api.example.com', 'not_https'],
  ['ws://api.example.com', 'not_https'],
  ['wss://api.example.com', 'not_https'],
  ['file:///etc/passwd', 'not_https'],
  ['data:text/plain,x', 'not_https'],
  ['javascript:alert(1)', 'not_https'],
  ['blob:https://api.example.com/x', 'not_https'],
  ['urn:ietf:wg:oauth:2.0:oob', 'not_https'],
  ['api.example.com:443', 'not_https'],
  // user info
  ['https://user@api.example.com', 'user_info'],
  ['https://user:password@api.example.com', 'user_info'],
  ['https://@api.example.com', 'user_info'],
  ['https://:@api.example.com', 'user_info'],
  ['https://api.example.com@evil.example.net', 'user_info'],
  ['https://api.example.com:443@evil.example.net', 'user_info'],
  ['https://a@b@evil.example.net', 'user_info'],
  ['https://api.example.com%20@evil.example.net', 'user_info'],
  // fragments
  ['https://api.example.com#', 'fragment'],
  ['https://api.example.com/#x', 'fragment'],
  ['https://api.example.com/?a=1#x', 'fragment'],
  ['https://evil.example.net#.api.example.com', 'fragment'],
  // ports
  ['https://api.example.com:8443', 'port'],
  ['https://api.example.com:80', 'port'],
  ['https://api.example.com:22/', 'port'],
  ['https://api.example.com:0/', 'port'],
  // public addresses in figures, in every notation
  ['https://8.8.8.8', 'ip_literal'],
  ['https://8.8.8.8:443/', 'ip_literal'],
  ['https://8.8.8.8./', 'ip_literal'],
  ['https://134744072', 'ip_literal'],
  ['https://0x08080808', 'ip_literal'],
  ['https://010.010.010.010', 'ip_literal'],
  ['https://8.8.2056', 'ip_literal'],
  ['https://8。8。8。8', 'ip_literal'],
  ['https://８.8.8.8', 'ip_literal'],
  ['https://%38.8.8.8', 'ip_literal'],
  ['https://[2606:4700:4700::1111]', 'ip_literal'],
  ['https://[::ffff:8.8.8.8]', 'ip_literal'],
  // private ones
  ['https://127.0.0.1', 'private_address'],
  ['https://127.1', 'private_address'],
  ['https://127.0.1', 'private_address'],
  ['https://2130706433', 'private_address'],
  ['https://0x7f000001', 'private_address'],
  ['https://0x7f.1', 'private_address'],
  ['https://0177.0.0.1', 'private_address'],
  ['https://017700000001', 'private_address'],
  ['https://127.0.0.1.', 'private_address'],
  ['https://127%2e0%2e0%2e1', 'private_address'],
  ['https://①②⑦.0.0.1', 'private_address'],
  ['https://127。0。0。1', 'private_address'],
  ['https://0', 'private_address'],
  ['https://0.0.0.0', 'private_address'],
  ['https://10.0.0.1', 'private_address'],
  ['https://192.168.0.1', 'private_address'],
  ['https://172.16.0.1', 'private_address'],
  ['https://100.64.0.1', 'private_address'],
  ['https://169.254.169.254/latest/meta-data/', 'private_address'],
  ['https://2852039166', 'private_address'],
  ['https://[::]', 'private_address'],
  ['https://[::1]', 'private_address'],
  ['https://[0:0:0:0:0:0:0:1]:443', 'private_address'],
  ['https://[::ffff:127.0.0.1]', 'private_address'],
  ['https://[::ffff:a9fe:a9fe]', 'private_address'],
  ['https://[fd00:ec2::254]', 'private_address'],
  ['https://[fe80::1]', 'private_address'],
  ['https://[64:ff9b::7f00:1]', 'private_address'],
  // figures that are no address
  ['https://256.256.256.256', 'not_a_url'],
  ['https://1.2.3.4.5', 'not_a_url'],
  ['https://4294967296', 'not_a_url'],
  ['https://api.example.1', 'not_a_url'],
  ['https://api.example.0x1', 'not_a_url'],
  ['https://api.example.1.', 'not_a_url'],
  ['https://127.0.0.0x', 'private_address'],
  ['https://127.0.0.09', 'not_a_url'],
  // names that are not public
  ['https://localhost', 'not_public_name'],
  ['https://LOCALHOST:443', 'not_public_name'],
  ['https://ｌｏｃａｌｈｏｓｔ', 'not_public_name'],
  ['https://localhost.', 'not_public_name'],
  ['https://api.localhost', 'not_public_name'],
  ['https://localhost.localdomain', 'not_public_name'],
  ['https://localhost6.localdomain6', 'not_public_name'],
  ['https://printer.local', 'not_public_name'],
  ['https://PRINTER.LOCAL', 'not_public_name'],
  ['https://kubernetes.default.svc.cluster.local', 'not_public_name'],
  ['https://metadata.google.internal', 'not_public_name'],
  ['https://db.internal', 'not_public_name'],
  ['https://wiki.intranet', 'not_public_name'],
  ['https://wiki.corp', 'not_public_name'],
  ['https://nas.home', 'not_public_name'],
  ['https://nas.lan', 'not_public_name'],
  ['https://nas.home.arpa', 'not_public_name'],
  ['https://x.private', 'not_public_name'],
  ['https://expyuzz4wqqyqhjn.onion', 'not_public_name'],
  ['https://intranet', 'not_public_name'],
  ['https://com', 'not_public_name'],
  ['https://metadata', 'not_public_name'],
  ['https://api.example.com.', 'not_public_name'],
  ['https://api.example.com..', 'not_public_name'],
  ['https://api.example.com%2e', 'not_public_name'],
  ['https://api.example.com。', 'not_public_name'],
  ['https://.example.com', 'not_public_name'],
  ['https://api..example.com', 'not_public_name'],
  ['https://.', 'not_public_name'],
  ['https://-api.example.com', 'not_public_name'],
  ['https://api-.example.com', 'not_public_name'],
  ['https://*.example.com', 'not_public_name'],
  ['https://api,evil.example.com', 'not_public_name'],
  ["https://api'.example.com", 'not_public_name'],
  ['https://api;x.example.com', 'not_public_name'],
  ['https://$host.example.com', 'not_public_name'],
  ['https://{api_address}/auth', 'not_public_name'],
  [`https://${'a'.repeat(64)}.example.com`, 'not_public_name'],
  [`https://${'abcdefghi.'.repeat(26)}com`, 'not_public_name'],
  ['https://api.c', 'not_public_name'],
  ['https://api.ex_ample', 'not_public_name'],
] as const;

describe('checkWebAddress', () => {
  it.each(admitted)('admits %s', (text, expected) => {
    expect(href(checkWebAddress(text, strict))).toEqual(right(expected));
    expect(href(checkWebAddress(text, lenient))).toEqual(right(expected));
  });

  it.each(refused)('refuses %j as %s', (text, why) => {
    expect(checkWebAddress(text, strict)).toEqual(left(why));
  });

  it.each([
    ['http://127.0.0.1:8080/oauth', 'http://127.0.0.1:8080/oauth'],
    ['http://127.0.0.1', 'http://127.0.0.1/'],
    ['https://127.0.0.1:8443/', 'https://127.0.0.1:8443/'],
    ['http://[::1]:8080/', 'http://[::1]:8080/'],
    ['http://[0:0:0:0:0:0:0:1]:8080/', 'http://[::1]:8080/'],
    ['http://localhost:8080/', 'http://localhost:8080/'],
    ['HTTP://LOCALHOST:8080/', 'http://localhost:8080/'],
    ['https://localhost/', 'https://localhost/'],
    ['http://127.1:8080/', 'http://127.0.0.1:8080/'],
  ])('admits %s where loopback is allowed, and nowhere else', (text, expected) => {
    expect(href(checkWebAddress(text, lenient))).toEqual(right(expected));
    expect(isLeft(checkWebAddress(text, strict))).toBe(true);
  });

  it.each([
    ['http://api.example.com', 'not_https'],
    ['http://127.0.0.2:8080/', 'not_https'],
    ['https://127.0.0.2:8080/', 'private_address'],
    ['http://0.0.0.0:8080/', 'not_https'],
    ['http://10.0.0.1/', 'not_https'],
    ['http://[::ffff:127.0.0.1]/', 'not_https'],
    ['http://[::]/', 'not_https'],
    ['http://localhost./', 'not_https'],
    ['http://api.localhost/', 'not_https'],
    ['http://localhost.example.com/', 'not_https'],
    ['http://127.0.0.1.example.com/', 'not_https'],
    ['http://user@localhost/', 'user_info'],
    ['http://localhost@evil.example.net/', 'user_info'],
    ['http://localhost/#x', 'fragment'],
    ['http://evil.example.net#@localhost', 'fragment'],
    ['http://localhost\\@evil.example.net', 'not_a_url'],
    ['ftp://localhost/', 'not_https'],
    ['https://api.example.com:8443', 'port'],
    ['https://8.8.8.8', 'ip_literal'],
  ])('refuses %j where loopback is allowed, as %s', (text, why) => {
    expect(checkWebAddress(text, lenient)).toEqual(left(why));
  });

  it('agrees with the URL parser about the host of everything it admits', () => {
    const label = fc.stringMatching(/^[a-z][a-z0-9]{0,9}$/);
    const trick = fc.constantFrom(
      '',
      '@',
      '\\',
      '#',
      '?',
      '/',
      '%40',
      '%2f',
      ':443',
      '.',
      '。',
      '\t',
      ' ',
      ';',
      '[',
      ']',
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(label, trick), { minLength: 1, maxLength: 5 }), (parts) => {
        const checked = checkWebAddress(`https://${parts.flat().join('')}.example.com`, strict);
        if (isLeft(checked)) return;
        expect(checked.right.protocol).toBe('https:');
        expect(checked.right.host).toMatch(/^([a-z0-9-]+\.)+[a-z][a-z0-9]+$/);
        expect(checked.right.username + checked.right.password + checked.right.hash + checked.right.port).toBe('');
      }),
      { numRuns: 1_000 },
    );
  });

  it('never throws, and never quotes what it was given', () => {
    const reasons = new Set<string>(refused.map(([, why]) => why));
    const address = fc.oneof(
      anyText,
      anyText.map((rest) => `https://${rest}`),
      anyText.map((rest) => `http://localhost${rest}`),
    );
    fc.assert(
      fc.property(address, fc.boolean(), (text, allowHttpOnLoopback) => {
        const checked = checkWebAddress(text, { allowHttpOnLoopback });
        expect(isLeft(checked) ? reasons.has(checked.left) : true).toBe(true);
      }),
    );
  });
});
