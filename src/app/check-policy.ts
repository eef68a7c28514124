import { printable } from '../domain/printable.js';
import { defaultRefreshPolicy, type RefreshPolicy } from '../domain/refresh-policy.js';

const fail = (message: string): never => {
  throw new TypeError(message);
};

const durations = [
  'renewBeforeMs',
  'softMs',
  'requestTimeoutMs',
  'attemptTtlMs',
  'settleMs',
  'recoveryNoticeMs',
  'patienceMs',
  'cooldownMinMs',
  'cooldownMaxMs',
  'retryAfterMaxMs',
  'defaultLifetimeMs',
  'recheckMs',
] as const;

/** Throws `TypeError` on a policy under which the renewal protocol would not hold, and on a name that is none of its. */
export const checkPolicy = (policy: RefreshPolicy, where: string): void => {
  for (const name of Object.keys(policy)) {
    if (!Object.hasOwn(defaultRefreshPolicy, name)) {
      fail(`${where} knows no ${printable(name, 60)}; it takes ${Object.keys(defaultRefreshPolicy).join(', ')}`);
    }
  }
  for (const name of durations) {
    const value = policy[name];
    if (!Number.isFinite(value) || value < 0)
      fail(`${where}.${name} must be a whole number of milliseconds, 0 or more`);
    // Stores keep times in whole milliseconds.
    if (!Number.isInteger(value)) {
      fail(`${where}.${name} takes whole milliseconds, and ${value} has a fraction: write ${Math.ceil(value)}`);
    }
  }
  for (const name of ['renewBeforeFraction', 'softFraction'] as const) {
    const value = policy[name];
    if (!(value >= 0 && value < 1)) fail(`${where}.${name} must be a fraction of the lifetime from 0 to below 1`);
  }
  if (!Number.isInteger(policy.cacheEntries) || policy.cacheEntries < 1) {
    fail(`${where}.cacheEntries must be a whole number of at least 1`);
  }
  if (!['retry', 'probe', 'never'].includes(policy.recovery)) {
    fail(`${where}.recovery must be 'probe', 'retry' or 'never'`);
  }
  if (policy.requestTimeoutMs <= 0 || policy.defaultLifetimeMs <= 0 || policy.cooldownMinMs <= 0) {
    fail(`${where}.requestTimeoutMs, defaultLifetimeMs and cooldownMinMs must be more than 0`);
  }
  if (policy.attemptTtlMs <= policy.requestTimeoutMs) {
    fail(`${where}.attemptTtlMs must be well over requestTimeoutMs, so that an attempt outlives its request`);
  }
  if (policy.cooldownMaxMs < policy.cooldownMinMs) fail(`${where}.cooldownMaxMs must not be below cooldownMinMs`);
};
