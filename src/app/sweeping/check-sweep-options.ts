import type { StartOptions } from './keep-sweeping.js';

const isCount = (value: unknown): boolean => value === undefined || (Number.isInteger(value) && Number(value) >= 1);
const isInterval = (value: unknown): boolean => value === undefined || (typeof value === 'number' && value > 0);

/** Throws `TypeError` with the fix on options that `sweep` or `start` cannot go by. */
export const checkSweepOptions = (method: string, options: StartOptions, providers: readonly string[]): void => {
  const { limit, concurrency, provider, keepWarm, intervalMs } = options;
  const check = (name: string, holds: boolean, fix: string): void => {
    if (!holds) throw new TypeError(`${method}({ ${name} }): ${name} takes ${fix}`);
  };
  check('limit', isCount(limit), 'a whole number of at least 1');
  check('concurrency', isCount(concurrency), 'a whole number of at least 1');
  check('provider', provider === undefined || providers.includes(provider), `one of ${providers.join(', ')}`);
  check('keepWarm', keepWarm === undefined || typeof keepWarm === 'boolean', 'true or false');
  check('intervalMs', isInterval(intervalMs), 'milliseconds, more than 0');
};
