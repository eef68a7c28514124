import { left, right, type Either } from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { makePatience } from '../../../src/adapters/stores/sqlite-patience.js';

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
  it.each(['run', 'runInOrder'] as const)('%s tries again while the database is locked', async (way) => {
    expect(await makePatience(60_000)[way](lockedFor(5))).toEqual(right('through'));
  });

  it.each(['run', 'runInOrder'] as const)('%s gives up when its time is over', async (way) => {
    expect(await makePatience(0)[way](lockedFor(1))).toEqual(left('SQLITE_BUSY'));
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
    const { run, runInOrder } = makePatience(100, () => now);
    const locked = (): Either<string, never> => {
      now += 60;
      return left('SQLITE_BUSY');
    };
    expect(await run(locked)).toEqual(left('SQLITE_BUSY'));
    expect(now).toBe(120);
    expect(await runInOrder(locked)).toEqual(left('SQLITE_BUSY'));
    expect(now).toBe(240);
  });

  it('counts anew, in order, whenever a step gets through, and not when one gives up', async () => {
    let now = 0;
    const { runInOrder } = makePatience(100, () => now);
    const tries: string[] = [];
    const step = (name: string, outcome: Either<string, string>) => (): Either<string, string> => {
      tries.push(name);
      now += 60;
      return outcome;
    };
    await Promise.all([
      runInOrder(step('slow', right('through'))),
      runInOrder(step('first behind', left('SQLITE_BUSY'))),
      runInOrder(step('second behind', left('SQLITE_BUSY'))),
    ]);
    expect(tries).toEqual(['slow', 'first behind', 'first behind', 'second behind']);
  });

  it('runs steps in the order of the calls when asked to, also behind one that waits', async () => {
    const { runInOrder } = makePatience(60_000);
    const order: string[] = [];
    const noted = (name: string, step: () => Either<string, string>) => () => {
      const outcome = step();
      if (outcome._tag === 'Right') order.push(name);
      return outcome;
    };
    await Promise.all([
      runInOrder(noted('first', lockedFor(5))),
      runInOrder(noted('second', lockedFor(0))),
      runInOrder(noted('third', lockedFor(1))),
    ]);
    expect(order).toEqual(['first', 'second', 'third']);
  });

  it('lets other steps pass one that waits', async () => {
    const { run, runInOrder } = makePatience(60_000);
    let locked = true;
    const waiting = runInOrder(() => (locked ? left('SQLITE_BUSY') : right('at last')));
    expect(await run(lockedFor(0))).toEqual(right('through'));
    locked = false;
    expect(await waiting).toEqual(right('at last'));
  });

  it('goes on in order after a step that gave up', async () => {
    const { runInOrder } = makePatience(0);
    const outcomes = await Promise.all([runInOrder(lockedFor(9)), runInOrder(lockedFor(0)), runInOrder(lockedFor(9))]);
    expect(outcomes).toEqual([left('SQLITE_BUSY'), right('through'), left('SQLITE_BUSY')]);
  });

  it('gives every step a turn of the event loop of its own', async () => {
    const { run, runInOrder } = makePatience(60_000);
    let turn = 0;
    let counting = true;
    const count = (): void => {
      turn += 1;
      if (counting) setImmediate(count);
    };
    setImmediate(count);
    const turns: number[] = [];
    const step = (): Either<string, number> => right(turns.push(turn));
    await Promise.all(Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? run(step) : runInOrder(step))));
    counting = false;
    expect(new Set(turns).size).toBe(20);
  });
});
