import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { parseTokenText } from '../../../src/domain/token-response/token-text.js';
import { anyText } from '../any-text.js';

describe('parseTokenText', () => {
  it.each(['a', 'abc', '!~', '2YotnFZFEjr1zCsicMWpAA', 'eyJ.a-b_c.d~e+f/g=', '"quoted"', '\\', '{}'])(
    'takes %j',
    (text) => {
      expect(parseTokenText(text)).toBe(text);
    },
  );

  it.each([' abc', 'abc ', '\tabc\r\n', '\u00a0abc\u2028', '\ufeffabc'])('cuts the white space around %j', (text) => {
    expect(parseTokenText(text)).toBe('abc');
  });

  it('takes a token of a megabyte', () => {
    const long = 'x'.repeat(1_048_576);
    expect(parseTokenText(long)).toBe(long);
  });

  it.each([
    '',
    ' ',
    '\n',
    'a b',
    'a\r\nSet-Cookie: x',
    'a\tb',
    'a\u0000',
    'a\u007f',
    'é',
    '“abc”',
    'a\u200bb',
    '🔑',
    '\ud800',
  ])('refuses %j', (text) => {
    expect(parseTokenText(text)).toBeUndefined();
  });

  it.each([undefined, null, 0, 1234567890, true, {}, [], ['abc'], { toString: () => 'abc' }])(
    'refuses the value %j',
    (value) => {
      expect(parseTokenText(value)).toBeUndefined();
    },
  );

  it('gives visible ASCII or nothing, for any text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(parseTokenText(text) ?? 'x').toMatch(/^[!-~]+$/);
      }),
    );
  });
});
