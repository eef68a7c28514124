import { describe, expect, it } from 'vitest';
import { centry } from '../../../src/adapters/providers/centry/centry.js';
import { citrusAd } from '../../../src/adapters/providers/citrus-ad/citrus-ad.js';
import { tray } from '../../../src/adapters/providers/tray/tray.js';
import {
  authorizedCentry,
  callLoosely,
  centryKey,
  centryPreset,
  citrusKey,
  codeOf,
  failureOf,
  makeScene,
  trayKey,
} from '../llavero-fixture.js';
import { centryAnswer } from '../provider-answers.js';

const emptyPresets = [centry(), tray(), citrusAd()];

describe('a key that nothing is known of', () => {
  it('is ERR_UNKNOWN_KEY where the preset leaves something out', async () => {
    const { llavero, store } = makeScene({ providers: emptyPresets });
    await llavero.ready();
    store.resetCounts();
    for (const key of [centryKey, trayKey, citrusKey]) {
      const error = await failureOf(llavero.token(key));
      expect(error).toMatchObject({ code: 'ERR_UNKNOWN_KEY', retryable: false, key });
      expect(error.reason).toMatchObject({ _tag: 'UnknownKey', key, why: 'not_registered' });
      expect(error.message).toMatch(
        / has no \w+(, \w+)*( and \w+)?: give (it|them) to \w+\(\{ … \}\) or to register\(\)\.$/,
      );
    }
    expect(await codeOf(llavero.authorize(centryKey))).toBe('ERR_UNKNOWN_KEY');
    expect(await codeOf(llavero.exchange(centryKey, { code: 'code' }))).toBe('ERR_UNKNOWN_KEY');
    expect(store.writes()).toBe(0);
  });

  it('is ERR_UNKNOWN_KEY where no such provider is configured, for every method', async () => {
    const { llavero, http } = makeScene({ providers: [centryPreset()] });
    http.answer(centryAnswer(1));
    const token = await llavero.exchange(centryKey, { code: 'code' });
    const calls = [
      llavero.token('shopify/1'),
      llavero.register({ provider: 'shopify' }),
      llavero.authorize('shopify/1'),
      llavero.exchange('shopify/1', { code: 'code' }),
      llavero.invalidate('shopify/1', token),
      llavero.status('shopify/1'),
      llavero.revoke('shopify/1'),
      llavero.remove('shopify/1'),
    ];
    for (const call of calls) {
      const error = await failureOf(call);
      // The key may be anything, a misplaced secret too: it is not repeated.
      expect(error).toMatchObject({ code: 'ERR_UNKNOWN_KEY', key: '[unknown provider]' });
      expect(error.message).not.toContain('shopify');
    }
    expect(llavero.peek('shopify/1')).toBeUndefined();
  });
});

describe('a programmer’s mistake', () => {
  it.each([
    [{ provider: '' }, 'register({ provider, account }): the provider in a key must be'],
    [{ provider: 'centry', account: '' }, 'the account in a key must be 1 to 512 characters'],
    [{ provider: 'centry', account: 'a\nb' }, 'the account in a key must be 1 to 512 characters'],
    [{ provider: 'centry', account: 'x'.repeat(513) }, 'the account in a key must be 1 to 512 characters'],
    [{ provider: 'centry', account: 391250 }, 'must be strings'],
    [{ provider: 'centry', consumerKey: 'key' }, 'centry knows no field "consumerKey"'],
    [{ provider: 'centry', clientSecret: '' }, 'clientSecret of centry must be a text that is not empty'],
    [undefined, 'register({ provider, account })'],
    ['centry', 'register({ provider, account })'],
  ])('in register(%j) is a TypeError', async (input, message) => {
    const { llavero, store } = makeScene();
    await llavero.ready();
    store.resetCounts();
    const registered = callLoosely(llavero, 'register', input);
    await expect(registered).rejects.toThrow(TypeError);
    await expect(registered).rejects.toThrow(message);
    expect(store.writes()).toBe(0);
  });

  it('in register that leaves an account incomplete is a TypeError that names what is missing', async () => {
    const { llavero } = makeScene({ providers: emptyPresets });
    await expect(llavero.register({ provider: 'centry', clientId: 'id' })).rejects.toThrow(
      new TypeError('centry/default has no clientSecret: give it to centry({ … }) or to register()'),
    );
    expect(await codeOf(llavero.status('centry'))).toBe('ERR_UNKNOWN_KEY');
  });

  it.each(['', '/acme', 'centry/', 'cen try/acme', 'centry/a\u0000b', undefined, 42])(
    'in a key like %j is a TypeError for every method',
    async (key) => {
      const { llavero } = await authorizedCentry();
      const token = await llavero.token(centryKey);
      const calls = [
        ['token'],
        ['peek'],
        ['authorize'],
        ['exchange', { code: 'code' }],
        ['invalidate', token],
        ['status'],
        ['revoke'],
        ['remove'],
      ] as const;
      for (const [method, ...rest] of calls) {
        const called = callLoosely(llavero, method, key, ...rest);
        await expect(called).rejects.toThrow(TypeError);
        await expect(called).rejects.toThrow('write it as provider/account, for example shop/391250');
      }
    },
  );
});
