import { left, right, type Either } from 'fp-ts/lib/Either.js';
import { tokenError, type TokenError } from './token-error.js';

/** What a browser brought back, each name once. */
export type CallbackParameters = ReadonlyMap<string, string>;

/**
 * Reads a callback: a URL, its query, or a path with one. A name that stands twice is refused (RFC 6749 §3.1), and an
 * empty value counts as absent.
 */
export const parseCallbackParameters = (
  returned: string | URL | URLSearchParams,
): Either<TokenError, CallbackParameters> => {
  const parameters = new Map<string, string>();
  for (const [name, value] of searchParams(returned)) {
    if (parameters.has(name)) return left(tokenError('StateMismatch', { why: 'repeated_parameter' }));
    if (value !== '') parameters.set(name, value);
  }
  return right(parameters);
};

const searchParams = (returned: string | URL | URLSearchParams): URLSearchParams => {
  if (returned instanceof URLSearchParams) return returned;
  if (returned instanceof URL) return returned.searchParams;
  const withoutFragment = returned.split('#', 1).join('');
  const question = withoutFragment.indexOf('?');
  return new URLSearchParams(question === -1 ? withoutFragment : withoutFragment.slice(question + 1));
};
