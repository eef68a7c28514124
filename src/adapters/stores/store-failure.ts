import type { StoreFailure } from '../../ports/token-store.js';

/** A frozen {@link StoreFailure}. */
export const storeFailure = (operation: string, why: string): StoreFailure =>
  Object.freeze({ _tag: 'StoreFailure', operation, why });

const plainCode = /^[A-Z0-9_]{1,64}$/;
const plainName = /^[A-Za-z_$][\w$]{0,63}$/;

/**
 * A short name for something that was thrown: its `code` when that is a plain `[A-Z0-9_]+` text (`SQLITE_FULL`, `ENOENT`),
 * else the name of its constructor, else `unknown`. Never a message: drivers quote values in theirs.
 */
export const failureCode = (thrown: unknown): string => {
  try {
    if (typeof thrown !== 'object' || thrown === null) return 'unknown';
    if ('code' in thrown && typeof thrown.code === 'string' && plainCode.test(thrown.code)) return thrown.code;
    return plainName.test(thrown.constructor.name) ? thrown.constructor.name : 'unknown';
  } catch {
    return 'unknown';
  }
};
