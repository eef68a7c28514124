import type { AnswerContext } from '../answer-context.js';
import { issued, type AnswerWarning, type Outcome } from '../outcome.js';
import { printable } from '../printable.js';
import { readTokens } from './answered-tokens.js';
import { livesForEver } from './assumed-lifetime.js';
import { readExpiry, type ExpiryMember } from './expiry-member.js';
import { isZeroLifetime, parseLifetimeMs } from './lifetime.js';
import { ownField, type JsonObject } from './own-field.js';
import { readAttributes } from './token-attributes.js';
import { accessEnd, refreshEnd } from './token-end.js';

/** What a provider calls the parts of a token answer. */
export interface TokenAnswerNames {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly tokenType: string;
  readonly expiresIn: string;
  readonly scope: string;
  /** Seconds the refresh token lives; many providers send it, no RFC knows it. */
  readonly refreshTokenExpiresIn: string;
}

/** The names of RFC 6749 §5.1, and the one that most add for the refresh token's life. */
const standardAnswerNames: TokenAnswerNames = Object.freeze({
  accessToken: 'access_token',
  refreshToken: 'refresh_token',
  tokenType: 'token_type',
  expiresIn: 'expires_in',
  scope: 'scope',
  refreshTokenExpiresIn: 'refresh_token_expires_in',
});

/** How a provider's token answer differs from RFC 6749 §5.1. */
export interface TokenAnswerFormat {
  /** The names that are not the standard ones. */
  readonly names?: Partial<TokenAnswerNames>;
  /** What else to keep as attributes: attribute name, and the answer's name for it. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** A moment at which the access token expires, for providers that name one; a lifetime in seconds counts first. */
  readonly expiresAt?: ExpiryMember;
  /** The same of the refresh token. */
  readonly refreshTokenExpiresAt?: ExpiryMember;
  /** Token types of the provider's own that are sent as Bearer, compared without case. */
  readonly bearerTypes?: readonly string[];
}

/**
 * Reads a token answer (RFC 6749 §5.1): the tokens first, so that nothing odd in the rest costs one of them. Undefined when
 * the answer has neither an access token nor a refresh token.
 *
 * `expires_in` counts from the moment the request was sent; 0 is one second, unless the provider's tokens never expire. A token
 * type that is neither Bearer nor one of `bearerTypes` keeps the refresh token and drops the access token, since a client must
 * not use a type it does not know (RFC 6749 §7.1). `answeredAtMs` is when the provider's own clock says that it answered: a
 * moment of expiry is judged by both clocks.
 */
export const readTokenAnswer = (
  json: JsonObject,
  context: AnswerContext,
  format: TokenAnswerFormat = {},
  answeredAtMs?: number,
): Outcome | undefined => {
  const { sentAtMs, previous } = context;
  const names = { ...standardAnswerNames, ...format.names };
  const tokens = readTokens(json, names, previous);
  if (tokens === undefined) return undefined;
  const type = readTokenType(ownField(json, names.tokenType), format.bearerTypes);
  const clocks = { sentAtMs, answeredAtMs };
  const named = readExpiry(json, format.expiresAt, clocks);
  const lifetime = readLifetime(ownField(json, names.expiresIn), context) ?? named.lifetimeMs;
  const end = accessEnd(lifetime, tokens, context);
  const granted = readScope(ownField(json, names.scope));
  const scope = granted ?? previous?.scope;
  const refreshNamed = readExpiry(json, format.refreshTokenExpiresAt, clocks);
  const refreshLifetime = parseLifetimeMs(ownField(json, names.refreshTokenExpiresIn)) ?? refreshNamed.lifetimeMs;
  const refreshExpiry = refreshEnd(refreshLifetime, tokens, context);
  const token = Object.freeze({
    ...(tokens.accessToken === undefined || !type.isBearer ? {} : { accessToken: tokens.accessToken }),
    tokenType: type.text,
    ...(scope === undefined ? {} : { scope }),
    ...(tokens.refreshToken === undefined ? {} : { refreshToken: tokens.refreshToken }),
    obtainedAt: new Date(sentAtMs),
    expiresAt: end.expiresAt,
    ...(refreshExpiry === undefined ? {} : { refreshTokenExpiresAt: refreshExpiry }),
    attributes: readAttributes(json, format.attributes ?? {}, previous?.attributes),
  });
  const warnings: readonly AnswerWarning[] = [
    ...tokens.warnings,
    ...(type.isBearer ? [] : (['token_type_unknown'] as const)),
    ...(end.isAssumed ? (['lifetime_assumed'] as const) : []),
    ...(named.clocksDisagree || refreshNamed.clocksDisagree ? (['clock_disagrees'] as const) : []),
    ...(isReduced(context.requestedScope, granted) ? (['scope_reduced'] as const) : []),
  ];
  return issued(token, warnings);
};

/** The life of a token of which nothing is left: it is due at once. */
const nothingLeftMs = 1_000;

const readLifetime = (value: unknown, context: AnswerContext): number | undefined =>
  isZeroLifetime(value) && !livesForEver(context) ? nothingLeftMs : parseLifetimeMs(value);

/** RFC 6749 §5.1: compared without case. A missing type is Bearer, and so is one that the provider means it by. */
const readTokenType = (
  value: unknown,
  bearerTypes: readonly string[] = [],
): { readonly text: string; readonly isBearer: boolean } => {
  if (value === undefined || value === null || value === '') return { text: 'Bearer', isBearer: true };
  const text = printable(value, 64).trim();
  const lowerCase = text.toLowerCase();
  if (bearerTypes.some((type) => type.toLowerCase() === lowerCase)) return { text: 'Bearer', isBearer: true };
  return { text: text === '' ? 'unknown' : text, isBearer: lowerCase === 'bearer' };
};

/**
 * A text, or a list of texts as some providers send. Scope tokens are visible ASCII (RFC 6749 §3.3): control characters and
 * halves of surrogate pairs only keep them apart.
 */
const readScope = (value: unknown): string | undefined => {
  const texts: readonly unknown[] = Array.isArray(value) ? value : [value];
  const text = texts.filter((part) => typeof part === 'string').join(' ');
  const scope = text.replace(/[\p{Cc}\p{Cs}]+/gu, ' ').trim();
  return scope === '' ? undefined : scope;
};

/** RFC 6749 §3.3: an answer that names a scope may grant less than was asked for. */
const isReduced = (requested: string | undefined, granted: string | undefined): boolean => {
  if (requested === undefined || granted === undefined) return false;
  const has = new Set(scopeTokens(granted));
  return scopeTokens(requested).some((token) => !has.has(token));
};

/** Separated by spaces (RFC 6749 §3.3), or by commas as some providers answer. */
const scopeTokens = (scope: string): readonly string[] => scope.split(/[\s,]+/).filter((token) => token !== '');
