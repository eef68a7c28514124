import { right } from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { makeRequestPace, type PacedAccount } from '../../src/app/renewal/request-pace.js';
import type { TokenStore } from '../../src/ports/token-store.js';
import { fakeClock, type FakeClock } from '../../src/testing/fake-clock.js';
import { memoryStore } from '../../src/testing/memory-store.js';
import { recordWith } from '../domain/protocol-fixtures.js';
import { centryPreset, hourMs, minuteMs, secondMs, trayPreset } from './llavero-fixture.js';
import { dueAfterMs, trayShops, type TrayShops } from './tray-shops.js';
import { watchedStore } from './watched-store.js';

/** 60 s for 180 requests, of which a sweep takes half. */
const slotMs = 667;

const account = (client = 'client-1', provider = trayPreset()): PacedAccount => ({
  provider: provider.configure({ allowHttpOnLoopback: false }),
  client,
  record: recordWith({ key: 'tray/1' }),
});

const note = 'pace/tray/client-1';

/** How long each slot is waited for, when they are asked for one right after the other. */
const waitsOf = async (
  { store, clock }: { readonly store: TokenStore; readonly clock: FakeClock },
  accounts: readonly PacedAccount[],
): Promise<readonly number[]> => {
  const pace = makeRequestPace({ store, clock });
  const waits: number[] = [];
  for (const one of accounts) {
    let waitMs = 0;
    expect(
      await pace(one, async (ms) => {
        waitMs = ms;
      })(),
    ).toEqual(right(undefined));
    waits.push(waitMs);
  }
  return waits;
};

const scene = () => ({ store: watchedStore(memoryStore()), clock: fakeClock() });

describe('a slot', () => {
  it('is free at once when none was taken lately, and else as far away as the rate demands', async () => {
    const { store, clock } = scene();
    expect(await waitsOf({ store, clock }, [account(), account(), account()])).toEqual([0, slotMs, 2 * slotMs]);
    await clock.advance(3 * slotMs - 1);
    expect(await waitsOf({ store, clock }, [account()])).toEqual([1]);
    await clock.advance(hourMs);
    expect(await waitsOf({ store, clock }, [account(), account()])).toEqual([0, slotMs]);
  });

  it('is waited for by the pause that was given', async () => {
    const { store, clock } = scene();
    const pace = makeRequestPace({ store, clock });
    await pace(account(), clock.sleep)();
    const second = pace(account(), clock.sleep)();
    await clock.whenSleeping(1);
    await clock.advance(slotMs);
    expect(await second).toEqual(right(undefined));
  });

  it('belongs to one client of one provider', async () => {
    const { store, clock } = scene();
    const accounts = [account('client-1'), account('client-2'), account('client-1', trayPreset({ id: 'tray-2' }))];
    expect(await waitsOf({ store, clock }, accounts)).toEqual([0, 0, 0]);
    expect(await waitsOf({ store, clock }, accounts)).toEqual([slotMs, slotMs, slotMs]);
  });

  it('needs neither a wait nor the store where the provider documents no rate', async () => {
    const { store, clock } = scene();
    const unpaced = account('client-1', centryPreset());
    expect(await waitsOf({ store, clock }, [unpaced, unpaced, unpaced])).toEqual([0, 0, 0]);
    expect(store.asked('updateNote')).toBe(0);
  });

  it.each([
    ['a clock that was a year ahead', (nowMs: number) => String(nowMs + 365 * 24 * hourMs)],
    ['a clock that was just over a minute ahead', (nowMs: number) => String(nowMs + minuteMs + 1)],
    ['nobody: it is no number', () => 'soon'],
    ['nobody: it is empty', () => ''],
  ])('written by %s stalls nobody, and the pace holds from then on', async (_who, text) => {
    const { store, clock } = scene();
    await store.updateNote(note, () => ({ text: text(clock.nowMs()), result: undefined }))();
    expect(await waitsOf({ store, clock }, [account(), account()])).toEqual([0, slotMs]);
  });

  it('written by a clock that is a little ahead is believed: it may well be right', async () => {
    const { store, clock } = scene();
    await store.updateNote(note, () => ({ text: String(clock.nowMs() + 5 * secondMs), result: undefined }))();
    expect(await waitsOf({ store, clock }, [account(), account()])).toEqual([5 * secondMs, 5 * secondMs + slotMs]);
  });

  it('is not waited for after the wall clock was set back by more than a minute', async () => {
    const { store, clock } = scene();
    await waitsOf({ store, clock }, [account(), account()]);
    clock.setWallClock(clock.nowMs() - 24 * hourMs);
    expect(await waitsOf({ store, clock }, [account(), account()])).toEqual([0, slotMs]);
  });

  it('cannot be had from a store that fails', async () => {
    const { store, clock } = scene();
    store.failNext('updateNote');
    expect(await makeRequestPace({ store, clock })(account(), clock.sleep)()).toEqual({
      _tag: 'Left',
      left: { _tag: 'StoreFailed', operation: 'updateNote', why: 'SCRIPTED', key: 'tray/1' },
    });
  });
});

describe('the pace of a sweep', () => {
  const mostInAMinute = (timesMs: readonly number[]): number =>
    Math.max(...timesMs.map((from) => timesMs.filter((at) => at >= from && at < from + minuteMs).length));

  const dueShops = async (count: number): Promise<TrayShops> => {
    const shops = await trayShops(count);
    await shops.clock.advance(dueAfterMs);
    return shops;
  };

  it('leaves half of Tray’s 180 requests a minute to the application', async () => {
    const { llavero, clock, askedAtMs } = await dueShops(200);
    const sweeping = llavero.sweep();
    await clock.advance(5 * minuteMs);
    expect(await sweeping).toMatchObject({ renewed: 200 });
    expect(mostInAMinute(askedAtMs)).toBe(90);
    const startMs = askedAtMs[0] ?? 0;
    expect(askedAtMs.map((at) => at - startMs)).toEqual(Array.from({ length: 200 }, (_, index) => index * slotMs));
  });

  it('is one for all processes on a store', async () => {
    const { llavero, another, clock, askedAtMs } = await dueShops(200);
    const sweeping = [llavero, another(), another()].map((process) => process.sweep());
    await clock.advance(5 * minuteMs);
    await Promise.all(sweeping);
    expect(askedAtMs).toHaveLength(200);
    expect(mostInAMinute(askedAtMs)).toBeLessThanOrEqual(93);
  });

  it('goes on from one sweep to the next', async () => {
    const { llavero, clock, askedAtMs } = await dueShops(3);
    for (let sweep = 0; sweep < 3; sweep += 1) {
      const sweeping = llavero.sweep({ limit: 1 });
      await clock.advance(slotMs);
      await sweeping;
    }
    const startMs = askedAtMs[0] ?? 0;
    expect(askedAtMs.map((at) => at - startMs)).toEqual([0, slotMs, 2 * slotMs]);
  });
});
