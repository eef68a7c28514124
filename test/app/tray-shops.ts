import type { Llavero } from '../../src/app/llavero.js';
import type { HttpRequest } from '../../src/ports/http-client.js';
import type { ScriptedReply } from '../../src/testing/scripted-http.js';
import { hourMs, makeScene, trayPreset, type ProcessOptions, type Scene } from './llavero-fixture.js';
import { secretsOf, trayAnswer, trayError } from './provider-answers.js';

export const dayMs = 24 * hourMs;
/** When a Tray refresh token falls due: its 30 days less 7. */
export const dueAfterMs = 23 * dayMs;

export const shopKey = (shop: number): string => `tray/${shop}`;

/** Shops of a Tray that takes each refresh token once and for thirty days, and a llavero connected to them all. */
export interface TrayShops extends Scene {
  /** The shops whose refresh token was sent, in order. */
  readonly asked: readonly number[];
  /** When each of those was sent, in Unix milliseconds. */
  readonly askedAtMs: readonly number[];
  /** Refresh tokens that were sent a second time, or after their end. */
  readonly refused: () => number;
  /** What Tray says to a shop's next renewals instead: `undefined` for what it always says. */
  readonly say: (shop: number, ...replies: readonly (ScriptedReply | undefined)[]) => void;
  /** Tray takes its time with a shop's next renewal. */
  readonly keepWaiting: (shop: number) => { readonly arrived: Promise<void>; readonly release: () => void };
  readonly connect: (shop: number, llavero?: Llavero) => Promise<void>;
}

interface Living {
  readonly shop: number;
  readonly untilMs: number;
}

const parameter = ({ form = [], query = [] }: HttpRequest, name: string): string | undefined =>
  [...form, ...query].find(([other]) => other === name)?.[1];

/** Connects shops 1 to `count` at the clock's zero. Tray's own clock goes on whatever is done to the wall clock of this host. */
export const trayShops = async (count: number, options: ProcessOptions = {}): Promise<TrayShops> => {
  const scene = makeScene({ providers: [trayPreset()], ...options });
  const { clock, http, llavero } = scene;
  const living = new Map<string, Living>();
  const asked: number[] = [];
  const askedAtMs: number[] = [];
  const instead = new Map<number, (() => ScriptedReply | undefined | Promise<ScriptedReply | undefined>)[]>();
  let tokens = 0;
  let refused = 0;

  const startedAtMs = clock.nowMs() - clock.monotonicMs();
  const trayNowMs = (): number => startedAtMs + clock.monotonicMs();

  const issue = (shop: number): ScriptedReply => {
    const n = (tokens += 1);
    living.set(secretsOf(n).refresh, { shop, untilMs: trayNowMs() + 30 * dayMs });
    return trayAnswer(n, trayNowMs(), { store_id: shop });
  };

  const plan = (shop: number, reply: () => ScriptedReply | undefined | Promise<ScriptedReply | undefined>): void => {
    instead.set(shop, [...(instead.get(shop) ?? []), reply]);
  };

  http.handle(async (request) => {
    const code = parameter(request, 'code');
    if (code !== undefined) return issue(Number(code));
    const refresh = parameter(request, 'refresh_token') ?? '';
    const known = living.get(refresh);
    if (known === undefined || trayNowMs() >= known.untilMs) {
      refused += 1;
      return trayError(1099);
    }
    asked.push(known.shop);
    askedAtMs.push(clock.nowMs());
    const said = await instead.get(known.shop)?.shift()?.();
    if (said !== undefined) return said;
    living.delete(refresh);
    return issue(known.shop);
  });

  const connect = async (shop: number, by: Llavero = llavero): Promise<void> => {
    await by.exchange(shopKey(shop), { code: String(shop), apiAddress: 'https://shop.example.com/web_api' });
  };
  for (let shop = 1; shop <= count; shop += 1) await connect(shop);

  return {
    ...scene,
    asked,
    askedAtMs,
    refused: () => refused,
    say: (shop, ...replies) => {
      for (const reply of replies) plan(shop, () => reply);
    },
    keepWaiting: (shop) => {
      let arrive = (): void => undefined;
      let release = (): void => undefined;
      const arrived = new Promise<void>((resolve) => {
        arrive = resolve;
      });
      const released = new Promise<void>((resolve) => {
        release = resolve;
      });
      plan(shop, async () => {
        arrive();
        await released;
        return undefined;
      });
      return { arrived, release: () => release() };
    },
    connect,
  };
};
