import type { AnswerContext } from '../answer-context.js';
import { lifetimeMs } from '../issued-token.js';

const hourMs = 3_600_000;

/** No access token is taken to live longer, whoever says so. */
export const longestLifetimeMs = 365 * 24 * hourMs;

/**
 * The lifetime of a token whose answer names none that makes sense, in milliseconds from 1 to a year: the documented one,
 * else the previous token's, else the default.
 */
export const assumedLifetimeMs = (context: AnswerContext): number => {
  const { documentedLifetimeMs, previous, defaultLifetimeMs } = context;
  const known = [documentedLifetimeMs, previous && lifetimeMs(previous), defaultLifetimeMs].find(isDuration);
  return Math.max(1, Math.min(longestLifetimeMs, Math.floor(known ?? hourMs)));
};

/** A finite number of milliseconds above zero. */
export const isDuration = (ms: number | undefined): ms is number => ms !== undefined && Number.isFinite(ms) && ms > 0;

/** The end of a lifetime: a Date that is valid whatever the lifetime. */
export const dateAfter = (sentAtMs: number, durationMs: number): Date =>
  new Date(Math.min(8.64e15, sentAtMs + durationMs));
