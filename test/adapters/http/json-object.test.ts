import { describe, expect, it } from 'vitest';
import { parseJsonObject } from '../../../src/adapters/http/json-object.js';

const parsed = (text: string) => parseJsonObject(Buffer.from(text));

describe('parseJsonObject', () => {
  it('gives the names the provider sent and no others', () => {
    const object = parsed('{"access_token":"a","n":null}');
    expect(Object.entries(object ?? {})).toEqual([
      ['access_token', 'a'],
      ['n', null],
    ]);
    expect(Object.getPrototypeOf(object)).toBe(null);
    expect('constructor' in (object ?? {})).toBe(false);
  });

  it('drops __proto__, so that no copy of the object takes a token from it', () => {
    const object = parsed('{"__proto__":{"refresh_token":"planted"},"access_token":"a"}');
    expect(Object.keys(object ?? {})).toEqual(['access_token']);
    expect(object?.['refresh_token']).toBe(undefined);
    const copy: Record<string, unknown> = Object.assign({}, object);
    expect(copy['refresh_token']).toBe(undefined);
  });

  it('gives an object that nobody can change', () => {
    expect(Object.isFrozen(parsed('{"a":1}'))).toBe(true);
  });

  it('takes the last of two values, as every parser does', () => {
    expect(parsed('{"a":1,"a":2}')).toEqual({ a: 2 });
  });

  it('keeps every digit of an integer that no double can hold, at any depth', () => {
    const object = parsed(
      '{"id":17841405793187219, "neg":-17841405793187219,"in":{"list":[9007199254740993,1]},"huge":1000000000000000000000}',
    );
    expect(object).toEqual({
      id: '17841405793187219',
      neg: '-17841405793187219',
      in: { list: ['9007199254740993', 1] },
      huge: '1000000000000000000000',
    });
  });

  it('leaves every other number a number', () => {
    const text = '{"a":9007199254740991,"b":-9007199254740991,"c":1e21,"d":0.12345678901234567890,"e":3600}';
    expect(parsed(text)).toEqual({
      a: 9007199254740991,
      b: -9007199254740991,
      c: 1e21,
      d: 0.12345678901234568,
      e: 3600,
    });
  });

  it('leaves digits inside texts and names alone, whatever stands around them', () => {
    const object = {
      '17841405793187219': 'x',
      token: ':17841405793187219,',
      quoted: '\\"17841405793187219\\"',
      escaped: 'a\\',
      after: 'é\u2028 17841405793187219',
    };
    expect(parsed(JSON.stringify({ ...object, id: 1 }).replace('"id":1', '"id":17841405793187219'))).toEqual({
      ...object,
      id: '17841405793187219',
    });
  });

  it('takes no time over what is no JSON', () => {
    const hostile = `"1234567890123456${'\\"'.repeat(130_000)}`;
    expect(parsed(hostile)).toBe(undefined);
    expect(parsed(`{"a":${hostile}`)).toBe(undefined);
  }, 30_000);

  it('reads past a byte order mark and past bytes that are no UTF-8: tokens are ASCII', () => {
    const latin1 = Buffer.concat([
      Buffer.from('\ufeff{"access_token":"a","message":"'),
      Buffer.from([0xe7]),
      Buffer.from('"}'),
    ]);
    expect(parseJsonObject(latin1)).toEqual({ access_token: 'a', message: '\ufffd' });
  });

  it('survives nesting as deep as an answer can be', () => {
    expect(parsed('['.repeat(262_144))).toBe(undefined);
    expect(Object.keys(parsed(`{"a":${'['.repeat(131_000)}${']'.repeat(131_000)}}`) ?? {})).toEqual(['a']);
  });
});
