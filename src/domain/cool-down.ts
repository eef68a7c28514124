import type { Failure } from './account-record.js';
import type { RefreshPolicy } from './refresh-policy.js';

/** What ends a cool-down early. */
export interface CoolDownView {
  /** How often a success has ended the client's failures. */
  readonly epoch: number;
  readonly policy: Pick<RefreshPolicy, 'attemptTtlMs' | 'cooldownMinMs'>;
}

/**
 * What is left of the cool-down after a failure, in milliseconds: no more than the shortest one when another account of the
 * client has had a token since, unless the provider named the moment itself. Nothing when a clock that has been set back
 * since dated the failure.
 */
export const coolDownLeftMs = (failure: Failure, nowMs: number, { epoch, policy }: CoolDownView): number => {
  const { at, retryAt, askedByProvider } = failure;
  if (retryAt === undefined || at > nowMs + policy.attemptTtlMs) return 0;
  const isEnded = askedByProvider !== true && epoch > (failure.epoch ?? 0);
  const endsAt = isEnded ? Math.min(retryAt, at + policy.cooldownMinMs) : retryAt;
  return Math.max(0, Math.min(endsAt - nowMs, endsAt - at));
};
