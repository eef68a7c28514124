import { isRight } from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import {
  accessOf,
  authorizedCentry,
  centryKey,
  centryLifeMs,
  citrusKey,
  codeOf,
  encryption,
  makeScene,
} from '../llavero-fixture.js';
import { centryAnswer, citrusAnswer, oauthError, secretsOf } from '../provider-answers.js';

describe('remove', () => {
  it('forgets the account, here and in the store', async () => {
    const { llavero, store, eventsOf, clock } = await authorizedCentry();
    await llavero.remove(centryKey);
    expect(llavero.peek(centryKey)).toBeUndefined();
    expect(await codeOf(llavero.status(centryKey))).toBe('ERR_UNKNOWN_KEY');
    expect(await store.read(centryKey)()).toMatchObject({ right: undefined });
    expect(eventsOf('removed')).toEqual([
      { type: 'removed', key: centryKey, at: new Date(clock.nowMs()), generation: 1 },
    ]);
  });

  it('changes nothing where there is nothing', async () => {
    const { llavero, events } = makeScene();
    await llavero.remove(centryKey);
    expect(events).toEqual([]);
  });

  it('answers to a provider alone for its default account', async () => {
    const { llavero, http } = makeScene();
    http.answer(citrusAnswer(1));
    await llavero.token(citrusKey);
    await llavero.remove('citrusad');
    expect(await codeOf(llavero.status(citrusKey))).toBe('ERR_UNKNOWN_KEY');
  });

  it('opens nothing, so that an account whose seal is broken can be removed', async () => {
    const { llavero, store } = await authorizedCentry();
    await store.update(centryKey, (current) =>
      current === undefined
        ? { _tag: 'Keep', result: undefined }
        : { _tag: 'Put', record: { ...current, token: 'lv1.test.broken' }, result: undefined },
    )();
    expect(await codeOf(llavero.status(centryKey))).toBe('ERR_DECRYPTION_FAILED');
    await llavero.remove(centryKey);
    expect(await codeOf(llavero.status(centryKey))).toBe('ERR_UNKNOWN_KEY');
  });

  it('removes an account whose name would be refused today, which list still shows', async () => {
    const { llavero, store } = await authorizedCentry();
    const account = 'acme\u202e';
    const key = `centry/${account}`;
    const found = await store.read(centryKey)();
    if (!isRight(found) || found.right === undefined) throw new Error('there is no account');
    const record = { ...found.right, key, account };
    await store.update(key, () => ({ _tag: 'Put', record, result: undefined }))();
    const keys = async (): Promise<readonly string[]> => {
      const all: string[] = [];
      for await (const status of llavero.list()) all.push(status.key);
      return all;
    };
    expect(await keys()).toEqual([centryKey, key]);
    await expect(llavero.token(key)).rejects.toThrow(/U\+202E, which changes the direction of text/);
    await expect(llavero.register({ provider: 'centry', account })).rejects.toThrow(TypeError);
    await llavero.remove(key);
    expect(await keys()).toEqual([centryKey]);
  });

  it('beats a renewal under way: nothing is resurrected', async () => {
    const { llavero, clock, http, store, eventsOf } = await authorizedCentry();
    await clock.advance(centryLifeMs);
    const held = http.hold();
    const renewing = codeOf(llavero.token(centryKey));
    await held.arrived;
    await llavero.remove(centryKey);
    held.release(centryAnswer(2));
    expect(await renewing).toBe('ERR_UNKNOWN_KEY');
    expect(await store.read(centryKey)()).toMatchObject({ right: undefined });
    expect(llavero.peek(centryKey)).toBeUndefined();
    expect(eventsOf('token_discarded')).toMatchObject([{ key: centryKey, generation: 1 }]);
    expect(eventsOf('token_committed')).toHaveLength(1);
  });

  it('beats a failing renewal under way: no failure is written down for what is gone', async () => {
    const { llavero, clock, http, store } = await authorizedCentry();
    await clock.advance(centryLifeMs);
    const held = http.hold();
    const renewing = codeOf(llavero.token(centryKey));
    await held.arrived;
    await llavero.remove(centryKey);
    held.release(oauthError('invalid_grant'));
    expect(await renewing).toBe('ERR_UNKNOWN_KEY');
    expect(await store.read(centryKey)()).toMatchObject({ right: undefined });
  });

  it('beats an exchange of a code under way', async () => {
    const { llavero, http, store } = await authorizedCentry();
    const held = http.hold();
    const exchanging = codeOf(llavero.exchange(centryKey, { code: 'c' }));
    await held.arrived;
    await llavero.remove(centryKey);
    held.release(centryAnswer(2));
    expect(await exchanging).toBe('ERR_UNKNOWN_KEY');
    expect(await store.read(centryKey)()).toMatchObject({ right: undefined });
  });

  it('keeps a late answer from before away from an account that was registered anew', async () => {
    const { llavero, another, clock, http } = await authorizedCentry();
    await clock.advance(centryLifeMs);
    const held = http.hold();
    const renewing = llavero.token(centryKey);
    await held.arrived;
    await another().remove(centryKey);
    http.answer(centryAnswer(7));
    await another().exchange(centryKey, { code: 'c' });
    held.release(centryAnswer(2));
    await renewing.catch(() => undefined);
    expect(accessOf(await another().token(centryKey))).toBe(secretsOf(7).access);
    expect((await llavero.status(centryKey)).generation).toBe(1);
  });

  it('needs the right encryption keys like everything else', async () => {
    const { another } = await authorizedCentry();
    expect(await codeOf(another({ encryption: encryption('test', 8) }).remove(centryKey))).toBe(
      'ERR_DECRYPTION_FAILED',
    );
  });
});
