import { left, right, type Either } from 'fp-ts/lib/Either.js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ownConnection } from '../../../../src/adapters/stores/sqlite/connection.js';
import type { OwnSqliteDatabase } from '../../../../src/adapters/stores/sqlite/database.js';
import { loadBetterSqlite3 } from '../../../../src/adapters/stores/sqlite/driver.js';
import { unwatched } from '../../../../src/adapters/stores/sqlite/file-watch.js';
import { makeGroupCommit, type Decide, type GroupCommit } from '../../../../src/adapters/stores/sqlite/group-commit.js';
import { makePatience } from '../../../../src/adapters/stores/sqlite/patience.js';
import { openDatabase } from './open-database.js';
import { scratchFile } from './scratch-file.js';

interface Scene {
  readonly groups: GroupCommit;
  readonly database: OwnSqliteDatabase;
  readonly path: string;
  /** Every `BEGIN`, `COMMIT` and so on, in order. */
  readonly executed: string[];
  /** What is in the table by now, as another connection sees it. */
  readonly rows: () => readonly unknown[];
  /** A write of one row. */
  readonly row: (name: string) => Decide<string>;
  /** Runs before a statement; what it throws is thrown. */
  before: (source: string) => void;
}

const sqliteError = (code: string): Error => Object.assign(new Error('never shown'), { code });

const makeScene = async (patienceMs = 60_000, monotonicMs?: () => number): Promise<Scene> => {
  const path = await scratchFile();
  const other = await openDatabase(path);
  other.exec('PRAGMA journal_mode = WAL; CREATE TABLE rows (name TEXT PRIMARY KEY)');
  const executed: string[] = [];
  const Database = await loadBetterSqlite3();
  const scene: { before: Scene['before'] } = { before: () => undefined };
  class WatchedDatabase extends Database {
    override exec(source: string): unknown {
      executed.push(source);
      scene.before(source);
      return super.exec(source);
    }
  }
  const database = new WatchedDatabase(path, { timeout: 0 });
  onTestFinished(() => void database.close());
  const insert = database.prepare('INSERT INTO rows VALUES (?)');
  const groups = makeGroupCommit({
    connection: ownConnection(database),
    patience: makePatience(patienceMs, monotonicMs),
    watch: unwatched,
  });
  return Object.assign(scene, {
    groups,
    database,
    path,
    executed,
    rows: () => other.prepare('SELECT name FROM rows ORDER BY rowid').all().map(nameOf),
    row: (name: string) => () => right({ write: () => void insert.run(name), result: name }),
  });
};

const nameOf = (row: unknown): unknown =>
  typeof row === 'object' && row !== null && 'name' in row ? row.name : undefined;

const names = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `row ${index}`);

