import { describe, expect, it } from 'vitest';
import type { ServableToken } from '../../../src/app/accounts/account.js';
import { makeTokenCache, type TokenCache } from '../../../src/app/accounts/token-cache.js';
import { defaultRefreshPolicy, type RefreshPolicy } from '../../../src/domain/refresh-policy.js';
import { Secret } from '../../../src/domain/secret.js';
import { makeToken } from '../../../src/domain/token.js';
import { fakeClock, type FakeClock } from '../../../src/testing/fake-clock.js';

const secondMs = 1_000;
const minuteMs = 60_000;
const hourMs = 3_600_000;
const lifeMs = 2 * hourMs;
/** So that the soft window, not the comparison with the store, ends freshness. */
const unchecked: RefreshPolicy = { ...defaultRefreshPolicy, recheckMs: 24 * hourMs };

interface Scene {
  readonly clock: FakeClock;
  readonly cache: TokenCache;
  readonly held: (key?: string, generation?: number, members?: Partial<ServableToken>) => ServableToken;
}

const scene = (entries = 10, jitter = 0): Scene => {
  const clock = fakeClock();
  return {
    clock,
    cache: makeTokenCache({ clock, jitter: () => jitter, entries }),
    held: (key = 'shop/1', generation = 1, members = {}) => ({
      token: makeToken({
        key,
        generation,
        accessToken: new Secret(`access ${generation}`),
        tokenType: 'Bearer',
        attributes: {},
        obtainedAtMs: clock.nowMs(),
        expiresAtMs: clock.nowMs() + lifeMs,
      }),
      incarnation: 'one',
      invalidated: false,
      ...members,
    }),
  };
};

const isFresh = (cache: TokenCache, key = 'shop/1'): boolean => cache.fresh(key) !== undefined;

describe('a token in memory is handed out without a look', () => {
  it('until its soft window begins', async () => {
    const { clock, cache, held } = scene();
    cache.put(held(), unchecked);
    await clock.advance(lifeMs - 5 * minuteMs - 1);
    expect(isFresh(cache)).toBe(true);
    await clock.advance(1);
    expect(isFresh(cache)).toBe(false);
  });

  it('a little longer by this process’s jitter', async () => {
    const { clock, cache, held } = scene(10, 0.5);
    cache.put(held(), unchecked);
    await clock.advance(lifeMs - 4.5 * minuteMs - 1);
    expect(isFresh(cache)).toBe(true);
    await clock.advance(1);
    expect(isFresh(cache)).toBe(false);
  });

  it('until it has to be compared with the store, and again once it was', async () => {
    const { clock, cache, held } = scene();
    cache.put(held(), defaultRefreshPolicy);
    const looks = () => [isFresh(cache), cache.isRecheckDue('shop/1'), cache.isUnchecked('shop/1')];
    await clock.advance(15 * secondMs - 1);
    expect(looks()).toEqual([true, false, false]);
    await clock.advance(1);
    expect(looks()).toEqual([false, true, false]);
    expect(cache.peek('shop/1')?.token.generation).toBe(1);
    await clock.advance(15 * secondMs);
    expect(looks()).toEqual([false, true, true]);
    expect(cache.peek('shop/1')).toBeUndefined();
    cache.confirm('shop/1', clock.monotonicMs());
    expect(looks()).toEqual([true, false, false]);
    await clock.advance(15 * secondMs);
    expect(isFresh(cache)).toBe(false);
  });

  it('by when the store was asked, and never by an older reading than one that is known', async () => {
    const { clock, cache, held } = scene();
    const token = held();
    const askedMs = clock.monotonicMs();
    await clock.advance(20 * secondMs);
    cache.put(token, defaultRefreshPolicy, askedMs);
    expect(cache.isRecheckDue('shop/1')).toBe(true);
    cache.confirm('shop/1', clock.monotonicMs());
    cache.confirm('shop/1', askedMs);
    cache.put(token, defaultRefreshPolicy, askedMs);
    expect(cache.isRecheckDue('shop/1')).toBe(false);
  });

  it('for no longer than until it is unchecked, whatever is put off, unless the store cannot be asked', async () => {
    const { clock, cache, held } = scene();
    cache.put(held(), defaultRefreshPolicy);
    await clock.advance(29 * secondMs);
    cache.defer('shop/1', minuteMs);
    expect(isFresh(cache)).toBe(true);
    await clock.advance(secondMs);
    expect(isFresh(cache)).toBe(false);
    cache.defer('shop/1', minuteMs);
    expect(isFresh(cache)).toBe(false);
    cache.postpone('shop/1', secondMs);
    expect([isFresh(cache), cache.isUnchecked('shop/1')]).toEqual([true, false]);
    await clock.advance(secondMs);
    expect([isFresh(cache), cache.isUnchecked('shop/1')]).toEqual([false, true]);
  });

  it('and is the very same value and promise each time, also after it was read again', () => {
    const { cache, held } = scene();
    cache.put(held(), unchecked);
    const first = cache.fresh('shop/1');
    cache.put(held(), unchecked);
    const second = cache.fresh('shop/1');
    expect(second?.token).toBe(first?.token);
    expect(second?.promise).toBe(first?.promise);
  });

  it('but not once an API has refused it, whatever is read, confirmed or put off', () => {
    const { cache, held } = scene();
    cache.put(held(), unchecked);
    cache.invalidate('shop/1', 1);
    expect(isFresh(cache)).toBe(false);
    for (const look of [
      () => cache.confirm('shop/1', 0),
      () => cache.postpone('shop/1', minuteMs),
      () => cache.reopen('shop/1'),
      () => cache.defer('shop/1', minuteMs),
      () => cache.put(held(), unchecked),
    ]) {
      look();
      expect(isFresh(cache)).toBe(false);
    }
    expect(cache.find('shop/1')?.invalidated).toBe(true);
    cache.put(held('shop/1', 2), unchecked);
    expect(isFresh(cache)).toBe(true);
  });

  it('although an older one was refused', () => {
    const { cache, held } = scene();
    cache.put(held('shop/1', 2), unchecked);
    cache.invalidate('shop/1', 1);
    expect(isFresh(cache)).toBe(true);
  });
});

