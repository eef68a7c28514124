import { describe, expect, it } from 'vitest';
import { flexibleRateLimiter } from '../../../src/adapters/limits/flexible-rate-limiter.js';

const rate = (requests: number, perMs = 3_600_000) => ({ requests, perMs });

describe('flexibleRateLimiter', () => {
  it('has room for as many requests as the rate says, and then says how long to wait', async () => {
    const limiter = flexibleRateLimiter();
    const take = () => limiter.take([{ name: 'a', rate: rate(2) }]);
    expect([await take(), await take()]).toEqual([0, 0]);
    const waitMs = await take();
    expect(waitMs).toBeGreaterThan(0);
    expect(waitMs).toBeLessThanOrEqual(3_600_000);
  });

  it('counts names and rates apart', async () => {
    const limiter = flexibleRateLimiter();
    const taken = [
      await limiter.take([{ name: 'a', rate: rate(1) }]),
      await limiter.take([{ name: 'b', rate: rate(1) }]),
      await limiter.take([{ name: 'a', rate: rate(1, 60_000) }]),
      await limiter.take([]),
    ];
    expect(taken).toEqual([0, 0, 0, 0]);
  });

  it('counts a request in none of its rates when one has no room', async () => {
    const limiter = flexibleRateLimiter();
    const own = { name: 'own', rate: rate(2) };
    const full = { name: 'full', rate: rate(1) };
    expect(await limiter.take([full])).toBe(0);
    for (let time = 0; time < 5; time += 1) expect(await limiter.take([own, full])).toBeGreaterThan(0);
    expect([await limiter.take([own]), await limiter.take([own])]).toEqual([0, 0]);
    expect(await limiter.take([own])).toBeGreaterThan(0);
  });

  it('has room again when its window has ended', async () => {
    const limiter = flexibleRateLimiter();
    const take = () => limiter.take([{ name: 'a', rate: rate(1, 20) }]);
    await take();
    await expect.poll(take, { interval: 5 }).toBe(0);
  });
});
