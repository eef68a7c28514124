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

/** What the first header says that says anything: those of the provider's own, in their order, then `Retry-After`. */
export const readRetryAfterMs = (
  headers: Readonly<Record<string, string>>,
  ownNames: readonly string[],
  nowMs: number,
  maxMs: number,
): number | undefined =>
  [...ownNames, 'retry-after']
    .map((name) => name.toLowerCase())
    .map((name) => parseRetryAfterMs(Object.hasOwn(headers, name) ? headers[name] : undefined, nowMs, maxMs))
    .find((ms) => ms !== undefined);

const msUntil = (at: number | undefined, nowMs: number): number | undefined =>
  at === undefined ? undefined : at - nowMs;
