import { gotFor, type GotInstance } from '../adapters/http/got-for.js';
import { apiCallsOf } from './calling/promised-calls.js';
import type { Llavero } from './llavero.js';

/**
 * A got instance for an account's API, with the rules of `llavero.fetch`: relative addresses resolve on the API's base, each
 * request carries the credential that its path wants, a 401 renews the token and asks once more, and nothing of it goes to
 * another origin. Everything else is got's own: extend it, paginate, retry, stream. Fails as got does, and with a
 * `LlaveroError` for want of a token.
 */
export const llaveroGot = (llavero: Llavero, key: string): GotInstance => gotFor(apiCallsOf(llavero), key);
