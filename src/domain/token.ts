import type { TokenTimes } from './refresh-policy.js';
import type { Secret } from './secret.js';

/** What {@link makeToken} needs; times are Unix milliseconds. */
export interface TokenParts {
  readonly key: string;
  readonly generation: number;
  readonly accessToken: Secret;
  readonly tokenType: string;
  readonly scope?: string | undefined;
  readonly expiresAtMs: number;
  readonly obtainedAtMs: number;
  readonly refreshTokenExpiresAtMs?: number | undefined;
  readonly attributes: Readonly<Record<string, string>>;
  /** Of the registration that the token belongs to. */
  readonly incarnation?: string | undefined;
}

/**
 * An access token as callers get it: a frozen value. Nothing secret shows in `inspect`, JSON or `String()`.
 * Every `Date` is a fresh copy, so that nobody can move a shared token's expiry.
 */
export interface Token {
  /** `provider/account`. */
  readonly key: string;
  /** Counts the tokens committed for this key, from 1. */
  readonly generation: number;
  readonly accessToken: Secret;
  /** `Bearer` in the provider's own spelling (RFC 6749 §7.1: compare without case). */
  readonly tokenType: string;
  /** The granted scope when the provider named one (RFC 6749 §5.1). */
  readonly scope?: string | undefined;
  readonly expiresAt: Date;
  readonly obtainedAt: Date;
  readonly refreshTokenExpiresAt?: Date | undefined;
  /** What the provider told about the account: the host of its API, the number of its shop. */
  readonly attributes: Readonly<Record<string, string>>;
  /** The value of an `Authorization` header: `Bearer …` (RFC 6750 §2.1). It holds the secret. */
  authorizationHeader(): string;
}

/** The usual spellings, so that a million tokens need not keep a million copies. */
const usualTypes: ReadonlyMap<string, string> = new Map(['Bearer', 'bearer'].map((type) => [type, type]));

const noAttributes: Readonly<Record<string, string>> = Object.freeze({});

/** Most tokens carry no attributes and can share having none. */
const frozenCopy = (attributes: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.keys(attributes).length === 0 ? noAttributes : Object.freeze({ ...attributes });

class HeldToken implements Token {
  readonly key: string;
  readonly generation: number;
  readonly accessToken: Secret;
  readonly tokenType: string;
  readonly scope: string | undefined;
  readonly attributes: Readonly<Record<string, string>>;
  readonly #expiresAtMs: number;
  readonly #obtainedAtMs: number;
  readonly #refreshTokenExpiresAtMs: number | undefined;
  readonly #incarnation: string | undefined;

  constructor(parts: TokenParts) {
    this.key = parts.key;
    this.generation = parts.generation;
    this.accessToken = parts.accessToken;
    this.tokenType = usualTypes.get(parts.tokenType) ?? parts.tokenType;
    this.scope = parts.scope;
    this.attributes = frozenCopy(parts.attributes);
    this.#expiresAtMs = parts.expiresAtMs;
    this.#obtainedAtMs = parts.obtainedAtMs;
    this.#refreshTokenExpiresAtMs = parts.refreshTokenExpiresAtMs;
    this.#incarnation = parts.incarnation;
    Object.freeze(this);
  }

  get expiresAt(): Date {
    return new Date(this.#expiresAtMs);
  }

  get obtainedAt(): Date {
    return new Date(this.#obtainedAtMs);
  }

  get refreshTokenExpiresAt(): Date | undefined {
    return this.#refreshTokenExpiresAtMs === undefined ? undefined : new Date(this.#refreshTokenExpiresAtMs);
  }

  /** Not part of {@link Token}: see {@link timesOfToken}. */
  times(): TokenTimes {
    return {
      obtainedAtMs: this.#obtainedAtMs,
      expiresAtMs: this.#expiresAtMs,
      refreshTokenExpiresAtMs: this.#refreshTokenExpiresAtMs,
    };
  }

  /** Not part of {@link Token}: see {@link incarnationOf}. */
  incarnation(): string | undefined {
    return this.#incarnation;
  }

  authorizationHeader(): string {
    const scheme = this.tokenType.toLowerCase() === 'bearer' ? 'Bearer' : this.tokenType;
    return `${scheme} ${this.accessToken.expose()}`;
  }

  toJSON(): Record<string, unknown> {
    return {
      key: this.key,
      generation: this.generation,
      accessToken: this.accessToken.toJSON(),
      tokenType: this.tokenType,
      scope: this.scope,
      expiresAt: this.expiresAt,
      obtainedAt: this.obtainedAt,
      refreshTokenExpiresAt: this.refreshTokenExpiresAt,
      attributes: this.attributes,
    };
  }

  toString(): string {
    return `Token ${this.key} generation ${this.generation}`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): unknown {
    return { ...this.toJSON() };
  }
}

/** The times of a token as numbers, for judging it without making dates. */
export const timesOfToken = (token: Token): TokenTimes =>
  token instanceof HeldToken
    ? token.times()
    : {
        obtainedAtMs: token.obtainedAt.getTime(),
        expiresAtMs: token.expiresAt.getTime(),
        refreshTokenExpiresAtMs: token.refreshTokenExpiresAt?.getTime(),
      };

/** Of which registration of its account a token is; undefined for one that llavero did not make. */
export const incarnationOf = (token: Token): string | undefined =>
  token instanceof HeldToken ? token.incarnation() : undefined;

/** A frozen {@link Token}. */
export const makeToken = (parts: TokenParts): Token => new HeldToken(parts);
