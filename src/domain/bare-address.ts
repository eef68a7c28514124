import { isRight, type Either } from 'fp-ts/lib/Either.js';
import type { AddressRules } from './address-rules.js';
import { checkWebAddress, type AddressRefusal } from './web-address.js';

/**
 * Reads an address that people and providers also write without its scheme: then `https` is meant, or `http` for a loopback
 * host where the rules admit that. The rest is as strict as {@link checkWebAddress}.
 */
export const parseBareAddress = (text: string, rules: AddressRules): Either<AddressRefusal, URL> => {
  const address = text.trim();
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(address)) return checkWebAddress(address, rules);
  const overHttp = checkWebAddress(`http://${address}`, rules);
  return isRight(overHttp) ? overHttp : checkWebAddress(`https://${address}`, rules);
};

/** What to write instead of an address that was refused; completes "must …". */
export const addressAdvice: Readonly<Record<AddressRefusal, string>> = Object.freeze({
  not_a_url: 'be an address like https://shop.example.com',
  not_https: 'start with https:// (http:// is admitted to 127.0.0.1, [::1] and localhost with allowHttpOnLoopback)',
  user_info: 'carry no user name or password',
  fragment: 'carry no # fragment',
  port: 'use the default port of https',
  ip_literal: 'name a host, not an IP address',
  private_address: 'name a public host, not a private address (loopback is admitted with allowHttpOnLoopback)',
  path: 'have no path of its own in front of that of the API',
  not_public_name: 'name a public host (localhost is admitted with allowHttpOnLoopback)',
});
