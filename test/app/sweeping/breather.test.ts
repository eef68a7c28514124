import { describe, expect, it } from 'vitest';
import { makeBreather } from '../../../src/app/sweeping/breather.js';
import { fakeClock } from '../../../src/testing/fake-clock.js';

describe('the breather of a sweep', () => {
  it('lets others run once five milliseconds of work have gone on, and not before', async () => {
    const clock = fakeClock();
    let turns = 0;
    const breathe = makeBreather(clock.monotonicMs, async () => void (turns += 1));
    await clock.advance(4.9);
    expect(breathe()).toBeUndefined();
    await clock.advance(0.1);
    await breathe();
    expect(turns).toBe(1);
    expect(breathe()).toBeUndefined();
    await clock.advance(5);
    await breathe();
    expect(turns).toBe(2);
  });

  it('holds up everybody who shares it for the same turn', async () => {
    const clock = fakeClock();
    const breathe = makeBreather(clock.monotonicMs, () => clock.sleep(1));
    await clock.advance(5);
    const first = breathe();
    expect(first).toBeDefined();
    expect(breathe()).toBe(first);
    expect(clock.sleepers).toBe(1);
    await clock.advance(1);
    await first;
    expect(breathe()).toBeUndefined();
  });
});
