import { left } from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { centry } from '../../../../src/adapters/providers/centry/centry.js';
import { citrusAd } from '../../../../src/adapters/providers/citrus-ad/citrus-ad.js';
import { tray } from '../../../../src/adapters/providers/tray/tray.js';
import { Secret } from '../../../../src/domain/secret.js';
import { credentialOf, keyOf, strict } from '../provider-fixture.js';

const keys = { clientId: 'id', clientSecret: 'secret' };

describe('a preset', () => {
  it('runs under its own id, or under another', () => {
    expect([centry(), tray(), citrusAd()].map(({ id }) => id)).toEqual(['centry', 'tray', 'citrusad']);
    expect([centry({ id: 'centry-2' }).id, centry({ id: 'centry-2' }).configure(strict).id]).toEqual([
      'centry-2',
      'centry-2',
    ]);
  });

  it('refuses an id that cannot be in a key', () => {
    for (const id of ['', 'a/b', '-a', 'x'.repeat(65)]) expect(() => centry({ id })).toThrow(TypeError);
    expect(() => tray({ id: 'a/b' })).toThrow(
      new TypeError(
        'id of tray must be 1 to 64 letters, digits, dots, hyphens or underscores, starting with a letter or digit',
      ),
    );
  });

  it('hands on its policy', () => {
    const policy = { requestTimeoutMs: 5_000 };
    expect(centry({ policy }).configure(strict).policy).toEqual(policy);
    expect(centry().configure(strict).policy).toEqual({});
  });

  it('refuses an option that is empty, of another type or misspelt, at once', () => {
    expect(() => centry({ clientId: '' })).toThrow(
      new TypeError(
        'clientId of centry must be a text that is not empty, without control characters and without white space around it',
      ),
    );
    const misspelt = { ...keys, clientID: 'id' };
    expect(() => centry(misspelt)).toThrow(
      new TypeError(
        'centry knows no field "clientID"; it takes clientId, clientSecret, redirectUri, scope, grant and baseUrl',
      ),
    );
  });

  it('lets an account register over what it was given', () => {
    const provider = centry({ ...keys, scope: 'read' }).configure(strict);
    const credential = credentialOf(provider, { clientId: 'own', clientSecret: new Secret('own-secret') });
    expect([credential.clientId, credential.clientSecret.expose(), credential.scope]).toEqual([
      'own',
      'own-secret',
      'read',
    ]);
  });

  it('ignores which provider and account a registration names', () => {
    const provider = centry(keys).configure(strict);
    expect(credentialOf(provider, { provider: 'centry', account: '1' }).clientId).toBe('id');
  });

  it('says what is missing under the names the provider uses', () => {
    const missing = (preset: typeof centry | typeof tray | typeof citrusAd): unknown => {
      const provider = preset().configure(strict);
      return provider.complete(keyOf(provider.id), {});
    };
    expect(missing(centry)).toEqual(
      left('centry/1 has no clientId and clientSecret: give them to centry({ … }) or to register()'),
    );
    expect(missing(tray)).toEqual(
      left('tray/1 has no consumerKey and consumerSecret: give them to tray({ … }) or to register()'),
    );
    expect(missing(citrusAd)).toEqual(
      left('citrusad/1 has no clientId, clientSecret and baseUrl: give them to citrusAd({ … }) or to register()'),
    );
    expect(citrusAd(keys).configure(strict).complete(keyOf('citrusad'), {})).toEqual(
      left('citrusad/1 has no baseUrl: give it to citrusAd({ … }) or to register()'),
    );
  });

  it('documents how long tokens live', () => {
    const documented = [centry(), tray(), citrusAd()].map((preset) => {
      const { documentedLifetimeMs, documentedRefreshLifetimeMs } = preset.configure(strict);
      return [documentedLifetimeMs, documentedRefreshLifetimeMs];
    });
    expect(documented).toEqual([
      [7_200_000, undefined],
      [10_800_000, 2_592_000_000],
      [3_600_000, undefined],
    ]);
  });

  it('documents how many requests a client may send', () => {
    const rates = [centry(), tray(), citrusAd()].map((preset) => preset.configure(strict).requestRate);
    expect(rates).toEqual([undefined, { requests: 180, perMs: 60_000 }, undefined]);
  });
});
