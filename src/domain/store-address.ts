import { flatMap, left, map, right, type Either } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { AddressRules } from './address-rules.js';
import { parseBareAddress } from './bare-address.js';
import { printable } from './printable.js';
import type { AddressRefusal } from './web-address.js';
import { parseUrl } from './parse-url.js';

/** An address of a shop, checked and normalised. */
export interface StoreAddress {
  /** Without a slash at its end. */
  readonly address: string;
  /** Host and port, the part that is compared: `www.` in front makes another host. */
  readonly host: string;
}

/** Reads a shop's address as an operator writes it: with or without scheme, slash or path. Only scheme and host count. */
export const parseStoreUrl = (text: string, rules: AddressRules): Either<AddressRefusal, StoreAddress> =>
  pipe(
    parseBareAddress(text, rules),
    map((url) => ({ address: url.origin, host: url.host })),
  );

/** Reads the name of a shop's host as a callback names it; an `http://` in front says nothing about the host. */
export const parseStoreHost = (text: string, rules: AddressRules): Either<AddressRefusal, string> =>
  pipe(
    parseStoreUrl(text.trim().replace(/^https?:\/\//i, ''), rules),
    map(({ host }) => host),
  );

/**
 * Reads an API address: `https`, with `apiPath` as its whole path, once. It may come without a scheme, without the path and with a
 * slash at the end. A query is dropped. Any other path is refused: secrets are posted below it.
 */
export const parseApiAddress = (
  text: string,
  apiPath: string,
  rules: AddressRules,
): Either<AddressRefusal, StoreAddress> =>
  pipe(
    parseBareAddress(text, rules),
    flatMap((url) =>
      withoutApiPath(url.pathname, apiPath) === ''
        ? right({ address: `${url.origin}${apiPath}`, host: url.host })
        : left<AddressRefusal, StoreAddress>('path'),
    ),
  );

const withoutApiPath = (path: string, apiPath: string): string => {
  const trimmed = path.replace(/\/+$/, '');
  return trimmed.endsWith(apiPath) ? withoutApiPath(trimmed.slice(0, -apiPath.length), apiPath) : trimmed;
};

/** What can be told from a code or a token that stands where an address belongs: names with a top-level domain, and IP addresses. */
const hostLike = /^(localhost|\[[0-9a-f:.]+\]|[\d.]+|([a-z0-9_-]+\.)+([a-z]{2,24}|xn--[a-z0-9-]+))(:\d+)?$/;

/** The host an address names, for a message about why it was refused; nothing else of the address, and no text that is no host. */
export const hostNamedBy = (text: string): string => {
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`;
  const host = printable(parseUrl(address)?.host ?? '');
  return hostLike.test(host) ? host : 'an unreadable address';
};
