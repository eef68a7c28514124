import { copyFileSync, renameSync, rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sqliteStore } from '../../../src/adapters/stores/sqlite/sqlite-store.js';
import { openDatabase } from '../../adapters/stores/sqlite/open-database.js';
import { scratchFile } from '../../adapters/stores/sqlite/scratch-file.js';
import { centryKey, centryLifeMs, failureOf, makeScene, minuteMs, secondMs, type Scene } from '../llavero-fixture.js';
import { centryAnswer } from '../provider-answers.js';

/** Authorized in a file. */
const inFile = async (): Promise<Scene & { readonly path: string }> => {
  const path = await scratchFile();
  const scene = makeScene({ store: sqliteStore({ path }) });
  scene.http.answer(centryAnswer(1));
  await scene.llavero.exchange(centryKey, { code: 'c' });
  return { ...scene, path };
};

/** What becomes of a promise that waits for a disk as well as for the clock. */
const whileTimePasses = async <A>({ clock }: Scene, promise: Promise<A>): Promise<A> => {
  const over = promise.then(
    () => true,
    () => true,
  );
  const pass = async (): Promise<A> => {
    const isOver = await Promise.race([over, clock.advance(secondMs).then(() => false)]);
    return isOver ? promise : pass();
  };
  return pass();
};

/** Puts a file there in which nobody has an account. */
const restoreWithout = async (path: string): Promise<void> => {
  copyFileSync(path, `${path}.backup`);
  copyFileSync(`${path}-wal`, `${path}.backup-wal`);
  const database = await openDatabase(`${path}.backup`);
  database.exec('DELETE FROM llavero_accounts');
  database.close();
  for (const end of ['-wal', '-shm']) rmSync(path + end, { force: true });
  renameSync(`${path}.backup`, path);
};

describe('a store that is not the file it was', () => {
  it('lets nothing be sent once its shared index was deleted', async () => {
    const scene = await inFile();
    const { llavero, clock, http, path, eventsOf } = scene;
    await clock.advance(centryLifeMs);
    rmSync(`${path}-shm`);
    const failure = await failureOf(whileTimePasses(scene, llavero.token(centryKey)));
    expect(failure.reason).toMatchObject({ _tag: 'StoreFailed', why: 'shm_replaced' });
    expect(http.requests).toHaveLength(1);
    expect(eventsOf('store_replaced')).toMatchObject([{ why: 'shm_replaced' }]);
    await whileTimePasses(scene, llavero.close());
  });

  it('is told of by readings, once, while the valid token in the old file is served on', async () => {
    const { llavero, clock, path, eventsOf } = await inFile();
    await restoreWithout(path);
    await clock.advance(30 * minuteMs);
    expect((await llavero.token(centryKey)).generation).toBe(1);
    expect(eventsOf('store_replaced')).toMatchObject([{ why: 'file_replaced' }]);
    await clock.advance(30 * minuteMs);
    expect((await llavero.token(centryKey)).generation).toBe(1);
    expect(eventsOf('store_replaced')).toHaveLength(1);
    await llavero.close();
  });
});
