import { isIPv4, isIPv6 } from 'node:net';
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { parseIpv4, parseIpv6 } from '../../src/domain/ip-address.js';

const group = fc.nat({ max: 0xffff });

describe('parseIpv4', () => {
  it.each([
    ['0.0.0.0', 0],
    ['0.0.0.1', 1],
    ['1.2.3.4', 0x01020304],
    ['255.255.255.255', 0xffffffff],
  ])('reads %s', (text, address) => {
    expect(parseIpv4(text)).toBe(address);
  });

  it.each([
    '',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.256',
    '01.2.3.4',
    '1.2.3.04',
    '1.2.3.00',
    '1.2.3.4 ',
    '1e1.2.3.4',
    '0x1.2.3.4',
  ])('does not read %j', (text) => {
    expect(parseIpv4(text)).toBeUndefined();
  });

  it('reads what the platform takes for an IPv4 address, and nothing else', () => {
    const pieces = fc.constantFrom('0', '1', '255', '256', '01', '', 'a', ' 1', '1e1', '-1', '٣');
    fc.assert(
      fc.property(
        fc.oneof(
          fc.ipV4(),
          fc.ipV4Extended(),
          fc.array(pieces, { maxLength: 5 }).map((p) => p.join('.')),
        ),
        (text) => {
          expect(parseIpv4(text) !== undefined).toBe(isIPv4(text));
        },
      ),
    );
  });
});

describe('parseIpv6', () => {
  it.each([
    ['::', [0, 0, 0, 0, 0, 0, 0, 0]],
    ['::1', [0, 0, 0, 0, 0, 0, 0, 1]],
    ['1::', [1, 0, 0, 0, 0, 0, 0, 0]],
    ['1:2:3:4:5:6:7:8', [1, 2, 3, 4, 5, 6, 7, 8]],
    ['1:2:3:4:5:6:7::', [1, 2, 3, 4, 5, 6, 7, 0]],
    ['::2:3:4:5:6:7:8', [0, 2, 3, 4, 5, 6, 7, 8]],
    ['1:2::7:8', [1, 2, 0, 0, 0, 0, 7, 8]],
    ['ABCD::ef01', [0xabcd, 0, 0, 0, 0, 0, 0, 0xef01]],
    ['::ffff:1.2.3.4', [0, 0, 0, 0, 0, 0xffff, 0x0102, 0x0304]],
    ['1:2:3:4:5:6:1.2.3.4', [1, 2, 3, 4, 5, 6, 0x0102, 0x0304]],
  ])('reads %s', (text, groups) => {
    expect(parseIpv6(text)).toEqual(groups);
  });

  it.each(['1:2:3:4::5:6:7:8', '::1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8::', '1:2:3:4:5:6::1.2.3.4'])(
    'does not read %s, where :: stands for nothing',
    (text) => {
      expect(parseIpv6(text)).toBeUndefined();
    },
  );

  it('reads back any eight groups, written out or compressed', () => {
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        const long = groups.map((part) => part.toString(16)).join(':');
        expect(parseIpv6(long)).toEqual(groups);
        expect(parseIpv6(new URL(`http://[${long}]/`).hostname.slice(1, -1))).toEqual(groups);
      }),
    );
  });

  it('reads what the platform takes for an IPv6 address without a zone, and nothing else', () => {
    const piece = fc.constantFrom('0', '1', 'ffff', 'FFFF', '10000', 'g', '', '::', ':', '1.2.3.4', '1.2.3', '%1');
    const assembled = fc
      .array(fc.tuple(piece, fc.constantFrom(':', ':', '')), { maxLength: 9 })
      .map((p) => p.flat().join(''));
    fc.assert(
      fc.property(fc.oneof(fc.ipV6(), assembled), (text) => {
        expect(parseIpv6(text) !== undefined).toBe(isIPv6(text) && !text.includes('%'));
      }),
      { numRuns: 2_000 },
    );
  });
});
