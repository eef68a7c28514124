import { map, type Either } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { AddressRules } from '../../../domain/address-rules.js';
import { parseBareAddress } from '../../../domain/bare-address.js';
import type { AddressRefusal } from '../../../domain/web-address.js';

/** A provider's base address: with its scheme, without a slash at its end and without a query. `https` is assumed. */
export const parseBaseAddress = (text: string, rules: AddressRules): Either<AddressRefusal, string> =>
  pipe(
    parseBareAddress(text, rules),
    map((url) => `${url.origin}${url.pathname.replace(/\/+$/, '')}`),
  );
