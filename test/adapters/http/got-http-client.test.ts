import { left, right } from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { gotHttpClient } from '../../../src/adapters/http/got-http-client.js';
import { loopbackServer, loopbackTcpServer } from '../../servers/loopback-server.js';
import { during, setVariables } from './client-under-test.js';

const settings = { clock: { nowMs: () => 1, monotonicMs: () => 0 }, rules: { allowHttpOnLoopback: true } };
const ok = () => during(loopbackServer((_request, response) => response.end('{}')));

describe('gotHttpClient', () => {
  it('loads got at the first request, and once', async () => {
    const server = await ok();
    let loads = 0;
    const load = () => {
      loads += 1;
      return import('../../../src/adapters/http/exchange.js');
    };
    const client = gotHttpClient({ ...settings, load });
    const sending = client.send({ method: 'GET', url: server.url, timeoutMs: 20_000 });
    expect(loads).toBe(0);
    await Promise.all([sending(), sending()]);
    await sending();
    expect(loads).toBe(1);
    expect(server.requests).toHaveLength(3);
  });

  it('sends nothing when got cannot be loaded, and tries to load it again', async () => {
    const server = await ok();
    let loads = 0;
    const load = () => {
      loads += 1;
      return loads === 1
        ? Promise.reject(new Error('Cannot find package'))
        : import('../../../src/adapters/http/exchange.js');
    };
    const client = gotHttpClient({ ...settings, load });
    const sending = client.send({ method: 'GET', url: server.url, timeoutMs: 20_000 });
    expect(await sending()).toEqual(left({ _tag: 'Unsent', why: 'library_missing' }));
    expect(server.requests).toHaveLength(0);
    expect(await sending()).toMatchObject(right({ status: 200 }));
  });

  it('takes no notice of the proxy variables of its environment', async () => {
    const server = await ok();
    const proxy = await during(loopbackTcpServer({ onConnection: (socket) => socket.destroy() }));
    const names = ['http_proxy', 'https_proxy', 'all_proxy'].flatMap((name) => [name, name.toUpperCase()]);
    setVariables({ ...Object.fromEntries(names.map((name) => [name, proxy.url])), NODE_USE_ENV_PROXY: '1' });
    const sending = gotHttpClient(settings).send({ method: 'GET', url: server.url, timeoutMs: 20_000 });
    expect(await sending()).toMatchObject(right({ status: 200 }));
    expect(proxy.connections).toHaveLength(0);
  });
});
