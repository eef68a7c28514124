import { right } from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { authorizationCode } from '../../../src/adapters/grants/authorization-code.js';
import { centry } from '../../../src/adapters/providers/centry/centry.js';
import { citrusAd } from '../../../src/adapters/providers/citrus-ad/citrus-ad.js';
import { defineProvider } from '../../../src/adapters/providers/define/define-provider.js';
import type { HttpRequest } from '../../../src/ports/http-client.js';
import type { ProviderPreset } from '../../../src/ports/provider.js';
import {
  accessOf,
  authorizedCentry,
  authorizedTray,
  callLoosely,
  centryKey,
  centryLifeMs,
  citrusKey,
  codeOf,
  failureOf,
  hourMs,
  makeScene,
  secondMs,
  sent,
  trayKey,
  trayPreset,
  type Scene,
} from '../llavero-fixture.js';
import { canary, centryAnswer, citrusAnswer, oauthError, secretsOf, trayAnswer } from '../provider-answers.js';

const shop = { provider: 'tray', account: '391250' };
const otherShop = { apiAddress: 'https://other.example.com/web_api' };

/** An API that answers 200 and remembers what it was sent, everything in one line a request. */
const listening = () => {
  const heard: string[] = [];
  const fetch = async (url: string, init: RequestInit): Promise<Response> => {
    heard.push(`${url} ${new Headers(init.headers).get('authorization') ?? ''}`);
    return new Response('{}');
  };
  return { heard, fetch };
};

/** Everything a token request says, secrets too. */
const told = ({ url, form = [], query = [] }: HttpRequest): string => JSON.stringify([url, form, query]);

const toHost = (scene: Scene, host: string): readonly string[] =>
  scene.http.requests.map(told).filter((request) => request.includes(`//${host}/`));

