import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import {
  makeClientPauses,
  type Admission,
  type PausingAccount,
  type Rehearse,
} from '../../../src/app/accounts/client-pauses.js';
import { formatClientHealth, healthy, type ClientHealth } from '../../../src/domain/client-health.js';
import { defaultRefreshPolicy } from '../../../src/domain/refresh-policy.js';
import { tokenError } from '../../../src/domain/token-error.js';
import { fakeClock } from '../../../src/testing/fake-clock.js';
import { memoryStore } from '../../../src/testing/memory-store.js';
import { failureWith, recordWith } from '../../domain/protocol-fixtures.js';
import {
  authorizedCentry,
  centryKey,
  centryLifeMs,
  centryPreset,
  codeOf,
  hourMs,
  minuteMs,
  secondMs,
  trayPreset,
} from '../llavero-fixture.js';
import { centryAnswer } from '../provider-answers.js';
import { dueAfterMs, trayShops, type TrayShops } from '../tray-shops.js';
import { watchedStore } from '../watched-store.js';

const account = (name = '1', client = 'client-1', provider = trayPreset()): PausingAccount => ({
  provider: provider.configure({ allowHttpOnLoopback: false }),
  client,
  record: recordWith({ key: `${provider.id}/${name}` }),
  policy: defaultRefreshPolicy,
});

const onWait = (): void => undefined;

const noteName = 'client/tray/client-1';
/** 60 s for 180 requests, of which renewals take half. */
const slotMs = 667;

const scene = () => {
  const clock = fakeClock();
  const store = watchedStore(memoryStore());
  const pauses = makeClientPauses({ store, clock, storeClock: clock });
  const admit = (of = account(), begins = true) =>
    pauses.admit(of, {
      rehearse: () => (begins ? 'Began' : 'Stopped'),
      mostWaitMs: 15 * secondMs,
      hasSlot: false,
      onWait,
    });
  const note = (health: ClientHealth) =>
    store.updateNote(noteName, () => ({ text: formatClientHealth(health), result: undefined }))();
  const admission = (members: Partial<Admission> = {}): Admission => ({
    epoch: 0,
    asksForAll: false,
    probing: false,
    isTroubled: true,
    askedAtMs: clock.nowMs(),
    ...members,
  });
  const outage = async (): Promise<void> => {
    for (const name of ['1', '2', '3']) await pauses.failed(account(name), admission())();
  };
  return { clock, store, pauses, admit, note, admission, outage };
};

const limited = (retryAfterMs: number, key = 'tray/1') =>
  left(tokenError('RateLimited', { key, paused: true, retryAfterMs }));

describe('while nothing is wrong', () => {
  it('an account is admitted, and nothing is written', async () => {
    const { store, pauses, admit } = scene();
    expect(await admit()()).toMatchObject(right({ epoch: 0, asksForAll: false, probing: false, isTroubled: false }));
    await pauses.succeeded(account(), {
      epoch: 0,
      asksForAll: false,
      probing: false,
      isTroubled: false,
      askedAtMs: 0,
    })();
    expect(store.writes()).toBe(0);
  });

  it('nobody is admitted by a store that fails', async () => {
    const { store, admit } = scene();
    store.failNext('readNote');
    const failed = left(tokenError('StoreFailed', { operation: 'readNote', why: 'SCRIPTED', key: 'tray/1' }));
    expect(await admit()()).toEqual(failed);
  });
});

describe('a limit', () => {
  it('lasts as long as the provider asked', async () => {
    const { clock, pauses, admit } = scene();
    await pauses.limited(account(), minuteMs)();
    expect(await admit()()).toEqual(limited(minuteMs));
    await clock.advance(minuteMs - 1);
    expect(await pauses.check(account())()).toEqual(limited(1));
    await clock.advance(1);
    expect(await admit()()).toMatchObject({ _tag: 'Right' });
  });

  it('is of one client of one provider', async () => {
    const { pauses, admit } = scene();
    await pauses.limited(account(), minuteMs)();
    expect(await admit(account('1', 'client-2'))()).toMatchObject({ _tag: 'Right' });
    expect(await admit(account('1', 'client-1', trayPreset({ id: 'tray-2' })))()).toMatchObject({ _tag: 'Right' });
  });

  it('is never made shorter by a later one', async () => {
    const { clock, pauses, admit } = scene();
    await pauses.limited(account(), minuteMs)();
    await clock.advance(10 * secondMs);
    await pauses.limited(account(), secondMs)();
    expect(await admit()()).toEqual(limited(50 * secondMs));
  });

  it.each([
    ['a year', 365 * 24 * hourMs],
    ['an hour', hourMs],
  ])('dated by a clock that was %s ahead is none', async (_case, aheadMs) => {
    const { clock, note, admit } = scene();
    await note({ ...healthy, limit: { at: clock.nowMs() + aheadMs, forMs: minuteMs } });
    expect(await admit()()).toMatchObject({ _tag: 'Right' });
  });

  it('is read by a clock that is wrong without a trace', async () => {
    const { clock, store, pauses, admit } = scene();
    await pauses.limited(account(), minuteMs)();
    const ahead = makeClientPauses({ store, clock, storeClock: { nowMs: () => clock.nowMs() + hourMs } });
    expect(await ahead.check(account())()).toEqual(right(undefined));
    expect(await admit()()).toEqual(limited(minuteMs));
  });
});

