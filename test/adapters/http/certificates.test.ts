import { left, right } from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { loopbackServer, loopbackTcpServer } from '../../servers/loopback-server.js';
import { selfSignedCertificate } from '../../servers/self-signed-certificate.js';
import { during, resolverOf, send, setVariables } from './client-under-test.js';

const unsent = (why: string) => left({ _tag: 'Unsent', why });
const unknown = (why: string) => left({ _tag: 'Unknown', why });
const local = selfSignedCertificate('localhost');
const trust = [local.cert];
const post = { method: 'POST', form: [['refresh_token', 'only-once']] } as const;
const answering = () =>
  during(
    loopbackServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end('{"a":"b"}');
    }, local),
  );

describe('over TLS', () => {
  it('a request goes to a server whose certificate is trusted', async () => {
    const server = await answering();
    expect(await send({ ...post, url: server.url }, { trust })).toMatchObject(right({ status: 200, json: { a: 'b' } }));
    expect(server.requests.map(({ body }) => body)).toEqual(['refresh_token=only-once']);
  });

  it('a request does not go to a server whose certificate nobody trusts', async () => {
    const server = await answering();
    expect(await send({ ...post, url: server.url })).toEqual(unsent('certificate_self_signed'));
    await send({ url: server.url }, { trust });
    expect(server.requests.map(({ method }) => method)).toEqual(['GET']);
  });

  it('NODE_TLS_REJECT_UNAUTHORIZED=0 changes nothing', async () => {
    const server = await answering();
    setVariables({ NODE_TLS_REJECT_UNAUTHORIZED: '0' });
    expect(await send({ ...post, url: server.url })).toEqual(unsent('certificate_self_signed'));
    expect(server.requests).toHaveLength(0);
  });

  it('a certificate is good for its own host only, every time', async () => {
    const other = selfSignedCertificate('other.example');
    const server = await during(loopbackServer((_request, response) => response.end('{}'), other));
    const options = { trust: [other.cert], resolve: resolverOf(['127.0.0.1']).resolve };
    const named = `https://other.example:${server.port}/`;
    const address = `https://127.0.0.1:${server.port}/`;
    expect(await send({ url: named }, options)).toMatchObject(right({ status: 200 }));
    expect(await send({ ...post, url: server.url }, options)).toEqual(unsent('certificate_wrong_host'));
    expect(await send({ ...post, url: address }, options)).toEqual(unsent('certificate_wrong_host'));
    expect(await send({ url: named }, options)).toMatchObject(right({ status: 200 }));
    expect(server.requests.map(({ method }) => method)).toEqual(['GET', 'GET']);
  });

  it('an expired certificate is refused', async () => {
    const expired = selfSignedCertificate('localhost', -1);
    const server = await during(loopbackServer((_request, response) => response.end('{}'), expired));
    expect(await send({ ...post, url: server.url }, { trust: [expired.cert] })).toEqual(unsent('certificate_expired'));
    expect(server.requests).toHaveLength(0);
  });

  it('a certificate of an unknown authority is refused', async () => {
    const server = await answering();
    const elsewhere = [selfSignedCertificate('authority.example').cert];
    expect(await send({ ...post, url: server.url }, { trust: elsewhere })).toEqual(unsent('certificate_self_signed'));
    expect(server.requests).toHaveLength(0);
  });
});

describe('a handshake that does not end', () => {
  it.each([
    ['is closed', ''],
    ['is answered in clear text', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
  ])('because it %s is unsent', async (_what, text) => {
    const server = await during(loopbackTcpServer({ onData: (socket) => socket.end(text) }));
    expect(await send({ ...post, url: `https://localhost:${server.port}/` })).toEqual(unsent('tls_failed'));
    expect(server.connections).toHaveLength(1);
    expect(server.connections[0]?.received()).not.toContain('only-once');
  });

  it('before the deadline is unsent', async () => {
    const server = await during(loopbackTcpServer());
    const request = { ...post, url: `https://localhost:${server.port}/`, timeoutMs: 100 };
    expect(await send(request)).toEqual(unsent('connect_timeout'));
  });
});

describe('after the handshake', () => {
  it('a process that was paused past the deadline does not send any more', async () => {
    const server = await answering();
    let passedMs = 0;
    const clock = { nowMs: () => 0, monotonicMs: () => passedMs };
    const resolve = () => {
      passedMs = 20_000;
      return Promise.resolve(['127.0.0.1']);
    };
    expect(await send({ ...post, url: server.url }, { trust, clock, resolve })).toEqual(unsent('connect_timeout'));
    await send({ url: server.url }, { trust });
    expect(server.requests.map(({ method }) => method)).toEqual(['GET']);
  });

  it('a silent server makes the outcome unknown', async () => {
    const server = await during(loopbackServer(() => undefined, local));
    expect(await send({ ...post, url: server.url, timeoutMs: 500 }, { trust })).toEqual(unknown('timeout'));
    expect(server.requests).toHaveLength(1);
  });

  it('a reset makes the outcome unknown', async () => {
    const server = await during(loopbackServer((_request, response) => response.socket?.destroy(), local));
    expect(await send({ ...post, url: server.url }, { trust })).toEqual(unknown('connection_reset'));
    expect(server.requests).toHaveLength(1);
  });
});
