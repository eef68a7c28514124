import { left, right, type Either } from 'fp-ts/lib/Either.js';
import { hostNamedBy } from './store-address.js';
import { parseUrl } from './parse-url.js';

/** Where a request to an API goes. */
export interface ApiAddress {
  readonly url: URL;
  /** Below the API's base, with its leading slash; the whole path of an address beside it. */
  readonly path: string;
}

/** Why a credential may not go there. */
export interface ApiAddressRefusal {
  readonly host: string;
  readonly why: string;
}

/** Whether two addresses are of one origin (RFC 6454): what a credential may never leave. */
export const isSameOrigin = (one: URL, other: URL): boolean =>
  one.protocol === other.protocol && one.host === other.host;

/**
 * Resolves what a caller wrote on the base of an API, an absolute address without a slash at its end. A relative path may
 * begin with a slash or with the base's own path, and stays below the base whatever dots are in it. An absolute address has
 * to be of the base's origin.
 */
export const resolveApiAddress = (base: string, text: string): Either<ApiAddressRefusal, ApiAddress> => {
  const root = new URL(base);
  const basePath = root.pathname === '/' ? '' : root.pathname;
  const isAbsolute = /^[a-z][a-z\d+.-]*:/i.test(text) || /^[\\/]{2}/.test(text);
  const joined = isAbsolute ? text : relativeTo(root.origin, basePath, text);
  const url = parseUrl(joined, base);
  if (url === undefined) return left({ host: root.host, why: 'it is no address' });
  if (!isSameOrigin(url, root))
    return left({ host: hostNamedBy(url.href), why: `its origin is not that of the API, ${root.origin}` });
  if (url.username !== '' || url.password !== '')
    return left({ host: hostNamedBy(url.href), why: 'it carries user info' });
  const isBelow = url.pathname === basePath || url.pathname.startsWith(`${basePath}/`);
  if (!isAbsolute && !isBelow) return left({ host: hostNamedBy(url.href), why: `it leads out of ${basePath}` });
  return right({ url, path: isBelow ? url.pathname.slice(basePath.length) : url.pathname });
};

const relativeTo = (origin: string, basePath: string, text: string): string => {
  const path = text === '' || /^[/?#]/.test(text) ? text : `/${text}`;
  const isWhole = basePath !== '' && path.startsWith(basePath) && /^(?:[/?#]|$)/.test(path.slice(basePath.length));
  return isWhole ? `${origin}${path}` : `${origin}${basePath}${path}`;
};
