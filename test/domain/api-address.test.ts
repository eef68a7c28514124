import { describe, expect, it } from 'vitest';
import { resolveApiAddress } from '../../src/domain/api-address.js';

const centry = 'https://www.centry.cl/conexion/v1';
const tray = 'https://loja.example.com/web_api';
const root = 'https://api.example.com';

const resolved = (base: string, text: string): readonly string[] => {
  const found = resolveApiAddress(base, text);
  return found._tag === 'Right' ? [found.right.url.href, found.right.path] : ['refused', found.left.why];
};

describe('a path is resolved on the base of the API', () => {
  it.each([
    [centry, 'orders.json', `${centry}/orders.json`, '/orders.json'],
    [centry, '/orders.json', `${centry}/orders.json`, '/orders.json'],
    [centry, 'orders.json?limit=1&offset=2', `${centry}/orders.json?limit=1&offset=2`, '/orders.json'],
    [centry, '/conexion/v1/orders.json', `${centry}/orders.json`, '/orders.json'],
    [centry, 'conexion/v1/orders.json', `${centry}/orders.json`, '/orders.json'],
    [centry, '/conexion/v10/orders.json', `${centry}/conexion/v10/orders.json`, '/conexion/v10/orders.json'],
    [tray, '/web_api/products/1', `${tray}/products/1`, '/products/1'],
    [tray, 'web_api/products/1', `${tray}/products/1`, '/products/1'],
    [tray, '/products/web_api', `${tray}/products/web_api`, '/products/web_api'],
    [tray, '', tray, ''],
    [tray, '?page=2', `${tray}?page=2`, ''],
    [tray, '/web_api', tray, ''],
    [tray, '/web_api?page=2', `${tray}?page=2`, ''],
    [root, 'orders', `${root}/orders`, '/orders'],
    [root, '/', `${root}/`, '/'],
    [centry, 'a/../orders.json', `${centry}/orders.json`, '/orders.json'],
    [centry, 'orders/a b', `${centry}/orders/a%20b`, '/orders/a%20b'],
    [centry, 'orders/é', `${centry}/orders/%C3%A9`, '/orders/%C3%A9'],
  ])('%s and %s', (base, text, href, path) => {
    expect(resolved(base, text)).toEqual([href, path]);
  });

  it.each([
    '../../oauth/token',
    '/../../oauth/token',
    '%2e%2e/%2E%2E/oauth/token',
    'orders/../../../x',
    '..\\..\\oauth',
  ])('and stays below it: %s leads out', (text) => {
    expect(resolved(centry, text)).toEqual(['refused', 'it leads out of /conexion/v1']);
  });
});

describe('a whole address', () => {
  it.each([
    [`${centry}/orders.json`, '/orders.json'],
    ['HTTPS://WWW.CENTRY.CL:443/conexion/v1/orders.json', '/orders.json'],
    ['https://www.centry.cl/other/place', '/other/place'],
    ['//www.centry.cl/conexion/v1/orders.json', '/orders.json'],
  ])('of the same origin is taken as it is: %s', (text, path) => {
    const [href, found] = resolved(centry, text);
    expect([href?.startsWith('https://www.centry.cl/'), found]).toEqual([true, path]);
  });

  it.each([
    'https://evil.example/conexion/v1/orders.json',
    'http://www.centry.cl/conexion/v1/orders.json',
    'https://www.centry.cl:8443/conexion/v1/orders.json',
    'https://centry.cl/conexion/v1/orders.json',
    'https://www.centry.cl.evil.example/',
    'https://www.centry.cl@evil.example/',
    '//evil.example/orders.json',
    '\\\\evil.example\\orders.json',
    '/\\evil.example/orders.json',
    'ftp://www.centry.cl/orders.json',
    'blob:https://www.centry.cl/0a6e',
    'data:text/plain,x',
    'javascript:alert(1)',
  ])('of another origin is refused: %s', (text) => {
    expect(resolved(centry, text)).toEqual(['refused', 'its origin is not that of the API, https://www.centry.cl']);
  });

  it.each([
    ['https://user:password@www.centry.cl/conexion/v1/orders.json', 'it carries user info'],
    ['https://', 'it is no address'],
  ])('is refused: %s', (text, why) => {
    expect(resolved(centry, text)).toEqual(['refused', why]);
  });

  it('hidden behind white space or control characters is a path below the base', () => {
    for (const text of [' https://evil.example/', '\thttps://evil.example/', '/\t/evil.example/', '/\n/evil.example']) {
      expect(resolved(centry, text)[0]).toMatch(/^https:\/\/www\.centry\.cl\/conexion\/v1\//);
    }
  });
});
