import { left, right, type Either } from 'fp-ts/lib/Either.js';
import { secretText } from './canary.js';
import type { Random } from './random.js';

/** What the provider does with a refresh token that was used. */
export type Rotation =
  /** It dies at once. */
  | 'strict'
  /** It dies at once, and whoever sends it again kills all that descends from its authorization. */
  | 'strict-family'
  /** It lives on for a while. */
  | 'grace'
  /** It lives on for a while and is answered the same successor again. */
  | 'grace-repeats'
  /** It lives until the access token that replaced its own is used. */
  | 'until-first-use'
  /** It stays, and the answer names it or leaves it out. */
  | 'none'
  /** Now and then it is replaced as in `strict`; otherwise it stays and is left out of the answer. */
  | 'sometimes';

/** How the provider refuses what is dead. */
export type Verdict =
  | 'invalid_grant'
  /** 400 `invalid_request`, as if the request were wrong. */
  | 'invalid_request'
  /** 400 with an empty body. */
  | 'nothing';

export interface OracleRules {
  readonly rotation: Rotation;
  readonly graceMs: number;
  readonly accessLifetimeMs: number;
  /** How long refresh tokens live, by the answers; undefined when they say nothing. */
  readonly toldLifetimeMs: number | undefined;
  /** How long they live. */
  readonly refreshLifetimeMs: number | undefined;
  readonly verdict: Verdict;
  /** Access tokens live on when their refresh token is replaced. */
  readonly keepsOldAccess: boolean;
  /** Codes may be spent again. */
  readonly codesRepeat: boolean;
}

/** What one answer brought. `serial` counts the answers of a world, so that a later one is a newer one. */
export interface IssuedPair {
  readonly serial: number;
  readonly key: string;
  readonly accessToken: string;
  /** The refresh token that belongs to it. */
  readonly refreshToken: string | undefined;
  /** The answer names it. */
  readonly named: boolean;
}

/** Two applications of ours are registered at the provider, each with credentials of its own. */
export type Application = 'ours' | 'another';

interface Family {
  readonly key: string;
  /** Whose credentials spent the code. */
  application: Application;
  revoked: boolean;
}

interface RefreshEntry {
  readonly family: Family;
  readonly serial: number;
  readonly expiresAtMs: number;
  replacedAtMs: number | undefined;
  revoked: boolean;
  successor: IssuedPair | undefined;
}

interface AccessEntry {
  readonly family: Family;
  readonly serial: number;
  readonly expiresAtMs: number;
  readonly refresh: RefreshEntry | undefined;
  readonly spent: RefreshEntry | undefined;
}

/** The provider: who issued every token, and the only judge of which of them live. */
export interface ProviderOracle {
  /** A person grants access; the code is spent once. */
  readonly grant: (key: string) => string;
  readonly spendCode: (code: string, application?: Application) => Either<'invalid_grant', IssuedPair>;
  /** Refused to another application than the one it was issued to, and not spent by it (RFC 6749 §5.2). */
  readonly renew: (refreshToken: string, application?: Application) => Either<'invalid_grant', IssuedPair>;
  readonly forClient: (key: string) => IssuedPair;
  /** An API call. */
  readonly use: (accessToken: string) => 'valid' | 'refused';
  /** Kills all that descends from the token's authorization. */
  readonly revoke: (token: string) => void;
  /** The merchant disconnects: nothing issued for the account until now lives on. */
  readonly disconnect: (key: string) => void;
  readonly lives: (refreshToken: string) => boolean;
  /** How often a refresh token was refused. */
  readonly refusals: () => number;
  readonly applicationOf: (token: string) => Application | undefined;
  /** The account a code, a refresh token or an access token was issued for. */
  readonly keyOf: (secret: string) => string | undefined;
  /** Which authorization a token descends from. */
  readonly familyOf: (secret: string) => object | undefined;
  /** The number of the answer that brought a token first. */
  readonly serialOf: (secret: string) => number | undefined;
}

