import { createServer, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { walkAuthorization } from '../../../src/testing/stand-ins/walk-authorization.js';

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A server that redirects every path to where `next` says, and notes the paths it was asked for. */
const redirecting = async (
  next: (path: string) => string,
): Promise<{ readonly url: string; readonly asked: string[] }> => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.writeHead(302, { location: next(request.url ?? ''), connection: 'close' }).end();
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`, asked };
};

describe('walking an authorization', () => {
  it('follows relative redirects up to the callback and does not ask for that', async () => {
    const server = await redirecting((path) =>
      path.startsWith('/login') ? '/callback?code=c&state=s' : '/login?step=2',
    );
    const start = new URL(`${server.url}/authorize`);
    start.searchParams.set('redirect_uri', `${server.url}/callback`);
    expect((await walkAuthorization(start)).href).toBe(`${server.url}/callback?code=c&state=s`);
    expect(server.asked.map((path) => path.split('?')[0])).toEqual(['/authorize', '/login']);
  });

  it('gives up on a loop after ten redirects', async () => {
    const server = await redirecting(() => '/again');
    const start = new URL(`${server.url}/authorize?callback=https%3A%2F%2Fshop.test%2Fcb`);
    await expect(walkAuthorization(start)).rejects.toThrow(
      new Error(`${server.url}/authorize did not lead to https://shop.test/cb within 10 redirects`),
    );
    expect(server.asked.length).toBe(10);
  });

  it('refuses a URL that names no callback', async () => {
    await expect(walkAuthorization(new URL('http://127.0.0.1:9/authorize'))).rejects.toThrow(
      new TypeError('walkAuthorization takes a URL with redirect_uri or callback, as authorize() makes it'),
    );
  });
});
