import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { UseCaseError } from '../use-case/use-case-error.js';
import type { CallFailure } from './call-failure.js';

/** A part of a call to an API: it fails as use cases do, or as `fetch` does. */
export type Call<A> = TaskEither<UseCaseError | CallFailure, A>;
