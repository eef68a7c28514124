import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { coolDownMs, type RefreshPolicy } from '../../domain/refresh-policy.js';
import type { TokenError } from '../../domain/token-error.js';
import type { Clock } from '../../ports/clock.js';
import type { Randomness } from '../../ports/randomness.js';

/**
 * Writes down what a provider answered, again and again until the store takes it: the answer exists nowhere else. A store that
 * was closed takes nothing any more, and holds no process open.
 */
export type Persist = <A>(
  write: TE.TaskEither<TokenError, A>,
  policy: RefreshPolicy,
  /** Told after each failed try. */
  onDelay: (error: TokenError, tries: number) => void,
  options?: PersistOptions,
) => TE.TaskEither<TokenError, A>;

/** What a write is worth. */
export interface PersistOptions {
  /** What is lost with it can be had again without harm: a process that closes waits for it for a moment only. */
  readonly isReplaceable?: boolean | undefined;
  /** By the monotonic clock: no try that fails after then is followed by another. */
  readonly untilMonotonicMs?: number | undefined;
}

export interface PersistDeps {
  readonly clock: Clock;
  readonly randomness: Randomness;
  /** True once nobody waits any longer: the last error is then the result. */
  readonly abandoned: (isReplaceable: boolean) => boolean;
}

/**
 * The longest wait between two tries: the store may be back at any moment, and a token waits in memory. It is well below the
 * notice of a recovery, so that a living owner is never overtaken.
 */
const longestWaitMs = ({ recoveryNoticeMs }: RefreshPolicy): number => Math.min(1_000, recoveryNoticeMs / 4);

/** Also a database that was lent and that its owner has closed. */
const isClosed = (error: TokenError): boolean => error._tag === 'StoreFailed' && error.why === 'closed';

export const makePersist = ({ clock, randomness, abandoned }: PersistDeps): Persist => {
  const attempt = <A>(
    write: TE.TaskEither<TokenError, A>,
    policy: RefreshPolicy,
    onDelay: (error: TokenError, tries: number) => void,
    options: PersistOptions,
    tries: number,
  ): TE.TaskEither<TokenError, A> =>
    pipe(
      write,
      TE.orElse((error) => {
        onDelay(error, tries);
        const { isReplaceable = false, untilMonotonicMs = Infinity } = options;
        const isLate = clock.monotonicMs() >= untilMonotonicMs;
        if (isLate || abandoned(isReplaceable) || isClosed(error)) return TE.left(error);
        const restMs = coolDownMs(
          { ...policy, cooldownMinMs: 50, cooldownMaxMs: Math.max(50, longestWaitMs(policy)) },
          tries,
          randomness.fraction(),
        );
        return pipe(
          TE.fromTask<void, TokenError>(() => clock.sleep(restMs)),
          TE.flatMap(() => attempt(write, policy, onDelay, options, tries + 1)),
        );
      }),
    );
  return (write, policy, onDelay, options = {}) => attempt(write, policy, onDelay, options, 1);
};
