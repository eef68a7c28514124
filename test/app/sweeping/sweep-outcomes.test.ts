import { describe, expect, it } from 'vitest';
import { centry } from '../../../src/adapters/providers/centry/centry.js';
import { tray } from '../../../src/adapters/providers/tray/tray.js';
import {
  authorizedCentry,
  centryKey,
  centryLifeMs,
  citrusKey,
  citrusPreset,
  codeOf,
  during,
  encryption,
  hourMs,
  minuteMs,
  secondMs,
  trayPreset,
} from '../llavero-fixture.js';
import { canary, centryAnswer, citrusAnswer, oauthError, trayAnswer, trayError } from '../provider-answers.js';
import { succeeds } from '../../../src/testing/store-contract/harness.js';
import { dayMs, dueAfterMs, shopKey, trayShops, type TrayShops } from '../tray-shops.js';

const nothing = { due: 0, renewed: 0, failed: 0, skipped: 0 };
const failed = { ...nothing, due: 1, failed: 1 };
const renewed = { ...nothing, due: 1, renewed: 1 };

/** One shop whose refresh token is due. */
const dueShop = async (): Promise<TrayShops> => {
  const shops = await trayShops(1);
  await shops.clock.advance(dueAfterMs);
  return shops;
};

describe('a sweep does not ask for an account that', () => {
  it('has to be authorized again', async () => {
    const { llavero, clock, asked, say } = await dueShop();
    say(1, trayError(1099));
    expect(await llavero.sweep()).toMatchObject(failed);
    await clock.advance(hourMs);
    expect(await llavero.sweep({ keepWarm: true })).toMatchObject(nothing);
    expect(asked).toEqual([1]);
  });

  it('never had a refresh token, however old its access token is', async () => {
    const { llavero, clock, http } = await trayShops(0);
    http.answer(trayAnswer(1, clock.nowMs(), { refresh_token: undefined }));
    await llavero.exchange(shopKey(1), { code: '1', apiAddress: 'https://shop.example.com/web_api' });
    await clock.advance(dayMs);
    expect(await llavero.sweep({ keepWarm: true })).toMatchObject(nothing);
    expect(http.requests).toHaveLength(1);
  });

  it('belongs to a client the provider refused within the hour, unless there is another client', async () => {
    const { llavero, another, clock, http } = await authorizedCentry();
    await clock.advance(centryLifeMs);
    http.answer(oauthError('invalid_client', 401));
    expect(await llavero.sweep({ keepWarm: true })).toMatchObject(failed);
    await clock.advance(hourMs - 1);
    for (const process of [llavero, another()]) {
      expect(await process.sweep({ keepWarm: true })).toMatchObject({ renewed: 0 });
    }
    expect(http.requests).toHaveLength(2);
    http.answer(centryAnswer(2));
    await llavero.register({ provider: 'centry', account: 'acme', clientSecret: `${canary}-corrected` });
    expect(await llavero.sweep({ keepWarm: true })).toMatchObject(renewed);
  });

  it('belongs to a refused client, unless the preset of its process has another secret: that is seen within ten minutes', async () => {
    const { llavero, another, clock, http } = await authorizedCentry();
    await clock.advance(centryLifeMs);
    http.answer(oauthError('invalid_client', 401));
    expect(await codeOf(llavero.token(centryKey))).toBe('ERR_CLIENT_REJECTED');
    const corrected = another({
      providers: [centry({ clientId: 'centry-client', clientSecret: `${canary}-corrected` })],
    });
    expect(await llavero.sweep({ keepWarm: true })).toMatchObject({ renewed: 0 });
    expect(await corrected.sweep({ keepWarm: true })).toMatchObject(nothing);
    await clock.advance(10 * minuteMs);
    http.answer(centryAnswer(2));
    expect(await corrected.sweep({ keepWarm: true })).toMatchObject(renewed);
    expect(http.requests).toHaveLength(3);
  });
});