describe('a shop registered at another address', () => {
  it.each([
    ['apiAddress', otherShop],
    ['storeUrl', { storeUrl: 'other.example.com' }],
    ['apiAddress and storeUrl', { ...otherShop, storeUrl: 'https://other.example.com/loja' }],
  ])('by %s is sent neither token of the first one, and asks for a new authorization', async (_fields, fields) => {
    const { heard, fetch } = listening();
    const scene = await authorizedTray({ fetch });
    const { llavero, clock, http } = scene;
    const status = await llavero.register({ ...shop, ...fields });
    expect(status.state).toBe('reauthorization_required');
    expect(llavero.peek(trayKey)).toBeUndefined();
    expect(await codeOf(llavero.fetch(trayKey, '/orders'))).toBe('ERR_REAUTHORIZATION_REQUIRED');
    const failure = await failureOf(llavero.token(trayKey));
    expect(failure.reason).toEqual({ _tag: 'ReauthorizationRequired', key: trayKey, cause: 'other_tenant' });
    expect(failure.message).toContain('keepToken');
    await clock.advance(4 * hourMs);
    expect(await codeOf(llavero.token(trayKey))).toBe('ERR_REAUTHORIZATION_REQUIRED');
    expect(http.requests).toHaveLength(1);
    expect(heard).toEqual([]);
    const states: string[] = [];
    for await (const { state } of llavero.list()) states.push(state);
    expect(states).toEqual(['reauthorization_required']);
  });

  it('sends nothing of the first one from another process either', async () => {
    const { heard, fetch } = listening();
    const { llavero, another, clock, http } = await authorizedTray({ fetch });
    const other = another();
    await other.fetch(trayKey, '/orders');
    await llavero.register({ ...shop, ...otherShop });
    await clock.advance(31 * secondMs);
    expect(await codeOf(other.fetch(trayKey, '/orders'))).toBe('ERR_REAUTHORIZATION_REQUIRED');
    expect(await codeOf(other.token(trayKey))).toBe('ERR_REAUTHORIZATION_REQUIRED');
    expect(http.requests).toHaveLength(1);
    expect(heard).toHaveLength(1);
  });

  it('works with the token of its own new authorization', async () => {
    const { llavero, clock, http } = await authorizedTray();
    await llavero.register({ ...shop, ...otherShop });
    http.answer(trayAnswer(2, clock.nowMs(), { api_host: otherShop.apiAddress }));
    await llavero.exchange(trayKey, { code: 'c', ...otherShop });
    expect(accessOf(await llavero.token(trayKey))).toBe(secretsOf(2).access);
    expect((await llavero.status(trayKey)).state).toBe('ready');
  });

  it('has its token again when it is registered where it was', async () => {
    const { llavero, clock, http } = await authorizedTray();
    await llavero.register({ ...shop, ...otherShop });
    const status = await llavero.register({ ...shop, apiAddress: 'https://shop.example.com/web_api' });
    expect(status.state).toBe('ready');
    expect(status).not.toHaveProperty('lastFailure');
    expect(accessOf(await llavero.token(trayKey))).toBe(secretsOf(1).access);
    await clock.advance(4 * hourMs);
    http.answer(trayAnswer(2, clock.nowMs()));
    expect(accessOf(await llavero.token(trayKey))).toBe(secretsOf(2).access);
  });

  it('keeps its token where the operator says that it is the same shop', async () => {
    const scene = await authorizedTray();
    const { llavero, clock, http, another } = scene;
    const status = await llavero.register({ ...shop, ...otherShop }, { keepToken: true });
    expect(status.state).toBe('ready');
    expect(accessOf(await llavero.token(trayKey))).toBe(secretsOf(1).access);
    await clock.advance(4 * hourMs);
    http.answer(trayAnswer(2, clock.nowMs()));
    expect(accessOf(await another().token(trayKey))).toBe(secretsOf(2).access);
    expect(toHost(scene, 'other.example.com')).toHaveLength(1);
  });

  it('keeps its token where the operator says so afterwards', async () => {
    const { llavero } = await authorizedTray();
    await llavero.register({ ...shop, ...otherShop });
    await llavero.register(shop, { keepToken: true });
    expect(accessOf(await llavero.token(trayKey))).toBe(secretsOf(1).access);
  });

  it('keeps its token where only another spelling of the same address is registered', async () => {
    const { llavero } = await authorizedTray();
    await llavero.register({ ...shop, apiAddress: 'SHOP.example.com', storeUrl: 'shop.example.com/loja/' });
    expect(accessOf(await llavero.token(trayKey))).toBe(secretsOf(1).access);
  });

  it('does not take the answer that the first one gives to a renewal under way', async () => {
    const { llavero, clock, http } = await authorizedTray();
    await clock.advance(4 * hourMs);
    const held = http.hold();
    const waiting = codeOf(llavero.token(trayKey));
    await held.arrived;
    await llavero.register({ ...shop, ...otherShop });
    held.release(trayAnswer(2, clock.nowMs()));
    expect(await waiting).toBe('ERR_REAUTHORIZATION_REQUIRED');
    expect(await codeOf(llavero.token(trayKey))).toBe('ERR_REAUTHORIZATION_REQUIRED');
  });

  it('the answer to a renewal under way is kept for the tenant that gave it', async () => {
    const scene = await authorizedTray();
    const { llavero, clock, http, eventsOf } = scene;
    await clock.advance(4 * hourMs);
    const held = http.hold();
    const waiting = codeOf(llavero.token(trayKey));
    await held.arrived;
    await llavero.register({ ...shop, ...otherShop });
    held.release(trayAnswer(2, clock.nowMs()));
    expect(await waiting).toBe('ERR_REAUTHORIZATION_REQUIRED');
    expect(llavero.peek(trayKey)).toBeUndefined();
    expect((await llavero.status(trayKey)).state).toBe('reauthorization_required');
    expect((await failureOf(llavero.token(trayKey))).reason).toMatchObject({ cause: 'other_tenant' });
    expect(eventsOf('token_discarded')).toEqual([]);
    expect((await llavero.register({ ...shop, apiAddress: 'https://shop.example.com/web_api' })).state).toBe('ready');
    expect(accessOf(await llavero.token(trayKey))).toBe(secretsOf(2).access);
    await clock.advance(4 * hourMs);
    http.answer(trayAnswer(3, clock.nowMs()));
    expect(accessOf(await llavero.token(trayKey))).toBe(secretsOf(3).access);
    expect(sent(http, 2, 'refresh_token')).toBe(secretsOf(2).refresh);
    expect(toHost(scene, 'other.example.com')).toEqual([]);
  });

  it('and registered where it was before the answer comes has its new token', async () => {
    const { llavero, clock, http } = await authorizedTray();
    await clock.advance(4 * hourMs);
    const held = http.hold();
    const waiting = llavero.token(trayKey);
    await held.arrived;
    await llavero.register({ ...shop, ...otherShop });
    await llavero.register({ ...shop, apiAddress: 'https://shop.example.com/web_api' });
    held.release(trayAnswer(2, clock.nowMs()));
    expect(accessOf(await waiting)).toBe(secretsOf(2).access);
    expect(http.requests).toHaveLength(2);
  });

  it('asks for a new authorization too where an older release wrote its token', async () => {
    const { llavero, store, http } = await authorizedTray({ encryption: 'plaintext' });
    await store.update(trayKey, (record) => {
      if (record?.token === undefined) throw new Error('there is no token');
      const token = record.token.replace(/,\\"tenant\\":\{[^}]*\}/, '');
      expect(token).not.toBe(record.token);
      return { _tag: 'Put', record: { ...record, token }, result: undefined };
    })();
    await llavero.register({ ...shop, scope: 'anything' });
    expect(accessOf(await llavero.token(trayKey))).toBe(secretsOf(1).access);
    await llavero.register({ ...shop, ...otherShop });
    expect(await codeOf(llavero.token(trayKey))).toBe('ERR_REAUTHORIZATION_REQUIRED');
    expect(http.requests).toHaveLength(1);
  });

  it('takes keepToken as true or false only', async () => {
    const { llavero } = makeScene({ providers: [trayPreset()] });
    await expect(callLoosely(llavero, 'register', shop, { keepToken: 'yes' })).rejects.toThrow(/keepToken/);
    await expect(callLoosely(llavero, 'register', shop, null)).rejects.toThrow(/keepToken/);
  });
});

