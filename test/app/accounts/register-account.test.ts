import { describe, expect, it } from 'vitest';
import { centry } from '../../../src/adapters/providers/centry/centry.js';
import { citrusAd } from '../../../src/adapters/providers/citrus-ad/citrus-ad.js';
import { tray } from '../../../src/adapters/providers/tray/tray.js';
import {
  accessOf,
  authorizedCentry,
  centryKey,
  centryLifeMs,
  citrusKey,
  codeOf,
  makeScene,
  sent,
  trayKey,
} from '../llavero-fixture.js';
import { canary, centryAnswer, citrusAnswer, oauthError, secretsOf } from '../provider-answers.js';

const emptyPresets = [centry(), tray(), citrusAd()];

describe('register', () => {
  it('creates an account and sends nothing', async () => {
    const { llavero, http, store, eventsOf, clock } = makeScene();
    await llavero.ready();
    store.resetCounts();
    expect(await llavero.register({ provider: 'centry', account: 'acme' })).toEqual({
      key: centryKey,
      provider: 'centry',
      account: 'acme',
      generation: 0,
      state: 'unauthorized',
    });
    expect(http.requests).toEqual([]);
    expect(store.writes()).toBe(1);
    expect(eventsOf('registered')).toEqual([
      { type: 'registered', key: centryKey, at: new Date(clock.nowMs()), created: true },
    ]);
  });

  it('names the account default when none is given, and a client-credentials key is ready before its first token', async () => {
    const { llavero } = makeScene();
    expect(await llavero.register({ provider: 'citrusad' })).toMatchObject({ key: citrusKey, state: 'ready' });
  });

  it('takes everything a preset may leave out, for each provider', async () => {
    const { llavero, http } = makeScene({ providers: emptyPresets });
    await llavero.register({
      provider: 'citrusad',
      baseUrl: 'us-integration.citrusad.com/v1',
      clientId: 'id',
      clientSecret: `${canary}-1`,
      apiKey: `${canary}-2`,
    });
    await llavero.register({
      provider: 'centry',
      account: 'acme',
      clientId: 'id',
      clientSecret: `${canary}-3`,
      redirectUri: 'urn:ietf:wg:oauth:2.0:oob',
    });
    await llavero.register({
      provider: 'centry',
      account: 'own',
      clientId: 'id',
      clientSecret: `${canary}-4`,
      grant: 'client_credentials',
    });
    await llavero.register({
      provider: 'tray',
      account: '391250',
      consumerKey: 'id',
      consumerSecret: `${canary}-5`,
      storeUrl: 'shop.example.com',
      apiAddress: 'https://shop.example.com/web_api',
    });
    http.handle(() => citrusAnswer(1));
    expect((await llavero.token(citrusKey)).key).toBe(citrusKey);
    expect(http.requests.at(0)?.url).toBe('https://us-integration.citrusad.com/v1/oauth2/token');
    expect((await llavero.token('centry/own')).key).toBe('centry/own');
    expect(sent(http, 1, 'grant_type')).toBe('client_credentials');
    expect(await codeOf(llavero.token(centryKey))).toBe('ERR_REAUTHORIZATION_REQUIRED');
    expect(await codeOf(llavero.token(trayKey))).toBe('ERR_REAUTHORIZATION_REQUIRED');
  });

  it('updates the fields it is given and keeps the others and the token', async () => {
    const { llavero, clock, http, eventsOf } = await authorizedCentry();
    await llavero.register({ provider: 'centry', account: 'acme', clientId: 'another-client' });
    const status = await llavero.register({ provider: 'centry', account: 'acme', clientSecret: `${canary}-changed` });
    expect(status).toMatchObject({ generation: 1, state: 'ready' });
    expect(accessOf(await llavero.token(centryKey))).toBe(secretsOf(1).access);
    await clock.advance(centryLifeMs);
    http.answer(centryAnswer(2));
    await llavero.token(centryKey);
    expect(sent(http, 1, 'client_id')).toBe('another-client');
    expect(sent(http, 1, 'client_secret')).toBe(`${canary}-changed`);
    expect(sent(http, 1, 'refresh_token')).toBe(secretsOf(1).refresh);
    expect(eventsOf('registered').map(({ created }) => created)).toEqual([false, false]);
  });

  it('lifts client_rejected', async () => {
    const { llavero, clock, http } = await authorizedCentry();
    await clock.advance(centryLifeMs);
    http.answer(oauthError('invalid_client', 401));
    expect(await codeOf(llavero.token(centryKey))).toBe('ERR_CLIENT_REJECTED');
    expect((await llavero.status(centryKey)).state).toBe('client_rejected');
    const status = await llavero.register({ provider: 'centry', account: 'acme', clientSecret: `${canary}-right` });
    expect(status.state).toBe('ready');
    http.answer(centryAnswer(2));
    expect((await llavero.token(centryKey)).generation).toBe(2);
  });

  it('does not lift reauthorization_required', async () => {
    const { llavero, clock, http } = await authorizedCentry();
    await clock.advance(centryLifeMs);
    http.answer(oauthError('invalid_grant'));
    await codeOf(llavero.token(centryKey));
    const status = await llavero.register({ provider: 'centry', account: 'acme', scope: 'write_orders' });
    expect(status.state).toBe('reauthorization_required');
    expect(await codeOf(llavero.token(centryKey))).toBe('ERR_REAUTHORIZATION_REQUIRED');
    expect(http.requests).toHaveLength(2);
  });

  it('of another client lets that one ask once, for the verdict was about the one before', async () => {
    const { llavero, clock, http } = await authorizedCentry();
    await clock.advance(centryLifeMs);
    http.answer(oauthError('invalid_grant'));
    await codeOf(llavero.token(centryKey));
    const status = await llavero.register({ provider: 'centry', account: 'acme', clientId: 'another-client' });
    expect(status.state).not.toBe('reauthorization_required');
    http.answer(oauthError('invalid_grant'));
    expect(await codeOf(llavero.token(centryKey))).toBe('ERR_CLIENT_REJECTED');
    expect((await llavero.status(centryKey)).state).toBe('reauthorization_required');
    expect(await codeOf(llavero.token(centryKey))).toBe('ERR_REAUTHORIZATION_REQUIRED');
    expect(http.requests).toHaveLength(3);
  });

  it('loses nothing that another process registers at the same time', async () => {
    const { llavero, another, store, http } = makeScene({ providers: emptyPresets });
    const all = { provider: 'centry', account: 'acme', redirectUri: 'https://app.example.com/cb' };
    await llavero.register({ ...all, clientId: 'old', clientSecret: `${canary}-old` });
    const slow = store.holdNextAnswer('read');
    const second = llavero.register({ provider: 'centry', account: 'acme', scope: 'write_orders' });
    await slow.arrived;
    await another().register({ provider: 'centry', account: 'acme', clientSecret: `${canary}-new` });
    slow.release();
    await second;
    const { url } = await llavero.authorize(centryKey);
    expect(url.searchParams.get('scope')).toBe('write_orders');
    http.answer(centryAnswer(1));
    await llavero.exchange(centryKey, { code: 'code' });
    expect(sent(http, 0, 'client_secret')).toBe(`${canary}-new`);
  });

  it('does not cover up what an authorization at the same time has brought', async () => {
    const { llavero, another, clock, http, store } = makeScene({ encryption: 'plaintext' });
    await llavero.register({ provider: 'centry', account: 'acme' });
    const slow = store.holdNextAnswer('read');
    const registering = llavero.register({ provider: 'centry', account: 'acme' });
    await slow.arrived;
    http.answer(centryAnswer(1));
    await another().exchange(centryKey, { code: 'c' });
    slow.release();
    await registering;
    await clock.advance(centryLifeMs);
    expect((await llavero.status(centryKey)).state).toBe('ready');
  });

  it('does not bring back what a revocation at the same time has forgotten', async () => {
    const { llavero, another, store } = await authorizedCentry();
    const slow = store.holdNextAnswer('read');
    const registering = llavero.register({ provider: 'centry', account: 'acme', clientId: 'another-client' });
    await slow.arrived;
    await another().revoke(centryKey);
    slow.release();
    expect((await registering).state).toBe('unauthorized');
  });
});

describe('a preset that carries everything', () => {
  it('registers a key by its first token', async () => {
    const { llavero, http } = makeScene();
    http.answer(citrusAnswer(1));
    expect((await llavero.token('citrusad/second')).key).toBe('citrusad/second');
    expect((await llavero.status('citrusad/second')).generation).toBe(1);
  });

  it('registers a key by its first authorize and its first exchange', async () => {
    const { llavero, http } = makeScene();
    await llavero.authorize('centry/one');
    http.answer(centryAnswer(1));
    await llavero.exchange('centry/two', { code: 'code' });
    expect((await llavero.status('centry/one')).state).toBe('unauthorized');
    expect((await llavero.status('centry/two')).state).toBe('ready');
  });

  it('does not register a key by asking where it stands, or by letting go of it', async () => {
    const { llavero, store } = makeScene();
    await llavero.ready();
    store.resetCounts();
    expect(await codeOf(llavero.status(centryKey))).toBe('ERR_UNKNOWN_KEY');
    expect(await codeOf(llavero.revoke(centryKey))).toBe('ERR_UNKNOWN_KEY');
    await llavero.remove(centryKey);
    expect(llavero.peek(centryKey)).toBeUndefined();
    expect(store.writes()).toBe(0);
  });
});
