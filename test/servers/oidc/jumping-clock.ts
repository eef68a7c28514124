import { systemClock } from '../../../src/adapters/time/system-clock.js';
import type { Clock } from '../../../src/ports/clock.js';

/** The machine's clock, which a test can move forward: tokens grow old at once, real servers and waits go on as ever. */
export interface JumpingClock extends Clock {
  readonly jump: (ms: number) => void;
}

export const jumpingClock = (): JumpingClock => {
  const { nowMs, monotonicMs, sleep, idle } = systemClock();
  let aheadMs = 0;
  return {
    nowMs: () => nowMs() + aheadMs,
    monotonicMs: () => monotonicMs() + aheadMs,
    sleep,
    idle,
    jump: (ms) => {
      aheadMs += ms;
    },
  };
};
