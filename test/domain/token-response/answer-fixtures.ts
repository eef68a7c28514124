import type { TokenAnswer } from '../../../src/domain/token-response/response-status.js';
import type { AnswerContext } from '../../../src/domain/answer-context.js';
import type { IssuedToken } from '../../../src/domain/issued-token.js';
import type { Outcome } from '../../../src/domain/outcome.js';
import { Secret } from '../../../src/domain/secret.js';

/** 2026-03-21 12:00:00 in São Paulo. */
export const sentAtMs = Date.UTC(2026, 2, 21, 15);

export const contextWith = (members: Partial<AnswerContext> = {}): AnswerContext => ({
  key: 'shop/1',
  sentAtMs,
  defaultLifetimeMs: 3_600_000,
  retryAfterMaxMs: 3_600_000,
  ...members,
});

export const answerWith = (
  status: number,
  json?: Readonly<Record<string, unknown>>,
  headers: Readonly<Record<string, string>> = {},
  text: string | undefined = json === undefined ? undefined : JSON.stringify(json),
): TokenAnswer => ({ status, headers, json, text });

/** A token of two hours, obtained an hour before `sentAtMs`. */
export const previousToken: IssuedToken = Object.freeze({
  accessToken: new Secret('old-access'),
  tokenType: 'Bearer',
  scope: 'read write',
  refreshToken: new Secret('old-refresh'),
  obtainedAt: new Date(sentAtMs - 3_600_000),
  expiresAt: new Date(sentAtMs + 3_600_000),
  refreshTokenExpiresAt: new Date(sentAtMs + 86_400_000),
  attributes: Object.freeze({ region: 'south' }),
});

/** A token with its secrets laid open, so that values can be compared. */
const laidOpen = (token: IssuedToken): Readonly<Record<string, unknown>> => ({
  ...token,
  ...(token.accessToken && { accessToken: token.accessToken.expose() }),
  ...(token.refreshToken && { refreshToken: token.refreshToken.expose() }),
  ...(token.installationCode && { installationCode: token.installationCode.expose() }),
});

/** An outcome with its secrets laid open. */
export const outcomeLaidOpen = (outcome: Outcome | undefined): unknown =>
  outcome?._tag === 'Issued' ? { ...outcome, token: laidOpen(outcome.token) } : outcome;

/** The token of an outcome that has to be Issued. */
export const issuedIn = (outcome: Outcome | undefined): IssuedToken => {
  if (outcome?._tag !== 'Issued') throw new Error(`expected Issued, got ${JSON.stringify(outcome)}`);
  return outcome.token;
};

/** The warnings of an outcome that has to be Issued. */
export const warningsIn = (outcome: Outcome | undefined): readonly string[] => {
  issuedIn(outcome);
  return outcome?._tag === 'Issued' ? outcome.warnings : [];
};
