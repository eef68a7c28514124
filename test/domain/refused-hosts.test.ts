import { isLeft, isRight } from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { parseApiAddress, parseStoreUrl } from '../../src/domain/store-address.js';
import { checkWebAddress } from '../../src/domain/web-address.js';
import { publicNames, refusedHosts } from './refused-hosts.js';

const strict = { allowHttpOnLoopback: false };

describe('the hosts that secrets may not be sent to', () => {
  it('are more than two hundred, no two alike', () => {
    expect(refusedHosts.length).toBeGreaterThanOrEqual(200);
    expect(new Set(refusedHosts.map(([, host]) => host)).size).toBe(refusedHosts.length);
  });

  it.each(refusedHosts)('are refused as the address of an API or a shop: %s, %j', (_what, host) => {
    for (const address of [`https://${host}`, `https://${host}/web_api`, host]) {
      expect(isLeft(parseApiAddress(address, '/web_api', strict))).toBe(true);
      expect(isLeft(parseStoreUrl(address, strict))).toBe(true);
    }
    expect(isLeft(checkWebAddress(`https://${host}/`, strict))).toBe(true);
  });

  it.each(publicNames)('cannot be told by the name %s', (host) => {
    expect(isRight(parseApiAddress(`https://${host}/web_api`, '/web_api', strict))).toBe(true);
  });
});
