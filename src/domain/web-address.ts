import { left, right, type Either } from 'fp-ts/lib/Either.js';
import type { AddressRules } from './address-rules.js';
import { parseIpv4 } from './ip-address.js';
import { isPublicAddress } from './public-address.js';
import { parseUrl } from './parse-url.js';

/** Why secrets may not go to an address. */
export type AddressRefusal =
  | 'not_a_url'
  | 'not_https'
  | 'user_info'
  | 'fragment'
  | 'port'
  | 'ip_literal'
  | 'private_address'
  | 'not_public_name'
  | 'path';

/** Names that no public server answers to: RFC 6761 §6.3, RFC 6762 §3 and Appendix G, RFC 7686, RFC 8375, and common ones. */
const privateSuffix = /(^|\.)(localhost|localdomain6?|local|internal|intranet|private|corp|home|lan|onion|home\.arpa)$/;
const publicName = /^(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9][a-z0-9-]{0,61}[a-z0-9]$/;

/**
 * Reads an absolute address that secrets may be sent to: `https`, a public DNS name, the default port, no user info and no
 * fragment (RFC 6749 §3.1). With `allowHttpOnLoopback`, `http` or `https` to 127.0.0.1, [::1] or localhost, on any port, as well.
 * The host is judged as the URL parser reads it, so an IP address cannot hide in decimal, octal, hex or percent signs.
 * Left is a short reason that quotes nothing of the text. What the name resolves to is not looked at here.
 */
export const checkWebAddress = (text: string, rules: AddressRules): Either<AddressRefusal, URL> => {
  const url = hasTricks(text) ? undefined : parseUrl(text);
  if (url === undefined) return left('not_a_url');
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return left('not_https');
  const authority = /^https?:\/\/([^/?#]+)/i.exec(text)?.[1];
  if (authority === undefined) return left('not_a_url');
  if (authority.includes('@')) return left('user_info');
  if (text.includes('#')) return left('fragment');
  if (rules.allowHttpOnLoopback && isLoopbackHost(url.hostname)) return right(url);
  if (url.protocol !== 'https:') return left('not_https');
  const refusal = refuseHost(url.hostname) ?? (url.port === '' ? undefined : 'port');
  return refusal === undefined ? right(url) : left(refusal);
};

/** What the URL parser would quietly repair: control characters, white space, backslashes. */
const hasTricks = (text: string): boolean => /[\p{Cc}\p{Zs}\p{Zl}\p{Zp}\\]/u.test(text);

/** Whether a host, as the URL parser reads it, is this machine by its very name. */
export const isLoopbackHost = (hostname: string): boolean => ['127.0.0.1', '[::1]', 'localhost'].includes(hostname);

const refuseHost = (hostname: string): AddressRefusal | undefined => {
  const ip = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
  if (ip !== hostname || parseIpv4(ip) !== undefined) return isPublicAddress(ip) ? 'ip_literal' : 'private_address';
  return publicName.test(hostname) && !privateSuffix.test(hostname) ? undefined : 'not_public_name';
};
