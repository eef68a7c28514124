import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { parseRetryAfterMs } from '../../../src/domain/token-response/retry-after.js';

const now = Date.UTC(2026, 10, 6, 8, 49, 37);
const hour = 3_600_000;

describe('parseRetryAfterMs', () => {
  it.each([
    ['0', 0],
    ['1', 1_000],
    ['120', 120_000],
    ['0007', 7_000],
    [' 5 ', 5_000],
    ['3600', hour],
  ])('reads the seconds %j', (header, ms) => {
    expect(parseRetryAfterMs(header, now, hour)).toBe(ms);
  });

  it.each(['3601', '99999999999', '9'.repeat(400), 'Fri, 06 Nov 2026 12:00:00 GMT', 'Fri, 31 Dec 9999 23:59:59 GMT'])(
    'believes at most the maximum of %j',
    (header) => {
      expect(parseRetryAfterMs(header, now, hour)).toBe(hour);
    },
  );

  it.each([
    ['Fri, 06 Nov 2026 08:50:37 GMT', 60_000],
    ['Friday, 06-Nov-26 08:50:37 GMT', 60_000],
    ['Fri Nov  6 08:50:37 2026', 60_000],
    ['Fri, 06 Nov 2026 08:49:38 GMT', 1_000],
  ])('reads the date %j', (header, ms) => {
    expect(parseRetryAfterMs(header, now, hour)).toBe(ms);
  });

  it('counts a date from the fraction of a second it is', () => {
    expect(parseRetryAfterMs('Fri, 06 Nov 2026 08:49:38 GMT', now + 250, hour)).toBe(750);
  });

  it.each(['Fri, 06 Nov 2026 08:49:37 GMT', 'Fri, 06 Nov 2026 08:49:36 GMT', 'Thu, 01 Jan 1970 00:00:00 GMT'])(
    'asks for no wait when the date %j has come',
    (header) => {
      expect(parseRetryAfterMs(header, now, hour)).toBe(0);
    },
  );

  it.each([
    undefined,
    '',
    ' ',
    '-1',
    '+5',
    '1.5',
    '1e3',
    '0x10',
    '5s',
    '5, 10',
    '٣',
    'soon',
    'NaN',
    'Infinity',
    '2026-11-06T08:50:37Z',
    'Fri, 06 Nov 2026 08:50:37',
    'Fri, 06 Nov 2026 08:50:37 +0000',
    'Mon, 30 Feb 2026 08:50:37 GMT',
  ])('has no opinion about %j', (header) => {
    expect(parseRetryAfterMs(header, now, hour)).toBeUndefined();
  });

  it('stays between nothing and the maximum, whatever it is given', () => {
    const headers = fc.oneof(
      fc.string(),
      fc.nat().map(String),
      fc.date({ noInvalidDate: true }).map((d) => d.toUTCString()),
    );
    fc.assert(
      fc.property(headers, fc.nat(), (header, maxMs) => {
        const ms = parseRetryAfterMs(header, now, maxMs);
        expect(ms === undefined || (ms >= 0 && ms <= maxMs)).toBe(true);
      }),
    );
  });
});
