import type { AnswerContext } from '../answer-context.js';
import { lifetimeMs } from '../issued-token.js';

const shortMs = 60_000;
const hourMs = 3_600_000;

/** No token is taken to live longer than 100 years, whoever says so. */
export const longestLifetimeMs = 100 * 365 * 24 * hourMs;

/**
 * The lifetime of a token whose answer names none that makes sense, in milliseconds from 1 to 100 years: the documented one,
 * else the previous token's, else the default. A previous life of less than a minute is no guide: it is what was left of a
 * token that had been handed out before.
 */
const assumedLifetimeMs = (context: AnswerContext): number => {
  const { documentedLifetimeMs, previous, defaultLifetimeMs } = context;
  const lastMs = previous === undefined ? 0 : lifetimeMs(previous);
  const known = [documentedLifetimeMs, lastMs < shortMs ? undefined : lastMs, defaultLifetimeMs].find(isDuration);
  return Math.max(1, Math.min(longestLifetimeMs, Math.floor(known ?? hourMs)));
};

/** The end of a token that never expires: the last moment that a year of four digits can say. */
const neverMs = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** Whether the provider documents that its access tokens live until they are revoked. */
export const livesForEver = ({ documentedLifetimeMs }: AnswerContext): boolean => documentedLifetimeMs === 'unlimited';

/** When a token expires whose answer does not tell. */
export const assumedExpiry = (context: AnswerContext): Date =>
  livesForEver(context) ? new Date(neverMs) : dateAfter(context.sentAtMs, assumedLifetimeMs(context));

/** A finite number of milliseconds above zero. */
export const isDuration = (ms: number | 'unlimited' | undefined): ms is number =>
  typeof ms === 'number' && Number.isFinite(ms) && ms > 0;

/** The end of a lifetime: a Date that is valid whatever the lifetime. */
export const dateAfter = (sentAtMs: number, durationMs: number): Date =>
  new Date(Math.min(8.64e15, sentAtMs + durationMs));