describe('a sweep asks again for an account that', () => {
  it('has outlived the known end of its refresh token, until the provider says that it is dead', async () => {
    const { llavero, clock, refused, store } = await trayShops(1);
    await clock.advance(30 * dayMs);
    expect(await llavero.sweep()).toMatchObject(failed);
    expect(refused()).toBe(1);
    store.resetCounts();
    await clock.advance(dayMs);
    expect(await llavero.sweep()).toMatchObject(nothing);
    expect([refused(), store.writes()]).toEqual([1, 0]);
  });

  it('its provider calls unavailable, once an hour', async () => {
    const { llavero, another, clock, asked, say } = await dueShop();
    say(1, trayError(1001), trayError(1001));
    expect(await llavero.sweep()).toMatchObject(failed);
    for (let minute = 1; minute < 60; minute += 1) {
      await clock.advance(minuteMs);
      expect(await (minute % 2 === 0 ? llavero : another()).sweep({ keepWarm: true })).toMatchObject(nothing);
    }
    expect(asked).toEqual([1]);
    await clock.advance(minuteMs);
    expect(await llavero.sweep()).toMatchObject(failed);
    await clock.advance(hourMs);
    expect(await llavero.sweep()).toMatchObject(renewed);
    expect((await llavero.status(shopKey(1))).state).toBe('ready');
  });

  it('was not reached, when its rest is over', async () => {
    const { llavero, clock, asked, say } = await dueShop();
    say(1, { _tag: 'Unsent', why: 'ECONNREFUSED' }, { _tag: 'Unsent', why: 'ECONNREFUSED' });
    expect(await llavero.sweep()).toMatchObject(failed);
    await clock.advance(secondMs - 1);
    expect(await llavero.sweep()).toMatchObject(nothing);
    await clock.advance(1);
    expect(await llavero.sweep()).toMatchObject(failed);
    await clock.advance(2 * secondMs - 1);
    expect(await llavero.sweep()).toMatchObject(nothing);
    await clock.advance(1);
    expect(await llavero.sweep()).toMatchObject(renewed);
    expect(asked).toEqual([1, 1, 1]);
  });

  it('was being renewed when its process died, once the attempt has settled and the recovery was announced', async () => {
    const { llavero, another, clock, asked, keepWaiting } = await dueShop();
    const never = keepWaiting(1);
    void another().sweep();
    await never.arrived;
    expect(await llavero.sweep()).toMatchObject(nothing);
    await clock.advance(90 * secondMs - 1);
    expect(await llavero.sweep()).toMatchObject(nothing);
    await clock.advance(1);
    const sweeping = llavero.sweep();
    await clock.advance(10 * secondMs - 1);
    expect(asked).toEqual([1]);
    expect(await during({ clock }, 1, sweeping)).toMatchObject(renewed);
    expect((await llavero.status(shopKey(1))).state).toBe('ready');
  });
});

