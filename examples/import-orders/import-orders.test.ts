import { createLlavero, tray, type Llavero } from 'llavero';
import { swapPorts } from 'llavero/container';
import { fakeClock, memoryStore, scriptedHttp, type FakeClock, type ScriptedHttp } from 'llavero/testing';
import { describe, expect, it } from 'vitest';
import { importTodaysOrders, type ImportOrdersDeps, type Order } from './import-orders.js';

const key = 'tray/391250';
const hourMs = 3_600_000;

/** Tray's answer to a token request; its dates are São Paulo's, three hours behind UTC. */
const tokens = (name: string, expires: string) => ({
  status: 201,
  json: {
    access_token: `access-${name}`,
    refresh_token: `refresh-${name}`,
    date_expiration_access_token: expires,
    date_expiration_refresh_token: '2026-03-31 09:00:00',
    api_host: 'https://loja.example.com/web_api',
    store_id: '391250',
  },
});

interface Scene extends ImportOrdersDeps {
  readonly llavero: Llavero;
  readonly clock: FakeClock;
  /** Answers llavero's token requests. */
  readonly http: ScriptedHttp;
  /** The access tokens that Tray's API takes. */
  readonly accepted: Set<string>;
  /** What the API was asked, in order. */
  readonly asked: URL[];
  readonly saved: Order[];
}

/** A connected store at nine in the morning in São Paulo, with this many orders today. */
const connectedStore = async (orders = 1): Promise<Scene> => {
  const clock = fakeClock({ nowMs: new Date('2026-03-01T12:00:00Z') });
  const http = scriptedHttp([tokens('one', '2026-03-01 12:00:00')], { nowMs: clock.nowMs });
  const llavero = createLlavero({
    providers: [tray({ consumerKey: 'key', consumerSecret: 'secret', callback: 'https://app.example.com/tray' })],
    store: memoryStore(),
    encryption: 'plaintext',
    overrides: [swapPorts({ httpClient: http, clock })],
  });
  await llavero.exchange(key, { code: 'installation-code', apiAddress: 'https://loja.example.com/web_api' });

  const accepted = new Set(['access-one']);
  const asked: URL[] = [];
  const saved: Order[] = [];
  return {
    llavero,
    clock,
    http,
    accepted,
    asked,
    saved,
    nowMs: clock.nowMs,
    save: async (page) => {
      saved.push(...page);
    },
    fetch: async (url) => {
      asked.push(url);
      if (!accepted.has(url.searchParams.get('access_token') ?? '')) return new Response('', { status: 401 });
      const [limit, page] = ['limit', 'page'].map((name) => Number(url.searchParams.get(name)));
      const all = Array.from({ length: orders }, (_, index) => ({ Order: { id: String(index + 1), total: '10.00' } }));
      return Response.json({ Orders: all.slice(((page ?? 1) - 1) * (limit ?? 0)).slice(0, limit) });
    },
  };
};

describe("importing a Tray store's orders of today", () => {
  it("asks at the store's own address with its token, and saves what it gets", async () => {
    const scene = await connectedStore(2);
    expect(await importTodaysOrders(scene, key)).toBe(2);
    expect(scene.saved).toEqual([
      { id: '1', total: '10.00' },
      { id: '2', total: '10.00' },
    ]);
    expect(scene.asked.map(String)).toEqual([
      'https://loja.example.com/web_api/orders?date=2026-03-01&limit=50&page=1&access_token=access-one',
    ]);
  });

  it('goes on to the last page', async () => {
    const scene = await connectedStore(120);
    expect(await importTodaysOrders(scene, key)).toBe(120);
    expect(new Set(scene.saved.map(({ id }) => id)).size).toBe(120);
  });

  it('means the day that it is in São Paulo', async () => {
    const scene = await connectedStore();
    scene.clock.setWallClock(new Date('2026-03-01T02:30:00Z'));
    await importTodaysOrders(scene, key);
    expect(scene.asked.map((url) => url.searchParams.get('date'))).toEqual(['2026-02-28']);
  });

  it('runs on after the token has expired, with one that llavero fetched by itself', async () => {
    const scene = await connectedStore();
    await scene.clock.advance(3 * hourMs);
    scene.http.answer(tokens('two', '2026-03-01 15:00:00'));
    scene.accepted.add('access-two');
    expect(await importTodaysOrders(scene, key)).toBe(1);
    expect(scene.asked.map((url) => url.searchParams.get('access_token'))).toEqual(['access-two']);
    expect(scene.http.requests.at(-1)?.query).toEqual([['refresh_token', 'refresh-one']]);
    scene.http.assertDone();
  });

  it('replaces a token that Tray refuses before its time', async () => {
    const scene = await connectedStore();
    scene.accepted.clear();
    scene.accepted.add('access-two');
    scene.http.answer(tokens('two', '2026-03-01 12:00:00'));
    expect(await importTodaysOrders(scene, key)).toBe(1);
    expect(scene.asked.map((url) => url.searchParams.get('access_token'))).toEqual(['access-one', 'access-two']);
  });

  it('gives up when Tray refuses the new token too, and says so without the token', async () => {
    const scene = await connectedStore();
    scene.accepted.clear();
    scene.http.answer(tokens('two', '2026-03-01 12:00:00'));
    await expect(importTodaysOrders(scene, key)).rejects.toThrow(
      new Error('Tray answered 401 to a request for the orders of tray/391250'),
    );
    expect(scene.asked).toHaveLength(2);
  });

  it('tells who has to act when the merchant has disconnected the store', async () => {
    const scene = await connectedStore();
    await scene.clock.advance(3 * hourMs);
    scene.http.answer({ status: 401, json: { code: 401, error_code: 1000 } });
    await expect(importTodaysOrders(scene, key)).rejects.toMatchObject({
      code: 'ERR_REAUTHORIZATION_REQUIRED',
      retryable: false,
      key,
    });
    expect(scene.asked).toEqual([]);
  });
});
