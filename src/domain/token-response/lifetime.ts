import { longestLifetimeMs } from './assumed-lifetime.js';

/**
 * The milliseconds an `expires_in` says (RFC 6749 §5.1: seconds), as a whole number from 1 to 100 years; a longer life counts
 * as 100 years. Reads numbers and plain numerals (`"3600"`, `"3600.5"`); undefined for anything else and for zero or less.
 */
export const parseLifetimeMs = (expiresIn: unknown): number | undefined => {
  const seconds = secondsOf(expiresIn);
  if (!Number.isFinite(seconds) || seconds <= 0) return undefined;
  return Math.max(1, Math.min(longestLifetimeMs, Math.floor(seconds * 1_000)));
};

/** Whether an `expires_in` says that nothing is left, as a server does that hands out its running token in its last moment. */
export const isZeroLifetime = (expiresIn: unknown): boolean => secondsOf(expiresIn) === 0;

const secondsOf = (value: unknown): number => {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) ? Number(value) : Number.NaN;
};