describe('an attempt that nobody knows the outcome of', () => {
  it('is recovered by sweeps when it has settled, though the account was not due', async () => {
    const { llavero, another, clock, http, eventsOf } = await authorizedCentry();
    await clock.advance(centryLifeMs);
    const never = http.hold();
    void codeOf(another().token(centryKey));
    await never.arrived;
    await clock.advance(100 * secondMs - 1);
    expect(await llavero.sweep()).toMatchObject(nothing);
    await clock.advance(1);
    http.answer(centryAnswer(2));
    expect(await during({ clock }, 10 * secondMs, llavero.sweep())).toMatchObject(renewed);
    expect(eventsOf('renewal_started').map(({ recovery }) => recovery)).toEqual([false, true]);
    await clock.advance(dayMs);
    expect(await llavero.sweep()).toMatchObject(nothing);
  });

  it('is recovered by sweeps of processes that live no longer than their sweep', async () => {
    const { another, clock, http } = await authorizedCentry();
    await clock.advance(centryLifeMs);
    const never = http.hold();
    void codeOf(another().token(centryKey));
    await never.arrived;
    await clock.advance(hourMs);
    http.answer(centryAnswer(2));
    expect(await during({ clock }, 10 * secondMs, another().sweep())).toMatchObject(renewed);
  });

  it('is recovered by a sweep though somebody else has announced the recovery and was not seen again', async () => {
    const { llavero, another, clock, http } = await authorizedCentry();
    await clock.advance(centryLifeMs);
    const never = http.hold();
    void codeOf(another().token(centryKey));
    await never.arrived;
    await clock.advance(hourMs);
    expect(await codeOf(another().token(centryKey, { patienceMs: 0 }))).toBe('ERR_OUTCOME_UNKNOWN');
    http.answer(centryAnswer(2));
    expect(await during({ clock }, 10 * secondMs, llavero.sweep())).toMatchObject(renewed);
  });

  it('is recovered as well when its own process lived to say so, and needs no notice then', async () => {
    const { llavero, clock, http } = await authorizedCentry();
    await clock.advance(centryLifeMs);
    http.fail('Unknown', 'ECONNRESET');
    expect(await codeOf(llavero.token(centryKey))).toBe('ERR_OUTCOME_UNKNOWN');
    await clock.advance(60 * secondMs - 1);
    expect(await llavero.sweep()).toMatchObject(nothing);
    await clock.advance(1);
    http.answer(centryAnswer(2));
    expect(await llavero.sweep()).toMatchObject(renewed);
  });

  it('is recovered again and again, by one sweep a settle window, until the provider gives its verdict', async () => {
    const { llavero, another, clock, http, eventsOf } = await authorizedCentry();
    await clock.advance(centryLifeMs);
    http.handle(() => ({ _tag: 'Unknown', why: 'ECONNRESET' }));
    await codeOf(llavero.token(centryKey));
    for (let minute = 0; minute < 30; minute += 1) {
      await clock.advance(60 * secondMs - 1);
      expect(await another().sweep()).toMatchObject(nothing);
      await clock.advance(1);
      expect(await another().sweep()).toMatchObject(failed);
    }
    expect(http.requests).toHaveLength(1 + 1 + 30);
    http.handle(() => oauthError('invalid_grant'));
    await clock.advance(60 * secondMs);
    expect(await llavero.sweep()).toMatchObject(failed);
    expect(eventsOf('renewal_failed').at(-1)?.code).toBe('ERR_REAUTHORIZATION_REQUIRED');
    await clock.advance(dayMs);
    expect(await llavero.sweep()).toMatchObject(nothing);
  });

  it('needs a person where the policy is never, and the sweep says so', async () => {
    const { llavero, clock, http, eventsOf } = await authorizedCentry({ policy: { recovery: 'never' } });
    await clock.advance(centryLifeMs);
    http.fail('Unknown', 'ECONNRESET');
    await codeOf(llavero.token(centryKey));
    await clock.advance(60 * secondMs);
    expect(await llavero.sweep()).toMatchObject(failed);
    expect((await llavero.status(centryKey)).state).toBe('reauthorization_required');
    expect(eventsOf('renewal_failed').map(({ code }) => code)).toEqual([
      'ERR_OUTCOME_UNKNOWN',
      'ERR_REAUTHORIZATION_REQUIRED',
    ]);
    await clock.advance(dayMs);
    expect(await llavero.sweep()).toMatchObject(nothing);
    expect(http.requests).toHaveLength(2);
  });

  it('is left for a later sweep when the recovery was not sent', async () => {
    const { llavero, clock, http } = await authorizedCentry();
    await clock.advance(centryLifeMs);
    http.fail('Unknown', 'ECONNRESET').fail('Unsent', 'ECONNREFUSED');
    await codeOf(llavero.token(centryKey));
    await clock.advance(90 * secondMs);
    expect(await llavero.sweep()).toMatchObject(failed);
    expect(await llavero.sweep()).toMatchObject(nothing);
    await clock.advance(2 * secondMs);
    http.answer(centryAnswer(2));
    expect(await llavero.sweep()).toMatchObject(renewed);
  });

  it('of a key that is not due and that never left is no reason to ask again', async () => {
    const { llavero, clock, http } = await authorizedCentry();
    await clock.advance(centryLifeMs);
    http.fail('Unsent', 'ECONNREFUSED');
    await codeOf(llavero.token(centryKey));
    await clock.advance(hourMs);
    expect(await llavero.sweep()).toMatchObject(nothing);
    expect(http.requests).toHaveLength(2);
  });

  it('of a client-credentials key needs no recovery', async () => {
    const { llavero, another, clock, http } = await trayShops(0, { providers: [citrusPreset()] });
    http.answer(citrusAnswer(1));
    await llavero.token(citrusKey);
    await clock.advance(hourMs);
    const never = http.hold();
    void codeOf(another().token(citrusKey));
    await never.arrived;
    await clock.advance(dayMs);
    expect(await llavero.sweep()).toMatchObject(nothing);
    http.answer(citrusAnswer(2));
    expect(await llavero.sweep({ keepWarm: true })).toMatchObject(renewed);
  });
});

