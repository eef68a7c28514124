import { left, right, type Either } from 'fp-ts/lib/Either.js';
import { tokenError, type TokenError } from './token-error.js';

/** What a browser brought back, each name once. */
export type CallbackParameters = ReadonlyMap<string, string>;

/**
 * Reads a callback: a URL, its query, or a path with one. A name that stands twice is refused, with or without a value, and
 * an empty value counts as absent (RFC 6749 §3.1).
 */
export const parseCallbackParameters = (
  returned: string | URL | URLSearchParams,
): Either<TokenError, CallbackParameters> => {
  const parameters = new Map<string, string>();
  const seen = new Set<string>();
  for (const [name, value] of searchParams(returned)) {
    if (seen.has(name)) return left(tokenError('StateMismatch', { why: 'repeated_parameter' }));
    seen.add(name);
    if (value !== '') parameters.set(name, value);
  }
  return right(parameters);
};

const searchParams = (returned: string | URL | URLSearchParams): URLSearchParams => {
  if (returned instanceof URLSearchParams) return returned;
  if (returned instanceof URL) return returned.searchParams;
  const withoutFragment = returned.split('#', 1).join('');
  const question = withoutFragment.indexOf('?');
  const isQuery = question === -1 || bareQuery.test(withoutFragment.slice(0, question));
  return new URLSearchParams(isQuery ? withoutFragment : withoutFragment.slice(question + 1));
};

/** What stands before a `?` that is part of a value: a name and `=`, and neither a scheme nor a path before them. */
const bareQuery = /^[^:/=]+=/;