describe('an outage', () => {
  it('pauses every account of the client until one asks at its end', async () => {
    const { clock, admit, outage } = scene();
    await outage();
    expect(await admit()()).toMatchObject({ left: { _tag: 'ProviderUnavailable', retryAfterMs: secondMs } });
    await clock.advance(secondMs);
    expect(await admit(account('4'))()).toMatchObject(right({ probing: true }));
    expect(await admit(account('5'))()).toMatchObject({ left: { _tag: 'ProviderUnavailable' } });
  });

  it('is asked about at its end with one write a process, however many wait', async () => {
    const { clock, store, admit, outage } = scene();
    const other = makeClientPauses({ store, clock, storeClock: clock });
    await outage();
    await clock.advance(secondMs);
    store.resetCounts();
    const names = Array.from({ length: 200 }, (_, at) => String(at));
    const asking = { rehearse: () => 'Began' as const, mostWaitMs: 0, hasSlot: false, onWait };
    const admitted = await Promise.all(
      names.flatMap((name) => [admit(account(name))(), other.admit(account(name), asking)()]),
    );
    expect(admitted.filter(({ _tag }) => _tag === 'Right')).toMatchObject([right({ probing: true })]);
    expect([store.asked('updateNote'), store.writes()]).toEqual([2, 1]);
  });

  it('is asked about by another account when the store did not take the claim of the first', async () => {
    const { clock, store, admit, outage } = scene();
    await outage();
    await clock.advance(secondMs);
    store.failNext('updateNote');
    expect(await admit(account('4'))()).toMatchObject({ left: { _tag: 'StoreFailed' } });
    expect(await admit(account('5'))()).toMatchObject(right({ probing: true }));
  });

  it('is not asked about by an account that could not begin', async () => {
    const { clock, admit, outage } = scene();
    await outage();
    await clock.advance(secondMs);
    expect(await admit(account('4'), false)()).toMatchObject(right({ probing: false }));
    expect(await admit(account('5'))()).toMatchObject(right({ probing: true }));
  });

  it('ends for everybody with the first success, and they follow in slots', async () => {
    const { clock, pauses, admit, admission, outage } = scene();
    await outage();
    await clock.advance(secondMs);
    await admit(account('4'))();
    await pauses.succeeded(account('4'), admission({ probing: true }))();
    expect(await admit(account('5'))()).toMatchObject(right({ epoch: 1, probing: false }));
    const sixth = admit(account('6'))();
    await clock.whenSleeping(1);
    await clock.advance(slotMs);
    expect(await sixth).toMatchObject({ _tag: 'Right' });
  });

  it('ends when the one who asks at its end is refused without a verdict, and not by such an answer to another', async () => {
    const { clock, pauses, admit, admission, outage } = scene();
    await outage();
    await pauses.answered(account('4'), admission())();
    expect(await admit(account('5'))()).toMatchObject({ left: { _tag: 'ProviderUnavailable' } });
    await clock.advance(secondMs);
    await admit(account('4'))();
    await pauses.answered(account('4'), admission({ probing: true }))();
    expect(await admit(account('5'))()).toMatchObject(right({ epoch: 0, probing: false }));
  });

  it('leaves nobody waiting longer for a slot than they would', async () => {
    const { clock, admit, note } = scene();
    await note({
      ...healthy,
      pacing: { at: clock.nowMs(), forMs: minuteMs },
      nextSlot: { at: clock.nowMs(), forMs: 20 * secondMs },
    });
    expect(await admit()()).toMatchObject({ left: { _tag: 'ProviderUnavailable', retryAfterMs: 20 * secondMs } });
  });

  it('says how long the wait for a slot still is, until it is over', async () => {
    const { clock, pauses, note } = scene();
    await note({
      ...healthy,
      pacing: { at: clock.nowMs(), forMs: minuteMs },
      nextSlot: { at: clock.nowMs(), forMs: 9 * secondMs },
    });
    const told: ((() => number | undefined) | undefined)[] = [];
    const asking = { rehearse: () => 'Began' as const, mostWaitMs: 15 * secondMs, hasSlot: false };
    const admitted = pauses.admit(account(), { ...asking, onWait: (leftMs) => told.push(leftMs) })();
    await clock.whenSleeping(1);
    await clock.advance(2 * secondMs);
    expect(told.map((leftMs) => leftMs?.())).toEqual([7 * secondMs]);
    await clock.advance(7 * secondMs);
    expect(await admitted).toMatchObject({ _tag: 'Right' });
    expect(told.at(-1)).toBeUndefined();
  });

  it('gives an account one slot, however many processes ask for it', async () => {
    const { clock, store, admit, note } = scene();
    await note({
      ...healthy,
      pacing: { at: clock.nowMs(), forMs: minuteMs },
      nextSlot: { at: clock.nowMs(), forMs: secondMs },
    });
    const processes = Array.from({ length: 8 }, () => makeClientPauses({ store, clock, storeClock: clock }));
    const asking = { rehearse: () => 'Began' as const, mostWaitMs: 15 * secondMs, hasSlot: false, onWait };
    const admitted = processes.flatMap((pauses) =>
      Array.from({ length: 10 }, (_, at) => pauses.admit(account(String(at)), asking)()),
    );
    await clock.whenSleeping(80);
    const lastSlotMs = secondMs + 9 * slotMs;
    await clock.advance(lastSlotMs);
    expect((await Promise.all(admitted)).map(({ _tag }) => _tag)).toEqual(Array(80).fill('Right'));
    expect(clock.sleepers).toBe(0);
    const next = admit(account('next'))();
    await clock.whenSleeping(1);
    await clock.advance(slotMs);
    expect(await next).toMatchObject({ _tag: 'Right' });
  });

  it('is forgotten when an operator wants the next call to ask', async () => {
    const { pauses, admit, outage } = scene();
    await outage();
    await pauses.limited(account(), minuteMs)();
    await pauses.forget(account())();
    expect(await admit()()).toMatchObject(right({ epoch: 1 }));
  });
});