describe('a second way that could not be walked', () => {
  it('is tried again by the sweep when its rest is over', async () => {
    const { llavero, clock, http, connect } = await trayShops(0, { providers: [trayPreset({ reuseCode: true })] });
    await connect(1);
    await clock.advance(dueAfterMs);
    http.answer(trayError(1099)).fail('Unsent', 'ECONNREFUSED');
    expect(await llavero.sweep()).toMatchObject(failed);
    expect(await llavero.sweep()).toMatchObject(nothing);
    await clock.advance(2 * secondMs);
    expect(await llavero.sweep()).toMatchObject(renewed);
    expect((await llavero.status(shopKey(1))).state).toBe('ready');
  });
});

describe('a 429 during a sweep', () => {
  it('spares the other accounts of its client, and no other client', async () => {
    const { llavero, clock, http, asked, say, connect } = await trayShops(0, { providers: undefined });
    for (let shop = 1; shop <= 12; shop += 1) await connect(shop);
    await llavero.register({ provider: 'tray', account: '12', consumerKey: 'another', consumerSecret: 'application' });
    http.answer(centryAnswer(1_000));
    await llavero.exchange(centryKey, { code: 'code' });
    await clock.advance(dueAfterMs);
    for (let shop = 1; shop <= 11; shop += 1) say(shop, { status: 429, headers: { 'Retry-After': '1800' } });
    const centryFirst = http.requests.length;
    http.answer(centryAnswer(1_001));
    const sweeping = llavero.sweep({ keepWarm: true, concurrency: 1 });
    await clock.advance(minuteMs);
    expect(await sweeping).toMatchObject({ due: 13, renewed: 2, failed: 1, skipped: 10 });
    expect(asked).toEqual([1, 12]);
    expect(http.requests.length - centryFirst).toBe(3);
  });

  it('spares them in every process, until the time that the provider named', async () => {
    const { llavero, another, clock, asked, say } = await trayShops(3);
    await clock.advance(dueAfterMs);
    say(1, { status: 429, headers: { 'Retry-After': '1800' } });
    await llavero.sweep({ concurrency: 1 });
    await clock.advance(30 * minuteMs - 1);
    expect(await another().sweep()).toMatchObject(nothing);
    expect(asked).toEqual([1]);
    await clock.advance(1);
    const sweeping = another().sweep();
    await clock.advance(minuteMs);
    expect(await sweeping).toMatchObject({ due: 3, renewed: 3 });
  });

  it('uses up the limit with each account that rests once, and not again before its rest is over', async () => {
    const { llavero, clock, asked, say, connect } = await trayShops(0, {
      providers: [trayPreset(), trayPreset({ id: 'tray2' })],
    });
    for (let shop = 1; shop <= 3; shop += 1) await connect(shop);
    await llavero.register({ provider: 'tray', account: '4', consumerKey: 'another', consumerSecret: 'application' });
    await connect(4);
    await clock.advance(dueAfterMs);
    say(1, { status: 429, headers: { 'Retry-After': '1800' } });
    expect(await llavero.sweep({ limit: 1 })).toMatchObject(failed);
    for (const _passedOver of [2, 3]) {
      expect(await llavero.sweep({ limit: 1 })).toMatchObject({ due: 1, renewed: 0, failed: 0, skipped: 1 });
    }
    expect(await llavero.sweep({ limit: 1 })).toMatchObject(renewed);
    expect(await llavero.sweep({ limit: 1 })).toMatchObject(nothing);
    expect(asked).toEqual([1, 4]);
  });
});