export const makeProviderOracle = (rules: OracleRules, nowMs: () => number, random: Random): ProviderOracle => {
  const families: Family[] = [];
  const codes = new Map<string, { readonly family: Family; spent: boolean }>();
  const refreshes = new Map<string, RefreshEntry>();
  const accesses = new Map<string, AccessEntry>();
  let serials = 0;
  let refusals = 0;

  const isDead = ({ family, revoked, replacedAtMs, expiresAtMs }: RefreshEntry): boolean => {
    if (revoked || family.revoked || nowMs() >= expiresAtMs) return true;
    if (replacedAtMs === undefined || rules.rotation === 'until-first-use') return false;
    const isGraceful = rules.rotation === 'grace' || rules.rotation === 'grace-repeats';
    return !isGraceful || nowMs() >= replacedAtMs + rules.graceMs;
  };

  const issue = (
    family: Family,
    spent: RefreshEntry | undefined,
    kept: string | undefined,
    refreshable = true,
  ): IssuedPair => {
    serials += 1;
    const accessToken = secretText('acc', serials);
    const refreshToken = refreshable ? (kept ?? secretText('ref', serials)) : undefined;
    if (refreshToken !== undefined && kept === undefined) {
      const expiresAtMs = nowMs() + (rules.refreshLifetimeMs ?? Infinity);
      const fresh = { replacedAtMs: undefined, revoked: false, successor: undefined };
      refreshes.set(refreshToken, { family, serial: serials, expiresAtMs, ...fresh });
    }
    const refresh = refreshToken === undefined ? undefined : refreshes.get(refreshToken);
    const expiresAtMs = nowMs() + rules.accessLifetimeMs;
    accesses.set(accessToken, { family, serial: serials, expiresAtMs, refresh, spent });
    const named = kept === undefined || (rules.rotation === 'none' && random.chance(0.5));
    return { serial: serials, key: family.key, accessToken, refreshToken, named };
  };

  const open = (key: string): Family => {
    const family: Family = { key, application: 'ours', revoked: false };
    families.push(family);
    return family;
  };

  const rotate = (token: string, entry: RefreshEntry): IssuedPair => {
    const stays = rules.rotation === 'none' || (rules.rotation === 'sometimes' && random.chance(0.5));
    if (stays) return issue(entry.family, undefined, token);
    if (rules.rotation === 'grace-repeats' && entry.successor !== undefined) return entry.successor;
    entry.replacedAtMs ??= nowMs();
    entry.successor = issue(entry.family, entry, undefined);
    return entry.successor;
  };

  return {
    grant: (key) => {
      const code = secretText('cod', codes.size + 1);
      codes.set(code, { family: open(key), spent: false });
      return code;
    },
    spendCode: (code, application = 'ours') => {
      const found = codes.get(code);
      if (found === undefined || found.family.revoked) return left('invalid_grant');
      if (found.spent && found.family.application !== application) return left('invalid_grant');
      if (found.spent && !rules.codesRepeat) {
        found.family.revoked = true;
        return left('invalid_grant');
      }
      found.spent = true;
      found.family.application = application;
      return right(issue(found.family, undefined, undefined));
    },
    renew: (refreshToken, application = 'ours') => {
      const entry = refreshes.get(refreshToken);
      const isTheirs = entry !== undefined && entry.family.application === application;
      if (isTheirs && !isDead(entry)) return right(rotate(refreshToken, entry));
      refusals += 1;
      if (!isTheirs) return left('invalid_grant');
      if (rules.rotation === 'strict-family' && entry.replacedAtMs !== undefined) entry.family.revoked = true;
      return left('invalid_grant');
    },
    forClient: (key) => issue(open(key), undefined, undefined, false),
    use: (accessToken) => {
      const entry = accesses.get(accessToken);
      if (entry === undefined || entry.family.revoked || nowMs() >= entry.expiresAtMs) return 'refused';
      if (!rules.keepsOldAccess && entry.refresh !== undefined && isDead(entry.refresh)) return 'refused';
      if (rules.rotation === 'until-first-use' && entry.spent !== undefined) entry.spent.revoked = true;
      return 'valid';
    },
    revoke: (token) => {
      const entry = refreshes.get(token) ?? accesses.get(token);
      if (entry !== undefined) entry.family.revoked = true;
    },
    disconnect: (key) => {
      for (const family of families) if (family.key === key) family.revoked = true;
    },
    lives: (refreshToken) => {
      const entry = refreshes.get(refreshToken);
      return entry !== undefined && !isDead(entry);
    },
    refusals: () => refusals,
    applicationOf: (token) => (refreshes.get(token) ?? accesses.get(token))?.family.application,
    keyOf: (secret) => (codes.get(secret) ?? refreshes.get(secret) ?? accesses.get(secret))?.family.key,
    familyOf: (secret) => (codes.get(secret) ?? refreshes.get(secret) ?? accesses.get(secret))?.family,
    serialOf: (secret) => (accesses.get(secret) ?? refreshes.get(secret))?.serial,
  };
};
