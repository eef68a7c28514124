import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { parseHttpDateMs } from '../../../src/domain/token-response/http-date.js';

const now = Date.UTC(2026, 0, 1);
const example = Date.UTC(1994, 10, 6, 8, 49, 37);

describe('parseHttpDateMs', () => {
  it.each(['Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994'])(
    'reads the form of RFC 9110 that %j has',
    (text) => {
      expect(parseHttpDateMs(text, now)).toBe(example);
    },
  );

  it('reads a two-digit day in the asctime form', () => {
    expect(parseHttpDateMs('Wed Nov 16 08:49:37 1994', now)).toBe(Date.UTC(1994, 10, 16, 8, 49, 37));
  });

  it.each([
    ['76', 2076],
    ['77', 1977],
    ['26', 2026],
    ['00', 2000],
    ['99', 1999],
  ])('puts the two-digit year %s at most 50 years ahead', (year, fullYear) => {
    expect(parseHttpDateMs(`Monday, 06-Nov-${year} 08:49:37 GMT`, now)).toBe(Date.UTC(fullYear, 10, 6, 8, 49, 37));
  });

  it('reads a leap day, and only in leap years', () => {
    expect(parseHttpDateMs('Thu, 29 Feb 2024 00:00:00 GMT', now)).toBe(Date.UTC(2024, 1, 29));
    expect(parseHttpDateMs('Sat, 29 Feb 2025 00:00:00 GMT', now)).toBeUndefined();
  });

  it.each([
    '',
    'Sun, 06 nov 1994 08:49:37 GMT',
    'Sun, 06 Nob 1994 08:49:37 GMT',
    'Sun, 6 Nov 1994 08:49:37 GMT',
    'Sun, 00 Nov 1994 08:49:37 GMT',
    'Sun, 31 Nov 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 24:00:00 GMT',
    'Sun, 06 Nov 1994 08:60:37 GMT',
    'Sun, 06 Nov 1994 08:49:61 GMT',
    'Sun, 06 Nov 1994 08:49 GMT',
    'Sun, 06 Nov 1994 08:49:37 UTC',
    'Sun, 06 Nov 1994 08:49:37 gmt',
    'Sun, 06 Nov 94 08:49:37 GMT',
    '06 Nov 1994 08:49:37 GMT',
    'Sun Nov 6 08:49:37 1994',
    'Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT',
  ])('does not read %j', (text) => {
    expect(parseHttpDateMs(text, now)).toBeUndefined();
  });

  it('reads back every date the platform writes', () => {
    const seconds = fc.integer({ min: Date.UTC(1900, 0, 1) / 1_000, max: Date.UTC(9999, 11, 31) / 1_000 });
    fc.assert(
      fc.property(seconds, (second) => {
        expect(parseHttpDateMs(new Date(second * 1_000).toUTCString(), now)).toBe(second * 1_000);
      }),
    );
  });
});