describe('an account that this process cannot open', () => {
  const mixed = async (): Promise<TrayShops> => {
    const shops = await trayShops(1);
    // Sealed with a key that the first process does not have.
    const newer = shops.another({
      providers: [trayPreset()],
      encryption: { keys: [...encryption('newer', 8).keys, ...encryption().keys] },
    });
    await shops.connect(0, newer);
    await shops.clock.advance(dueAfterMs);
    shops.store.resetCounts();
    return shops;
  };

  it('is counted as failed, told by an event, and left as it is, but that no sweep looks at it for ten minutes', async () => {
    const { llavero, clock, asked, store, eventsOf } = await mixed();
    const before = await succeeds(store.read(shopKey(0)));
    expect(await llavero.sweep()).toMatchObject({ due: 2, renewed: 1, failed: 1, skipped: 0 });
    expect(eventsOf('renewal_failed')).toEqual([
      {
        type: 'renewal_failed',
        key: shopKey(0),
        at: new Date(clock.nowMs()),
        generation: 1,
        code: 'ERR_DECRYPTION_FAILED',
      },
    ]);
    const sweepNotBefore = clock.nowMs() + 10 * minuteMs;
    expect(await succeeds(store.read(shopKey(0)))).toEqual({ ...before, sweepNotBefore });
    expect(asked).toEqual([1]);
    await clock.advance(10 * minuteMs - 1);
    expect(await llavero.sweep()).toMatchObject(nothing);
    await clock.advance(1);
    expect(await llavero.sweep()).toMatchObject(failed);
  });

  it('uses up the limit once, and holds up no other account', async () => {
    const { llavero, asked } = await mixed();
    const reports = [await llavero.sweep({ limit: 1 }), await llavero.sweep({ limit: 1 })];
    expect(reports).toMatchObject([failed, renewed]);
    expect(await llavero.sweep({ limit: 1 })).toMatchObject(nothing);
    expect(asked).toEqual([1]);
  });

  it('because its credential is incomplete is counted as failed', async () => {
    const { another, clock, asked } = await trayShops(1);
    await clock.advance(dueAfterMs);
    const misconfigured = another({ providers: [tray({ consumerKey: 'tray-client' })] });
    expect(await misconfigured.sweep()).toMatchObject(failed);
    expect(asked).toEqual([]);
  });

  it('because its provider’s own code throws is counted as failed, and spoils no other', async () => {
    const { another, clock, asked } = await trayShops(2);
    await clock.advance(dueAfterMs);
    const preset = trayPreset();
    const llavero = another({
      providers: [
        {
          id: preset.id,
          configure: (rules) => {
            const provider = preset.configure(rules);
            return {
              ...provider,
              complete: (key, fields) => {
                if (key.account === '1') throw new Error(`${canary} of a provider`);
                return provider.complete(key, fields);
              },
            };
          },
        },
      ],
    });
    expect(await llavero.sweep()).toMatchObject({ due: 2, renewed: 1, failed: 1, skipped: 0 });
    expect(asked).toEqual([2]);
  });

  it('because its provider is another process’s business is not looked at', async () => {
    const { another, clock, asked } = await trayShops(1);
    await clock.advance(dueAfterMs);
    expect(await another({ providers: [citrusPreset()] }).sweep()).toMatchObject(nothing);
    expect(asked).toEqual([]);
  });
});
