import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { loadBetterSqlite3 } from '../../src/adapters/stores/sqlite/driver.js';
import { seededRandom } from '../simulation/random.js';
import { testSize } from '../test-size.js';
import { buildOnce } from './build-once.js';
import { buildDiskLog, diskLogEnvironment, readDiskLog, type DiskEvent } from './disk-log.js';
import { powerCuts, type DiskImage } from './lost-power.js';
import { startProcess } from './run-process.js';
import { makeScratchDirectory } from './scratch-directory.js';

/** One process that opens the file, commits and closes. */
interface Session {
  /** The store's own connection, the caller's, or the store's own set back to `synchronous = NORMAL`. */
  readonly connection: 'own' | 'lent' | 'normal';
  readonly commits: number;
  /** Pages of the log after which SQLite tidies it away; its own 1,000 when left out. */
  readonly checkpointPages?: number;
}

const script = fileURLToPath(new URL('workers/commits.mjs', import.meta.url));

/** What the sessions, one after the other on one file, did to the disk. */
const diskEvents = async (...sessions: readonly Session[]): Promise<readonly DiskEvent[]> => {
  await using scratch = await makeScratchDirectory();
  const data = join(scratch.directory, 'data');
  const log = join(scratch.directory, 'log');
  await mkdir(data);
  const environment = diskLogEnvironment(await buildDiskLog(), data, log);
  for (const { connection, commits, checkpointPages = 1_000 } of sessions) {
    const file = join(data, 'llavero.db');
    const parameters = [await buildOnce(), file, commits, connection, checkpointPages].map(String);
    await using child = startProcess(script, parameters, environment);
    expect(await child.ended).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  }
  return await readDiskLog(log);
};

/** How often each commit made the disk write, before it was acknowledged. */
const syncsPerCommit = (events: readonly DiskEvent[]): readonly number[] => {
  const begins = events.flatMap((event, at) => (event.what === 'begin' ? [at] : []));
  return begins.map((begin) => {
    const end = events.findIndex(({ what }, at) => at > begin && what === 'acknowledge');
    return events.slice(begin, end).filter(({ what }) => what === 'sync').length;
  });
};

/** The generation that a database of such files holds, 0 for none. */
const committedIn = async (image: DiskImage, directory: string): Promise<number> => {
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory);
  for (const [name, bytes] of image) if (!name.endsWith('-shm')) await writeFile(join(directory, name), bytes);
  const Database = await loadBetterSqlite3();
  const database = new Database(join(directory, 'llavero.db'), {});
  try {
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE name = 'llavero_accounts'").all();
    const rows = tables.length === 0 ? [] : database.prepare('SELECT generation FROM llavero_accounts').all();
    return rows.reduce<number>((sum, row) => sum + generationOf(row), 0);
  } finally {
    database.close();
  }
};

const generationOf = (row: unknown): number =>
  typeof row === 'object' && row !== null && 'generation' in row ? Number(row.generation) : 0;

/** Cuts the power wherever it could fail: how many cuts there were, and how many lost an acknowledged commit. */
const losses = async (events: readonly DiskEvent[], survives?: () => boolean) => {
  await using scratch = await makeScratchDirectory();
  let cuts = 0;
  let lost = 0;
  for (const { acknowledged, image } of powerCuts(events, survives)) {
    cuts += 1;
    if ((await committedIn(image, join(scratch.directory, 'disk'))) < acknowledged) lost += 1;
  }
  return { cuts, lost };
};

const size = { short: 40, normal: 200, long: 5_000 }[testSize()];
const tidy = 60;

/** Processes start slowly on a busy machine. */
vi.setConfig({ testTimeout: 120_000 });

/** Watching a disk needs LD_PRELOAD. */
describe.runIf(process.platform === 'linux')('a commit to a SQLite file', () => {
  it('waits for the disk once; the first to a reopened file also for the new log and its name', async () => {
    const sessions = [{ connection: 'own' }, { connection: 'own' }, { connection: 'lent' }] as const;
    const events = await diskEvents(...sessions.map(({ connection }) => ({ connection, commits: 4 })));
    expect(syncsPerCommit(events)).toEqual([1, 1, 1, 1, 3, 1, 1, 1, 3, 1, 1, 1]);
  });

  it('would wait only for the name of a new log at synchronous = NORMAL, which shows that this counts', async () => {
    const events = await diskEvents({ connection: 'own', commits: 1 }, { connection: 'normal', commits: 4 });
    expect(syncsPerCommit(events)).toEqual([1, 2, 0, 0, 0]);
  });

  it(`outlives a power failure at any moment, once acknowledged (${size} commits)`, async () => {
    const half = { commits: size / 2, checkpointPages: tidy };
    const events = await diskEvents({ connection: 'own', ...half }, { connection: 'lent', ...half });
    const random = seededRandom(size);
    const none = await losses(events);
    expect(none.cuts).toBeGreaterThan(2 * size);
    expect(none.lost).toBe(0);
    expect((await losses(events, () => random.chance(0.5))).lost).toBe(0);
  }, 1_800_000);

  it('would not outlive it at synchronous = NORMAL, which shows that this cuts', async () => {
    const events = await diskEvents({ connection: 'normal', commits: 20, checkpointPages: tidy });
    expect((await losses(events)).lost).toBeGreaterThan(10);
  });
});