const citrusAt = (baseUrl: string): ProviderPreset =>
  citrusAd({ baseUrl, clientId: 'id', clientSecret: `${canary}-secret`, apiKey: `${canary}-key` });

const byBase = (request: HttpRequest) => citrusAnswer(request.url.includes('//one.') ? 1 : 2);

describe('client credentials at another base address', () => {
  it('obtain a token anew when the address is registered, and send the old one nowhere', async () => {
    const { heard, fetch } = listening();
    const { llavero, http } = makeScene({ providers: [citrusAt('https://one.citrusad.com')], fetch });
    http.handle(byBase);
    await llavero.fetch(citrusKey, '/ads');
    const status = await llavero.register({ provider: 'citrusad', baseUrl: 'https://two.citrusad.com' });
    expect(status.state).toBe('ready');
    await llavero.fetch(citrusKey, '/ads');
    expect(heard).toEqual([
      `https://one.citrusad.com/v1/ads Bearer ${secretsOf(1).access}`,
      `https://two.citrusad.com/v1/ads Bearer ${secretsOf(2).access}`,
    ]);
    expect(http.requests.map(({ url }) => new URL(url).host)).toEqual(['one.citrusad.com', 'two.citrusad.com']);
  });

  it.each([5, 15, 29, 31, 45, 90])(
    'never meet the token of the first address in another process that looks %i s later',
    async (afterS) => {
      const { heard, fetch } = listening();
      const { llavero, http, another, clock } = makeScene({ providers: [citrusAt('https://one.citrusad.com')], fetch });
      http.handle(byBase);
      await llavero.register({ provider: 'citrusad' });
      const other = another();
      await other.token(citrusKey);
      await clock.advance(10 * secondMs);
      await other.fetch(citrusKey, '/ads');
      await llavero.register({ provider: 'citrusad', baseUrl: 'https://two.citrusad.com' });
      for (let call = 0; call < 8; call += 1) {
        await clock.advance(afterS * secondMs);
        await other.fetch(citrusKey, '/ads');
      }
      await clock.advance(31 * secondMs);
      await other.fetch(citrusKey, '/ads');
      for (const line of heard) {
        expect(line).toBe(
          line.startsWith('https://one.')
            ? `https://one.citrusad.com/v1/ads Bearer ${secretsOf(1).access}`
            : `https://two.citrusad.com/v1/ads Bearer ${secretsOf(2).access}`,
        );
      }
      expect(heard.at(-1)).toContain('https://two.');
    },
  );

  it('never send the token of the second address to the first, as another process still remembers it', async () => {
    const { heard, fetch } = listening();
    const { llavero, http, another } = makeScene({ providers: [citrusAt('https://one.citrusad.com')], fetch });
    http.handle(byBase);
    const other = another();
    await other.fetch(citrusKey, '/ads');
    const first = await other.token(citrusKey);
    await llavero.register({ provider: 'citrusad', baseUrl: 'https://two.citrusad.com' });
    await other.invalidate(citrusKey, first);
    await other.fetch(citrusKey, '/ads');
    expect(heard.at(-1)).toBe(`https://two.citrusad.com/v1/ads Bearer ${secretsOf(2).access}`);
  });

  it('obtain a token anew when the next deployment of the preset has another address', async () => {
    const { heard, fetch } = listening();
    const { llavero, http, another, clock } = makeScene({ providers: [citrusAt('https://one.citrusad.com')], fetch });
    http.handle(byBase);
    await llavero.fetch(citrusKey, '/ads');
    await clock.advance(2 * secondMs);
    const next = another({ providers: [citrusAt('https://two.citrusad.com')], fetch });
    expect((await next.status(citrusKey)).state).toBe('ready');
    await next.fetch(citrusKey, '/ads');
    expect(heard.at(-1)).toBe(`https://two.citrusad.com/v1/ads Bearer ${secretsOf(2).access}`);
  });
});

