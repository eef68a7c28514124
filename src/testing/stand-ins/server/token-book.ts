import { left, right, type Either } from 'fp-ts/lib/Either.js';
import {
  tokenLife,
  type AccessEntry,
  type Family,
  type IssuedPair,
  type RefreshEntry,
  type RefreshTokenPlace,
  type TokenRules,
} from './token-life.js';

export interface TokenBookSnapshot {
  readonly authorizations: number;
  readonly accessTokensIssued: number;
  readonly refreshTokensIssued: number;
  readonly livingAccessTokens: number;
  readonly livingRefreshTokens: number;
}

/** Every token one stand-in issued, and the only judge of which of them live. */
export interface TokenBook {
  /** The first pair of a new family. */
  readonly open: (scope: string | undefined, refreshable: boolean) => IssuedPair;
  /** Spends a refresh token by the rules of rotation. */
  readonly renew: (refreshToken: string) => Either<'unknown' | 'expired' | 'revoked', IssuedPair>;
  /** Judges an access token that an API call brought: its first use. */
  readonly use: (accessToken: string) => 'valid' | 'expired' | 'revoked' | 'unknown';
  /** Whether a token, of either kind, would be accepted now; asking is no use of it. */
  readonly lives: (token: string) => boolean;
  /** The newest pair of a family. */
  readonly latest: (family: number) => IssuedPair | undefined;
  readonly place: (refreshToken: string) => RefreshTokenPlace | undefined;
  /** Kills a token, and with a refresh token its whole family (RFC 7009 §2.1). */
  readonly revoke: (token: string) => void;
  readonly revokeEverything: () => void;
  readonly expireAccessTokens: () => void;
  readonly expireRefreshTokens: () => void;
  readonly snapshot: () => TokenBookSnapshot;
}

/** An empty book. */
export const tokenBook = (rules: TokenRules): TokenBook => {
  const { nowMs, rotation } = rules;
  const families: Family[] = [];
  const refreshes = new Map<string, RefreshEntry>();
  const accesses = new Map<string, AccessEntry>();

  const { isDead, hasExpired, isRevoked } = tokenLife(rules);

  const mintRefresh = (family: Family): RefreshEntry => {
    family.generations += 1;
    const place = { serial: refreshes.size + 1, generation: family.generations };
    const fresh = { expiresAtMs: undefined, replacedAtMs: undefined, revoked: false, successor: undefined };
    const entry: RefreshEntry = { token: rules.mintRefreshToken(), family, ...place, ...fresh };
    refreshes.set(entry.token, entry);
    return entry;
  };

  const issue = (family: Family, refresh: RefreshEntry | undefined, spent?: RefreshEntry): IssuedPair => {
    const issuedAtMs = nowMs();
    const accessTokenExpiresAtMs = issuedAtMs + rules.accessTokenLifetimeMs;
    if (refresh !== undefined && rules.refreshTokenLifetimeMs !== undefined) {
      refresh.expiresAtMs = issuedAtMs + rules.refreshTokenLifetimeMs;
    }
    const accessToken = rules.mintAccessToken();
    accesses.set(accessToken, { family, refresh, spent, expiresAtMs: accessTokenExpiresAtMs, revoked: false });
    family.latest = Object.freeze({
      family: family.id,
      accessToken,
      refreshToken: refresh === spent && rules.omitKeptRefreshToken ? undefined : refresh?.token,
      scope: family.scope,
      issuedAtMs,
      accessTokenExpiresAtMs,
      refreshTokenExpiresAtMs: refresh?.expiresAtMs,
    });
    return family.latest;
  };

  const rotate = (spent: RefreshEntry): IssuedPair => {
    if (rotation === 'none') return issue(spent.family, spent, spent);
    if (typeof rotation === 'object' && rotation.repeats === true && spent.successor !== undefined)
      return spent.successor;
    spent.replacedAtMs ??= nowMs();
    spent.successor = issue(spent.family, mintRefresh(spent.family), spent);
    return spent.successor;
  };

  return {
    open: (scope, refreshable) => {
      const family: Family = { id: families.length + 1, scope, generations: 0, revoked: false, latest: undefined };
      families.push(family);
      return issue(family, refreshable ? mintRefresh(family) : undefined);
    },
    renew: (refreshToken) => {
      const refresh = refreshes.get(refreshToken);
      if (refresh === undefined) return left('unknown');
      if (isDead(refresh)) {
        if (rotation === 'strict-family') refresh.family.revoked = true;
        return left('revoked');
      }
      return hasExpired(refresh) ? left('expired') : right(rotate(refresh));
    },
    use: (accessToken) => {
      const access = accesses.get(accessToken);
      if (access === undefined) return 'unknown';
      if (isRevoked(access)) return 'revoked';
      if (hasExpired(access)) return 'expired';
      if (rotation === 'until-first-use' && access.spent !== undefined) access.spent.revoked = true;
      return 'valid';
    },
    lives: (token) => {
      const refresh = refreshes.get(token);
      const access = accesses.get(token);
      if (refresh !== undefined) return !isDead(refresh) && !hasExpired(refresh);
      return access !== undefined && !isRevoked(access) && !hasExpired(access);
    },
    latest: (family) => families[family - 1]?.latest,
    place: (refreshToken) => {
      const refresh = refreshes.get(refreshToken);
      return refresh && { serial: refresh.serial, generation: refresh.generation };
    },
    revoke: (token) => {
      const refresh = refreshes.get(token);
      const access = accesses.get(token);
      if (refresh !== undefined) refresh.family.revoked = true;
      if (access !== undefined) access.revoked = true;
    },
    revokeEverything: () => {
      for (const family of families) family.revoked = true;
    },
    expireAccessTokens: () => {
      for (const access of accesses.values()) access.expiresAtMs = Math.min(access.expiresAtMs, nowMs());
    },
    expireRefreshTokens: () => {
      for (const refresh of refreshes.values())
        refresh.expiresAtMs = Math.min(refresh.expiresAtMs ?? Infinity, nowMs());
    },
    snapshot: () => ({
      authorizations: families.length,
      accessTokensIssued: accesses.size,
      refreshTokensIssued: refreshes.size,
      livingAccessTokens: [...accesses.values()].filter((access) => !isRevoked(access) && !hasExpired(access)).length,
      livingRefreshTokens: [...refreshes.values()].filter((refresh) => !isDead(refresh) && !hasExpired(refresh)).length,
    }),
  };
};
