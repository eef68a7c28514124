/** How many requests there may be in a while. */
export interface RequestRate {
  readonly requests: number;
  readonly perMs: number;
}

/** Requests that are counted together, under a name. */
export interface CountedRate {
  readonly name: string;
  readonly rate: RequestRate;
}

/**
 * Counts requests against what a provider allows.
 *
 * Laws: resolves with 0 when every rate has room, and counts the request in each; otherwise counts it in none and resolves
 * with how many milliseconds to wait before there may be room. It does not wait itself. Names of one rate never share a count.
 */
export interface RateLimiter {
  readonly take: (rates: readonly CountedRate[]) => Promise<number>;
}