const centryAt = (baseUrl: string): ProviderPreset =>
  centry({ baseUrl, clientId: 'id', clientSecret: `${canary}-secret`, redirectUri: 'https://app.example.com/cb' });

describe('an authorized account whose preset has another address in the next deployment', () => {
  const moved = async () => {
    const scene = await authorizedCentry({ providers: [centryAt('https://one.centry.cl')] });
    const next = scene.another({ providers: [centryAt('https://two.centry.cl')] });
    await scene.clock.advance(centryLifeMs);
    return { ...scene, next };
  };

  it('keeps its token, and is renewed at the new address', async () => {
    const { next, http, ...scene } = await moved();
    http.answer(centryAnswer(2));
    expect(accessOf(await next.token(centryKey))).toBe(secretsOf(2).access);
    expect((await next.status(centryKey)).state).toBe('ready');
    expect(toHost({ ...scene, http }, 'two.centry.cl')).toHaveLength(1);
  });

  it('is not ended by the verdict of a server that did not issue its token', async () => {
    const { next, llavero, clock, http } = await moved();
    http.answer(oauthError('invalid_grant'));
    const error = await failureOf(next.token(centryKey));
    expect(error.reason).toMatchObject({ _tag: 'RequestRejected', error: 'invalid_grant', hint: 'another_server' });
    expect(error.message).toContain('keepToken');
    await clock.advance(hourMs);
    http.answer(centryAnswer(2));
    expect(accessOf(await llavero.token(centryKey))).toBe(secretsOf(2).access);
  });

  it('is ended by the verdict of a server that renewed its token', async () => {
    const { next, clock, http } = await moved();
    http.answer(centryAnswer(2));
    await next.token(centryKey);
    await clock.advance(centryLifeMs);
    http.answer(oauthError('invalid_grant'));
    expect(await codeOf(next.token(centryKey))).toBe('ERR_REAUTHORIZATION_REQUIRED');
  });

  it('is ended by the verdict of a server that the operator calls the same one', async () => {
    const { next, http } = await moved();
    await next.register({ provider: 'centry', account: 'acme' }, { keepToken: true });
    http.answer(oauthError('invalid_grant'));
    expect(await codeOf(next.token(centryKey))).toBe('ERR_REAUTHORIZATION_REQUIRED');
  });

  it('keeps its token too when other fields are registered after that', async () => {
    const { next, another, http } = await moved();
    await next.register({ provider: 'centry', account: 'acme', scope: 'anything' });
    const third = another({ providers: [centryAt('https://three.centry.cl')] });
    http.answer(centryAnswer(2));
    expect(accessOf(await third.token(centryKey))).toBe(secretsOf(2).access);
  });

  it('exchanges no code that the first address gave', async () => {
    const scene = makeScene({ providers: [centryAt('https://one.centry.cl')] });
    const { state } = await scene.llavero.authorize(centryKey);
    const next = scene.another({ providers: [centryAt('https://two.centry.cl')] });
    expect(await codeOf(next.callback(`/cb?code=c&state=${state}`))).toBe('ERR_STATE_MISMATCH');
    expect(scene.http.requests).toEqual([]);
  });
});

