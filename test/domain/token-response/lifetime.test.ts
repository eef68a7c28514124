import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { isZeroLifetime, parseLifetimeMs } from '../../../src/domain/token-response/lifetime.js';

const century = 3_153_600_000_000;

const noLifetimes: readonly unknown[] = [
  undefined,
  null,
  '',
  ' ',
  0,
  -0,
  -1,
  '0',
  '0.0',
  '-1',
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  '1e400',
  '1e3',
  '9'.repeat(400),
  'NaN',
  'Infinity',
  '3600s',
  '3,600',
  '3600.',
  '.5',
  '+3600',
  ' 3600',
  '3600\n',
  '0x10',
  '٣٦٠٠',
  true,
  {},
  [],
  [3600],
  { valueOf: () => 3600 },
  3600n,
  Symbol('3600'),
  () => 3600,
];

describe('parseLifetimeMs', () => {
  it.each([
    [3600, 3_600_000],
    [1, 1_000],
    [0.5, 500],
    [1.9999, 1_999],
    [0.0001, 1],
    [Number.MIN_VALUE, 1],
    ['3600', 3_600_000],
    ['3600.5', 3_600_500],
    ['007200', 7_200_000],
    ['0.25', 250],
  ])('reads %j seconds', (seconds, ms) => {
    expect(parseLifetimeMs(seconds)).toBe(ms);
  });

  it.each([3_153_600_000, 3_153_600_001, 1e10, 1e308, Number.MAX_VALUE, '3153600001', '9'.repeat(300)])(
    'counts %j seconds as 100 years',
    (seconds) => {
      expect(parseLifetimeMs(seconds)).toBe(century);
    },
  );

  it('does not shorten what is less than 100 years', () => {
    expect(parseLifetimeMs(3_153_599_999)).toBe(century - 1_000);
    expect(parseLifetimeMs(315_360_000)).toBe(century / 10);
  });

  it.each(noLifetimes)('finds no lifetime in case %#', (value) => {
    expect(parseLifetimeMs(value)).toBeUndefined();
  });

  it('gives a whole number of milliseconds from 1 to 100 years, or nothing, for anything', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const ms = parseLifetimeMs(value);
        expect(ms === undefined || (Number.isInteger(ms) && ms >= 1 && ms <= century)).toBe(true);
      }),
    );
  });
});

describe('a lifetime of nothing', () => {
  it('is 0, as a number or a numeral', () => {
    expect([0, -0, '0', '0.0', '000'].map(isZeroLifetime)).toEqual([true, true, true, true, true]);
  });

  it('is nothing else', () => {
    const others = [-1, 0.0001, '', '-0', ' 0', null, undefined, false, [], {}, Number.NaN, '0s'];
    expect(others.map(isZeroLifetime)).toEqual(others.map(() => false));
  });
});
