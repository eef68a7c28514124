import { left, right, type Either } from 'fp-ts/lib/Either.js';
import { Secret } from '../../domain/secret.js';
import type { ObtainedCode } from '../../ports/grant.js';

/** A code as an operator pasted it, without the white space around it; Left asks for one. */
export const pastedCode = (
  key: string,
  code: unknown,
  rest: Omit<ObtainedCode, 'code'>,
): Either<string, ObtainedCode> => {
  const text = typeof code === 'string' ? code.trim() : '';
  return text === ''
    ? left(`exchange() of ${key} needs the code: write exchange('${key}', { code })`)
    : right({ code: new Secret(text), ...rest });
};
