import { left, right, type Either } from 'fp-ts/lib/Either.js';

/**
 * What a change decides. Changes are pure and do not throw; one that does is a bug, told as `change_threw`, and the store
 * writes nothing.
 */
export const runChange = <A>(change: () => A): Either<'change_threw', A> => {
  try {
    return right(change());
  } catch {
    return left('change_threw');
  }
};
