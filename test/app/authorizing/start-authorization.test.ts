import { describe, expect, it } from 'vitest';
import { lookAt } from '../../../src/testing/store-contract/harness.js';
import {
  accessOf,
  authorizedCentry,
  authorizedTray,
  centryKey,
  centryLifeMs,
  citrusKey,
  codeOf,
  hourMs,
  makeScene,
  minuteMs,
  trayKey,
} from '../llavero-fixture.js';
import { centryAnswer, secretsOf, trayAnswer, trayError } from '../provider-answers.js';

describe('authorize', () => {
  it('gives Centry’s address with the client, the redirect URI, the scope and a state of its own', async () => {
    const { llavero, clock, http, eventsOf } = makeScene();
    const { url, state, expiresAt } = await llavero.authorize(centryKey);
    expect(`${url.origin}${url.pathname}`).toBe('https://www.centry.cl/oauth/authorize');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      response_type: 'code',
      client_id: 'centry-client',
      redirect_uri: 'https://app.example.com/centry',
      scope: 'read_orders',
      state,
    });
    expect(expiresAt).toEqual(new Date(clock.nowMs() + 10 * minuteMs));
    expect(http.requests).toEqual([]);
    expect(eventsOf('authorization_started')).toEqual([
      { type: 'authorization_started', key: centryKey, at: new Date(clock.nowMs()), expiresAt },
    ]);
    expect((await llavero.authorize(centryKey)).state).not.toBe(state);
  });

  it('takes another redirect URI and scope for one time', async () => {
    const { llavero } = makeScene();
    const redirectUri = 'https://app.example.com/other';
    const { url } = await llavero.authorize(centryKey, { redirectUri, scope: 'write_orders' });
    expect(url.searchParams.get('redirect_uri')).toBe(redirectUri);
    expect(url.searchParams.get('scope')).toBe('write_orders');
  });

  it('gives the address of Tray’s shop, with the state in the query of the callback and never the secret', async () => {
    const { llavero } = makeScene();
    const { url, state } = await llavero.authorize(trayKey, { storeUrl: 'shop.example.com' });
    expect(`${url.origin}${url.pathname}`).toBe('https://shop.example.com/auth.php');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      response_type: 'code',
      consumer_key: 'tray-client',
      callback: `https://app.example.com/tray?state=${state}`,
    });
  });

  it('knows the shop from register', async () => {
    const { llavero } = makeScene();
    await llavero.register({ provider: 'tray', account: '391250', storeUrl: 'https://shop.example.com/' });
    expect((await llavero.authorize(trayKey)).url.host).toBe('shop.example.com');
  });

  it('is a TypeError without the shop, and for a grant that needs no person', async () => {
    const { llavero } = makeScene();
    await expect(llavero.authorize(trayKey)).rejects.toThrow(
      new TypeError(`authorize() of ${trayKey} needs storeUrl, here or in register(): the shop's host`),
    );
    await expect(llavero.authorize(citrusKey)).rejects.toThrow(
      new TypeError(`${citrusKey} needs no authorization: its grant is client_credentials; call token()`),
    );
  });

  it('keeps nothing in the store by which the state could be told', async () => {
    const { llavero, store } = makeScene();
    const { state } = await llavero.authorize(centryKey);
    await llavero.authorize(centryKey);
    expect(await lookAt(store, state)).toBeUndefined();
  });

  it('may be called again at any time: the old token works until the new one is committed', async () => {
    const { llavero, http } = await authorizedCentry();
    const { state } = await llavero.authorize(centryKey);
    expect(accessOf(await llavero.token(centryKey))).toBe(secretsOf(1).access);
    expect((await llavero.status(centryKey)).state).toBe('ready');
    http.answer(centryAnswer(2));
    const token = await llavero.callback(`?code=code&state=${state}`);
    expect([token.generation, accessOf(token)]).toEqual([2, secretsOf(2).access]);
    expect(accessOf(llavero.peek(centryKey))).toBe(secretsOf(2).access);
  });

  it('lets an unavailable account be asked about at once', async () => {
    const { llavero, clock, http } = await authorizedTray();
    await clock.advance(3 * hourMs);
    http.answer(trayError(1001));
    expect(await codeOf(llavero.token(trayKey))).toBe('ERR_ACCOUNT_UNAVAILABLE');
    expect(await codeOf(llavero.token(trayKey))).toBe('ERR_ACCOUNT_UNAVAILABLE');
    expect(http.requests).toHaveLength(2);
    await llavero.authorize(trayKey, { storeUrl: 'shop.example.com' });
    http.answer(trayAnswer(2, clock.nowMs()));
    expect((await llavero.token(trayKey)).generation).toBe(2);
  });

  it('lifts nothing else by itself', async () => {
    const { llavero, clock, http } = await authorizedCentry();
    await clock.advance(centryLifeMs);
    http.answer({ status: 400, json: { error: 'invalid_grant' } });
    await codeOf(llavero.token(centryKey));
    await llavero.authorize(centryKey);
    expect((await llavero.status(centryKey)).state).toBe('reauthorization_required');
    expect(await codeOf(llavero.token(centryKey))).toBe('ERR_REAUTHORIZATION_REQUIRED');
  });
});