describe('a refused client', () => {
  const refusedAccount = (at: number): PausingAccount => ({
    ...account(),
    record: recordWith({
      key: 'tray/1',
      failure: failureWith({ terminal: 'client_rejected', clients: ['client-1'], at }),
    }),
  });

  it('is lifted for all by the account that asked an hour later, although the note of the refusal was lost', async () => {
    const { clock, store, pauses } = scene();
    const refused = refusedAccount(clock.nowMs());
    await clock.advance(hourMs);
    const admitted = await pauses.admit(refused, {
      rehearse: ({ asksForAll }) => (asksForAll ? 'Began' : 'Stopped'),
      mostWaitMs: 0,
      hasSlot: false,
      onWait,
    })();
    expect(admitted).toMatchObject(right({ asksForAll: true, isTroubled: true }));
    if (isLeft(admitted)) throw new Error('nobody was admitted');
    await pauses.succeeded(refused, admitted.right)();
    expect(await store.readNote(noteName)()).toEqual(right(formatClientHealth({ epoch: 1, failures: 0 })));
  });

  it('is not lifted by an answer that was sent for and given before, and read long after', async () => {
    const { clock, pauses, admission } = scene();
    const long = admission();
    await clock.advance(defaultRefreshPolicy.attemptTtlMs + 1);
    await pauses.rejected(account())();
    await clock.advance(minuteMs);
    await pauses.succeeded(account('2'), long)();
    expect(await pauses.standing(account())()).toMatchObject(right({ epoch: 0 }));
    await pauses.succeeded(account('2'), admission())();
    expect(await pauses.standing(account())()).toMatchObject(right({ epoch: 1 }));
  });

  const refused = (name: string): PausingAccount => {
    const failure = failureWith({ terminal: 'client_rejected', clients: ['client-1'], epoch: 0 });
    return { ...account(name), record: recordWith({ key: `tray/${name}`, failure }) };
  };

  it('is asked about by one account an hour, and by none that could not', async () => {
    const { clock, pauses } = scene();
    const ask = (name: string, can = true) =>
      pauses.admit(refused(name), {
        rehearse: ({ asksForAll }) => (can && asksForAll ? 'Began' : 'Stopped'),
        mostWaitMs: 0,
        hasSlot: false,
        onWait,
      });
    await pauses.rejected(refused('1'))();
    await clock.advance(hourMs - 1);
    expect(await ask('1')()).toMatchObject(right({ asksForAll: false }));
    await clock.advance(1);
    expect(await ask('1', false)()).toMatchObject(right({ asksForAll: false }));
    expect(await ask('2')()).toMatchObject(right({ asksForAll: true }));
    expect(await ask('3')()).toMatchObject(right({ asksForAll: false }));
  });

  it('is asked about with one write, however many accounts would ask', async () => {
    const { clock, store, pauses } = scene();
    await pauses.rejected(refused('1'))();
    await clock.advance(hourMs);
    store.resetCounts();
    const rehearse: Rehearse = ({ asksForAll }) => (asksForAll ? 'Began' : 'Stopped');
    const names = Array.from({ length: 200 }, (_, at) => String(at));
    const admitted = await Promise.all(
      names.map((name) => pauses.admit(refused(name), { rehearse, mostWaitMs: 0, hasSlot: false, onWait })()),
    );
    expect(admitted.filter((one) => one._tag === 'Right' && one.right.asksForAll)).toHaveLength(1);
    expect(store.asked('updateNote')).toBe(1);
  });
});

