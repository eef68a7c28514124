import { describe, expect, it } from 'vitest';
import type { EncryptionKeys, ResealReport } from 'llavero';
import { isUnreadable } from '../../../src/domain/unreadable-record.js';
import {
  accessOf,
  authorizedCentry,
  centryKey,
  codeOf,
  encryption,
  failureOf,
  makeScene,
  minuteMs,
} from '../llavero-fixture.js';
import type { Scene } from '../llavero-fixture.js';
import { centryAnswer, secretsOf } from '../provider-answers.js';

const old = encryption('old', 1).keys;
const next = encryption('next', 2).keys;
const rotating: EncryptionKeys = { keys: [...next, ...old] };

/** The key ids of what stands in the store. */
const keyIds = async ({ store }: Scene, key: string): Promise<readonly (string | undefined)[]> => {
  const found = await store.read(key)();
  const record = found._tag === 'Right' ? found.right : undefined;
  return [record?.credential, record?.token].map((sealed) => sealed?.split('.')[1]);
};

/** Fifty registered accounts, and one with a token, all sealed with the old key. */
const manyAccounts = async (): Promise<Scene> => {
  const scene = await authorizedCentry({ encryption: { keys: old } });
  for (let n = 10; n < 60; n += 1) {
    await scene.llavero.register({ provider: 'centry', account: `shop-${n}`, clientSecret: `secret of ${n}` });
  }
  return scene;
};

describe('reseal', () => {
  it('moves every credential and every token to the newest key, and tells how far it has come', async () => {
    const scene = await manyAccounts();
    const process = scene.another({ encryption: rotating });
    const progress: ResealReport[] = [];
    const report = await process.reseal({ onProgress: (soFar) => progress.push(soFar) });
    expect(report).toEqual({ total: 51, resealed: 51, failed: 0 });
    expect(progress.map(({ total }) => total)).toEqual([20, 40, 51]);
    expect(await keyIds(scene, centryKey)).toEqual(['next', 'next']);
    expect(await keyIds(scene, 'centry/shop-59')).toEqual(['next', undefined]);
    expect(scene.eventsOf('reseal_finished')).toMatchObject([{ key: '*', total: 51, resealed: 51, failed: 0 }]);
  });

  it('changes nothing but the seals, and a second time nothing at all', async () => {
    const scene = await authorizedCentry({ encryption: { keys: old } });
    const process = scene.another({ encryption: rotating });
    const before = await process.status(centryKey);
    await process.reseal();
    expect(await process.status(centryKey)).toEqual(before);
    expect(accessOf(await scene.another({ encryption: { keys: next } }).token(centryKey))).toBe(secretsOf(1).access);
    scene.store.resetCounts();
    expect(await process.reseal()).toEqual({ total: 1, resealed: 0, failed: 0 });
    expect(scene.store.writes()).toBe(0);
    expect(scene.http.requests).toHaveLength(1);
  });

  it('never writes an older token over one that was renewed meanwhile', async () => {
    const scene = await authorizedCentry({ encryption: { keys: old } });
    const { store, http, another } = scene;
    const process = another({ encryption: rotating });
    await process.ready();
    const held = store.holdNext('update');
    const resealing = process.reseal();
    await held.arrived;
    http.answer(centryAnswer(2));
    await another({ encryption: { keys: old } }).token(centryKey, { force: true });
    held.release();
    expect(await resealing).toEqual({ total: 1, resealed: 1, failed: 0 });
    expect(await keyIds(scene, centryKey)).toEqual(['next', 'next']);
    const token = await another({ encryption: { keys: next } }).token(centryKey);
    expect([token.generation, accessOf(token)]).toEqual([2, secretsOf(2).access]);
  });

  it('lets a renewal that began before it be committed', async () => {
    const scene = await authorizedCentry({ encryption: { keys: old } });
    const { http, another } = scene;
    const held = http.hold();
    const renewing = another({ encryption: { keys: old } }).token(centryKey, { force: true });
    await held.arrived;
    const process = another({ encryption: rotating });
    await process.reseal();
    held.release(centryAnswer(2));
    expect((await renewing).generation).toBe(2);
    expect(await process.reseal()).toEqual({ total: 1, resealed: 1, failed: 0 });
    expect(accessOf(await another({ encryption: { keys: next } }).token(centryKey))).toBe(secretsOf(2).access);
  });

  it('counts what does not open, leaves it as it is, says so, and moves the rest', async () => {
    const scene = await manyAccounts();
    await scene.store.update('centry/shop-20', (current) =>
      current === undefined
        ? { _tag: 'Keep', result: undefined }
        : { _tag: 'Put', record: { ...current, credential: 'planted in clear' }, result: undefined },
    )();
    const process = scene.another({ encryption: rotating });
    expect(await process.reseal()).toEqual({ total: 51, resealed: 50, failed: 1 });
    expect(scene.eventsOf('reseal_failed')).toMatchObject([
      { key: 'centry/shop-20', code: 'ERR_DECRYPTION_FAILED' },
      { key: 'centry/shop-20', code: 'ERR_DECRYPTION_FAILED' },
    ]);
    expect(await codeOf(process.status('centry/shop-20').then(() => process.token('centry/shop-20')))).toBe(
      'ERR_DECRYPTION_FAILED',
    );
    const found = await scene.store.read('centry/shop-20')();
    expect(found).toMatchObject({ right: { credential: 'planted in clear' } });
  });

  it('goes on where it stopped when the store fails', async () => {
    const scene = await manyAccounts();
    const process = scene.another({ encryption: rotating });
    await process.ready();
    scene.store.failNext('update', 1);
    expect(await codeOf(process.reseal())).toBe('ERR_STORE_FAILED');
    const report = await process.reseal();
    expect([report.total, report.failed]).toEqual([51, 0]);
    expect(report.resealed).toBeLessThan(51);
  });
});

