import { left, right } from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { makeProviderRests, type RestingAccount } from '../../src/app/renewal/provider-rests.js';
import { defaultRefreshPolicy } from '../../src/domain/refresh-policy.js';
import { tokenError } from '../../src/domain/token-error.js';
import { fakeClock } from '../../src/testing/fake-clock.js';
import { memoryStore } from '../../src/testing/memory-store.js';
import { recordWith } from '../domain/protocol-fixtures.js';
import {
  authorizedCentry,
  centryKey,
  centryLifeMs,
  codeOf,
  hourMs,
  minuteMs,
  secondMs,
  trayPreset,
} from './llavero-fixture.js';
import { centryAnswer } from './provider-answers.js';
import { watchedStore } from './watched-store.js';

const account = (client = 'client-1', id = 'tray'): RestingAccount => ({
  provider: trayPreset({ id }).configure({ allowHttpOnLoopback: false }),
  client,
  record: recordWith({ key: `${id}/1` }),
  policy: defaultRefreshPolicy,
});

const note = 'rest/tray/client-1';

const scene = () => {
  const clock = fakeClock();
  const store = watchedStore(memoryStore());
  return { clock, store, rests: makeProviderRests({ store, clock }) };
};

const resting = (retryAfterMs: number, key = 'tray/1') => left(tokenError('RateLimited', { key, retryAfterMs }));
const free = right(undefined);

describe('a rest', () => {
  it('lasts as long as it was asked for, and is forgotten afterwards', async () => {
    const { clock, store, rests } = scene();
    await rests.begin(account(), minuteMs)();
    expect(await rests.check(account())()).toEqual(resting(minuteMs));
    await clock.advance(minuteMs - 1);
    expect(await rests.check(account())()).toEqual(resting(1));
    await clock.advance(1);
    expect(await rests.check(account())()).toEqual(free);
    expect(await store.updateNote(note, (text) => ({ text, result: text }))()).toEqual(right(undefined));
  });

  it('is of one client of one provider', async () => {
    const { rests } = scene();
    await rests.begin(account(), minuteMs)();
    expect(await rests.check(account('client-2'))()).toEqual(free);
    expect(await rests.check(account('client-1', 'tray-2'))()).toEqual(free);
  });

  it('is never made shorter by a later one', async () => {
    const { clock, rests } = scene();
    await rests.begin(account(), minuteMs)();
    await clock.advance(10 * secondMs);
    await rests.begin(account(), secondMs)();
    expect(await rests.check(account())()).toEqual(resting(50 * secondMs));
    await rests.begin(account(), 2 * minuteMs)();
    expect(await rests.check(account())()).toEqual(resting(2 * minuteMs));
  });

  it('costs those who do not rest no write', async () => {
    const { store, rests } = scene();
    await rests.check(account())();
    expect(store.writes()).toBe(0);
  });

  it.each([
    ['written by a clock that was a year ahead', 365 * 24 * hourMs],
    ['found after the wall clock was set back by a day', 24 * hourMs + minuteMs],
  ])('%s ends after the longest rest that is believed', async (_case, aheadMs) => {
    const { clock, store, rests } = scene();
    await store.updateNote(note, () => ({ text: String(clock.nowMs() + aheadMs), result: undefined }))();
    expect(await rests.check(account())()).toEqual(resting(hourMs));
    await clock.advance(hourMs - 1);
    expect(await rests.check(account())()).toEqual(resting(1));
    await clock.advance(1);
    expect(await rests.check(account())()).toEqual(free);
  });

  it('that is no number is none', async () => {
    const { store, rests } = scene();
    await store.updateNote(note, () => ({ text: 'soon', result: undefined }))();
    expect(await rests.check(account())()).toEqual(free);
    await rests.begin(account(), minuteMs)();
    expect(await rests.check(account())()).toEqual(resting(minuteMs));
  });

  it('cannot be looked up in a store that fails', async () => {
    const { store, rests } = scene();
    store.failNext('updateNote', 2);
    const failed = left(tokenError('StoreFailed', { operation: 'updateNote', why: 'SCRIPTED', key: 'tray/1' }));
    expect(await rests.check(account())()).toEqual(failed);
    expect(await rests.begin(account(), minuteMs)()).toEqual(failed);
  });
});

describe('a 429', () => {
  it('stops the other accounts of its client in every process until the clock says so, whatever it was set to', async () => {
    const { llavero, another, clock, http } = await authorizedCentry();
    http.answer(centryAnswer(10));
    await llavero.exchange('centry/other', { code: 'code' });
    await clock.advance(centryLifeMs);
    http.answer({ status: 429, headers: { 'Retry-After': '1800' } });
    expect(await codeOf(llavero.token(centryKey))).toBe('ERR_RATE_LIMITED');
    clock.setWallClock(clock.nowMs() - 24 * hourMs);
    expect(await codeOf(another().token('centry/other', { force: true }))).toBe('ERR_RATE_LIMITED');
    expect(http.requests).toHaveLength(3);
    await clock.advance(hourMs);
    http.answer(centryAnswer(11));
    expect((await another().token('centry/other', { force: true })).generation).toBe(2);
  });
});