describe('writes of one connection', () => {
  it('are one transaction when they wait at the same time', async () => {
    const { groups, executed, rows, row } = await makeScene();
    const outcomes = await Promise.all(names(10).map((name) => groups.write(row(name))));
    expect(outcomes).toEqual(names(10).map(right));
    expect(rows()).toEqual(names(10));
    expect(executed.filter((source) => source === 'COMMIT')).toHaveLength(1);
  });

  it('are a plain transaction each when they come one after the other', async () => {
    const { groups, executed, row } = await makeScene();
    await groups.write(row('one'));
    await groups.write(row('two'));
    expect(executed).toEqual(['BEGIN IMMEDIATE', 'COMMIT', 'BEGIN IMMEDIATE', 'COMMIT']);
  });

  it('share the next transaction when they are asked for while one is under way', async () => {
    const scene = await makeScene();
    const { groups, executed, row } = scene;
    const asked: Promise<unknown>[] = [];
    scene.before = (source) => {
      if (source === 'COMMIT' && asked.length === 0) {
        asked.push(...names(5).map((name) => groups.write(row(name))));
      }
    };
    await groups.write(row('first'));
    await Promise.all(asked);
    expect(executed.filter((source) => source === 'COMMIT')).toHaveLength(2);
  });

  it('are told to their callers once they are on the disk, and not before', async () => {
    const scene = await makeScene();
    const { groups, rows, row } = scene;
    const told: unknown[] = [];
    scene.before = (source) => {
      if (source === 'COMMIT') told.push(`committing, ${rows().length} rows`);
    };
    await Promise.all(names(3).map((name) => groups.write(row(name)).then(() => told.push(rows().length))));
    expect(told).toEqual(['committing, 0 rows', 3, 3, 3]);
  });

  it('see in their turn what those before them wrote', async () => {
    const { groups, database, row } = await makeScene();
    const count = database.prepare('SELECT count(*) AS name FROM rows');
    const seen = names(4).flatMap((name) => [
      groups.write(row(name)),
      groups.write(() => right({ result: nameOf(count.get()) })),
    ]);
    expect(await Promise.all(seen)).toEqual(names(4).flatMap((name, index) => [right(name), right(index + 1)]));
  });

  it('decide while they hold the write lock: nobody writes between what they read and what they write', async () => {
    const { groups, path, row } = await makeScene();
    const other = await openDatabase(path);
    other.pragma('busy_timeout = 0');
    const locked = (): unknown => {
      try {
        return other.exec("INSERT INTO rows VALUES ('in between')");
      } catch (error) {
        return error instanceof Error && 'code' in error ? error.code : error;
      }
    };
    const seen: unknown[] = [];
    await groups.write(() => {
      seen.push(locked());
      return row('first')();
    });
    expect(seen).toEqual(['SQLITE_BUSY']);
  });

  it('write nothing, and flush nothing, when all decide to keep what there is', async () => {
    const { groups, executed } = await makeScene();
    await Promise.all([groups.write(() => right({ result: 1 })), groups.write(() => right({ result: 2 }))]);
    expect(executed).toEqual(['BEGIN IMMEDIATE', 'ROLLBACK']);
  });

  it('are at most 64 to a transaction, each in a turn of the event loop of its own', async () => {
    const { groups, executed, row } = await makeScene();
    let turn = 0;
    let counting = true;
    const count = (): void => {
      turn += 1;
      if (counting) setImmediate(count);
    };
    setImmediate(count);
    const turns = await Promise.all(names(200).map((name) => groups.write(row(name)).then(() => turn)));
    counting = false;
    expect(executed.filter((source) => source === 'COMMIT')).toHaveLength(4);
    expect(new Set(turns).size).toBe(4);
  });

  it('join no transaction that has been going on for 8 ms', async () => {
    let nowMs = 0;
    const { groups, executed, row } = await makeScene(60_000, () => nowMs);
    const slow = (name: string): Decide<string> => {
      return () => {
        nowMs += 4;
        return row(name)();
      };
    };
    await Promise.all(names(10).map((name) => groups.write(slow(name))));
    expect(executed.filter((source) => source === 'COMMIT')).toHaveLength(5);
  });

  it('that are urgent overtake the others, and keep their own order', async () => {
    const { groups, rows, row } = await makeScene();
    await Promise.all([
      groups.write(row('begin 1')),
      groups.write(row('begin 2')),
      groups.write(row('commit 1'), { urgent: true }),
      groups.write(row('commit 2'), { urgent: true }),
    ]);
    expect(rows()).toEqual(['commit 1', 'commit 2', 'begin 1', 'begin 2']);
  });

  it('that are urgent wait for one transaction, however long the line', async () => {
    const { groups, row } = await makeScene();
    const ended: string[] = [];
    const line = names(640).map((name) => groups.write(row(name)).then(() => ended.push('begin')));
    await line[0];
    await groups.write(row('commit'), { urgent: true }).then(() => ended.push('commit'));
    expect(ended.indexOf('commit')).toBeLessThanOrEqual(128);
    await Promise.all(line);
  });
});

describe('a write that fails', () => {
  it('fails alone when it cannot decide', async () => {
    const { groups, rows, row } = await makeScene();
    const throws: Decide<string> = () => {
      throw sqliteError('ROW_UNREADABLE');
    };
    const outcomes = await Promise.all([
      groups.write(row('before')),
      groups.write(() => left('change_threw')),
      groups.write(throws),
      groups.write(row('behind')),
    ]);
    expect(outcomes).toEqual([right('before'), left('change_threw'), left('ROW_UNREADABLE'), right('behind')]);
    expect(rows()).toEqual(['before', 'behind']);
  });

  it('fails alone, and wholly, when a statement of its fails', async () => {
    const { groups, executed, rows, row, database } = await makeScene();
    const insert = database.prepare('INSERT INTO rows VALUES (?)');
    const half: Decide<string> = () =>
      right({
        write: () => {
          insert.run('half');
          insert.run('half');
        },
        result: 'never',
      });
    const outcomes = await Promise.all([groups.write(row('before')), groups.write(half), groups.write(row('behind'))]);
    expect(outcomes).toEqual([right('before'), left('SQLITE_CONSTRAINT_PRIMARYKEY'), right('behind')]);
    expect(rows()).toEqual(['before', 'behind']);
    expect(executed.filter((source) => source === 'COMMIT')).toHaveLength(1);
  });

  it.each(['alone', 'with others'])(
    'and takes the whole transaction with it is tried again by itself (%s)',
    async (how) => {
      const { groups, rows, row, database } = await makeScene();
      const full: Decide<string> = () =>
        right({
          write: () => {
            database.exec('ROLLBACK');
            throw sqliteError('SQLITE_FULL');
          },
          result: 'never',
        });
      const others = how === 'alone' ? [] : ['before', 'behind'];
      const outcomes = await Promise.all([groups.write(full), ...others.map((name) => groups.write(row(name)))]);
      expect(outcomes).toEqual([left('SQLITE_FULL'), ...others.map(right)]);
      expect(rows()).toEqual(others);
    },
  );

  it('at its commit takes no other down: each is decided anew, in a transaction of its own', async () => {
    const scene = await makeScene();
    const { groups, executed, rows, row } = scene;
    let failures = 1;
    scene.before = (source) => {
      if (source === 'COMMIT' && failures-- > 0) throw sqliteError('SQLITE_IOERR_FSYNC');
    };
    const outcomes = await Promise.all(names(3).map((name) => groups.write(row(name))));
    expect(outcomes).toEqual(names(3).map(right));
    expect(rows()).toEqual(names(3));
    expect(executed.filter((source) => source === 'COMMIT')).toHaveLength(4);
  });

  it('at its commit is told why when the disk goes on failing', async () => {
    const scene = await makeScene();
    const { groups, rows, row } = scene;
    scene.before = (source) => {
      if (source === 'COMMIT') throw sqliteError('SQLITE_FULL');
    };
    const outcomes = await Promise.all(names(3).map((name) => groups.write(row(name))));
    expect(outcomes).toEqual(names(3).map(() => left('SQLITE_FULL')));
    scene.before = () => undefined;
    expect(await groups.write(row('after'))).toEqual(right('after'));
    expect(rows()).toEqual(['after']);
  });
});

