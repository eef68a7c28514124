import type { IssuedToken } from '../issued-token.js';
import type { AnswerWarning } from '../outcome.js';
import { Secret } from '../secret.js';
import { ownField, ownText, type JsonObject } from './own-field.js';
import { parseTokenText } from './token-text.js';

/** The tokens of one answer, taken before anything else in it is looked at. */
export interface AnsweredTokens {
  /** Missing when the answer had none that a header or a query could carry. */
  readonly accessToken?: Secret;
  /** The access token is the very one that was held before. */
  readonly isSameAccessToken: boolean;
  /** The answer's own, character for character; the previous one when it brought none (RFC 6749 §6). */
  readonly refreshToken?: Secret;
  /** The answer brought a refresh token, and not the one that was held before. */
  readonly isNewRefreshToken: boolean;
  readonly warnings: readonly AnswerWarning[];
}

/** Takes the tokens under the provider's names for them; undefined when the answer has neither. */
export const readTokens = (
  json: JsonObject,
  names: { readonly accessToken: string; readonly refreshToken: string },
  previous: IssuedToken | undefined,
): AnsweredTokens | undefined => {
  const access = ownText(json, names.accessToken);
  const refresh = ownText(json, names.refreshToken);
  if (access === undefined && refresh === undefined) return undefined;
  const usable = parseTokenText(access);
  const kept = refresh === undefined ? previous?.refreshToken : new Secret(refresh);
  return {
    ...(usable === undefined ? {} : { accessToken: new Secret(usable) }),
    isSameAccessToken: usable !== undefined && usable === previous?.accessToken?.expose(),
    ...(kept === undefined ? {} : { refreshToken: kept }),
    isNewRefreshToken: refresh !== undefined && refresh !== previous?.refreshToken?.expose(),
    warnings: [
      ...(usable === undefined ? (['access_token_unusable'] as const) : []),
      ...(isOdd(ownField(json, names.refreshToken)) ? (['refresh_token_unusable'] as const) : []),
    ],
  };
};

/** There, but not as text: a number, a list, an object. */
const isOdd = (value: unknown): boolean => value !== undefined && value !== null && typeof value !== 'string';
