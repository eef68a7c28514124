import { isIP } from 'node:net';
import type { AddressRules } from '../../domain/address-rules.js';
import { isLoopbackAddress, isPublicAddress } from '../../domain/public-address.js';

/** Whether a request may connect to an IP address. */
export type Admission = (ip: string) => boolean;

const loopbackHosts: ReadonlySet<string> = new Set(['127.0.0.1', '[::1]', 'localhost']);

/** Whether the scheme may carry secrets to this host: `https`, or `http` to this machine where the rules allow it. */
export const isSafeScheme = (url: URL, rules: AddressRules): boolean =>
  url.protocol === 'https:' ||
  (url.protocol === 'http:' && rules.allowHttpOnLoopback && loopbackHosts.has(url.hostname));

/**
 * Which addresses the host of `url` may turn out to be. Clear text stays on this machine whatever `localhost` resolves to;
 * a host named from outside has to be public, so that no stranger points us at a machine behind our own firewall.
 */
export const admissionFor = (url: URL, hostFromOutside: boolean, rules: AddressRules): Admission => {
  if (url.protocol === 'http:') return isLoopbackAddress;
  if (!hostFromOutside) return () => true;
  return (ip) => isPublicAddress(ip) || (rules.allowHttpOnLoopback && isLoopbackAddress(ip));
};

/** The IP address that a URL names outright: it is connected to without a lookup. Undefined for a name. */
export const literalAddress = (url: URL): string | undefined => {
  const host = url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname;
  return isIP(host) === 0 ? undefined : host;
};
