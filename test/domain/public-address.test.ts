import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { isLoopbackAddress, isPublicAddress } from '../../src/domain/public-address.js';

const publicAddresses = [
  '1.1.1.1',
  '8.8.8.8',
  '9.255.255.255',
  '11.0.0.0',
  '100.63.255.255',
  '100.128.0.0',
  '126.255.255.255',
  '128.0.0.0',
  '168.63.129.15',
  '168.63.129.17',
  '169.253.255.255',
  '169.255.0.0',
  '172.15.255.255',
  '172.32.0.0',
  '191.255.255.255',
  '192.0.1.0',
  '192.0.3.0',
  '192.88.98.255',
  '192.88.100.0',
  '192.167.255.255',
  '192.169.0.0',
  '198.17.255.255',
  '198.20.0.0',
  '198.51.99.255',
  '198.51.101.0',
  '203.0.112.255',
  '203.0.114.0',
  '223.255.255.255',
  '2001:200::1',
  '2001:4860:4860::8888',
  '2001:4860:4860:0:0:0:0:8888',
  '2001:db7:ffff::1',
  '2001:db9::',
  '2600:1f18::1',
  '2606:4700:4700::1111',
  '2A00:1450:4001:81B::200E',
  '2000::',
  '3ffe::1',
  '3fff:1000::',
  '3fff:ffff::',
  '::ffff:8.8.8.8',
  '::ffff:808:808',
  '0:0:0:0:0:ffff:8.8.8.8',
  '64:ff9b::8.8.8.8',
  '64:ff9b::808:808',
  '2002:808:808::1',
];

const notPublicAddresses = [
  // this network, private, shared
  '0.0.0.0',
  '0.255.255.255',
  '10.0.0.0',
  '10.0.0.1',
  '10.255.255.255',
  '100.64.0.0',
  '100.100.100.200',
  '100.127.255.255',
  '172.16.0.0',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.0.0',
  '192.168.1.1',
  '192.168.255.255',
  // loopback, link-local, cloud metadata
  '127.0.0.0',
  '127.0.0.1',
  '127.1.2.3',
  '127.255.255.255',
  '169.254.0.0',
  '169.254.169.254',
  '169.254.170.2',
  '169.254.255.255',
  '168.63.129.16',
  '192.0.0.192',
  // protocol assignments, documentation, benchmarks, relays
  '192.0.0.0',
  '192.0.0.255',
  '192.0.2.0',
  '192.0.2.255',
  '192.88.99.0',
  '192.88.99.255',
  '198.18.0.0',
  '198.19.255.255',
  '198.51.100.0',
  '198.51.100.255',
  '203.0.113.0',
  '203.0.113.255',
  // multicast, reserved, broadcast
  '224.0.0.0',
  '224.0.0.251',
  '239.255.255.255',
  '240.0.0.0',
  '254.1.2.3',
  '255.255.255.255',
  // IPv6: unspecified, loopback, unique local, link-local, site-local, multicast, discard, unassigned
  '::',
  '0:0:0:0:0:0:0:0',
  '::1',
  '0000:0000:0000:0000:0000:0000:0000:0001',
  'fc00::',
  'fc00::1',
  'fd00:ec2::254',
  'FD12:3456:789A::1',
  'fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
  'fe80::',
  'fe80::1',
  'febf::1',
  'fec0::1',
  'feff::1',
  'ff00::',
  'ff02::1',
  'ff0e::1',
  '100::',
  '100::1',
  '1fff::1',
  '4000::1',
  '5f00::1',
  '8000::1',
  // IPv6: documentation, benchmarks, overlay identifiers, protocol assignments
  '2001:db8::',
  '2001:db8::1',
  '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff',
  '3fff::',
  '3fff:fff:ffff::1',
  '2001:2::1',
  '2001:10::1',
  '2001:20::1',
  '2001:1ff:ffff::1',
  // IPv4 in IPv6
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  '::FFFF:10.0.0.1',
  '0:0:0:0:0:ffff:a00:1',
  '::ffff:169.254.169.254',
  '::ffff:a9fe:a9fe',
  '::ffff:192.168.0.1',
  '::ffff:0.0.0.0',
  '::ffff:0:127.0.0.1',
  '::127.0.0.1',
  '::10.0.0.1',
  '::7f00:1',
  '::8.8.8.8',
  '64:ff9b::127.0.0.1',
  '64:ff9b::a00:1',
  '64:ff9b::169.254.169.254',
  '64:ff9b:1::8.8.8.8',
  '64:ff9b:1::1',
  '64:ff9b::1:808:808',
  '2002:7f00:1::1',
  '2002:a00:1::',
  '2002:a9fe:a9fe::1',
  '2002:c0a8:101::1',
  '2001::',
  '2001:0:4136:e378:8000:63bf:3fff:fdd2',
  '2001:0:808:808:0:0:f7f7:f7f7',
  // no addresses
  '',
  ' ',
  'localhost',
  'example.com',
  '8.8.8',
  '8.8.8.8.8',
  '8.8.8.8 ',
  ' 8.8.8.8',
  '8.8.8.8\n',
  '8.8.8.256',
  '8.8.8.-1',
  '8.8.8.08',
  '010.8.8.8',
  '0x8.8.8.8',
  '8.8.8.1e1',
  '8.8..8',
  '8.8.8.',
  '134744072',
  '0x08080808',
  '8.8.8.8/32',
  '8.8.8.8:443',
  '８.8.8.8',
  '2606:4700:4700::1111%eth0',
  'fe80::1%1',
  '[2606:4700:4700::1111]',
  '2606:4700:4700::1111/128',
  '2606:4700:4700:1111',
  '2606:4700:4700:0:0:0:0:0:1111',
  '2606:4700:4700:0:0:0:0:0::1111',
  '2606::4700::1111',
  '2606:4700:4700:1111::1:2:3:4',
  '2606:4700:4700:1111:1:2:3:4::',
  '::2606:4700:4700:1111:1:2:3:4',
  '2606:::1111',
  ':2606:4700::1111',
  '2606:4700::1111:',
  '2606:47000::1',
  '2606:g::1',
  '2606:-1::1',
  '2606:4700::8.8.8',
  '2606:4700::8.8.8.256',
  '2606:4700::8.8.8.8:1',
  '8.8.8.8::',
  '2606:4700:0:0:0:0:0:8.8.8.8',
  ':',
  ':::',
];

