import { left, right, type Either } from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { describe, expect, it } from 'vitest';
import { makeDueAccounts, type DueAccounts } from '../../../src/app/sweeping/due-accounts.js';
import type { FoundRecord } from '../../../src/domain/unreadable-record.js';
import { tokenError, type TokenError } from '../../../src/domain/token-error.js';
import { recordWith } from '../../domain/protocol-fixtures.js';

const down = tokenError('StoreFailed', { operation: 'due', why: 'SCRIPTED' });

/** A store of due accounts, the most overdue first, that notes how many it was asked for. */
const dueStore = (keys: readonly string[]) => {
  const due = [...keys];
  const asked: number[] = [];
  return {
    due,
    asked,
    read: (limit: number): TE.TaskEither<TokenError, readonly FoundRecord[]> =>
      TE.fromIO(() => {
        asked.push(limit);
        return due.slice(0, limit).map((key) => recordWith({ key }));
      }),
  };
};

const keyOf = (next: Either<TokenError, FoundRecord | undefined>): string | undefined => {
  if (next._tag === 'Left') throw new Error(next.left._tag);
  return next.right?.key;
};

const drain = async (accounts: DueAccounts, each: (key: string) => void = () => undefined) => {
  const keys: string[] = [];
  for (let key = keyOf(await accounts.next()); key !== undefined; key = keyOf(await accounts.next())) {
    keys.push(key);
    each(key);
  }
  return keys;
};

describe('the due accounts', () => {
  it('come page by page, each once, while those that were renewed drop out of the store', async () => {
    const store = dueStore(['a', 'b', 'c', 'd', 'e']);
    const accounts = makeDueAccounts({ read: store.read, pageSize: 2, fraction: () => 0 });
    const keys = await drain(accounts, (key) => {
      store.due.splice(store.due.indexOf(key), 1);
      accounts.done();
    });
    expect(keys).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(store.asked).toEqual([2, 2, 2, 2]);
    expect(accounts.ended()).toBe(true);
  });

  it('come each once although they all stay due, and the store is not asked once for every few of them', async () => {
    const keys = Array.from({ length: 1_000 }, (_, index) => `account ${index}`);
    const store = dueStore(keys);
    const accounts = makeDueAccounts({ read: store.read, pageSize: 10, fraction: () => 0 });
    expect(await drain(accounts)).toEqual(keys);
    expect(store.asked).toEqual([10, 30, 70, 150, 310, 630, 1_270, 2_010]);
  });

  it('come in an order of each sweeper’s own', async () => {
    const store = dueStore(['a', 'b', 'c', 'd']);
    const fractions = [0.9, 0.1, 0.8, 0.2];
    const accounts = makeDueAccounts({ read: store.read, pageSize: 4, fraction: () => fractions.shift() ?? 0 });
    expect(await drain(accounts)).toEqual(['b', 'd', 'c', 'a']);
  });

  it('are read once for all who ask at the same time', async () => {
    const store = dueStore(['a', 'b', 'c']);
    const accounts = makeDueAccounts({ read: store.read, pageSize: 10, fraction: () => 0 });
    const all = await Promise.all([accounts.next(), accounts.next(), accounts.next()]);
    expect(all.map(keyOf)).toEqual(['a', 'b', 'c']);
    expect(store.asked).toEqual([10]);
  });

  it('that were read and not asked for are ahead', async () => {
    const accounts = makeDueAccounts({ read: dueStore(['a', 'b', 'c']).read, pageSize: 10, fraction: () => 0 });
    expect(accounts.ahead()).toBe(0);
    await accounts.next();
    expect(accounts.ahead()).toBe(2);
    expect(accounts.ended()).toBe(false);
  });

  it('end with a store that fails, for everybody who asked', async () => {
    let reads = 0;
    const accounts = makeDueAccounts({
      read: () => {
        reads += 1;
        return TE.left(down);
      },
      pageSize: 10,
      fraction: () => 0,
    });
    expect(await Promise.all([accounts.next(), accounts.next()])).toEqual([left(down), left(down)]);
    expect(await accounts.next()).toEqual(right(undefined));
    expect(reads).toBe(1);
    expect(accounts.ended()).toBe(true);
  });
});
