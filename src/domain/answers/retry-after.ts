import { parseHttpDateMs } from './http-date.js';

/**
 * How many milliseconds a Retry-After header asks to wait (RFC 9110 §10.2.3: seconds or an HTTP-date), at least 0 and at
 * most `maxMs`; undefined when there is none or it says neither.
 */
export const parseRetryAfterMs = (header: string | undefined, nowMs: number, maxMs: number): number | undefined => {
  const text = header?.trim();
  if (text === undefined) return undefined;
  const asked = /^\d+$/.test(text) ? Number(text) * 1_000 : msUntil(parseHttpDateMs(text, nowMs), nowMs);
  return asked === undefined ? undefined : Math.min(maxMs, Math.max(0, asked));
};

const msUntil = (at: number | undefined, nowMs: number): number | undefined =>
  at === undefined ? undefined : at - nowMs;