const loopbackAddresses = [
  '127.0.0.1',
  '127.0.0.0',
  '127.255.255.255',
  '127.1.2.3',
  '::1',
  '0:0:0:0:0:0:0:1',
  '::ffff:127.0.0.1',
  '::FFFF:7f00:1',
];

const notLoopbackAddresses = [
  '126.255.255.255',
  '128.0.0.0',
  '0.0.0.0',
  '10.0.0.1',
  '8.8.8.8',
  '::',
  '::2',
  '1::1',
  '::1:1',
  '::ffff:128.0.0.1',
  '::127.0.0.1',
  '64:ff9b::127.0.0.1',
  '2002:7f00:1::1',
  'fe80::1',
  '::1%lo',
  '[::1]',
  'localhost',
  '127.1',
  '127.0.0.01',
  '2130706433',
  '',
];

const octet = fc.nat({ max: 255 });
const group = fc.nat({ max: 0xffff });

describe('isPublicAddress', () => {
  it.each(publicAddresses)('admits %j', (ip) => {
    expect(isPublicAddress(ip)).toBe(true);
  });

  it.each(notPublicAddresses)('refuses %j', (ip) => {
    expect(isPublicAddress(ip)).toBe(false);
  });

  it('judges a mapped, translated or tunnelled IPv4 address as that address', () => {
    fc.assert(
      fc.property(octet, octet, octet, octet, (a, b, c, d) => {
        const plain = isPublicAddress(`${a}.${b}.${c}.${d}`);
        const high = (a * 256 + b).toString(16);
        const low = (c * 256 + d).toString(16);
        expect(isPublicAddress(`::ffff:${a}.${b}.${c}.${d}`)).toBe(plain);
        expect(isPublicAddress(`::ffff:${high}:${low}`)).toBe(plain);
        expect(isPublicAddress(`64:ff9b::${high}:${low}`)).toBe(plain);
        expect(isPublicAddress(`2002:${high}:${low}::1`)).toBe(plain);
      }),
    );
  });

  it('admits no IPv6 address outside global unicast but wrapped IPv4 ones', () => {
    const outside = group.filter((first) => (first < 0x2000 || first > 0x3fff) && first !== 0 && first !== 0x64);
    fc.assert(
      fc.property(outside, fc.array(group, { minLength: 7, maxLength: 7 }), (first, rest) => {
        expect(isPublicAddress([first, ...rest].map((part) => part.toString(16)).join(':'))).toBe(false);
      }),
    );
  });

  it('judges every spelling of an IPv6 address alike, as the platform compresses it', () => {
    const first = fc.constantFrom(0, 0x64, 0x2001, 0x2002, 0x2606, 0xfe80);
    const rest = fc.array(fc.oneof(fc.constantFrom(0, 0xffff, 0xdb8, 0x7f00), group), { minLength: 7, maxLength: 7 });
    fc.assert(
      fc.property(first, rest, (head, tail) => {
        const long = [head, ...tail].map((part) => part.toString(16).padStart(4, '0')).join(':');
        const short = new URL(`http://[${long}]/`).hostname.slice(1, -1);
        expect(isPublicAddress(short)).toBe(isPublicAddress(long));
        expect(isLoopbackAddress(short)).toBe(isLoopbackAddress(long));
      }),
    );
  });

  it('answers for any text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(isPublicAddress(text) && isLoopbackAddress(text)).toBe(false);
      }),
    );
  });
});

describe('isLoopbackAddress', () => {
  it.each(loopbackAddresses)('knows %j', (ip) => {
    expect(isLoopbackAddress(ip)).toBe(true);
    expect(isPublicAddress(ip)).toBe(false);
  });

  it.each(notLoopbackAddresses)('refuses %j', (ip) => {
    expect(isLoopbackAddress(ip)).toBe(false);
  });
});