describe('writes of one connection while another holds the lock', () => {
  const lock = async (path: string): Promise<() => void> => {
    const other = await openDatabase(path);
    other.exec('BEGIN IMMEDIATE');
    return () => void other.exec('COMMIT');
  };

  it('wait while the event loop turns, and go through together once it is free', async () => {
    const { groups, executed, path, row } = await makeScene();
    const free = await lock(path);
    const outcomes = Promise.all(names(5).map((name) => groups.write(row(name))));
    for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(executed).not.toContain('COMMIT');
    free();
    expect(await outcomes).toEqual(names(5).map(right));
    expect(executed.filter((source) => source === 'COMMIT')).toHaveLength(1);
  });

  it('are given up once their time is over, each counted from when it was asked for', async () => {
    let nowMs = 0;
    const { groups, path, row } = await makeScene(100, () => nowMs);
    const free = await lock(path);
    const early = groups.write(row('early'));
    nowMs = 60;
    const late: Promise<Either<string, string>> = groups.write(row('late'));
    nowMs = 120;
    expect(await early).toEqual(left('SQLITE_BUSY'));
    free();
    expect(await late).toEqual(right('late'));
  });

  it('count anew whenever a transaction gets through', async () => {
    let nowMs = 0;
    const scene = await makeScene(100, () => nowMs);
    const { groups, row } = scene;
    let busy = 0;
    scene.before = (source) => {
      if (source !== 'BEGIN IMMEDIATE') return;
      nowMs += 60;
      if (busy-- > 0) throw sqliteError('SQLITE_BUSY');
    };
    const line = names(64).map((name) => groups.write(row(name)));
    const behind = groups.write(row('behind'));
    await line[0];
    busy = 1;
    expect(await behind).toEqual(right('behind'));
  });

  it('lose nothing when the lock is lost in the middle of a transaction', async () => {
    const scene = await makeScene();
    const { groups, rows, row } = scene;
    let failures = 2;
    scene.before = (source) => {
      if (source === 'COMMIT' && failures-- > 0) throw sqliteError('SQLITE_BUSY');
    };
    expect(await Promise.all(names(3).map((name) => groups.write(row(name))))).toEqual(names(3).map(right));
    expect(rows()).toEqual(names(3));
  });

  it('let others have it every 50 ms while they work on a long backlog, and not otherwise', async () => {
    let nowMs = 0;
    const { database, row } = await makeScene();
    const patience = makePatience(60_000, () => nowMs);
    const restedAtMs: number[] = [];
    const pause = (): Promise<unknown> => {
      restedAtMs.push(nowMs);
      return patience.pause();
    };
    const groups = makeGroupCommit({
      connection: ownConnection(database),
      patience: { ...patience, pause },
      watch: unwatched,
    });
    const slow = (name: string): Decide<string> => {
      return () => {
        nowMs += 4;
        return row(name)();
      };
    };
    for (const name of names(30)) await groups.write(slow(`lone ${name}`));
    expect(restedAtMs).toEqual([]);
    const sinceMs = nowMs;
    await Promise.all(names(100).map((name) => groups.write(slow(name))));
    expect(restedAtMs.map((atMs) => atMs - sinceMs)).toEqual([56, 112, 168, 224, 280, 336, 392]);
  });
});
