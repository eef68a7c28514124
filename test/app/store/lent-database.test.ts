import { describe, expect, it } from 'vitest';
import { sqliteStore } from '../../../src/adapters/stores/sqlite/sqlite-store.js';
import { swapPorts } from '../../../src/app/container/swap-ports.js';
import { openDatabase, type BackendDatabase } from '../../adapters/stores/sqlite/open-database.js';
import { scratchFile } from '../../adapters/stores/sqlite/scratch-file.js';
import { centryKey, centryLifeMs, failureOf, makeScene, type Scene } from '../llavero-fixture.js';
import { centryAnswer } from '../provider-answers.js';

/** Authorized on a database that belongs to the backend. */
const onLent = async (): Promise<Scene & { readonly database: BackendDatabase }> => {
  const database = await openDatabase(await scratchFile());
  const scene = makeScene({ overrides: [swapPorts({ tokenStore: sqliteStore({ database }) })] });
  scene.http.answer(centryAnswer(1));
  await scene.llavero.exchange(centryKey, { code: 'c' });
  return { ...scene, database };
};

describe('a lent database that its owner closes', () => {
  it('while a renewal is under way ends it: nothing is tried again, and nothing holds the process open', async () => {
    const { llavero, clock, http, database, eventsOf } = await onLent();
    await clock.advance(centryLifeMs);
    const held = http.hold();
    const renewing = failureOf(llavero.token(centryKey));
    await held.arrived;
    database.close();
    held.release(centryAnswer(2));
    const failure = await renewing;
    expect(failure.reason).toMatchObject({ _tag: 'StoreFailed', why: 'closed' });
    expect(eventsOf('commit_delayed')).toHaveLength(1);
    expect(clock.sleepers).toBe(0);
    await llavero.close();
    expect(clock.sleepers).toBe(0);
  });

  it('before an attempt is written leaves nothing to take back', async () => {
    const { llavero, clock, http, database } = await onLent();
    await clock.advance(centryLifeMs);
    database.close();
    expect((await failureOf(llavero.token(centryKey))).code).toBe('ERR_STORE_FAILED');
    expect(http.requests).toHaveLength(1);
    await llavero.close();
    expect(clock.sleepers).toBe(0);
  });

  it('leaves the token in memory in use', async () => {
    const { llavero, clock, database } = await onLent();
    database.close();
    await clock.advance(60_000);
    expect((await llavero.token(centryKey)).generation).toBe(1);
    expect(clock.sleepers).toBe(0);
    await llavero.close();
  });
});
