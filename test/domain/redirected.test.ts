import { describe, expect, it } from 'vitest';
import { becomesGet, redirectTarget } from '../../src/domain/redirected.js';

const from = new URL('https://api.example.com/v1/orders?page=1');

describe('a redirect', () => {
  it.each([301, 302, 303, 307, 308])('%i leads to its Location, resolved on where it came from', (status) => {
    expect(redirectTarget(status, '../v2/orders', from)?.href).toBe('https://api.example.com/v2/orders');
    expect(redirectTarget(status, 'https://other.example/x', from)?.href).toBe('https://other.example/x');
  });

  it.each([
    [200, '/v2'],
    [300, '/v2'],
    [304, '/v2'],
    [401, '/v2'],
    [302, null],
    [302, 'https://'],
    [302, 'file:///etc/passwd'],
    [302, 'data:text/plain,x'],
  ])('%i with %s is none that is followed', (status, location) => {
    expect(redirectTarget(status, location, from)).toBeUndefined();
  });

  it.each([
    [301, 'POST', true],
    [302, 'POST', true],
    [303, 'POST', true],
    [303, 'PUT', true],
    [303, 'HEAD', false],
    [301, 'PUT', false],
    [307, 'POST', false],
    [308, 'POST', false],
    [302, 'GET', false],
  ])('%i of a %s turns it into a GET: %s', (status, method, changes) => {
    expect(becomesGet(status, method)).toBe(changes);
  });
});
