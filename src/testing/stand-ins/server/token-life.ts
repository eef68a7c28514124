import type { Rotation } from './rotation.js';

/** How a stand-in makes tokens and lets them die. */
export interface TokenRules {
  readonly nowMs: () => number;
  readonly accessTokenLifetimeMs: number;
  /** Undefined: refresh tokens do not die of age. */
  readonly refreshTokenLifetimeMs: number | undefined;
  readonly rotation: Rotation;
  /** A refresh token that stays is left out of the answer that renews. */
  readonly omitKeptRefreshToken: boolean;
  /** An access token outlives the refresh token it came with; otherwise it dies when that one is replaced or revoked. */
  readonly keepOldAccessTokens: boolean;
  readonly mintAccessToken: () => string;
  readonly mintRefreshToken: () => string;
}

/** One answer's worth of tokens. Times are Unix milliseconds. */
export interface IssuedPair {
  /** Counts the authorizations; every renewal stays in its family. */
  readonly family: number;
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
  readonly scope: string | undefined;
  readonly issuedAtMs: number;
  readonly accessTokenExpiresAtMs: number;
  readonly refreshTokenExpiresAtMs: number | undefined;
}

/** Which refresh token it is: the serial counts a stand-in's, the generation those of one family; both from 1. */
export interface RefreshTokenPlace {
  readonly serial: number;
  readonly generation: number;
}

/** What descends from one authorization. */
export interface Family {
  readonly id: number;
  readonly scope: string | undefined;
  generations: number;
  revoked: boolean;
  latest: IssuedPair | undefined;
}

export interface RefreshEntry extends RefreshTokenPlace {
  readonly token: string;
  readonly family: Family;
  expiresAtMs: number | undefined;
  replacedAtMs: number | undefined;
  revoked: boolean;
  successor: IssuedPair | undefined;
}

export interface AccessEntry {
  readonly family: Family;
  readonly refresh: RefreshEntry | undefined;
  /** The refresh token that was spent for it. */
  readonly spent: RefreshEntry | undefined;
  expiresAtMs: number;
  revoked: boolean;
}

/** Which tokens are dead, and of what. */
export interface TokenLife {
  /** Replaced or revoked, whatever its age. */
  readonly isDead: (refresh: RefreshEntry) => boolean;
  readonly hasExpired: (entry: RefreshEntry | AccessEntry) => boolean;
  readonly isRevoked: (access: AccessEntry) => boolean;
}

/** The rules by which tokens die. */
export const tokenLife = ({ nowMs, rotation, keepOldAccessTokens }: TokenRules): TokenLife => {
  const isDead = (refresh: RefreshEntry): boolean => {
    if (refresh.revoked || refresh.family.revoked) return true;
    if (refresh.replacedAtMs === undefined || rotation === 'until-first-use') return false;
    return typeof rotation !== 'object' || nowMs() >= refresh.replacedAtMs + rotation.graceMs;
  };
  const hasExpired = (entry: RefreshEntry | AccessEntry): boolean =>
    entry.expiresAtMs !== undefined && nowMs() >= entry.expiresAtMs;
  const isRevoked = (access: AccessEntry): boolean =>
    access.revoked ||
    access.family.revoked ||
    (!keepOldAccessTokens && access.refresh !== undefined && isDead(access.refresh));

  return { isDead, hasExpired, isRevoked };
};
