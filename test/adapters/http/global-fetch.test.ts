import { afterEach, describe, expect, it, vi } from 'vitest';
import { globalFetch } from '../../../src/adapters/http/global-fetch.js';
import { loopbackServer } from '../../servers/loopback-server.js';
import { selfSignedCertificate } from '../../servers/self-signed-certificate.js';

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('the fetch of the process', () => {
  it('sends nothing over https where certificates are not verified', async () => {
    const server = await loopbackServer((_request, response) => response.end(), selfSignedCertificate('localhost'));
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    await expect(globalFetch()(server.url, {})).rejects.toMatchObject({ code: 'ERR_TLS_UNVERIFIED' });
    expect(server.requests).toEqual([]);
    await server.close();
  });

  it('refuses a certificate that nobody trusts', async () => {
    const server = await loopbackServer((_request, response) => response.end(), selfSignedCertificate('localhost'));
    await expect(globalFetch()(server.url, {})).rejects.toThrow(TypeError);
    expect(server.requests).toEqual([]);
    await server.close();
  });

  it('sends over http to this machine whatever the variable says', async () => {
    const server = await loopbackServer((_request, response) => response.end('ok'));
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    expect(await (await globalFetch()(server.url, {})).text()).toBe('ok');
    await server.close();
  });
});
