import { describe, expect, it } from 'vitest';
import { authorizedCentry, centryKey, secondMs } from '../llavero-fixture.js';
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
