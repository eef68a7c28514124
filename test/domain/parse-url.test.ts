import { describe, expect, it } from 'vitest';
import { parseUrl } from '../../src/domain/parse-url.js';

describe('parseUrl', () => {
  it('reads an address by itself and on a base', () => {
    expect(parseUrl('https://api.example.com/a?b=c')?.pathname).toBe('/a');
    expect(parseUrl('/orders', 'https://api.example.com/v1')?.href).toBe('https://api.example.com/orders');
    expect(parseUrl('orders', new URL('https://api.example.com/v1/'))?.href).toBe('https://api.example.com/v1/orders');
  });

  it.each(['', 'no address', 'https://', '//api.example.com', 'http://[1'])('is undefined for "%s"', (text) => {
    expect(parseUrl(text)).toBeUndefined();
  });

  it('says of an address beyond ASCII what it said at first, however often it has been asked', () => {
    const said = new Set<string | undefined>();
    for (let at = 0; at < 100_000; at += 1) parseUrl(`https://api.example.com/${at % 10}`);
    for (let at = 0; at < 1_000; at += 1) said.add(parseUrl('https://exämple.com/')?.href);
    expect([...said]).toEqual(['https://xn--exmple-cua.com/']);
  });
});
