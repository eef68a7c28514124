import { left, right } from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { describe, expect, it } from 'vitest';
import { makeStorePace, pacedStore } from '../../../src/app/store/store-pace.js';
import { keep } from '../../../src/domain/record-change.js';
import { fakeClock } from '../../../src/testing/fake-clock.js';
import { memoryStore } from '../../../src/testing/memory-store.js';

const scene = () => {
  const clock = fakeClock();
  const pace = makeStorePace(clock);
  const taking =
    (ms: number, outcome = right<string, number>(1)): TaskEither<string, number> =>
    async () => {
      await clock.sleep(ms);
      return outcome;
    };
  return { clock, pace, taking };
};

describe('the pace of a store', () => {
  it('is unknown before a write has ended', async () => {
    const { clock, pace, taking } = scene();
    const write = pace.timed(taking(10))();
    expect(pace.msPerWrite()).toBeUndefined();
    await clock.advance(10);
    await write;
    expect(pace.msPerWrite()).toBe(10);
  });

  it('is how long one write takes where they come one at a time, however long the store rests in between', async () => {
    const { clock, pace, taking } = scene();
    for (let write = 0; write < 5; write += 1) {
      const written = pace.timed(taking(10))();
      await clock.advance(1_000);
      await written;
    }
    expect(pace.msPerWrite()).toBeCloseTo(10);
  });

  it('is the time from one end to the next where each waits for those before it', async () => {
    const { clock, pace, taking } = scene();
    const line = Array.from({ length: 20 }, (_, index) => pace.timed(taking(10 * (index + 1)))());
    await clock.advance(200);
    await Promise.all(line);
    expect(pace.msPerWrite()).toBeCloseTo(10);
  });

  it('is a part of the time that each takes where the store commits many together', async () => {
    const { clock, pace, taking } = scene();
    for (let group = 0; group < 10; group += 1) {
      const written = Array.from({ length: 50 }, () => pace.timed(taking(10))());
      await clock.advance(10);
      await Promise.all(written);
    }
    expect(pace.msPerWrite()).toBeGreaterThan(0.1);
    expect(pace.msPerWrite()).toBeLessThan(0.4);
  });

  it('follows a store that becomes slow', async () => {
    const { clock, pace, taking } = scene();
    for (const ms of [...Array<number>(50).fill(1), ...Array<number>(50).fill(100)]) {
      const written = pace.timed(taking(ms))();
      await clock.advance(ms);
      await written;
    }
    expect(pace.msPerWrite()).toBeGreaterThan(50);
  });

  it.each([0.1, 1, 5])('is hardly changed by one write that hangs among writes of %d ms', async (usualMs) => {
    const { clock, pace, taking } = scene();
    const take = async (ms: number): Promise<void> => {
      const written = pace.timed(taking(ms))();
      await clock.advance(ms);
      await written;
    };
    for (let write = 0; write < 100; write += 1) await take(usualMs);
    await take(8_000);
    expect(pace.msPerWrite()).toBeLessThan(1.4 * usualMs);
    for (let write = 0; write < 5; write += 1) await take(8_000);
    expect(pace.msPerWrite()).toBeGreaterThan(50 * usualMs);
  });

  it('counts writes that fail', async () => {
    const { clock, pace, taking } = scene();
    const write = pace.timed(taking(5_000, left('timeout')))();
    await clock.advance(5_000);
    expect(await write).toEqual(left('timeout'));
    expect(pace.msPerWrite()).toBe(5_000);
  });

  it('is measured on accounts and notes, whose writes get their hints all the same', async () => {
    const { pace } = scene();
    const hints: unknown[] = [];
    const inner = memoryStore();
    const store = pacedStore(
      {
        ...inner,
        update: (key, change, options) => {
          hints.push(options);
          return inner.update(key, change);
        },
        updateNote: (name, change, options) => {
          hints.push(options);
          return inner.updateNote(name, change);
        },
      },
      pace,
    );
    await store.update('tray/1', () => keep(1), { urgent: true })();
    await store.updateNote('note', (text) => ({ text, result: 1 }))();
    expect(hints).toEqual([{ urgent: true }, undefined]);
    expect(pace.msPerWrite()).toBe(0);
  });
});
