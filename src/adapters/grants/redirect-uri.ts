import { left, right, type Either } from 'fp-ts/lib/Either.js';
import type { AddressRules } from '../../domain/address-rules.js';
import { isLoopbackHost } from '../../domain/web-address.js';
import { parseUrl } from '../../domain/parse-url.js';

/** Which redirect URIs a provider's application may have: web addresses under these rules, or whatever the provider made up. */
export type RedirectUriRules = AddressRules | 'opaque';

/** Shows the code on a page instead of sending the browser anywhere: no server of anybody's gets to see it. */
const outOfBand = ['urn:ietf:wg:oauth:2.0:oob', 'urn:ietf:wg:oauth:2.0:oob:auto'];

/**
 * The redirect URI to send, character for character as it was given: an `https` address without a fragment (RFC 6749 §3.1.2
 * and §3.1.2.1), `http` to a loopback host where the rules admit that, or `urn:ietf:wg:oauth:2.0:oob`; with `opaque` any text,
 * for providers that give an application a name instead. Left completes "<option> must …".
 */
export const parseRedirectUri = (text: string, rules: RedirectUriRules): Either<string, string> => {
  if (rules === 'opaque') {
    return /^[^\p{Cc}\p{Cs}]+$/u.test(text) ? right(text) : left('be a text without control characters');
  }
  if (outOfBand.includes(text)) return right(text);
  const url = /[\p{Cc}\s]/u.test(text) ? undefined : parseUrl(text);
  if (url === undefined) {
    return left('be an absolute URI like https://app.example.com/callback');
  }
  if (text.includes('#')) return left('carry no # fragment (RFC 6749 §3.1.2)');
  const { protocol, hostname } = url;
  const isLocal = protocol === 'http:' && rules.allowHttpOnLoopback && isLoopbackHost(hostname);
  return protocol === 'https:' || isLocal
    ? right(text)
    : left(
        'start with https:// (http:// is admitted to 127.0.0.1, [::1] and localhost with allowHttpOnLoopback, any other text with opaqueRedirectUri of defineProvider)',
      );
};

const returnedNames = ['state', 'code', 'error', 'store', 'store_host', 'api_address', 'adm_user'] as const;

/**
 * A callback whose own query carries the state, as Tray needs it: {@link parseRedirectUri}, and an address. What its query
 * already holds stays. Left completes "<option> must …".
 */
export const parseCallbackUrl = (text: string, rules: AddressRules): Either<string, string> => {
  const parsed = outOfBand.includes(text) ? left('start with https://') : parseRedirectUri(text, rules);
  if (parsed._tag === 'Left') return parsed;
  const url = new URL(text);
  const taken = returnedNames.find((name) => url.searchParams.has(name));
  return taken === undefined ? parsed : left(`not hold ${taken} in its query, because the answer brings one`);
};