describe('reseal, while browsers are out on authorizations', () => {
  const started = async (count: number): Promise<Scene & { readonly states: readonly string[] }> => {
    const scene = await authorizedCentry({ encryption: { keys: old } });
    const states: string[] = [];
    for (let n = 0; n < count; n += 1) states.push((await scene.llavero.authorize(centryKey)).state);
    return { ...scene, states };
  };

  it('moves those too, so that a callback comes back to a process that has the newest key alone', async () => {
    const { another, http, states } = await started(45);
    await another({ encryption: rotating }).reseal();
    const process = another({ encryption: { keys: next } });
    for (const [index, state] of states.entries()) {
      http.answer(centryAnswer(2 + index));
      expect((await process.callback(`?code=c&state=${state}`)).generation).toBe(2 + index);
    }
  });

  it('brings back none that was taken meanwhile', async () => {
    const { another, http, store, states } = await started(1);
    const process = another({ encryption: rotating });
    await process.ready();
    const held = store.holdNext('updatePending');
    const resealing = process.reseal();
    await held.arrived;
    http.answer(centryAnswer(2));
    await another({ encryption: rotating }).callback(`?code=c&state=${states[0]}`);
    held.release();
    await resealing;
    expect(await codeOf(process.callback(`?code=c&state=${states[0]}`))).toBe('ERR_STATE_MISMATCH');
  });

  it('keeps an older key needed while one of them does not open, and no longer than that may come back', async () => {
    const { another, store, clock, eventsOf } = await started(1);
    const found = await store.pendings({ limit: 1 })();
    const pending = found._tag === 'Right' ? found.right[0] : undefined;
    if (pending !== undefined && !isUnreadable(pending))
      await store.putPending({ ...pending, sealed: `${pending.sealed}A` }, 0)();
    const report = await another({ encryption: rotating }).reseal();
    expect(report).toEqual({ total: 1, resealed: 1, failed: 0 });
    expect(eventsOf('reseal_failed')[0]).toMatchObject({ key: centryKey, code: 'ERR_DECRYPTION_FAILED' });
    expect(await codeOf(another({ encryption: { keys: next } }).ready())).toBe('ERR_DECRYPTION_FAILED');
    await clock.advance(10 * minuteMs);
    await another({ encryption: rotating }).reseal();
    await expect(another({ encryption: { keys: next } }).ready()).resolves.toBeUndefined();
  });

  it.each(['pendings', 'updatePending'] as const)(
    'is ERR_STORE_FAILED when the store fails at %s',
    async (operation) => {
      const { another, store } = await started(1);
      const process = another({ encryption: rotating });
      await process.ready();
      store.failNext(operation);
      expect(await codeOf(process.reseal())).toBe('ERR_STORE_FAILED');
      expect(await process.reseal()).toMatchObject({ failed: 0 });
      await expect(another({ encryption: { keys: next } }).ready()).resolves.toBeUndefined();
    },
  );
});

describe('an older encryption key', () => {
  it('that is still needed stops the start of a process that has it no more, and is named', async () => {
    const { another } = await authorizedCentry({ encryption: { keys: old } });
    await another({ encryption: rotating }).ready();
    const error = await failureOf(another({ encryption: { keys: next } }).ready());
    expect(error.reason).toEqual({ _tag: 'DecryptionFailed', key: 'key-checks', why: 'unknown_key_id', keyId: 'old' });
    expect(error.message).toContain('key old');
  });

  it('may be dropped once everything was resealed', async () => {
    const { another } = await authorizedCentry({ encryption: { keys: old } });
    await another({ encryption: rotating }).reseal();
    await expect(another({ encryption: { keys: next } }).ready()).resolves.toBeUndefined();
  });

  it('stays needed while anything is sealed with it', async () => {
    const { another, store } = await authorizedCentry({ encryption: { keys: old } });
    await store.update(centryKey, (current) =>
      current === undefined
        ? { _tag: 'Keep', result: undefined }
        : { _tag: 'Put', record: { ...current, token: `${current.token}x` }, result: undefined },
    )();
    expect((await another({ encryption: rotating }).reseal()).failed).toBe(1);
    expect(await codeOf(another({ encryption: { keys: next } }).ready())).toBe('ERR_DECRYPTION_FAILED');
  });

  it('does not stop a process that was not updated yet: the newer key is not its business', async () => {
    const { llavero, another } = makeScene({ encryption: { keys: old } });
    await llavero.ready();
    await another({ encryption: rotating }).ready();
    await expect(another({ encryption: { keys: old } }).ready()).resolves.toBeUndefined();
  });

  it('is let go by nobody who seals with an older one', async () => {
    const { another } = await authorizedCentry({ encryption: { keys: old } });
    const before = { keys: [...old, ...next] };
    await another({ encryption: rotating }).ready();
    await another({ encryption: before }).reseal();
    const stranger = { keys: [...encryption('stranger', 3).keys, ...old] };
    const error = await failureOf(another({ encryption: stranger }).ready());
    expect(error.reason).toMatchObject({ why: 'unknown_key_id', keyId: 'next' });
  });

  it('stays with the newer one where processes disagree about which is newest and all of them reseal', async () => {
    const { another } = await authorizedCentry({ encryption: { keys: old } });
    const before = { keys: [...old, ...next] };
    const processes = [another({ encryption: before }), another({ encryption: rotating })];
    for (const process of processes) await process.ready();
    for (const process of [...processes, ...processes]) await process.reseal();
    for (const keys of [before, rotating]) await expect(another({ encryption: keys }).ready()).resolves.toBeUndefined();
    expect((await another({ encryption: rotating }).token(centryKey)).generation).toBe(1);
  });
});
