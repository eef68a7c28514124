import { describe, expect, it } from 'vitest';
import { accessOf, authorizedCentry, callLoosely, centryKey, codeOf, makeScene, secondMs } from '../llavero-fixture.js';
import { centryAnswer, oauthError, secretsOf } from '../provider-answers.js';

describe('a token that an API refused', () => {
  it('is not served again: the next caller gets a new one', async () => {
    const { llavero, http, eventsOf, clock } = await authorizedCentry();
    const rejected = await llavero.token(centryKey);
    await llavero.invalidate(centryKey, rejected);
    expect(llavero.peek(centryKey)).toBeUndefined();
    http.answer(centryAnswer(2));
    expect(accessOf(await llavero.token(centryKey))).toBe(secretsOf(2).access);
    expect(eventsOf('invalidated')).toEqual([
      { type: 'invalidated', key: centryKey, at: new Date(clock.nowMs()), generation: 1 },
    ]);
  });

  it('is not served when its renewal fails, although it has not expired', async () => {
    const { llavero, http } = await authorizedCentry();
    await llavero.invalidate(centryKey, await llavero.token(centryKey));
    http.answer(oauthError('invalid_grant'));
    expect(await codeOf(llavero.token(centryKey))).toBe('ERR_REAUTHORIZATION_REQUIRED');
  });

  it('costs one renewal however many callers were refused with it', async () => {
    const { llavero, http } = await authorizedCentry();
    const rejected = await llavero.token(centryKey);
    await Promise.all(Array.from({ length: 20 }, () => llavero.invalidate(centryKey, rejected)));
    http.answer(centryAnswer(2));
    await Promise.all(Array.from({ length: 20 }, () => llavero.token(centryKey)));
    await Promise.all(Array.from({ length: 20 }, () => llavero.invalidate(centryKey, rejected)));
    expect((await llavero.token(centryKey)).generation).toBe(2);
    expect(http.requests).toHaveLength(2);
  });

  it('leaves a newer one alone', async () => {
    const { llavero, http, eventsOf } = await authorizedCentry();
    const old = await llavero.token(centryKey);
    http.answer(centryAnswer(2));
    await llavero.token(centryKey, { force: true });
    await llavero.invalidate(centryKey, old);
    expect((await llavero.token(centryKey)).generation).toBe(2);
    expect(eventsOf('invalidated')).toEqual([]);
  });

  it('makes room for the newer one that another process has committed meanwhile', async () => {
    const { llavero, another, http } = await authorizedCentry();
    const old = await llavero.token(centryKey);
    http.answer(centryAnswer(2));
    await another().token(centryKey, { force: true });
    await llavero.invalidate(centryKey, old);
    expect((await llavero.token(centryKey)).generation).toBe(2);
    expect(http.requests).toHaveLength(2);
  });

  it('is not believed of a token of another account', async () => {
    const { llavero, http } = await authorizedCentry();
    http.answer(centryAnswer(5));
    const other = await llavero.exchange('centry/other', { code: 'code' });
    await llavero.invalidate(centryKey, other);
    expect((await llavero.token(centryKey)).generation).toBe(1);
    expect(accessOf(await llavero.token(centryKey))).toBe(secretsOf(1).access);
  });

  it('is not believed of a token from before a removal that has the same number', async () => {
    const { llavero, http } = await authorizedCentry();
    const old = await llavero.token(centryKey);
    await llavero.remove(centryKey);
    http.answer(centryAnswer(9));
    await llavero.exchange(centryKey, { code: 'code' });
    await llavero.invalidate(centryKey, old);
    expect(accessOf(await llavero.token(centryKey))).toBe(secretsOf(9).access);
  });

  it('is seen by another process within the time of one comparison', async () => {
    const { llavero, another, clock, settle, http } = await authorizedCentry();
    const process = another();
    const rejected = await process.token(centryKey);
    await llavero.invalidate(centryKey, rejected);
    expect((await process.token(centryKey)).generation).toBe(1);
    await clock.advance(15 * secondMs);
    await process.token(centryKey);
    await settle();
    http.answer(centryAnswer(2));
    expect((await process.token(centryKey)).generation).toBe(2);
  });

  it('stays refused although an older reading of the store arrives later', async () => {
    const { llavero, clock, store, settle, http } = await authorizedCentry();
    const rejected = await llavero.token(centryKey);
    await clock.advance(15 * secondMs);
    const stale = store.holdNextAnswer('read');
    await llavero.token(centryKey);
    await stale.arrived;
    await llavero.invalidate(centryKey, rejected);
    stale.release();
    await settle();
    http.answer(centryAnswer(2));
    expect((await llavero.token(centryKey)).generation).toBe(2);
  });

  it('is a TypeError without the token', async () => {
    const { llavero } = await authorizedCentry();
    await expect(callLoosely(llavero, 'invalidate', centryKey)).rejects.toThrow(
      new TypeError('invalidate(key, token): pass the token that the API refused'),
    );
  });

  it('is ERR_UNKNOWN_KEY where nothing is registered', async () => {
    const { llavero } = await authorizedCentry();
    const token = await llavero.token(centryKey);
    expect(await codeOf(llavero.invalidate('centry/nobody', token))).toBe('ERR_UNKNOWN_KEY');
    expect(await codeOf(makeScene().llavero.invalidate(centryKey, token))).toBe('ERR_UNKNOWN_KEY');
  });
});
