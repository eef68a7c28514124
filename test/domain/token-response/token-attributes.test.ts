import { describe, expect, it } from 'vitest';
import { attributeText, readAttributes } from '../../../src/domain/token-response/token-attributes.js';

describe('an attribute', () => {
  it('is a text or a finite number', () => {
    expect(['x', 7, '7', -0.5].map(attributeText)).toEqual(['x', '7', '7', '-0.5']);
  });

  it('is nothing else', () => {
    const others = ['', '\n', 'a\u0000', '\ud800', 'x'.repeat(1_025), Number.NaN, Infinity, true, null, {}, undefined];
    expect(others.map(attributeText)).toEqual(others.map(() => undefined));
  });

  it('of any name stays an own property', () => {
    const attributes = readAttributes({ id: 'x' }, Object.fromEntries([['__proto__', 'id']]));
    expect(Object.entries(attributes)).toEqual([['__proto__', 'x']]);
    expect(Object.getPrototypeOf(attributes)).toBe(Object.prototype);
  });
});