const definition = {
  id: 'own',
  authorizationEndpoint: 'https://auth.example.com/authorize',
  tokenEndpoint: 'https://auth.example.com/token',
  clientAuthentication: 'post',
  pkce: false,
} as const;

const given = { clientId: 'id', clientSecret: `${canary}-secret`, redirectUri: 'https://app.example.com/cb' };

/** Connected at the first address; then what the second one is sent. */
const movedBy = async (
  before: ProviderPreset,
  change: { readonly register: Readonly<Record<string, string>> },
  registered: Readonly<Record<string, string>> = {},
): Promise<readonly string[]> => {
  const { heard, fetch } = listening();
  const scene = makeScene({ providers: [before], fetch });
  scene.http.answer(centryAnswer(1));
  await callLoosely(scene.llavero, 'register', { provider: 'own', ...registered });
  await scene.llavero.exchange('own', { code: 'c' });
  scene.http.handle(() => centryAnswer(2));
  const next = scene.llavero;
  await callLoosely(next, 'register', { provider: 'own', ...change.register });
  const codes = [await codeOf(next.token('own'))];
  await scene.clock.advance(centryLifeMs);
  codes.push(await codeOf(next.token('own')));
  expect(codes).toEqual(['ERR_REAUTHORIZATION_REQUIRED', 'ERR_REAUTHORIZATION_REQUIRED']);
  return [...scene.http.requests.slice(1).map(told), ...heard];
};

describe('a provider of one’s own', () => {
  it('sends nothing to another baseUrl of an account, a path of the same host included', async () => {
    const preset = defineProvider({
      ...definition,
      authorizationEndpoint: '/authorize',
      tokenEndpoint: '/token',
      api: { base: '/api' },
    })(given);
    const baseUrl = 'https://api.example.com/tenants/1';
    for (const other of ['https://api.example.net/tenants/1', 'https://api.example.com/tenants/2']) {
      expect(await movedBy(preset, { register: { baseUrl: other } }, { baseUrl })).toEqual([]);
    }
  });

  it('sends nothing to another address that an account registers by a field of its own', async () => {
    const preset = defineProvider({
      ...definition,
      authorizationEndpoint: '/authorize',
      tokenEndpoint: '/token',
      api: { base: '/api' },
      fields: { instance: { part: 'baseUrl', takenBy: 'register', required: true } },
    })(given);
    const instance = (host: string) => ({ instance: `https://${host}.example.com` });
    expect(await movedBy(preset, { register: instance('two') }, instance('one'))).toEqual([]);
  });

  it('keeps its token when an account registers the address that the preset has, and stays there when the preset moves on', async () => {
    const preset = defineProvider({
      ...definition,
      authorizationEndpoint: '/authorize',
      tokenEndpoint: '/token',
      api: { base: '/api' },
    });
    const at = (host: string) => preset({ ...given, baseUrl: `https://${host}.example.com` });
    const { llavero, another, clock, http } = makeScene({ providers: [at('one')] });
    http.answer(centryAnswer(1));
    await llavero.exchange('own', { code: 'c' });
    expect((await llavero.register({ provider: 'own', baseUrl: 'https://one.example.com' })).state).toBe('ready');
    const next = another({ providers: [at('two')] });
    await clock.advance(centryLifeMs);
    http.answer(centryAnswer(2));
    expect(accessOf(await next.token('own'))).toBe(secretsOf(2).access);
    expect(http.requests.at(-1)?.url).toContain('//one.example.com/');
  });

  it('keeps the token where its token address cannot be told', async () => {
    const { http, llavero, another } = makeScene({ providers: [ownWithout()] });
    http.answer(centryAnswer(1));
    await llavero.exchange('own', { code: 'c' });
    expect(accessOf(await another().token('own'))).toBe(secretsOf(1).access);
  });
});

/** Its answers bring no refresh token, and it writes no request without one. */
const ownWithout = (): ProviderPreset => {
  const grant = authorizationCode({
    ...definition,
    authorizationUrl: definition.authorizationEndpoint,
    tokenUrl: definition.tokenEndpoint,
  });
  return defineProvider({
    id: 'own',
    grant: () => ({
      ...grant,
      tokenAddress: () => {
        throw new Error('no address');
      },
      renew: () => right({ method: 'POST', url: 'not an address' }),
    }),
  })(given);
};
