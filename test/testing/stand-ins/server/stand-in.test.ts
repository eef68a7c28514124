import { describe, expect, it } from 'vitest';
import { standInCentry } from '../../../../src/testing/stand-ins/centry/stand-in-centry.js';
import { standInTray } from '../../../../src/testing/stand-ins/tray/stand-in-tray.js';
import { startStandIns } from '../../../../src/testing/stand-ins/start-stand-ins.js';
import { ask, postForm } from '../ask.js';

describe('a stand-in', () => {
  it('listens on a free port of 127.0.0.1, and answers nobody once it is closed', async () => {
    const centry = await standInCentry();
    expect(centry.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect((await ask(centry.url)).status).toBe(404);
    await centry.close();
    await centry.close();
    await expect(ask(centry.url)).rejects.toThrow('fetch failed');
  });

  it('listens on the port it is given, and rejects when that is taken', async () => {
    await using first = await standInCentry();
    const port = Number(new URL(first.url).port);
    await expect(standInTray({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await first.close();
    await using second = await standInTray({ port });
    expect(second.url).toBe(first.url);
  });

  it('cuts off a hanging request when it is closed', async () => {
    const centry = await standInCentry();
    const held = centry.inject({ kind: 'hang', when: 'before' });
    const sending = postForm(`${centry.url}/oauth/token`, {});
    await held.reached;
    await Promise.all([centry.close(), expect(sending).rejects.toThrow('fetch failed')]);
  });

  it('refuses lifetimes that are none', async () => {
    await expect(standInTray({ accessTokenLifetimeMs: 0 })).rejects.toThrow(
      new TypeError('accessTokenLifetimeMs takes milliseconds above 0; leave it out for what the provider documents'),
    );
    await expect(standInTray({ refreshTokenLifetimeMs: Number.NaN })).rejects.toThrow(TypeError);
  });
});

describe('all three stand-ins', () => {
  it('start and stop together, each with its own options', async () => {
    const standIns = await startStandIns({ tray: { storeId: '42' }, citrusAd: { apiKey: 'k' } });
    const { centry, tray, citrusAd } = standIns;
    expect([tray.storeId, citrusAd.settings.apiKey, centry.settings.clientId]).toEqual(['42', 'k', 'centry-client']);
    expect(new Set([centry.url, tray.url, citrusAd.url]).size).toBe(3);
    await standIns.close();
    for (const { url } of [centry, tray, citrusAd]) await expect(ask(url)).rejects.toThrow('fetch failed');
  });

  it('leave nothing running when one of them cannot start', async () => {
    await using other = await standInCentry();
    const taken = Number(new URL(other.url).port);
    const probe = await standInTray();
    const free = Number(new URL(probe.url).port);
    await probe.close();
    await expect(startStandIns({ tray: { port: free }, citrusAd: { port: taken } })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
    await expect(ask(probe.url)).rejects.toThrow('fetch failed');
  });
});
