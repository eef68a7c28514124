import type { Token } from '../../domain/token.js';
import type { Clock } from '../../ports/clock.js';

/**
 * Tokens that are so new that a refusal earns no renewal: another one would help as little, and take the token from everybody
 * else. What the store said of one is remembered, so that an API that keeps refusing costs no store a read.
 */
export interface RecentRenewals {
  readonly note: (token: Token, forMs: number) => void;
  readonly isKnown: (token: Token) => boolean;
}

export const makeRecentRenewals = (clock: Clock): RecentRenewals => {
  const untilMonotonicMs = new WeakMap<Token, number>();
  return {
    note: (token, forMs) => {
      untilMonotonicMs.set(token, clock.monotonicMs() + forMs);
    },
    isKnown: (token) => clock.monotonicMs() < (untilMonotonicMs.get(token) ?? -Infinity),
  };
};
