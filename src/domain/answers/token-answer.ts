import type { AnswerContext } from '../answer-context.js';
import { issued, type AnswerWarning, type Outcome } from '../outcome.js';
import { printable } from '../printable.js';
import { readTokens, type AnsweredTokens } from './answered-tokens.js';
import { assumedExpiry, dateAfter, isDuration, livesForEver } from './assumed-lifetime.js';
import { readExpiry, type ExpiryMember } from './expiry-member.js';
import { parseLifetimeMs } from './lifetime.js';
import { ownField, ownText, type JsonObject } from './own-field.js';
import { readAttributes } from './token-attributes.js';

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
}

/**
 * Reads a token answer (RFC 6749 §5.1): the tokens first, so that nothing odd in the rest costs one of them. Undefined when
 * the answer has neither an access token nor a refresh token.
 *
 * `expires_in` counts from the moment the request was sent. A token type other than Bearer keeps the refresh token and
 * drops the access token, since a client must not use a type it does not know (RFC 6749 §7.1). `answeredAtMs` is when the
 * provider's own clock says that it answered: a moment of expiry is judged by both clocks.
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
  const type = readTokenType(ownField(json, names.tokenType));
  const clocks = { sentAtMs, answeredAtMs };
  const named = readExpiry(json, format.expiresAt, clocks);
  const lifetime = parseLifetimeMs(ownField(json, names.expiresIn)) ?? named.lifetimeMs;
  const granted = readScope(ownText(json, names.scope));
  const scope = granted ?? previous?.scope;
  const refreshNamed = readExpiry(json, format.refreshTokenExpiresAt, clocks);
  const refreshLifetime = parseLifetimeMs(ownField(json, names.refreshTokenExpiresIn)) ?? refreshNamed.lifetimeMs;
  const refreshExpiry = refreshExpiresAt(refreshLifetime, tokens, context);
  const token = Object.freeze({
    ...(tokens.accessToken === undefined || !type.isBearer ? {} : { accessToken: tokens.accessToken }),
    tokenType: type.text,
    ...(scope === undefined ? {} : { scope }),
    ...(tokens.refreshToken === undefined ? {} : { refreshToken: tokens.refreshToken }),
    obtainedAt: new Date(sentAtMs),
    expiresAt: lifetime === undefined ? assumedExpiry(context) : dateAfter(sentAtMs, lifetime),
    ...(refreshExpiry === undefined ? {} : { refreshTokenExpiresAt: refreshExpiry }),
    attributes: readAttributes(json, format.attributes ?? {}, previous?.attributes),
  });
  const warnings: readonly AnswerWarning[] = [
    ...tokens.warnings,
    ...(type.isBearer ? [] : (['token_type_unknown'] as const)),
    ...(lifetime === undefined && !livesForEver(context) ? (['lifetime_assumed'] as const) : []),
    ...(named.clocksDisagree || refreshNamed.clocksDisagree ? (['clock_disagrees'] as const) : []),
    ...(isReduced(context.requestedScope, granted) ? (['scope_reduced'] as const) : []),
  ];
  return issued(token, warnings);
};

/** RFC 6749 §5.1: compared without case. A missing type is Bearer. */
const readTokenType = (value: unknown): { readonly text: string; readonly isBearer: boolean } => {
  if (value === undefined || value === null || value === '') return { text: 'Bearer', isBearer: true };
  const text = printable(value, 64).trim();
  return { text: text === '' ? 'unknown' : text, isBearer: text.toLowerCase() === 'bearer' };
};

/** Scope tokens are visible ASCII (RFC 6749 §3.3): control characters and halves of surrogate pairs only keep them apart. */
const readScope = (text: string | undefined): string | undefined => {
  const scope = text?.replace(/[\p{Cc}\p{Cs}]+/gu, ' ').trim();
  return scope === '' ? undefined : scope;
};

/** A hint, where there is one: the refresh token may die at any time. */
const refreshExpiresAt = (
  hintMs: number | undefined,
  tokens: AnsweredTokens,
  context: AnswerContext,
): Date | undefined => {
  if (tokens.refreshToken === undefined) return undefined;
  const lifetime = hintMs ?? (tokens.refreshed ? context.documentedRefreshLifetimeMs : undefined);
  if (isDuration(lifetime)) return dateAfter(context.sentAtMs, lifetime);
  return tokens.refreshed ? undefined : context.previous?.refreshTokenExpiresAt;
};

/** RFC 6749 §3.3: an answer that names a scope may grant less than was asked for. */
const isReduced = (requested: string | undefined, granted: string | undefined): boolean => {
  if (requested === undefined || granted === undefined) return false;
  const has = new Set(scopeTokens(granted));
  return scopeTokens(requested).some((token) => !has.has(token));
};

/** Separated by spaces (RFC 6749 §3.3), or by commas as some providers answer. */
const scopeTokens = (scope: string): readonly string[] => scope.split(/[\s,]+/).filter((token) => token !== '');