describe('a slot', () => {
  const waitsOf = async (of: readonly PausingAccount[], { clock, pauses }: ReturnType<typeof scene>) => {
    const waits: number[] = [];
    for (const one of of) {
      const wait = { ms: 0 };
      await pauses.pace(one, async (ms) => {
        wait.ms = ms;
      })();
      waits.push(wait.ms);
    }
    expect(clock.sleepers).toBe(0);
    return waits;
  };

  it('is free at once when none was taken lately, and else as far away as the rate demands', async () => {
    const stage = scene();
    const [one, other, third] = [account('1'), account('2'), account('3')];
    expect(await waitsOf([one, other, third], stage)).toEqual([0, slotMs, 2 * slotMs]);
    await stage.clock.advance(3 * slotMs - 1);
    expect(await waitsOf([one], stage)).toEqual([1]);
    await stage.clock.advance(hourMs);
    expect(await waitsOf([one, other], stage)).toEqual([0, slotMs]);
  });

  it('belongs to one client of one provider', async () => {
    const stage = scene();
    const all = (name: string) => [
      account(name),
      account(name, 'client-2'),
      account(name, 'client-1', trayPreset({ id: 'tray-2' })),
    ];
    expect(await waitsOf(all('1'), stage)).toEqual([0, 0, 0]);
    expect(await waitsOf(all('2'), stage)).toEqual([slotMs, slotMs, slotMs]);
  });

  it('needs neither a wait nor the store where the provider documents no rate', async () => {
    const stage = scene();
    const unpaced = account('1', 'client-1', centryPreset());
    expect(await waitsOf([unpaced, unpaced, unpaced], stage)).toEqual([0, 0, 0]);
    expect(stage.store.asked('updateNote')).toBe(0);
  });

  it('is not waited for after the wall clock was set back by a day', async () => {
    const stage = scene();
    const both = [account('1'), account('2')];
    await waitsOf(both, stage);
    stage.clock.setWallClock(stage.clock.nowMs() - 24 * hourMs);
    expect(await waitsOf(both, stage)).toEqual([0, slotMs]);
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

describe('a 429', () => {
  it('stops the other accounts of its client in every process, and not for longer when the clock is set back', async () => {
    const { llavero, another, clock, http } = await authorizedCentry();
    http.answer(centryAnswer(10));
    await llavero.exchange('centry/other', { code: 'code' });
    await clock.advance(centryLifeMs);
    http.answer({ status: 429, headers: { 'Retry-After': '1800' } });
    expect(await codeOf(llavero.token(centryKey))).toBe('ERR_RATE_LIMITED');
    expect(await codeOf(another().token('centry/other', { force: true }))).toBe('ERR_RATE_LIMITED');
    expect(http.requests).toHaveLength(3);
    clock.setWallClock(clock.nowMs() - 24 * hourMs);
    http.answer(centryAnswer(11));
    expect((await another().token('centry/other', { force: true })).generation).toBe(2);
  });
});
