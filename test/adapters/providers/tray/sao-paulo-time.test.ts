import { afterEach, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { parseSaoPauloTimeMs } from '../../../../src/adapters/providers/tray/sao-paulo-time.js';

const zoneOfTheTests = process.env['TZ'];
const liveIn = (zone: string | undefined): void => {
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
};

afterEach(() => liveIn(zoneOfTheTests));

describe('parseSaoPauloTimeMs', () => {
  it.each([
    ['2021-03-02 14:58:21', '2021-03-02T17:58:21.000Z'],
    ['2026-12-25 00:00:00', '2026-12-25T03:00:00.000Z'],
    ['2026-07-01 23:59:59', '2026-07-02T02:59:59.000Z'],
    ['2024-02-29 12:00:00', '2024-02-29T15:00:00.000Z'],
    ['2026-12-31 22:00:00', '2027-01-01T01:00:00.000Z'],
  ])('reads %s three hours behind UTC', (text, instant) => {
    expect(parseSaoPauloTimeMs(text)).toBe(Date.parse(instant));
  });

  it.each([
    ['2018-11-03 23:59:59', '2018-11-04T02:59:59.000Z', 'before summer time'],
    ['2018-11-04 01:00:00', '2018-11-04T03:00:00.000Z', 'at the first moment of summer time'],
    ['2019-01-15 12:00:00', '2019-01-15T14:00:00.000Z', 'in summer time'],
    ['2019-02-16 22:59:59', '2019-02-17T00:59:59.000Z', 'before the hour that comes twice'],
    ['2019-02-16 23:30:00', '2019-02-17T01:30:00.000Z', 'in the first of the two hours'],
    ['2019-02-17 00:00:00', '2019-02-17T03:00:00.000Z', 'after summer time'],
    ['2019-11-15 12:00:00', '2019-11-15T15:00:00.000Z', 'in the first summer without summer time'],
    ['1999-12-31 12:00:00', '1999-12-31T14:00:00.000Z', 'in an older summer'],
  ])('reads %s as %s, %s', (text, instant) => {
    expect(parseSaoPauloTimeMs(text)).toBe(Date.parse(instant));
  });

  it.each(['2018-11-04 00:00:00', '2018-11-04 00:59:59', '2017-10-15 00:30:00'])(
    'does not read %s, which no clock showed',
    (text) => {
      expect(parseSaoPauloTimeMs(text)).toBeUndefined();
    },
  );

  it.each(['UTC', 'America/Santiago', 'America/Sao_Paulo', 'Asia/Tokyo', 'Australia/Adelaide', 'Pacific/Apia'])(
    'reads the same in a process that lives in %s',
    (zone) => {
      liveIn(zone);
      expect(new Intl.DateTimeFormat().resolvedOptions().timeZone).toBe(zone);
      expect(parseSaoPauloTimeMs('2021-03-02 14:58:21')).toBe(Date.UTC(2021, 2, 2, 17, 58, 21));
      expect(parseSaoPauloTimeMs('2019-01-15 12:00:00')).toBe(Date.UTC(2019, 0, 15, 14));
      expect(parseSaoPauloTimeMs('2018-10-14 02:30:00')).toBe(Date.UTC(2018, 9, 14, 5, 30));
    },
  );

  it.each([
    '0000-00-00 00:00:00',
    '2021-02-29 12:00:00',
    '2021-02-30 12:00:00',
    '2021-04-31 12:00:00',
    '2021-00-10 12:00:00',
    '2021-13-10 12:00:00',
    '2021-03-00 12:00:00',
    '2021-03-32 12:00:00',
    '2021-03-02 24:00:00',
    '2021-03-02 25:00:00',
    '2021-03-02 12:60:00',
    '2021-03-02 12:00:60',
    '1900-01-01 00:00:00',
  ])('does not read %j, which no calendar has or no zone time reaches', (text) => {
    expect(parseSaoPauloTimeMs(text)).toBeUndefined();
  });

  it.each([
    '',
    '2021-03-02',
    '14:58:21',
    '2021-03-02T14:58:21',
    '2021-03-02 14:58',
    '2021-03-02 14:58:21Z',
    '2021-03-02 14:58:21-03:00',
    '2021-03-02 14:58:21.000',
    ' 2021-03-02 14:58:21',
    '2021-03-02 14:58:21\n',
    '2021-03-02  14:58:21',
    '2021-3-2 14:58:21',
    '02/03/2021 14:58:21',
    '+002021-03-02 14:58:21',
    '２０２１-03-02 14:58:21',
    'never',
  ])('does not read the shape %j', (text) => {
    expect(parseSaoPauloTimeMs(text)).toBeUndefined();
  });

  it.each([undefined, null, 1_614_707_901, Number.NaN, true, {}, [], ['2021-03-02 14:58:21'], new Date(0)])(
    'does not read the value %j',
    (value) => {
      expect(parseSaoPauloTimeMs(value)).toBeUndefined();
    },
  );

  it('reads back what a clock in São Paulo shows, to the second', () => {
    const clock = new Intl.DateTimeFormat('sv-SE', {
      timeZone: 'America/Sao_Paulo',
      dateStyle: 'short',
      timeStyle: 'medium',
    });
    const since = Date.UTC(2019, 1, 17, 3) / 1_000;
    fc.assert(
      fc.property(fc.integer({ min: since, max: since + 3_000_000_000 }), (second) => {
        expect(parseSaoPauloTimeMs(clock.format(second * 1_000))).toBe(second * 1_000);
      }),
    );
  });
});
