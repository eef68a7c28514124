import { describe, expect, it } from 'vitest';
import {
  authorizedCentry,
  centryKey,
  centryLifeMs,
  citrusKey,
  hourMs,
  makeScene,
  minuteMs,
  secondMs,
  sent,
  trayKey,
  authorizedTray,
} from '../llavero-fixture.js';
import { centryAnswer, citrusAnswer, saoPauloClock, secretsOf, trayAnswer } from '../provider-answers.js';
import { dayMs, dueAfterMs, shopKey, trayShops } from '../tray-shops.js';

const nothing = { due: 0, renewed: 0, failed: 0, skipped: 0, durationMs: 0 };

describe('sweep', () => {
  it('renews a refresh token with less than 7 of its 30 days left, and not before', async () => {
    const { llavero, clock, http } = await authorizedTray();
    await clock.advance(dueAfterMs - 1);
    expect(await llavero.sweep()).toEqual(nothing);
    await clock.advance(1);
    http.answer(trayAnswer(2, clock.nowMs()));
    expect(await llavero.sweep()).toEqual({ ...nothing, due: 1, renewed: 1 });
    expect(sent(http, 1, 'refresh_token')).toBe(secretsOf(1).refresh);
    expect((await llavero.status(trayKey)).refreshTokenExpiresAt).toEqual(new Date(clock.nowMs() + 30 * dayMs));
    expect(await llavero.sweep()).toEqual(nothing);
    expect(http.requests).toHaveLength(2);
  });

  it('renews a refresh token of 8 days with a quarter of them left', async () => {
    const { llavero, clock, http } = await trayShops(0);
    const untilMs = clock.nowMs() + 8 * dayMs;
    http.answer(trayAnswer(1, clock.nowMs(), { date_expiration_refresh_token: saoPauloClock(untilMs) }));
    await llavero.exchange(trayKey, { code: 'code', apiAddress: 'https://shop.example.com/web_api' });
    await clock.advance(6 * dayMs - 1);
    expect((await llavero.sweep()).due).toBe(0);
    await clock.advance(1);
    http.answer(trayAnswer(2, clock.nowMs()));
    expect((await llavero.sweep()).renewed).toBe(1);
  });

  it('does so whether the account was used or not', async () => {
    const { llavero, clock, asked } = await trayShops(2);
    await clock.advance(10 * dayMs);
    await llavero.token(shopKey(1));
    await clock.advance(13 * dayMs);
    expect(await llavero.sweep()).toEqual({ ...nothing, due: 1, renewed: 1 });
    expect(asked).toEqual([1, 2]);
  });

  it('looks only at keys that have had a token', async () => {
    const { llavero, clock, http } = makeScene();
    await llavero.register({ provider: 'tray', account: '1' });
    await llavero.register({ provider: 'centry', account: 'acme' });
    await llavero.register({ provider: 'citrusad' });
    await clock.advance(100 * dayMs);
    expect(await llavero.sweep({ keepWarm: true })).toEqual(nothing);
    expect(http.requests).toHaveLength(0);
  });

  it('leaves a key alone whose token was revoked', async () => {
    const { llavero, clock, http } = makeScene();
    http.answer(citrusAnswer(1));
    await llavero.token(citrusKey);
    await llavero.revoke(citrusKey);
    await clock.advance(hourMs);
    expect(await llavero.sweep({ keepWarm: true })).toEqual(nothing);
    expect(http.requests).toHaveLength(1);
  });

  it('renews an access token in its soft window when asked to keep access tokens warm', async () => {
    const { llavero, clock, http } = await authorizedCentry();
    await clock.advance(centryLifeMs - 5 * minuteMs - 1);
    expect(await llavero.sweep({ keepWarm: true })).toEqual(nothing);
    await clock.advance(1);
    expect(await llavero.sweep()).toEqual(nothing);
    http.answer(centryAnswer(2));
    expect(await llavero.sweep({ keepWarm: true })).toEqual({ ...nothing, due: 1, renewed: 1 });
    expect(await llavero.sweep({ keepWarm: true })).toEqual(nothing);
    expect(llavero.peek(centryKey)?.generation).toBe(2);
  });

  it('keeps the token of a client-credentials key warm, too', async () => {
    const { llavero, clock, http } = makeScene();
    http.answer(citrusAnswer(1));
    await llavero.token(citrusKey);
    await clock.advance(hourMs - 5 * minuteMs);
    http.answer(citrusAnswer(2));
    expect(await llavero.sweep({ keepWarm: true })).toEqual({ ...nothing, due: 1, renewed: 1 });
    expect(llavero.peek(citrusKey)?.generation).toBe(2);
  });

  it('does what is due of one provider only, when asked to', async () => {
    const { llavero, clock, http } = makeScene();
    http.answer(centryAnswer(1)).answer(citrusAnswer(2));
    await llavero.exchange(centryKey, { code: 'code' });
    await llavero.token(citrusKey);
    await clock.advance(2 * hourMs);
    http.answer(centryAnswer(3));
    const report = await llavero.sweep({ keepWarm: true, provider: 'centry' });
    expect(report).toEqual({ ...nothing, due: 1, renewed: 1 });
    expect([(await llavero.status(centryKey)).generation, (await llavero.status(citrusKey)).generation]).toEqual([
      2, 1,
    ]);
  });

  it('does at most `limit` accounts, whatever the page size', async () => {
    const { llavero, clock, asked } = await trayShops(5);
    await clock.advance(dueAfterMs);
    const first = llavero.sweep({ limit: 3 });
    await clock.advance(minuteMs);
    expect(await first).toMatchObject({ due: 3, renewed: 3 });
    const second = llavero.sweep({ limit: 3 });
    await clock.advance(minuteMs);
    expect(await second).toMatchObject({ due: 2, renewed: 2 });
    expect(asked.toSorted((one, other) => one - other)).toEqual([1, 2, 3, 4, 5]);
  });

  it('comes to an end with a limit below its lanes and several providers that have nothing due', async () => {
    const { llavero } = makeScene();
    for (const limit of [1, 2, 8]) expect(await llavero.sweep({ limit })).toEqual(nothing);
  });

  it('pages through more than it reads at once', async () => {
    const { llavero, clock, asked } = await trayShops(250);
    await clock.advance(dueAfterMs);
    const sweeping = llavero.sweep();
    await clock.advance(10 * minuteMs);
    expect(await sweeping).toMatchObject({ due: 250, renewed: 250, failed: 0, skipped: 0 });
    expect(new Set(asked).size).toBe(250);
    expect(asked).toHaveLength(250);
  });

  it('says how long it took', async () => {
    const { llavero, clock, keepWaiting } = await trayShops(1);
    await clock.advance(dueAfterMs);
    const slow = keepWaiting(1);
    const sweeping = llavero.sweep();
    await slow.arrived;
    await clock.advance(1_234.4);
    slow.release();
    expect(await sweeping).toEqual({ due: 1, renewed: 1, failed: 0, skipped: 0, durationMs: 1_234 });
  });
});

