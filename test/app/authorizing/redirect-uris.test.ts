import { describe, expect, it } from 'vitest';
import { centry } from '../../../src/adapters/providers/centry/centry.js';
import { defineProvider } from '../../../src/adapters/providers/define/define-provider.js';
import { tray } from '../../../src/adapters/providers/tray/tray.js';
import { createLlavero } from '../../../src/app/create-llavero.js';
import type { Llavero } from '../../../src/app/llavero.js';
import type { ProviderPreset } from '../../../src/ports/provider.js';
import { memoryStore } from '../../../src/testing/memory-store.js';
import { centryKey, makeScene, sent } from '../llavero-fixture.js';
import { canary, centryAnswer } from '../provider-answers.js';

const secrets = { clientId: 'id', clientSecret: `${canary}-secret` };

const withPreset = (preset: ProviderPreset, allowHttpOnLoopback = false): Llavero =>
  createLlavero({ providers: [preset], store: memoryStore(), encryption: 'plaintext', allowHttpOnLoopback });

const definition = {
  id: 'own',
  authorizationEndpoint: 'https://auth.example.com/authorize',
  tokenEndpoint: 'https://auth.example.com/token',
  clientAuthentication: 'post',
  pkce: false,
} as const;

const ruName = 'Acme_Ltd-AcmeShop-PRD-1a2b3c-abcdefg';

describe('a redirect URI', () => {
  it.each(['http://app.example.com/cb', 'http://localhost/cb'])('is https: %s is refused everywhere', async (uri) => {
    expect(() => withPreset(centry({ ...secrets, redirectUri: uri }))).toThrow(/redirectUri.* must start with https/);
    expect(() => withPreset(tray({ consumerKey: 'k', consumerSecret: 's', callback: uri }))).toThrow(/callback/);
    const llavero = withPreset(centry(secrets));
    const account = { provider: 'centry', account: 'acme' };
    await expect(llavero.register({ ...account, redirectUri: uri })).rejects.toThrow(/redirectUri/);
    await llavero.register(account);
    await expect(llavero.authorize('centry/acme', { redirectUri: uri })).rejects.toThrow(/must start with https/);
    const pasted = llavero.exchange('centry/acme', { code: 'c', redirectUri: uri });
    await expect(pasted).rejects.toThrow(/must start with https/);
  });

  it.each(['javascript:alert(1)', 'not an address', 'https://app.example.com/cb#fragment'])(
    'of a pasted code is read like any other: %s is refused, and nothing is sent',
    async (redirectUri) => {
      const { llavero, http } = makeScene();
      await expect(llavero.exchange(centryKey, { code: 'c', redirectUri })).rejects.toThrow(/redirectUri of .* must/);
      expect(http.requests).toEqual([]);
    },
  );

  it('of a pasted code may be the one that shows the code on a page', async () => {
    const { llavero, http } = makeScene();
    http.answer(centryAnswer(1));
    await llavero.exchange(centryKey, { code: 'c', redirectUri: 'urn:ietf:wg:oauth:2.0:oob' });
    expect(sent(http, 0, 'redirect_uri')).toBe('urn:ietf:wg:oauth:2.0:oob');
  });

  it('may be http to a loopback host with allowHttpOnLoopback', async () => {
    const redirectUri = 'http://localhost:3000/cb';
    const llavero = withPreset(centry({ ...secrets, redirectUri }), true);
    expect((await llavero.authorize('centry/a')).url.searchParams.get('redirect_uri')).toBe(redirectUri);
    const other = 'http://127.0.0.1:1/cb';
    const { url } = await llavero.authorize('centry/a', { redirectUri: other });
    expect(url.searchParams.get('redirect_uri')).toBe(other);
    await expect(llavero.authorize('centry/a', { redirectUri: 'http://app.example.com' })).rejects.toThrow(TypeError);
  });

  it('is whatever the provider made up with opaqueRedirectUri', async () => {
    const preset = defineProvider({ ...definition, opaqueRedirectUri: true });
    const llavero = withPreset(preset({ ...secrets, redirectUri: ruName }));
    expect((await llavero.authorize('own/a')).url.searchParams.get('redirect_uri')).toBe(ruName);
    const { url } = await llavero.authorize('own/a', { redirectUri: 'com.app:/cb' });
    expect(url.searchParams.get('redirect_uri')).toBe('com.app:/cb');
  });

  it('is an address without it', () => {
    expect(() => defineProvider(definition)({ ...secrets, redirectUri: ruName })).toThrow(/be an absolute URI/);
    expect((): unknown =>
      Reflect.apply(defineProvider, undefined, [{ ...definition, opaqueRedirectUri: 'yes' }]),
    ).toThrow(/opaqueRedirectUri must be true or false/);
  });
});
