import { left, right } from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { admissionFor } from '../../../src/adapters/http/address-admission.js';
import { loopbackServer, loopbackTcpServer } from '../../servers/loopback-server.js';
import { during, resolverOf, send } from './client-under-test.js';

const refused = left({ _tag: 'Unsent', why: 'address_refused' });
const strict = { rules: { allowHttpOnLoopback: false } };
const ok = () => during(loopbackServer((_request, response) => response.end('{}')));

describe('a host named from outside', () => {
  it.each([
    [['127.0.0.1']],
    [['::1']],
    [['10.0.0.1']],
    [['192.168.1.1']],
    [['169.254.169.254']],
    [['fd00::1']],
    [['fe80::1%lo']],
    [['::ffff:10.0.0.1']],
    [['0.0.0.0']],
    [['93.184.216.34', '10.0.0.1']],
    [['2606:2800:220:1::1', '127.0.0.1']],
    [['not an address']],
    [['']],
  ])('that resolves to %j is not connected to', async (addresses) => {
    const server = await during(loopbackTcpServer());
    const { asked, resolve } = resolverOf(addresses);
    const url = `https://shop.example:${server.port}/auth`;
    expect(await send({ url, hostFromOutside: true }, { ...strict, resolve })).toEqual(refused);
    expect(asked).toEqual(['shop.example']);
    expect(server.connections).toHaveLength(0);
  });

  it.each([
    '127.0.0.1',
    '[::1]',
    '10.1.2.3',
    '2130706433',
    '0x7f.1',
    '017700000001',
    '[::ffff:127.0.0.1]',
    '169.254.169.254',
  ])('that is the address %s is not connected to', async (host) => {
    const server = await during(loopbackTcpServer());
    const { asked, resolve } = resolverOf(['93.184.216.34']);
    const url = `https://${host}:${server.port}/auth`;
    expect(await send({ url, hostFromOutside: true }, { ...strict, resolve })).toEqual(refused);
    expect(asked).toEqual([]);
    expect(server.connections).toHaveLength(0);
  });

  it('is resolved once, and the connection goes to the address that was checked', async () => {
    const server = await ok();
    const { asked, resolve } = resolverOf(['127.0.0.1'], ['10.0.0.1']);
    const request = { url: `http://localhost:${server.port}/auth`, hostFromOutside: true };
    expect(await send(request, { resolve })).toMatchObject(right({ status: 200 }));
    expect(asked).toEqual(['localhost']);
    expect(server.requests.map(({ headers }) => headers['host'])).toEqual([`localhost:${server.port}`]);
  });

  it('is resolved and checked again for every request', async () => {
    const server = await ok();
    const { asked, resolve } = resolverOf(['127.0.0.1'], ['10.0.0.1']);
    const client = { resolve };
    const request = { url: `http://localhost:${server.port}/auth`, hostFromOutside: true };
    expect(await send(request, client)).toMatchObject(right({ status: 200 }));
    expect(await send(request, client)).toEqual(refused);
    expect(asked).toEqual(['localhost', 'localhost']);
    expect(server.requests).toHaveLength(1);
  });

  it('may be public, and this machine where the rules allow it', () => {
    const url = new URL('https://shop.example/');
    const loose = admissionFor(url, true, { allowHttpOnLoopback: true });
    const tight = admissionFor(url, true, { allowHttpOnLoopback: false });
    const addresses = ['93.184.216.34', '2606:2800:220:1::1', '127.0.0.1', '::1', '10.0.0.1'];
    expect(addresses.map(loose)).toEqual([true, true, true, true, false]);
    expect(addresses.map(tight)).toEqual([true, true, false, false, false]);
  });
});

describe('a host of our own configuration', () => {
  it('may be anywhere over https', () => {
    const admits = admissionFor(new URL('https://gateway.internal/'), false, { allowHttpOnLoopback: false });
    expect(['10.0.0.1', '127.0.0.1', '93.184.216.34'].map(admits)).toEqual([true, true, true]);
  });

  it('gets nothing in clear text when localhost turns out to be elsewhere', async () => {
    const { resolve } = resolverOf(['93.184.216.34']);
    expect(await send({ url: 'http://localhost:1/' }, { resolve })).toEqual(refused);
  });

  it('is reached on the next address when the first refuses', async () => {
    const server = await ok();
    const { resolve } = resolverOf(['127.0.0.2', '127.0.0.1']);
    expect(await send({ url: `http://localhost:${server.port}/` }, { resolve })).toMatchObject(right({ status: 200 }));
    expect(server.requests).toHaveLength(1);
  });
});