describe('the requests of a sweep', () => {
  it.each([1, 2, 3, 8])('are never more than %i at a time', async (concurrency) => {
    const { llavero, clock, http, settle } = makeScene();
    http.handle(() => citrusAnswer(1));
    for (let n = 0; n < 12; n += 1) await llavero.token(`citrusad/${n}`);
    await clock.advance(hourMs);
    let inFlight = 0;
    let most = 0;
    const gates: (() => void)[] = [];
    http.handle(async () => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      await new Promise<void>((resolve) => gates.push(resolve));
      inFlight -= 1;
      return citrusAnswer(2);
    });
    const sweeping = llavero.sweep({ keepWarm: true, concurrency });
    for (let done = 0; done < 12; done += 1) {
      await settle();
      expect(inFlight).toBe(Math.min(concurrency, 12 - done));
      gates.shift()?.();
    }
    expect(await sweeping).toMatchObject({ due: 12, renewed: 12 });
    expect(most).toBe(concurrency);
  });

  it('are 8 at a time, of all providers together, unless told otherwise', async () => {
    const { llavero, clock, http, settle } = makeScene();
    http.handle(({ url }) => (url.includes('centry') ? centryAnswer(1) : citrusAnswer(1)));
    for (let n = 0; n < 10; n += 1) {
      await llavero.token(`citrusad/${n}`);
      await llavero.exchange(`centry/${n}`, { code: 'code' });
    }
    await clock.advance(centryLifeMs);
    const before = http.requests.length;
    const held = Array.from({ length: 20 }, () => http.hold());
    const sweeping = llavero.sweep({ keepWarm: true });
    await settle();
    expect(http.requests.length - before).toBe(8);
    for (const { release } of held) release({ _tag: 'Unsent', why: 'ECONNREFUSED' });
    expect(await sweeping).toMatchObject({ due: 20, renewed: 0 });
  });

  it('to a slow account hold up no other', async () => {
    const { llavero, clock, asked, keepWaiting } = await trayShops(20);
    await clock.advance(dueAfterMs);
    const slow = keepWaiting(7);
    const sweeping = llavero.sweep({ concurrency: 2 });
    await clock.advance(20 * secondMs);
    expect(new Set(asked).size).toBe(20);
    slow.release();
    expect(await sweeping).toMatchObject({ due: 20, renewed: 20 });
  });

  it('to a provider with a limited rate hold up no other provider', async () => {
    const { llavero, connect, clock, http, asked } = await trayShops(0, { providers: undefined });
    for (let shop = 1; shop <= 30; shop += 1) await connect(shop);
    http.answer(centryAnswer(1_000));
    await llavero.exchange(centryKey, { code: 'code' });
    await clock.advance(dueAfterMs);
    http.answer(centryAnswer(1_001));
    const sweeping = llavero.sweep({ keepWarm: true, concurrency: 2 });
    await clock.advance(0);
    expect((await llavero.status(centryKey)).generation).toBe(2);
    expect(asked.length).toBeLessThan(3);
    await clock.advance(minuteMs);
    expect(await sweeping).toMatchObject({ due: 31, renewed: 31 });
  });
});
