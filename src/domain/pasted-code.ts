import { isLeft, left, right, type Either } from 'fp-ts/lib/Either.js';
import { callbackError } from './token-response/callback-error.js';
import { parseCallbackParameters } from './callback-parameters.js';
import type { TokenError } from './token-error.js';

/** No code begins like that, so what does is an address even without a code in it. */
const addressStart = /^(?:[a-z][a-z0-9+.-]*:\/\/|urn:ietf:wg:oauth:)/i;
/** One parameter's name and `=`, and neither a scheme nor a path before them. */
const queryStart = /^\??[A-Za-z_][\w.-]*=/;
/** What an answer of RFC 6749 §4.1.2 has in it, as one of its parameters. */
const answerParameter = /(?:^|[?&])(?:code|error)=/;

/**
 * The code in what an operator pasted: the code itself, or the address (or its query) that the provider sent the browser to.
 * A code may hold any visible character (RFC 6749 Appendix A.11), `/`, `=`, `:`, `?` and `&` among them: it is taken for an
 * address only when it has a parameter named `code` or `error`, or begins as `https://` or `urn:ietf:wg:oauth:` do.
 * Left is a sentence that says what to paste and quotes nothing, or the error that stands in the address.
 */
export const parsePastedCode = (key: string, pasted: string): Either<string | TokenError, string> => {
  const text = pasted.trim();
  if (!isAddress(text)) return right(text);
  const parameters = parseCallbackParameters(withoutPath(text));
  if (isLeft(parameters)) {
    return left(`exchange() of ${key}: a parameter stands twice in the address: paste it as the browser shows it`);
  }
  const refused = callbackError(key, parameters.right);
  if (refused !== undefined) return left(refused);
  const code = parameters.right.get('code');
  return code === undefined
    ? left(
        `exchange() of ${key}: there is no code in the address: paste the code alone, or the address that the browser came back to, with code=… in it`,
      )
    : right(code);
};

const isAddress = (text: string): boolean => {
  if (addressStart.test(text)) return true;
  const question = text.indexOf('?');
  const query = queryStart.test(text) ? text : question === -1 ? '' : text.slice(question);
  return answerParameter.test(query);
};

const withoutPath = (text: string): string => {
  if (queryStart.test(text)) return text;
  const withoutFragment = text.split('#', 1).join('');
  const question = withoutFragment.indexOf('?');
  return question === -1 ? '' : withoutFragment.slice(question);
};
