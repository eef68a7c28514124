import type { RateLimiterMemory } from 'rate-limiter-flexible';
import type { CountedRate, RateLimiter, RequestRate } from '../../ports/rate-limiter.js';

const longestTimerMs = 2 ** 31 - 1;

/**
 * A {@link RateLimiter} on rate-limiter-flexible, in the memory of this process, which is imported at the first request that
 * is counted. A window begins with its first request, by the system's clock.
 */
export const flexibleRateLimiter = (): RateLimiter => {
  const limiters = new Map<string, RateLimiterMemory>();

  const limiterOf = async ({ requests, perMs }: RequestRate): Promise<RateLimiterMemory> => {
    const { RateLimiterMemory } = await import('rate-limiter-flexible');
    const name = `${requests}/${perMs}`;
    const known = limiters.get(name);
    if (known !== undefined) return known;
    const made = new RateLimiterMemory({ points: requests, duration: Math.min(perMs, longestTimerMs) / 1_000 });
    limiters.set(name, made);
    return made;
  };

  const takeOne = async ({ name, rate }: CountedRate): Promise<number> => {
    const limiter = await limiterOf(rate);
    // The library rejects with its count where there is no room.
    const { consumedPoints, msBeforeNext } = await limiter.consume(name).catch(countIn);
    return consumedPoints > rate.requests ? Math.max(1, Math.ceil(msBeforeNext)) : 0;
  };

  return {
    take: async (rates) => {
      for (const [at, counted] of rates.entries()) {
        const waitMs = await takeOne(counted);
        if (waitMs === 0) continue;
        for (const { name, rate } of rates.slice(0, at)) await (await limiterOf(rate)).reward(name);
        return waitMs;
      }
      return 0;
    },
  };
};

interface Count {
  readonly consumedPoints: number;
  readonly msBeforeNext: number;
}

const countIn = (rejected: unknown): Count => {
  if (!isCount(rejected)) throw new Error('the rate limiter failed');
  return rejected;
};

const isCount = (value: unknown): value is Count =>
  typeof value === 'object' && value !== null && 'consumedPoints' in value && 'msBeforeNext' in value;
