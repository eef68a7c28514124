import { parseUrl } from './parse-url.js';

const hidden = '[secret]';
const unreadable = '[unreadable address]';

/** Compared without case and punctuation: `client_secret`, `clientSecret` and `user[client-secret]` are one. */
const secretName =
  /(token|secret|password|passwd|assertion|verifier|signature)$|^(code|devicecode|usercode|state|nonce|apikey|key|sig|pwd|auth|authorization)$/;

/**
 * An http or https address fit for logs: without user info, with `[secret]` for the values of parameters that may hold one
 * (their names stay) and for a fragment, also in addresses that are themselves parameters. Any other text becomes
 * `[unreadable address]`. Paths are kept: a secret in a path is not recognised.
 */
export const scrubUrl = (text: string): string => {
  const url = parseUrl(text);
  if (url === undefined) return unreadable;
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return unreadable;
  const query = url.search.replace(/[^?&;]+/g, scrubParameter);
  return `${url.protocol}//${url.host}${url.pathname}${query}${url.hash === '' ? '' : `#${hidden}`}`;
};

const scrubParameter = (parameter: string): string => {
  const [rawName = ''] = parameter.split('=', 1);
  if (rawName.length === parameter.length) return parameter;
  for (const [name, value] of new URLSearchParams(parameter)) {
    if (secretName.test(name.toLowerCase().replace(/[^a-z0-9]/g, ''))) return `${rawName}=${hidden}`;
    if (/^https?:/i.test(value)) return `${rawName}=${encodeURIComponent(scrubUrl(value))}`;
  }
  return parameter;
};
