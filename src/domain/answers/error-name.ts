import { printable } from '../printable.js';

/** Words joined by `_`, `-`, `.`, `:` or a space, without digits: what error names look like and tokens do not. */
const words = /^[A-Za-z]+([ _.:-][A-Za-z]+)*$/;

/**
 * A provider's `error` as it may stand in a message (RFC 6749 §5.2): 64 characters at most. What does not look like a name
 * might quote a secret of the request, and becomes `unrecognised_error`.
 */
export const errorName = (value: unknown): string => {
  const name = printable(value);
  return name.length <= 64 && words.test(name) ? name : 'unrecognised_error';
};
