import { left, right, type Either } from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { makePersist } from '../../../src/app/renewal/persist.js';
import { defaultRefreshPolicy } from '../../../src/domain/refresh-policy.js';
import { tokenError, type TokenError } from '../../../src/domain/token-error.js';
import { fakeClock } from '../../../src/testing/fake-clock.js';

const failed = tokenError('StoreFailed', { operation: 'update', why: 'SCRIPTED', key: 'shop/1' });

const scene = (fraction = 0) => {
  const clock = fakeClock();
  let abandoned = false;
  let failures = 0;
  const triedAtMs: number[] = [];
  const delays: number[] = [];
  const persist = makePersist({
    clock,
    randomness: { token: () => '', fraction: () => fraction },
    abandoned: () => abandoned,
  });
  const write = async (): Promise<Either<TokenError, string>> => {
    triedAtMs.push(clock.monotonicMs());
    failures -= 1;
    return failures >= 0 ? left(failed) : right('written');
  };
  return {
    clock,
    triedAtMs,
    delays,
    abandon: () => {
      abandoned = true;
    },
    persistAfter: (times: number) => {
      failures = times;
      return persist(write, defaultRefreshPolicy, (error, tries) => {
        expect(error).toEqual(failed);
        delays.push(tries);
      })();
    },
  };
};

/** When the `n`-th try comes: the rests double from 50 ms to 1 s. */
const tries = [0, 50, 150, 350, 750, 1_550, 2_550, 3_550, 4_550, 5_550];

describe('a write that must land', () => {
  it('is done once when the store takes it', async () => {
    const { persistAfter, triedAtMs, delays } = scene();
    expect(await persistAfter(0)).toEqual(right('written'));
    expect([triedAtMs, delays]).toEqual([[0], []]);
  });

  it('is tried again and again, less and less often, and each failure is told', async () => {
    const { clock, persistAfter, triedAtMs, delays } = scene();
    const persisting = persistAfter(9);
    await clock.advance(20_000);
    expect(await persisting).toEqual(right('written'));
    expect(triedAtMs).toEqual(tries);
    expect(delays).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(clock.sleepers).toBe(0);
  });

  it('is tried at random moments, so that processes do not come together', async () => {
    const { clock, persistAfter, triedAtMs } = scene(0.5);
    const persisting = persistAfter(3);
    await clock.advance(1_000);
    await persisting;
    expect(triedAtMs).toEqual([0, 50, 125, 275]);
  });

  it('is tried for as long as somebody waits, every second', async () => {
    const { clock, persistAfter, triedAtMs, abandon } = scene();
    const persisting = persistAfter(Infinity);
    await clock.advance(3_600_000);
    expect(triedAtMs.length).toBeGreaterThan(3_600);
    abandon();
    await clock.advance(5_000);
    expect(await persisting).toEqual(left(failed));
    expect(clock.sleepers).toBe(0);
  });

  it('is tried once, and not again, when nobody waits any more', async () => {
    const { persistAfter, triedAtMs, abandon, delays } = scene();
    abandon();
    expect(await persistAfter(1)).toEqual(left(failed));
    expect([triedAtMs, delays]).toEqual([[0], [1]]);
  });
});
