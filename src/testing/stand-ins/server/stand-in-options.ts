import { randomBytes } from 'node:crypto';
import type { Rotation } from './rotation.js';
import { tokenBook, type TokenBook } from './token-book.js';

/** What every stand-in can be told. */
export interface StandInOptions {
  /** 0, the default, takes a free port. */
  readonly port?: number | undefined;
  /** Unix milliseconds; `Date.now` by default. Give it a fake clock's `nowMs` to let tokens age at will. */
  readonly nowMs?: (() => number) | undefined;
  /** Milliseconds, fractions of a second too; by default what the provider documents. */
  readonly accessTokenLifetimeMs?: number | undefined;
  /** Milliseconds; by default what the provider documents. */
  readonly refreshTokenLifetimeMs?: number | undefined;
  /** `strict` by default. */
  readonly rotation?: Rotation | undefined;
  /** With rotation `none`: leave the refresh token that stays out of answers to a renewal. */
  readonly omitKeptRefreshToken?: boolean | undefined;
  /** Let an access token live to its end although its refresh token was replaced or revoked. Off by default. */
  readonly keepOldAccessTokens?: boolean | undefined;
}

interface Documented {
  readonly accessTokenLifetimeMs: number;
  readonly refreshTokenLifetimeMs: number | undefined;
  readonly mintAccessToken: () => string;
}

/** 64 random hexadecimal digits. */
export const mintHex = (): string => randomBytes(32).toString('hex');

/** A token book by the options, and by what the provider documents where they say nothing. */
export const bookOf = (options: StandInOptions, documented: Documented): TokenBook =>
  tokenBook({
    nowMs: options.nowMs ?? Date.now,
    accessTokenLifetimeMs:
      lifetime('accessTokenLifetimeMs', options.accessTokenLifetimeMs) ?? documented.accessTokenLifetimeMs,
    refreshTokenLifetimeMs:
      lifetime('refreshTokenLifetimeMs', options.refreshTokenLifetimeMs) ?? documented.refreshTokenLifetimeMs,
    rotation: options.rotation ?? 'strict',
    keepOldAccessTokens: options.keepOldAccessTokens ?? false,
    omitKeptRefreshToken: options.omitKeptRefreshToken ?? false,
    mintAccessToken: documented.mintAccessToken,
    mintRefreshToken: mintHex,
  });

const lifetime = (name: string, ms: number | undefined): number | undefined => {
  if (ms !== undefined && !(ms > 0 && ms < Infinity)) {
    throw new TypeError(`${name} takes milliseconds above 0; leave it out for what the provider documents`);
  }
  return ms;
};
