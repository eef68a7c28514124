import { left, right, type Either } from 'fp-ts/lib/Either.js';

/**
 * The redirect URI to send, character for character as it was given: an absolute URI without a fragment (RFC 6749 §3.1.2),
 * `urn:ietf:wg:oauth:2.0:oob` among them. Left completes "<option> must …".
 */
export const parseRedirectUri = (text: string): Either<string, string> => {
  if (/[\p{Cc}\s]/u.test(text) || !URL.canParse(text)) {
    return left('be an absolute URI like https://app.example.com/callback');
  }
  return text.includes('#') ? left('carry no # fragment (RFC 6749 §3.1.2)') : right(text);
};

const returnedNames = ['state', 'code', 'error', 'store', 'store_host', 'api_address', 'adm_user'] as const;

/**
 * A callback whose own query carries the state, as Tray needs it: an `http` or `https` address. What its query already holds
 * stays. Left completes "<option> must …".
 */
export const parseCallbackUrl = (text: string): Either<string, string> => {
  const parsed = parseRedirectUri(text);
  if (parsed._tag === 'Left') return parsed;
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return left('start with https://');
  const taken = returnedNames.find((name) => url.searchParams.has(name));
  return taken === undefined ? parsed : left(`not hold ${taken} in its query, because the answer brings one`);
};
