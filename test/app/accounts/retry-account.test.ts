import { describe, expect, it } from 'vitest';
import type { ScriptedReply } from '../../../src/testing/scripted-http.js';
import {
  authorizedCentry,
  authorizedTray,
  centryKey,
  centryLifeMs,
  codeOf,
  during,
  hourMs,
  makeScene,
  minuteMs,
  secondMs,
  sent,
  trayKey,
  type Scene,
} from '../llavero-fixture.js';
import { centryAnswer, oauthError, secretsOf, trayAnswer, trayError } from '../provider-answers.js';
import { dueAfterMs, shopKey, trayShops } from '../tray-shops.js';

/** Centry with an expired token, whose next renewal got this. */
const after = async (reply: ScriptedReply): Promise<Scene> => {
  const scene = await authorizedCentry();
  await scene.clock.advance(centryLifeMs);
  scene.http.handle(() => reply);
  await codeOf(scene.llavero.token(centryKey));
  expect(scene.http.requests).toHaveLength(2);
  return scene;
};

describe('retry', () => {
  it.each<readonly [string, ScriptedReply]>([
    ['a request that never left', { _tag: 'Unsent', why: 'ECONNREFUSED' }],
    ['a rejected request', oauthError('invalid_scope')],
    ['a 429', { status: 429, headers: { 'Retry-After': '3600' } }],
    ['a refused client', oauthError('invalid_client', 401)],
    ['a verdict', oauthError('invalid_grant')],
    ['an unknown outcome', { status: 500 }],
  ])('after %s sends nothing, and lets the next call ask, in whichever process', async (_what, reply) => {
    const { llavero, another, http } = await after(reply);
    await llavero.retry(centryKey);
    expect(http.requests).toHaveLength(2);
    http.handle(() => centryAnswer(2));
    expect((await another().token(centryKey)).generation).toBe(2);
    expect(sent(http, 2, 'refresh_token')).toBe(secretsOf(1).refresh);
  });

  it.each<readonly [string, ScriptedReply, string]>([
    ['a verdict', oauthError('invalid_grant'), 'ready'],
    ['a refused client', oauthError('invalid_client', 401), 'ready'],
    ['a rejected request', oauthError('invalid_scope'), 'ready'],
    ['an unknown outcome', { status: 500 }, 'outcome_unknown'],
  ])('after %s says where the account stands now', async (_what, reply, state) => {
    const { llavero } = await after(reply);
    const status = await llavero.retry(centryKey);
    expect(status).toMatchObject({ key: centryKey, state, generation: 1 });
    expect(Object.hasOwn(status, 'lastFailure')).toBe(false);
    expect(await llavero.status(centryKey)).toEqual(status);
  });

  it('lets an account that its provider calls unavailable be asked about before the hour is over', async () => {
    const { llavero, clock, http } = await authorizedTray();
    await clock.advance(3 * hourMs);
    http.answer(trayError(1001));
    await codeOf(llavero.token(trayKey));
    await llavero.retry(trayKey);
    http.answer(trayAnswer(2, clock.nowMs()));
    expect((await llavero.token(trayKey)).generation).toBe(2);
  });

  it('is answered by the provider: a grant that is dead is found dead again', async () => {
    const { llavero, http } = await after(oauthError('invalid_grant'));
    await llavero.retry(centryKey);
    expect(await codeOf(llavero.token(centryKey))).toBe('ERR_REAUTHORIZATION_REQUIRED');
    expect(await codeOf(llavero.token(centryKey))).toBe('ERR_REAUTHORIZATION_REQUIRED');
    expect(http.requests).toHaveLength(3);
  });

  it('makes a recovery due at once, recorded as one', async () => {
    const { llavero, http, eventsOf } = await after({ _tag: 'Unknown', why: 'ECONNRESET' });
    await llavero.retry(centryKey);
    http.handle(() => centryAnswer(2));
    await llavero.token(centryKey);
    expect(eventsOf('renewal_started').map(({ recovery }) => recovery)).toEqual([false, true]);
  });

  it('leaves a request that is under way alone: nothing is sent beside it', async () => {
    const { llavero, another, clock, http } = await authorizedCentry();
    await clock.advance(centryLifeMs);
    const held = http.hold();
    const renewing = llavero.token(centryKey);
    await held.arrived;
    expect((await another().retry(centryKey)).state).toBe('renewing');
    expect(await codeOf(another().token(centryKey, { patienceMs: 0 }))).toBe('ERR_PROVIDER_UNAVAILABLE');
    expect(http.requests).toHaveLength(2);
    held.release(centryAnswer(2));
    expect((await renewing).generation).toBe(2);
  });

  it('shortens no notice: an owner that fell silent may still hold an answer', async () => {
    const scene = await authorizedCentry();
    const { llavero, another, clock, http } = scene;
    await clock.advance(centryLifeMs);
    const { arrived } = http.hold();
    void codeOf(another().token(centryKey));
    await arrived;
    await clock.advance(41 * secondMs);
    await llavero.retry(centryKey);
    http.answer(centryAnswer(2));
    const waiting = llavero.token(centryKey);
    await clock.advance(10 * secondMs - 1);
    expect(http.requests).toHaveLength(2);
    expect((await during(scene, 1, waiting)).generation).toBe(2);
  });

  it('ends the pause of the account’s client, for the others as well', async () => {
    const { llavero, clock, http, say } = await trayShops(5);
    await clock.advance(3 * hourMs);
    const before = http.requests.length;
    for (const shop of [1, 2, 3]) {
      say(shop, { _tag: 'Unsent', why: 'ECONNREFUSED' });
      expect(await codeOf(llavero.token(shopKey(shop)))).toBe('ERR_PROVIDER_UNAVAILABLE');
    }
    expect(await codeOf(llavero.token(shopKey(4)))).toBe('ERR_PROVIDER_UNAVAILABLE');
    expect(http.requests.length - before).toBe(3);
    await llavero.retry(shopKey(1));
    expect((await llavero.token(shopKey(1))).generation).toBe(2);
    expect((await llavero.token(shopKey(4))).generation).toBe(2);
  });

  it('brings a forgotten account back to the sweeps', async () => {
    const { llavero, clock, say } = await trayShops(1);
    await clock.advance(dueAfterMs);
    say(1, trayError(1099));
    expect(await llavero.sweep()).toMatchObject({ failed: 1 });
    await clock.advance(minuteMs);
    expect(await llavero.sweep()).toMatchObject({ due: 0 });
    await llavero.retry(shopKey(1));
    expect(await llavero.sweep()).toMatchObject({ renewed: 1 });
  });

  it('of a key that nobody registered is ERR_UNKNOWN_KEY, and writes nothing', async () => {
    const { llavero, store } = makeScene();
    await llavero.ready();
    store.resetCounts();
    expect(await codeOf(llavero.retry('nobody/acme'))).toBe('ERR_UNKNOWN_KEY');
    expect(await codeOf(llavero.retry(centryKey))).toBe('ERR_UNKNOWN_KEY');
    expect(await store.read(centryKey)()).toMatchObject({ right: undefined });
  });

  it('rejects with ERR_STORE_FAILED when the store does not take it', async () => {
    const { llavero, store } = await after(oauthError('invalid_grant'));
    store.failNext('update');
    expect(await codeOf(llavero.retry(centryKey))).toBe('ERR_STORE_FAILED');
    expect((await llavero.status(centryKey)).state).toBe('reauthorization_required');
  });
});
