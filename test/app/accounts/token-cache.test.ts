import { describe, expect, it } from 'vitest';
import { authorizedCentry, centryKey, minuteMs, secondMs } from '../llavero-fixture.js';
import { centryAnswer } from '../provider-answers.js';

describe('the tokens in memory', () => {
  it('never go back to an older one that a slow reading of the store brings', async () => {
    const { llavero, clock, store, settle, http } = await authorizedCentry();
    await clock.advance(15 * secondMs);
    const stale = store.holdNextAnswer('read');
    await llavero.token(centryKey);
    await stale.arrived;
    http.answer(centryAnswer(2));
    expect((await llavero.token(centryKey, { force: true })).generation).toBe(2);
    stale.release();
    await settle();
    expect((await llavero.token(centryKey)).generation).toBe(2);
  });

  it('never go back behind an authorization that a person completed meanwhile', async () => {
    const { another, store, http } = await authorizedCentry();
    const process = another();
    const stale = store.holdNextAnswer('read');
    const reading = process.token(centryKey);
    await stale.arrived;
    http.answer(centryAnswer(2));
    await process.exchange(centryKey, { code: 'code' });
    stale.release();
    expect((await reading).generation).toBe(2);
    expect(process.peek(centryKey)?.generation).toBe(2);
  });

  it.each(['remove', 'revoke'] as const)(
    'never take back what %s ended, from a slow reading of before',
    async (end) => {
      const { another, store } = await authorizedCentry();
      const process = another();
      const stale = store.holdNextAnswer('read');
      const reading = process.token(centryKey).catch(() => undefined);
      await stale.arrived;
      await process[end](centryKey);
      stale.release();
      await reading;
      expect(process.peek(centryKey)).toBeUndefined();
      await expect(process.token(centryKey)).rejects.toMatchObject({ code: 'ERR_REAUTHORIZATION_REQUIRED' });
    },
  );

  it('never take back what was revoked, when more was ended during one slow reading', async () => {
    const { another, store, http } = await authorizedCentry();
    const process = another();
    const stale = store.holdNextAnswer('read');
    const reading = process.token(centryKey).catch(() => undefined);
    await stale.arrived;
    await process.revoke(centryKey);
    http.answer(centryAnswer(2));
    await process.exchange(centryKey, { code: 'code' });
    await process.remove(centryKey);
    stale.release();
    await reading;
    expect(process.peek(centryKey)).toBeUndefined();
    await expect(process.token(centryKey)).rejects.toMatchObject({ code: 'ERR_REAUTHORIZATION_REQUIRED' });
  });

  it.each([0, -minuteMs * 50])(
    'are compared with the store after a sleep during which the monotonic clock stood still, the wall clock having been set by %i ms',
    async (byMs) => {
      const { llavero, another, clock } = await authorizedCentry();
      clock.setWallClock(clock.nowMs() + byMs);
      expect(llavero.peek(centryKey)?.generation).toBe(1);
      await another().remove(centryKey);
      clock.setWallClock(clock.nowMs() + 30 * minuteMs);
      expect(llavero.peek(centryKey)).toBeUndefined();
      await expect(llavero.token(centryKey)).rejects.toMatchObject({ code: 'ERR_REAUTHORIZATION_REQUIRED' });
    },
  );

  it('that still stand after such a sleep are served again without another look', async () => {
    const { llavero, clock, store } = await authorizedCentry();
    clock.setWallClock(clock.nowMs() + 30 * minuteMs);
    expect((await llavero.token(centryKey)).generation).toBe(1);
    store.resetCounts();
    expect((await llavero.token(centryKey)).generation).toBe(1);
    expect(llavero.peek(centryKey)?.generation).toBe(1);
    expect(store.asked('read')).toBe(0);
  });

  it('give up a token that another process removed, within the time of one comparison', async () => {
    const { llavero, another, clock, settle } = await authorizedCentry();
    await another().remove(centryKey);
    expect((await llavero.token(centryKey)).generation).toBe(1);
    await clock.advance(15 * secondMs);
    await llavero.token(centryKey);
    await settle();
    await expect(llavero.token(centryKey)).rejects.toMatchObject({ code: 'ERR_REAUTHORIZATION_REQUIRED' });
  });
});
