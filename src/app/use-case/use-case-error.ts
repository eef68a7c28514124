import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Misuse } from '../../domain/misuse.js';
import type { TokenError } from '../../domain/token-error.js';

/** The left side of every use case: what went wrong, or what the caller wrote wrong. */
export type UseCaseError = TokenError | Misuse;

/** What a use case gives: lazy until the façade or a test runs it. */
export type UseCase<A> = TaskEither<UseCaseError, A>;
