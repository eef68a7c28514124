import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { isLeft, left, map, right } from 'fp-ts/lib/Either.js';
import { parseCallbackParameters } from '../../src/domain/callback-parameters.js';
import { anyText } from './any-text.js';

const entries = (returned: string | URL | URLSearchParams): unknown =>
  map((parameters: ReadonlyMap<string, string>) => [...parameters])(parseCallbackParameters(returned));

const both = right([
  ['code', 'a'],
  ['state', 'b'],
]);

describe('parseCallbackParameters', () => {
  it.each([
    'https://app.example.com/cb?code=a&state=b',
    'http://localhost:3000/cb?code=a&state=b',
    'localhost:3000/cb?code=a&state=b',
    'https://app.example.com/cb;v=1?code=a&state=b',
    '/cb?code=a&state=b',
    '/cb/x=y?code=a&state=b',
    'cb?code=a&state=b',
    '?code=a&state=b',
    'code=a&state=b',
    'code=a&state=b#_=_',
    'https://app.example.com/cb?code=a&state=b#fragment?code=c',
  ])('reads %j', (returned) => {
    expect(entries(returned)).toEqual(both);
  });

  it('reads a URL and its parameters', () => {
    const url = new URL('https://app.example.com/cb?code=a&state=b');
    expect(entries(url)).toEqual(both);
    expect(entries(url.searchParams)).toEqual(both);
  });

  it.each([
    ['code=a%2Fb%3D%3D', [['code', 'a/b==']]],
    ['code=a+b', [['code', 'a b']]],
    ['code=a=b', [['code', 'a=b']]],
    ['/cb?code=a?b', [['code', 'a?b']]],
    ['api_address=https%3A%2F%2Fl.example.com%2Fweb_api', [['api_address', 'https://l.example.com/web_api']]],
    [
      '__proto__=x&constructor=y',
      [
        ['__proto__', 'x'],
        ['constructor', 'y'],
      ],
    ],
  ])('decodes %j', (returned, parameters) => {
    expect(entries(returned)).toEqual(right(parameters));
  });

  it('reads a bare query with a question mark in a value whole', () => {
    expect(entries('code=a?b&state=c')).toEqual(
      right([
        ['code', 'a?b'],
        ['state', 'c'],
      ]),
    );
  });

  it.each([
    'code=a&code=b',
    'code=a&code=a',
    'code=a&%63ode=b',
    'code=a&code=',
    'code=&code=a',
    'code=&code=',
    '/cb?x=1&state=a&x=2',
  ])('refuses the repetition in %j', (returned) => {
    expect(parseCallbackParameters(returned)).toEqual(left({ _tag: 'StateMismatch', why: 'repeated_parameter' }));
  });

  it.each([
    '',
    '?',
    'https://app.example.com/cb',
    'https://app.example.com/cb?',
    'code=&state=',
    'code&state',
    '#code=a&state=b',
    '/cb#?code=a',
  ])('finds nothing in %j', (returned) => {
    expect(entries(returned)).toEqual(right([]));
  });

  it('never throws, and reads back any parameters with distinct names', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 1 }), fc.string({ minLength: 1 })), (wanted) => {
        const query = new URLSearchParams(Object.entries(wanted));
        const expected = new Map(query);
        expect(parseCallbackParameters(query)).toEqual(right(expected));
        expect(parseCallbackParameters(`https://app.example.com/cb?${query.toString()}`)).toEqual(right(expected));
      }),
    );
    fc.assert(
      fc.property(anyText, (returned) => {
        const parsed = parseCallbackParameters(returned);
        expect(isLeft(parsed) || ![...parsed.right.values()].includes('')).toBe(true);
      }),
    );
  });
});
