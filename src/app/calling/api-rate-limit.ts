import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { parseRetryAfterMs } from '../../domain/token-response/retry-after.js';
import { tokenError } from '../../domain/token-error.js';
import type { ApiReply } from '../../ports/api-calls.js';
import type { Clock } from '../../ports/clock.js';
import type { RateLimiter } from '../../ports/rate-limiter.js';
import type { ApiAccess } from './api-access.js';
import type { Call } from './call.js';
import { abortedBy } from './call-failure.js';
import { accountName, apiRates, coolDownsAfter } from './api-rates.js';

/** What becomes of a call that a provider's limits leave no room for. */
export type ApiLimits = 'wait' | 'reject';

/** Whose turn it is to call an API, by the provider's documented limits and by its 429s. */
export interface ApiRateLimit {
  /** Right when the call may go. Left, `RateLimited`, when there is no room, or none within the caller's patience. */
  readonly take: (access: ApiAccess, signal: AbortSignal | undefined) => Call<void>;
  /** A 429 makes the account cool down, for what it asks for or for a time that doubles; another answer ends that. */
  readonly note: (access: ApiAccess, reply: ApiReply) => void;
}

/** For a backend that does not ask for limits. */
export const noRateLimit: ApiRateLimit = { take: () => TE.right(undefined), note: () => undefined };

export interface ApiRateLimitDeps {
  readonly limits: ApiLimits;
  readonly limiter: RateLimiter;
  readonly clock: Clock;
}

/** Who cools down, by name, until when by the monotonic clock, and what the next cool-down is. */
interface CoolDown {
  readonly untilMs: number;
  readonly nextMs: number;
}

export const makeApiRateLimit = ({ limits, limiter, clock }: ApiRateLimitDeps): ApiRateLimit => {
  const coolDowns = new Map<string, CoolDown>();

  const restLeftMs = (access: ApiAccess): number =>
    Math.max(
      0,
      ...coolDownsAfter(access, 0).map(({ name }) => (coolDowns.get(name)?.untilMs ?? 0) - clock.monotonicMs()),
    );

  /** Milliseconds until there may be room; 0 is a place. A limiter that fails holds nobody up: it is there to be kind. */
  const placeIn = async (access: ApiAccess): Promise<number> => {
    const restMs = restLeftMs(access);
    if (restMs > 0) return restMs;
    const rates = apiRates(access);
    return rates.length === 0 ? 0 : limiter.take(rates).catch(() => 0);
  };

  const take = (access: ApiAccess, signal: AbortSignal | undefined, waitedMs: number): Call<void> =>
    pipe(
      TE.fromTask(() => placeIn(access)),
      TE.flatMap((ms): Call<void> => {
        if (ms === 0) return TE.right(undefined);
        if (limits === 'reject' || waitedMs + ms > access.policy.patienceMs) {
          return TE.left(tokenError('RateLimited', { key: access.key, retryAfterMs: ms }));
        }
        return pipe(
          TE.fromTask(() => clock.sleep(ms, signal)),
          TE.flatMap((): Call<void> =>
            signal?.aborted === true ? TE.left(abortedBy(signal)) : take(access, signal, waitedMs + ms),
          ),
        );
      }),
    );

  const note: ApiRateLimit['note'] = (access, { status, retryAfter }) => {
    const { cooldownMinMs, cooldownMaxMs, retryAfterMaxMs } = access.policy;
    const nowMs = clock.monotonicMs();
    const name = accountName(access);
    const before = coolDowns.get(name);
    if (status !== 429) {
      // The answer to a call that went out before the 429 ends no cool-down.
      if (before !== undefined && before.untilMs <= nowMs) coolDowns.delete(name);
      return;
    }
    const asked = parseRetryAfterMs(retryAfter, clock.nowMs(), retryAfterMaxMs);
    // Several 429s to calls that went out together are one cool-down.
    if (asked === undefined && before !== undefined && before.untilMs > nowMs) return;
    const coolDownMs = before?.nextMs ?? cooldownMinMs;
    for (const { name: cooling, ms } of coolDownsAfter(access, asked ?? coolDownMs)) {
      const untilMs = Math.max(nowMs + ms, coolDowns.get(cooling)?.untilMs ?? 0);
      coolDowns.set(cooling, { untilMs, nextMs: Math.min(cooldownMaxMs, coolDownMs * 2) });
    }
  };

  return { take: (access, signal) => take(access, signal, 0), note };
};
