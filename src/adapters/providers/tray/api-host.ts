import { isRight } from 'fp-ts/lib/Either.js';
import type { AddressRules } from '../../../domain/address-rules.js';
import { parseApiAddress, type StoreAddress } from '../../../domain/store-address.js';

/** What decides where an account's API calls go. */
export interface ApiHostReading {
  readonly rules: AddressRules;
  /** The path every API address ends in. */
  readonly apiPath: string;
  /** The API address the account is bound to. */
  readonly bound: string | undefined;
  /** The `apiHost` of the previous token. */
  readonly previous: string | undefined;
}

/** The address to keep as `apiHost`, and whether the answer named another one that is not followed. */
export interface ApiHost {
  readonly address: string | undefined;
  readonly isKept: boolean;
}

/**
 * Where API calls go: where the answer's `api_host` says as long as that is the bound host, because the tokens go there next.
 * A move to another host is not followed. Without an `api_host` the previous one stays, or the bound address.
 */
export const readApiHost = (value: unknown, { rules, apiPath, bound, previous }: ApiHostReading): ApiHost => {
  const read = (text: unknown): StoreAddress | undefined => {
    const parsed = typeof text === 'string' ? parseApiAddress(text, apiPath, rules) : undefined;
    return parsed !== undefined && isRight(parsed) ? parsed.right : undefined;
  };
  const before = read(previous);
  const trusted = read(bound) ?? before;
  const kept = before?.host === trusted?.host ? before : trusted;
  if (value === undefined || value === null || value === '') return { address: kept?.address, isKept: false };
  const told = read(value);
  const follows = told !== undefined && told.host === trusted?.host;
  return { address: (follows ? told : kept)?.address, isKept: !follows };
};
