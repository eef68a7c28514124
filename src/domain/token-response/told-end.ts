import { longestLifetimeMs } from './assumed-lifetime.js';

const toleranceMs = 5 * 60_000;
const shortMs = 60_000;
/** Providers' clocks show whole seconds. */
const roundingMs = 1_000;

/** The moments one expiry can be judged by, all in Unix milliseconds. */
export interface ToldMoments {
  /** When the token expires, by the provider's clock. */
  readonly expiresAtMs: number | undefined;
  /** When the provider says that it made the pair. */
  readonly activatedAtMs: number | undefined;
  /** When the provider's server wrote the answer (its `Date` header). */
  readonly answeredAtMs: number | undefined;
  /** When the request was sent, by our clock. */
  readonly sentAtMs: number;
}

/** How long a token lives, counted from the moment the request was sent. */
export interface ToldEnd {
  /** Undefined when no reading makes sense. */
  readonly lifetimeMs: number | undefined;
  /** The readings are more than five minutes apart: a clock or a zone is wrong, here or there. */
  readonly clocksDisagree: boolean;
}

/**
 * An end that is told as a moment is read in up to three ways, since any of the clocks may be wrong: against our clock, against the
 * clock of the provider's server, and as the span since the pair was made, which needs neither. The earliest reading holds.
 *
 * - The span is the remaining life only of a pair made by this very answer. So it counts when the pair is not older than the
 *   answer, or, without a `Date` header, on a renewal, which always makes a new pair.
 * - A clock set to the wrong zone makes every new token look expired, which would renew on every call. Less than a minute left
 *   is therefore believed only when a second reading confirms it, or when there is nothing better.
 * - A moment already past is nonsense for a renewed pair. An existing pair may have died a moment ago: up to five
 *   minutes past, it is issued as expiring at once, so that the next call renews it.
 */
export const readToldEnd = (moments: ToldMoments, step: 'obtain' | 'renew'): ToldEnd => {
  const { expiresAtMs, answeredAtMs, sentAtMs } = moments;
  if (expiresAtMs === undefined) return { lifetimeMs: undefined, clocksDisagree: false };
  const readings = [
    expiresAtMs - sentAtMs,
    ...(answeredAtMs === undefined ? [] : [expiresAtMs - answeredAtMs]),
    ...spanOf(expiresAtMs, moments, step),
  ];
  const floorMs = step === 'renew' ? -roundingMs : -toleranceMs;
  const possible = readings.filter((reading) => reading > floorMs);
  const believed = possible.filter((reading) => reading >= shortMs || isConfirmed(reading, readings));
  return {
    lifetimeMs: earliest(believed.length > 0 ? believed : possible),
    clocksDisagree: Math.max(...readings) - Math.min(...readings) > toleranceMs,
  };
};

const spanOf = (
  expiresAtMs: number,
  { activatedAtMs, answeredAtMs, sentAtMs }: ToldMoments,
  step: 'obtain' | 'renew',
): readonly number[] => {
  if (activatedAtMs === undefined || expiresAtMs <= activatedAtMs) return [];
  const isNew = activatedAtMs >= (answeredAtMs ?? sentAtMs) - toleranceMs;
  return isNew || (answeredAtMs === undefined && step === 'renew') ? [expiresAtMs - activatedAtMs] : [];
};

const isConfirmed = (reading: number, readings: readonly number[]): boolean =>
  readings.filter((other) => Math.abs(other - reading) <= toleranceMs).length > 1;

const earliest = (readings: readonly number[]): number | undefined =>
  readings.length === 0 ? undefined : Math.max(1, Math.min(longestLifetimeMs, ...readings));
