import { lookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import type { Admission } from './address-admission.js';

/** Finds the IP addresses of a host name, in the order to try them. */
export type ResolveHost = (hostname: string) => Promise<readonly string[]>;

/** Asks the operating system, as `node:http` does by itself. */
export const systemResolve: ResolveHost = async (hostname) =>
  (await lookup(hostname, { all: true })).map(({ address }) => address);

/** The codes a checked lookup fails with; no resolver's own error goes any further. */
export const lookupCodes = { refused: 'LLAVERO_ADDRESS_REFUSED', notResolved: 'LLAVERO_NAME_NOT_RESOLVED' } as const;

type Found =
  { readonly addresses: { address: string; family: number }[] } | { readonly code: keyof typeof lookupCodes };

/**
 * The lookup of one connection. It resolves once and hands the socket the very addresses it checked, so that no second
 * answer of a name server can slip in between. One address that is not admitted refuses the whole answer.
 */
export const checkedLookup =
  (resolve: ResolveHost, admits: Admission): LookupFunction =>
  (hostname, options, callback) => {
    void find(resolve, admits, hostname).then((found) => {
      const [first] = 'addresses' in found ? found.addresses : [];
      if ('code' in found || first === undefined) {
        callback(lookupError('code' in found ? found.code : 'notResolved'), []);
      } else if (options.all === true) callback(null, found.addresses);
      else callback(null, first.address, first.family);
    });
  };

const find = async (resolve: ResolveHost, admits: Admission, hostname: string): Promise<Found> => {
  try {
    const addresses = (await resolve(hostname)).map((address) => ({ address, family: isIP(address) }));
    return addresses.every(({ address, family }) => family !== 0 && admits(address))
      ? { addresses }
      : { code: 'refused' };
  } catch {
    return { code: 'notResolved' };
  }
};

const lookupError = (why: keyof typeof lookupCodes): NodeJS.ErrnoException =>
  Object.assign(new Error(why), { code: lookupCodes[why] });
