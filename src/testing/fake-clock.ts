import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../ports/clock.js';

/** Time that moves only when a test says so. */
export interface FakeClock extends Clock {
  /**
   * Moves both clocks by `ms` and wakes the sleepers that fall due, one at a time, each at its own moment, the earliest
   * first; those that start to sleep on the way are woken too. Before the first and after every wake-up the event loop
   * turns over a few times, so that whatever awaits a sleep has run, up to its next sleep or its next real I/O, when
   * the next one wakes and when the promise resolves. Real I/O is not waited for: await that yourself.
   */
  readonly advance: (ms: number) => Promise<void>;
  /** Jumps the wall clock alone, forwards or back; nobody wakes, because sleeps are measured on the monotonic clock. */
  readonly setWallClock: (to: Date | number) => void;
  /** How many sleeps are pending, idle ones too. */
  readonly sleepers: number;
  /** Resolves as soon as at least `count` sleeps are pending. */
  readonly whenSleeping: (count: number) => Promise<void>;
}

interface Sleeper {
  readonly dueMs: number;
  readonly wake: () => void;
}

const turnsOfTheLoop = 3;

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < turnsOfTheLoop; turn += 1) await setImmediate();
};

const startOf2026Ms = Date.UTC(2026, 0, 1);

/** A clock for tests: it starts at `nowMs` (2026-01-01 UTC by default) and stands still until it is advanced. */
export const fakeClock = (
  options: { readonly nowMs?: number | Date | undefined; readonly bootId?: string | undefined } = {},
): FakeClock => {
  const sleeping = new Set<Sleeper>();
  const watchers = new Set<{ readonly count: number; readonly resolve: () => void }>();
  let elapsedMs = 0;
  let wallAtZeroMs = Number(options.nowMs ?? startOf2026Ms);
  let moving: Promise<void> = Promise.resolve();

  const add = (sleeper: Sleeper): void => {
    sleeping.add(sleeper);
    for (const watcher of watchers) {
      if (sleeping.size >= watcher.count && watchers.delete(watcher)) watcher.resolve();
    }
  };

  const sleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
    if (signal?.aborted === true) return;
    if (!(ms > 0)) {
      await setImmediate();
      return;
    }
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        sleeping.delete(sleeper);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const sleeper: Sleeper = { dueMs: elapsedMs + ms, wake };
      signal?.addEventListener('abort', wake);
      add(sleeper);
    });
  };

  const nextDue = (untilMs: number): Sleeper | undefined => {
    const due = [...sleeping].filter(({ dueMs }) => dueMs <= untilMs);
    return due.reduce<Sleeper | undefined>(
      (first, one) => (first && first.dueMs <= one.dueMs ? first : one),
      undefined,
    );
  };

  const move = async (ms: number): Promise<void> => {
    const untilMs = elapsedMs + ms;
    await settle();
    for (let next = nextDue(untilMs); next !== undefined; next = nextDue(untilMs)) {
      elapsedMs = next.dueMs;
      next.wake();
      await settle();
    }
    elapsedMs = untilMs;
  };

  return Object.freeze({
    nowMs: () => Math.floor(wallAtZeroMs + elapsedMs),
    monotonicMs: () => elapsedMs,
    bootId: options.bootId,
    sleep,
    idle: sleep,
    advance: (ms: number): Promise<void> => {
      if (!(ms >= 0 && ms < Infinity)) {
        throw new TypeError('advance takes milliseconds, 0 or more; setWallClock(date) moves the wall clock back');
      }
      moving = moving.then(() => move(ms));
      return moving;
    },
    setWallClock: (to: Date | number): void => {
      wallAtZeroMs = Number(to) - elapsedMs;
    },
    get sleepers(): number {
      return sleeping.size;
    },
    whenSleeping: (count: number): Promise<void> =>
      sleeping.size >= count
        ? Promise.resolve()
        : new Promise<void>((resolve) => {
            watchers.add({ count, resolve });
          }),
  });
};
