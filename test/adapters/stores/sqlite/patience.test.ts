import { left, right, type Either } from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { makePatience } from '../../../../src/adapters/stores/sqlite/patience.js';

/** A step that finds the database locked so many times before it gets through. */
const lockedFor = (times: number): (() => Either<string, string>) => {
  let left_ = times;
  return () => (left_-- > 0 ? left('SQLITE_BUSY') : right('through'));
};

const sqliteError = (code: string): Error => Object.assign(new Error('never shown'), { code });

const throwing = (thrown: unknown) => (): Either<string, never> => {
  throw thrown;
};

describe('patience', () => {
  it('tries again while the database is locked', async () => {
    expect(await makePatience(60_000).run(lockedFor(5))).toEqual(right('through'));
  });

  it('gives up when its time is over', async () => {
    expect(await makePatience(0).run(lockedFor(1))).toEqual(left('SQLITE_BUSY'));
  });

  it.each(['SQLITE_BUSY', 'SQLITE_BUSY_SNAPSHOT', 'SQLITE_BUSY_RECOVERY', 'SQLITE_LOCKED', 'SQLITE_PROTOCOL'])(
    'takes %s for a lock',
    async (code) => {
      let tries = 0;
      const step = (): Either<string, number> => {
        tries += 1;
        if (tries === 1) throw sqliteError(code);
        return right(tries);
      };
      expect(await makePatience(60_000).run(step)).toEqual(right(2));
    },
  );

  it.each([
    ['SQLITE_FULL', sqliteError('SQLITE_FULL')],
    ['SQLITE_IOERR_FSYNC', sqliteError('SQLITE_IOERR_FSYNC')],
    ['SQLITE_BUSYBODY', sqliteError('SQLITE_BUSYBODY')],
    ['TypeError', new TypeError('never shown')],
    ['closed', new TypeError('The database connection is not open')],
  ])('tells %s at once', async (why, thrown) => {
    expect(await makePatience(60_000).run(throwing(thrown))).toEqual(left(why));
  });

  it('counts from the moment a step was asked for', async () => {
    let now = 0;
    const { run } = makePatience(100, () => now);
    const locked = (): Either<string, never> => {
      now += 60;
      return left('SQLITE_BUSY');
    };
    expect(await run(locked)).toEqual(left('SQLITE_BUSY'));
    expect(now).toBe(120);
  });

  it('lets other steps pass one that waits', async () => {
    const { run } = makePatience(60_000);
    let locked = true;
    const waiting = run(() => (locked ? left('SQLITE_BUSY') : right('at last')));
    expect(await run(lockedFor(0))).toEqual(right('through'));
    locked = false;
    expect(await waiting).toEqual(right('at last'));
  });

  it('gives every step a turn of the event loop of its own', async () => {
    const { run } = makePatience(60_000);
    let turn = 0;
    let counting = true;
    const count = (): void => {
      turn += 1;
      if (counting) setImmediate(count);
    };
    setImmediate(count);
    const turns: number[] = [];
    const step = (): Either<string, number> => right(turns.push(turn));
    await Promise.all(Array.from({ length: 20 }, () => run(step)));
    counting = false;
    expect(new Set(turns).size).toBe(20);
  });
});
