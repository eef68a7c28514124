import { describe, expect, it } from 'vitest';
import { failureCode, storeFailure } from '../../../src/adapters/stores/store-failure.js';

const withCode = (code: unknown): Error => Object.assign(new TypeError('the token is abc'), { code });

class PoolExhausted extends Error {}

describe('failureCode', () => {
  it.each([
    ['a plain code', withCode('SQLITE_BUSY'), 'SQLITE_BUSY'],
    ['a code of digits', withCode('23505'), '23505'],
    ['a code in lower case', withCode('sealed-token'), 'TypeError'],
    ['a code with a line break', withCode('A\n'), 'TypeError'],
    ['an empty code', withCode(''), 'TypeError'],
    ['a code of 65 characters', withCode('A'.repeat(65)), 'TypeError'],
    ['a code that is a number', withCode(7), 'TypeError'],
    ['an error of a class of its own', new PoolExhausted('the token is abc'), 'PoolExhausted'],
    ['a plain object', { message: 'the token is abc' }, 'Object'],
    ['an object without a prototype', { __proto__: null }, 'unknown'],
    ['a class with an odd name', { constructor: { name: 'the token is abc' } }, 'unknown'],
    ['a text', 'the token is abc', 'unknown'],
    ['nothing', undefined, 'unknown'],
    ['null', null, 'unknown'],
    [
      'an object that throws when it is looked at',
      {
        get code(): string {
          throw new Error('the token is abc');
        },
      },
      'unknown',
    ],
  ])('names %s', (_what, thrown, code) => {
    expect(failureCode(thrown)).toBe(code);
  });
});

describe('storeFailure', () => {
  it('is a frozen value', () => {
    const failure = storeFailure('read', 'SQLITE_IOERR');
    expect(failure).toEqual({ _tag: 'StoreFailure', operation: 'read', why: 'SQLITE_IOERR' });
    expect(Object.isFrozen(failure)).toBe(true);
  });
});