describe('putting a look off', () => {
  /** Looked at when `leftMs` of its life are left, and put off by a minute: for how long is it handed out? */
  const openFor = async (leftMs: number): Promise<number> => {
    const { clock, cache, held } = scene();
    cache.put(held(), unchecked);
    await clock.advance(lifeMs - leftMs);
    cache.defer('shop/1', minuteMs);
    let openMs = 0;
    for (; isFresh(cache); openMs += 100) await clock.advance(100);
    return openMs;
  };

  it('works for as long as asked', async () => {
    expect(await openFor(4 * minuteMs)).toBe(minuteMs);
  });

  it('never goes into the margin in which the token is renewed first', async () => {
    expect(await openFor(40 * secondMs)).toBe(10 * secondMs);
  });

  it('never goes beyond the token’s end within that margin', async () => {
    expect(await openFor(20 * secondMs)).toBe(20 * secondMs);
  });

  it('does nothing for a token that has expired, nor for a key that is not held', async () => {
    expect(await openFor(0)).toBe(0);
    const { cache } = scene();
    cache.defer('shop/2', minuteMs);
    expect(isFresh(cache, 'shop/2')).toBe(false);
  });
});

describe('a wall clock that is set', () => {
  it('back makes every token be judged anew, by the time that has really passed', async () => {
    const { clock, cache, held } = scene();
    const startMs = clock.nowMs();
    cache.put(held('shop/1'), unchecked);
    cache.put(held('shop/2'), unchecked);
    await clock.advance(hourMs);
    expect([isFresh(cache, 'shop/1'), isFresh(cache, 'shop/2')]).toEqual([true, true]);
    clock.setWallClock(startMs - 24 * hourMs);
    expect([isFresh(cache, 'shop/1'), isFresh(cache, 'shop/2')]).toEqual([false, false]);
    await clock.advance(10 * minuteMs);
    expect(cache.judgedAtMs('shop/1')).toBe(startMs + hourMs + 10 * minuteMs);
    cache.reopen('shop/1');
    await clock.advance(lifeMs - hourMs - 15 * minuteMs - 1);
    expect(isFresh(cache, 'shop/1')).toBe(true);
    await clock.advance(1);
    expect(isFresh(cache, 'shop/1')).toBe(false);
  });

  it('back twice gives no token a longer life either', async () => {
    const { clock, cache, held } = scene();
    const startMs = clock.nowMs();
    cache.put(held(), unchecked);
    for (const backMs of [hourMs, 2 * hourMs]) {
      await clock.advance(minuteMs);
      clock.setWallClock(clock.nowMs() - backMs);
      isFresh(cache);
    }
    expect(cache.judgedAtMs('shop/1')).toBe(startMs + 2 * minuteMs);
    await clock.advance(lifeMs - 2 * minuteMs);
    expect(cache.judgedAtMs('shop/1')).toBe(startMs + lifeMs);
    expect(isFresh(cache)).toBe(false);
  });

  it('forward past the end of a token ends it', () => {
    const { clock, cache, held } = scene();
    cache.put(held(), unchecked);
    clock.setWallClock(clock.nowMs() + lifeMs);
    expect(isFresh(cache)).toBe(false);
    expect(cache.judgedAtMs('shop/1')).toBe(clock.nowMs());
  });

  it('forward by an hour makes every token be looked at an hour earlier', async () => {
    const { clock, cache, held } = scene();
    cache.put(held(), unchecked);
    clock.setWallClock(clock.nowMs() + hourMs);
    expect(isFresh(cache)).toBe(true);
    await clock.advance(hourMs - 5 * minuteMs - 1);
    expect(isFresh(cache)).toBe(true);
    await clock.advance(1);
    expect(isFresh(cache)).toBe(false);
  });
});

