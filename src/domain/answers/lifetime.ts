const yearMs = 365 * 24 * 3_600_000;

/**
 * The milliseconds an `expires_in` says (RFC 6749 §5.1: seconds), as a whole number from 1 to a year; a longer life counts
 * as a year. Reads numbers and plain numerals (`"3600"`, `"3600.5"`); undefined for anything else and for zero or less.
 */
export const parseLifetimeMs = (expiresIn: unknown): number | undefined => {
  const seconds = secondsOf(expiresIn);
  if (!Number.isFinite(seconds) || seconds <= 0) return undefined;
  return Math.max(1, Math.min(yearMs, Math.floor(seconds * 1_000)));
};

const secondsOf = (value: unknown): number => {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) ? Number(value) : Number.NaN;
};