describe('what is held', () => {
  it('is the newest generation of a grant, whatever is read later', () => {
    const { cache, held } = scene();
    cache.put(held('shop/1', 2), unchecked);
    expect(cache.put(held('shop/1', 1), unchecked).token.generation).toBe(2);
    expect(cache.put(held('shop/1', 3), unchecked).token.generation).toBe(3);
  });

  it('is no token of two registrations of which nothing says which came first: the next call reads the store', () => {
    const { cache, held } = scene();
    cache.put(held('shop/1', 5), unchecked);
    expect(cache.put(held('shop/1', 1, { incarnation: 'two' }), unchecked)).toMatchObject({ incarnation: 'two' });
    expect(cache.find('shop/1')).toBeUndefined();
    cache.put(held('shop/1', 1, { incarnation: 'two' }), unchecked);
    expect(cache.find('shop/1')).toMatchObject({ incarnation: 'two', token: { generation: 1 } });
  });

  it('is the token of the registration that the store was asked for once the other one was here', async () => {
    const { clock, cache, held } = scene();
    cache.put(held('shop/1', 5), unchecked);
    await clock.advance(2);
    cache.put(held('shop/1', 1, { incarnation: 'two' }), unchecked, clock.monotonicMs() - 1);
    expect(cache.find('shop/1')).toMatchObject({ incarnation: 'two', token: { generation: 1 } });
    expect(isFresh(cache)).toBe(true);
  });

  it('is neither when the store was asked before the other was here, or at the same time', async () => {
    for (const laterMs of [0, -1]) {
      const { clock, cache, held } = scene();
      await clock.advance(1);
      cache.put(held('shop/1', 5), unchecked);
      const askedMonotonicMs = clock.monotonicMs() + laterMs;
      await clock.advance(1);
      cache.put(held('shop/1', 1, { incarnation: 'two' }), unchecked, askedMonotonicMs);
      expect(cache.find('shop/1')).toBeUndefined();
    }
  });

  it('is not the token of a grant that was ended here', () => {
    const { cache, held } = scene();
    cache.put(held(), unchecked);
    cache.end('shop/1', 'one');
    expect(cache.put(held('shop/1', 7), unchecked).invalidated).toBe(true);
    expect(cache.find('shop/1')).toBeUndefined();
    cache.put(held('shop/1', 1, { incarnation: 'two' }), unchecked);
    expect(isFresh(cache)).toBe(true);
  });

  it('is nothing after drop and after clear', () => {
    const { cache, held } = scene();
    cache.put(held('shop/1'), unchecked);
    cache.put(held('shop/2'), unchecked);
    cache.drop('shop/1');
    expect([isFresh(cache, 'shop/1'), isFresh(cache, 'shop/2')]).toEqual([false, true]);
    cache.clear();
    expect(isFresh(cache, 'shop/2')).toBe(false);
  });
});

describe('memory', () => {
  const servableTokenOf = (cache: TokenCache, keys: readonly string[]): readonly string[] =>
    keys.filter((key) => cache.find(key) !== undefined);

  it('holds no more tokens than it has entries, however many keys there are', () => {
    const { cache, held } = scene(10);
    const keys = Array.from({ length: 1_000 }, (_, index) => `shop/${index}`);
    for (const key of keys) {
      cache.put(held(key), unchecked);
      if (Math.random() < 0.5) cache.fresh(key);
    }
    expect(servableTokenOf(cache, keys)).toHaveLength(10);
  });

  it('gives what was looked at since the last pass a second chance', () => {
    const { cache, held } = scene(3);
    for (const key of ['a', 'b', 'c']) cache.put(held(`shop/${key}`), unchecked);
    cache.fresh('shop/a');
    cache.fresh('shop/c');
    cache.put(held('shop/d'), unchecked);
    expect(servableTokenOf(cache, ['shop/a', 'shop/b', 'shop/c', 'shop/d'])).toEqual(['shop/a', 'shop/c', 'shop/d']);
    cache.put(held('shop/e'), unchecked);
    expect(servableTokenOf(cache, ['shop/a', 'shop/c', 'shop/d', 'shop/e'])).toEqual(['shop/c', 'shop/d', 'shop/e']);
  });

  it('gives each one chance, not more: when all were looked at, the oldest goes', () => {
    const { cache, held } = scene(3);
    for (const key of ['a', 'b', 'c']) {
      cache.put(held(`shop/${key}`), unchecked);
      cache.fresh(`shop/${key}`);
    }
    cache.put(held('shop/d'), unchecked);
    expect(servableTokenOf(cache, ['shop/a', 'shop/b', 'shop/c', 'shop/d'])).toEqual(['shop/b', 'shop/c', 'shop/d']);
  });

  it('lets nothing go for a key that it holds already, nor for a token that it does not keep', () => {
    const { cache, held } = scene(2);
    cache.end('shop/c', 'one');
    for (const key of ['a', 'b']) cache.put(held(`shop/${key}`), unchecked);
    cache.put(held('shop/a', 2), unchecked);
    cache.put(held('shop/c'), unchecked);
    expect(servableTokenOf(cache, ['shop/a', 'shop/b', 'shop/c'])).toEqual(['shop/a', 'shop/b']);
  });
});
